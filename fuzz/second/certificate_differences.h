/* Why our certificate reader and libcrypto's d2i_X509 take different certificates. */
#ifndef MTLS_FUZZ_SECOND_CERTIFICATE_DIFFERENCES_H
#define MTLS_FUZZ_SECOND_CERTIFICATE_DIFFERENCES_H

#include "validator/certificate.h"

#include <openssl/x509.h>

/* mtlsfuzz_certificate_may_be_refused explains why libcrypto refuses what our reader accepts. */
bool mtlsfuzz_certificate_may_be_refused(const mtlsval_certificate *certificate);

/* mtlsfuzz_certificate_may_be_invalid explains why libcrypto finds an extension invalid that our reader takes
 * apart. */
bool mtlsfuzz_certificate_may_be_invalid(const mtlsval_certificate *certificate);

/* mtlsfuzz_parameters_are_written_otherwise: libcrypto writes an algorithm's parameters that are a
 * constructed value of an unusual type (EMBEDDED PDV, say) without the bit for constructed; any type may
 * stand there (RFC 5280 4.1.1.2). */
bool mtlsfuzz_parameters_are_written_otherwise(mtls_view parameters);

/* mtlsfuzz_certificate_may_be_taken explains, by a row of fuzz/differences.def, why libcrypto has taken `x`
 * from `der`, which our reader refuses with `fault`. */
bool mtlsfuzz_certificate_may_be_taken(const X509 *x, mtls_view der, mtlsval_fault fault);

#endif
