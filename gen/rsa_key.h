/* RSA keys (RFC 8017 3): the numbers of a key, and the primes that a seed names. */
#ifndef MTLS_GEN_RSA_KEY_H
#define MTLS_GEN_RSA_KEY_H

#include "gen/key_material.h"

/* mtlsgen_rsa_primes finds the two primes at `address`, of half of `bits` each. The caller frees both. */
MTLS_MUST_CHECK mtls_status mtlsgen_rsa_primes(const mtlsgen_seed *seed, const char *address, unsigned bits,
                                               BIGNUM **out_p, BIGNUM **out_q);

/* mtlsgen_rsa_fill computes an RSA key's numbers, its public bits and what libcrypto signs with. */
MTLS_MUST_CHECK mtls_status mtlsgen_rsa_fill(mtlsgen_key *key, const BIGNUM *p, const BIGNUM *q);

/* mtlsgen_rsa_clear frees what mtlsgen_rsa_fill made for libcrypto. */
void mtlsgen_rsa_clear(mtlsgen_key *key);

#endif
