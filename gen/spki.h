/* SubjectPublicKeyInfo (RFC 5280 4.1.2.7) of each kind of key. */
#ifndef MTLS_GEN_SPKI_H
#define MTLS_GEN_SPKI_H

#include "gen/key_material.h"

/* mtlsgen_spki_make writes algorithm_id, public_key and spki of a key whose public_bits are there. */
MTLS_MUST_CHECK mtls_status mtlsgen_spki_make(mtlsgen_key *key);

/* mtlsgen_curve_write gives the AlgorithmIdentifier of an EC key whose curve is not named but written out, in
 * the arena: ECParameters of RFC 3279 2.3.5 (X9.62), which RFC 5480 2.1.1 forbids and some software still
 * reads. */
MTLS_MUST_CHECK mtls_status mtlsgen_curve_write(const mtlsgen_curve *curve, mtlsgen_arena *arena,
                                                mtls_view *out_algorithm_id);

#endif
