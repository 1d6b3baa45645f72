/* The plain functions for RSA are deprecated; EVP's cannot do without blinding. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "gen/rsa_key.h"

#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

#include "gen/der_write.h"

enum { PRIME_BYTES_MAX = 256, ADDRESS_MAX = 128 };

static mtls_status point_expand(const mtlsgen_seed *seed, const char *address, const char *which, size_t len,
                                uint8_t out[PRIME_BYTES_MAX]) {
    char full[ADDRESS_MAX];
    if (snprintf(full, sizeof full, "%s.%s", address, which) >= (int)sizeof full || len > PRIME_BYTES_MAX) {
        return MTLS_ERR_LIMIT;
    }
    return mtlsgen_seed_expand(seed, full, out, len);
}

mtls_status mtlsgen_rsa_search_new(const mtlsgen_seed *seed, const char *address, unsigned bits,
                                   mtlsgen_prime_search **out_search) {
    uint8_t p[PRIME_BYTES_MAX], q[PRIME_BYTES_MAX];
    const size_t len = bits / 2 / 8;
    mtls_status status = point_expand(seed, address, "p", len, p);
    *out_search = NULL;
    if (status == MTLS_OK && (status = point_expand(seed, address, "q", len, q)) == MTLS_OK) {
        status = mtlsgen_prime_search_new((mtls_view){p, len}, (mtls_view){q, len}, out_search);
    }
    return status;
}

/* numbers_compute fills key->rsa (RFC 8017 3.2). The larger prime is p, as OpenSSL and others have it. */
static bool numbers_compute(mtlsgen_key *key, const BIGNUM *p, const BIGNUM *q, BN_CTX *ctx) {
    for (size_t i = 0; i < MTLSGEN_NUM_RSA_NUMBERS; i++) {
        if ((key->rsa[i] = BN_new()) == NULL) {
            return false;
        }
    }
    BIGNUM **r = key->rsa, *p1 = BN_CTX_get(ctx), *q1 = BN_CTX_get(ctx), *gcd = BN_CTX_get(ctx),
           *lambda = BN_CTX_get(ctx);
    bool swap = BN_cmp(p, q) < 0;
    return lambda != NULL && BN_copy(r[MTLSGEN_RSA_P], swap ? q : p) &&
           BN_copy(r[MTLSGEN_RSA_Q], swap ? p : q) && BN_set_word(r[MTLSGEN_RSA_PUBLIC_E], MTLSGEN_RSA_E) &&
           BN_mul(r[MTLSGEN_RSA_N], r[MTLSGEN_RSA_P], r[MTLSGEN_RSA_Q], ctx) &&
           BN_copy(p1, r[MTLSGEN_RSA_P]) && BN_sub_word(p1, 1) && BN_copy(q1, r[MTLSGEN_RSA_Q]) &&
           BN_sub_word(q1, 1) && BN_gcd(gcd, p1, q1, ctx) && BN_mul(lambda, p1, q1, ctx) &&
           BN_div(lambda, NULL, lambda, gcd, ctx) &&
           BN_mod_inverse(r[MTLSGEN_RSA_D], r[MTLSGEN_RSA_PUBLIC_E], lambda, ctx) != NULL &&
           BN_mod(r[MTLSGEN_RSA_DP], r[MTLSGEN_RSA_D], p1, ctx) &&
           BN_mod(r[MTLSGEN_RSA_DQ], r[MTLSGEN_RSA_D], q1, ctx) &&
           BN_mod_inverse(r[MTLSGEN_RSA_QINV], r[MTLSGEN_RSA_Q], r[MTLSGEN_RSA_P], ctx) != NULL;
}

/* engine_make gives what computes with the numbers. It takes no blinding: the keys are everybody's, and an
 * allocation that fails while libcrypto changes a key's blinding leaves that key giving wrong signatures from
 * then on. */
static RSA *engine_make(BIGNUM *const numbers[MTLSGEN_NUM_RSA_NUMBERS]) {
    RSA *engine = RSA_new();
    BIGNUM *own[MTLSGEN_NUM_RSA_NUMBERS];
    bool ok = engine != NULL;
    for (size_t i = 0; i < MTLSGEN_NUM_RSA_NUMBERS; i++) {
        own[i] = BN_dup(numbers[i]);
        ok = ok && own[i] != NULL;
    }
    if (!ok) {
        for (size_t i = 0; i < MTLSGEN_NUM_RSA_NUMBERS; i++) {
            BN_free(own[i]);
        }
        RSA_free(engine);
        return NULL;
    }
    /* These only store what they are given; they refuse nothing but a missing number. */
    (void)RSA_set0_key(engine, own[MTLSGEN_RSA_N], own[MTLSGEN_RSA_PUBLIC_E], own[MTLSGEN_RSA_D]);
    (void)RSA_set0_factors(engine, own[MTLSGEN_RSA_P], own[MTLSGEN_RSA_Q]);
    (void)RSA_set0_crt_params(engine, own[MTLSGEN_RSA_DP], own[MTLSGEN_RSA_DQ], own[MTLSGEN_RSA_QINV]);
    RSA_blinding_off(engine);
    return engine;
}

/* public_write writes the RSAPublicKey (RFC 8017 A.1.1) that the SubjectPublicKeyInfo's bits are. */
static mtls_status public_write(mtlsgen_key *key) {
    mtls_view n, e;
    mtls_status status = mtlsgen_bn_bytes(key->rsa[MTLSGEN_RSA_N], &key->arena, &n);
    if (status == MTLS_OK) {
        status = mtlsgen_bn_bytes(key->rsa[MTLSGEN_RSA_PUBLIC_E], &key->arena, &e);
    }
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &key->arena);
    mtlsgen_der_node *sequence = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_unsigned(&tree, sequence, NULL, n);
    mtlsgen_der_add_unsigned(&tree, sequence, NULL, e);
    return mtlsgen_der_encode(&tree, sequence, &key->arena, &key->public_bits);
}

mtls_status mtlsgen_rsa_fill(mtlsgen_key *key, const BIGNUM *p, const BIGNUM *q) {
    mtls_status status = MTLS_ERR_CRYPTO;
    BN_CTX *ctx = BN_CTX_new();
    if (ctx == NULL) {
        return MTLS_ERR_NOMEM;
    }
    BN_CTX_start(ctx);
    if (numbers_compute(key, p, q, ctx) && (key->engine = engine_make(key->rsa)) != NULL) {
        status = public_write(key);
    }
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    return status;
}

void mtlsgen_rsa_clear(mtlsgen_key *key) {
    RSA_free(key->engine);
    key->engine = NULL;
}
