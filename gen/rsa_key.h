/* RSA keys (RFC 8017 3): the numbers of a key, and the primes that a seed names. */
#ifndef MTLS_GEN_RSA_KEY_H
#define MTLS_GEN_RSA_KEY_H

#include "gen/key_material.h"
#include "gen/prime_search.h"

/* mtlsgen_rsa_search_new begins the search for the two primes at `address`, of half of `bits` each. */
MTLS_MUST_CHECK mtls_status mtlsgen_rsa_search_new(const mtlsgen_seed *seed, const char *address,
                                                   unsigned bits, mtlsgen_prime_search **out_search);

/* mtlsgen_rsa_fill computes an RSA key's numbers, its public bits and what libcrypto signs with. */
MTLS_MUST_CHECK mtls_status mtlsgen_rsa_fill(mtlsgen_key *key, const BIGNUM *p, const BIGNUM *q);

/* mtlsgen_rsa_clear frees what mtlsgen_rsa_fill made for libcrypto. */
void mtlsgen_rsa_clear(mtlsgen_key *key);

#endif
