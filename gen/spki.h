/* SubjectPublicKeyInfo (RFC 5280 4.1.2.7) of each kind of key. */
#ifndef MTLS_GEN_SPKI_H
#define MTLS_GEN_SPKI_H

#include "gen/key_material.h"

/* mtlsgen_spki_make writes algorithm_id, spki, explicit_spki and explicit_parameters of a key whose
 * public_bits are there. */
MTLS_MUST_CHECK mtls_status mtlsgen_spki_make(mtlsgen_key *key);

#endif
