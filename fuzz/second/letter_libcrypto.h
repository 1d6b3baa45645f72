/* Libcrypto's opinion on what is by the letter (validator/letter.h). */
#ifndef MTLS_FUZZ_SECOND_LETTER_LIBCRYPTO_H
#define MTLS_FUZZ_SECOND_LETTER_LIBCRYPTO_H

#include "validator/certificate.h"

#include <openssl/x509.h>

/* mtlsfuzz_letter_compare takes a certificate that both have read. What is by the letter libcrypto, which
 * writes DER, writes again with the same bytes, and the names have its table's types and lengths. It marks
 * `x` as changed. */
void mtlsfuzz_letter_compare(const mtlsval_certificate *c, X509 *x);

#endif
