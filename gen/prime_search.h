/* The two primes of an RSA key: each by an incremental search from a point that the seed names. Several
 * threads may look for them together; the answer is the same for any number. */
#ifndef MTLS_GEN_PRIME_SEARCH_H
#define MTLS_GEN_PRIME_SEARCH_H

#include <mtls/bytes.h>
#include <mtls/status.h>
#include <openssl/bn.h>

typedef struct mtlsgen_prime_search mtlsgen_prime_search;

/* mtlsgen_prime_search_new gets ready to look for the first prime from each of two points on, which `first`
 * and `second` name (big-endian): the two top bits and the lowest bit of both are set, and prime - 1 has no
 * factor in common with MTLSGEN_RSA_E. */
MTLS_MUST_CHECK mtls_status mtlsgen_prime_search_new(mtls_view first, mtls_view second,
                                                     mtlsgen_prime_search **out_search);

/* mtlsgen_prime_search_join looks along with the threads that do already, and returns when both primes are
 * found, or with what went wrong in any of them. */
MTLS_MUST_CHECK mtls_status mtlsgen_prime_search_join(mtlsgen_prime_search *search);

/* The prime from the first point (0) or the second (1), owned by the search and there once it was joined with
 * MTLS_OK. */
const BIGNUM *mtlsgen_prime_search_found(const mtlsgen_prime_search *search, int which);

/* mtlsgen_prime_search_free: nobody may be looking any more. */
void mtlsgen_prime_search_free(mtlsgen_prime_search *search);

#endif
