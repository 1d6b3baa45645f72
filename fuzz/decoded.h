/* Certificates as libcrypto decodes them, kept from one input to the next. OpenSSL 3 looks through all its
 * decoders for each key, which costs more than the signatures; and an input holds a certificate in several
 * places, and shares most of them with the input that it was made from. What is given depends on the bytes
 * alone. */
#ifndef MTLS_FUZZ_DECODED_H
#define MTLS_FUZZ_DECODED_H

#include <mtls/bytes.h>
#include <openssl/x509.h>

/* mtlsfuzz_decode gives what d2i_X509 makes of the front of `der`, for X509_free; NULL where it cannot. */
X509 *mtlsfuzz_decode(mtls_view der);

/* mtlsfuzz_decode_trusted gives the certificates that X509_load_cert_crl_file finds in a file, as nginx does,
 * for sk_X509_pop_free; none where it refuses the file. */
STACK_OF(X509) * mtlsfuzz_decode_trusted(mtls_view file);

#endif
