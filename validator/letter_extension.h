/* Extensions by the letter of RFC 5280 4.2. Of use to validator/letter.c alone. No libcrypto. */
#ifndef MTLS_VALIDATOR_LETTER_EXTENSION_H
#define MTLS_VALIDATOR_LETTER_EXTENSION_H

#include "validator/certificate.h"

/* mtlsval_letter_extensions_check looks into the values of a certificate's extensions, also of those that the
 * reader keeps raw, and at whether they are critical. False: `*out_fault` is what the first of them breaks,
 * with the byte offset in the certificate. A value of an extension that is none of section 4.2's has to be
 * DER. */
bool mtlsval_letter_extensions_check(const mtlsval_certificate *certificate, mtlsval_fault *out_fault);

#endif
