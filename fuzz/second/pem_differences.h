/* PEM files that OpenSSL reads otherwise than RFC 7468 says. */
#ifndef MTLS_FUZZ_SECOND_PEM_DIFFERENCES_H
#define MTLS_FUZZ_SECOND_PEM_DIFFERENCES_H

#include <mtls/bytes.h>

/* mtlsfuzz_pem_is_read_otherwise answers whether OpenSSL is known to read a file of this kind otherwise. */
bool mtlsfuzz_pem_is_read_otherwise(mtls_view file);

#endif
