#include "gen/primality.h"

#include <string.h>

#include "gen/key_material.h"

enum {
    SIEVE_LIMIT = 1 << 16, /* small primes are below it */
    ROUNDS = 6 /* FIPS 186-5 table B.1 asks for 4 to 5 with random bases for primes of 512 to 2048 bits */
};

/* is_probable_prime is Miller-Rabin with the first primes as bases: for numbers that nobody chose, as these,
 * a composite passes less often than a computer errs. The verdict is the same everywhere, which
 * BN_check_prime, whose bases are random, only promises in practice. */
int mtlsgen_is_probable_prime(const BIGNUM *n, BN_CTX *ctx) {
    static const BN_ULONG bases[ROUNDS] = {2, 3, 5, 7, 11, 13};
    int verdict = -1, twos = 0;
    BN_CTX_start(ctx);
    BIGNUM *n_minus_1 = BN_CTX_get(ctx), *odd = BN_CTX_get(ctx), *x = BN_CTX_get(ctx);
    BN_MONT_CTX *mont = BN_MONT_CTX_new();
    if (x == NULL || mont == NULL || !BN_MONT_CTX_set(mont, n, ctx) || !BN_copy(n_minus_1, n) ||
        !BN_sub_word(n_minus_1, 1)) {
        goto out;
    }
    while (!BN_is_bit_set(n_minus_1, twos)) {
        twos++;
    }
    if (!BN_rshift(odd, n_minus_1, twos)) {
        goto out;
    }
    for (int round = 0; round < ROUNDS; round++) {
        if (!BN_mod_exp_mont_word(x, bases[round], odd, n, ctx, mont)) {
            goto out;
        }
        bool passes = BN_is_one(x) || BN_cmp(x, n_minus_1) == 0;
        for (int i = 1; !passes && i < twos; i++) {
            if (!BN_mod_sqr(x, x, n, ctx)) {
                goto out;
            }
            passes = BN_cmp(x, n_minus_1) == 0;
        }
        if (!passes) {
            verdict = 0;
            goto out;
        }
    }
    verdict = 1;
out:
    BN_MONT_CTX_free(mont);
    BN_CTX_end(ctx);
    return verdict;
}

bool mtlsgen_sieve(const BIGNUM *start, uint8_t composite[MTLSGEN_SIEVE_WINDOW]) {
    static const uint32_t e = MTLSGEN_RSA_E;
    uint8_t *not_prime = OPENSSL_zalloc(SIEVE_LIMIT);
    if (not_prime == NULL) {
        return false;
    }
    memset(composite, 0, MTLSGEN_SIEVE_WINDOW);
    for (uint32_t prime = 3; prime < SIEVE_LIMIT; prime += 2) {
        if (not_prime[prime]) {
            continue;
        }
        for (uint32_t multiple = prime * 2; multiple < SIEVE_LIMIT && prime < 256; multiple += prime) {
            not_prime[multiple] = 1;
        }
        /* start + 2i = 0 (mod prime), so i = -start / 2 (mod prime) */
        uint32_t rest = (uint32_t)BN_mod_word(start, prime);
        uint32_t first = rest == 0 ? 0 : prime - rest;
        first = first % 2 == 0 ? first / 2 : (first + prime) / 2;
        for (uint32_t i = first; i < MTLSGEN_SIEVE_WINDOW; i += prime) {
            composite[i] = 1;
        }
    }
    /* prime - 1 must not be a multiple of e */
    uint32_t rest = (uint32_t)BN_mod_word(start, e);
    for (uint32_t i = 0; i < MTLSGEN_SIEVE_WINDOW; i++) {
        if ((rest + 2 * i) % e == 1) {
            composite[i] = 1;
        }
    }
    OPENSSL_free(not_prime);
    return true;
}
