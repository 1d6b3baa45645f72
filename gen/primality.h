/* Which of the odd numbers from a point on are prime: a sieve that leaves few, and a test that is costly. */
#ifndef MTLS_GEN_PRIMALITY_H
#define MTLS_GEN_PRIMALITY_H

#include <mtls/status.h>
#include <openssl/bn.h>
#include <stdbool.h>
#include <stdint.h>

enum { MTLSGEN_SIEVE_WINDOW = 1 << 13 /* odd numbers looked at together */ };

/* mtlsgen_sieve marks in `composite` the numbers start + 2i that have a small factor, or whose predecessor is
 * a multiple of MTLSGEN_RSA_E; `start` is odd. False: no memory. */
bool mtlsgen_sieve(const BIGNUM *start, uint8_t composite[MTLSGEN_SIEVE_WINDOW]);

/* mtlsgen_is_probable_prime answers 1 or 0 for an odd number above 13, and -1 when libcrypto fails. The
 * answer depends on the number alone. */
int mtlsgen_is_probable_prime(const BIGNUM *number, BN_CTX *ctx);

#endif
