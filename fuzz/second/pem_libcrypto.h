/* Libcrypto's opinion on a PEM file that our scanner finds well-formed. */
#ifndef MTLS_FUZZ_SECOND_PEM_LIBCRYPTO_H
#define MTLS_FUZZ_SECOND_PEM_LIBCRYPTO_H

#include <mtls/bytes.h>

/* mtlsfuzz_pem_compare reads `file` with PEM_read_bio and with our scanner side by side: the same labels and
 * bytes in the same order, and as many, but for the files that OpenSSL is known to read otherwise. */
void mtlsfuzz_pem_compare(mtls_view file);

#endif
