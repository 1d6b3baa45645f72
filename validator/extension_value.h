/* What stands inside an extension, for those that the verdicts need. Of use to validator/extension.c and
 * validator/letter_read.c alone. No libcrypto. */
#ifndef MTLS_VALIDATOR_EXTENSION_VALUE_H
#define MTLS_VALIDATOR_EXTENSION_VALUE_H

#include "validator/certificate.h"
#include "validator/der_read.h"

/* Reads a value into what the certificate has for it: `in` stands on the content of extnValue, and its end is
 * for the caller to see to. */
typedef bool (*mtlsval_extension_read_fn)(mtlsval_der *in, bool critical, mtlsval_certificate *out);

/* mtlsval_extension_find_read gives the read of the extension of that OID; NULL for one that stays raw. */
mtlsval_extension_read_fn mtlsval_extension_find_read(mtls_view oid);

/* mtlsval_general_names_read takes all that is left of `in` as the content of a GeneralNames. */
bool mtlsval_general_names_read(mtlsval_der *in, unsigned *out_count);

#endif
