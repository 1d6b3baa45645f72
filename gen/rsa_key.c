#include "gen/rsa_key.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <string.h>

#include "gen/der_write.h"

enum { PRIME_BYTES_MAX = 256, ADDRESS_MAX = 128 };

static mtls_status prime_at(const mtlsgen_seed *seed, const char *address, const char *which, unsigned bits,
                            BN_CTX *ctx, BIGNUM *out_prime) {
    char full[ADDRESS_MAX];
    uint8_t bytes[PRIME_BYTES_MAX];
    size_t len = bits / 8;
    if (snprintf(full, sizeof full, "%s.%s", address, which) >= (int)sizeof full || len > sizeof bytes) {
        return MTLS_ERR_LIMIT;
    }
    mtls_status status = mtlsgen_seed_expand(seed, full, bytes, len);
    return status == MTLS_OK ? mtlsgen_prime_search((mtls_view){bytes, len}, ctx, out_prime) : status;
}

mtls_status mtlsgen_rsa_primes(const mtlsgen_seed *seed, const char *address, unsigned bits, BIGNUM **out_p,
                               BIGNUM **out_q) {
    mtls_status status = MTLS_ERR_NOMEM;
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *p = BN_new(), *q = BN_new();
    if (ctx != NULL && p != NULL && q != NULL &&
        (status = prime_at(seed, address, "p", bits / 2, ctx, p)) == MTLS_OK) {
        status = prime_at(seed, address, "q", bits / 2, ctx, q);
    }
    BN_CTX_free(ctx);
    if (status != MTLS_OK) {
        BN_free(p);
        BN_free(q);
        p = q = NULL;
    }
    *out_p = p;
    *out_q = q;
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

static EVP_PKEY *pkey_make(BIGNUM *const numbers[MTLSGEN_NUM_RSA_NUMBERS]) {
    static const char *const names[MTLSGEN_NUM_RSA_NUMBERS] = {
        [MTLSGEN_RSA_N] = OSSL_PKEY_PARAM_RSA_N,
        [MTLSGEN_RSA_PUBLIC_E] = OSSL_PKEY_PARAM_RSA_E,
        [MTLSGEN_RSA_D] = OSSL_PKEY_PARAM_RSA_D,
        [MTLSGEN_RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
        [MTLSGEN_RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
        [MTLSGEN_RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
        [MTLSGEN_RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
        [MTLSGEN_RSA_QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    };
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    bool ok = builder != NULL;
    for (size_t i = 0; i < MTLSGEN_NUM_RSA_NUMBERS; i++) {
        ok = ok && OSSL_PARAM_BLD_push_BN(builder, names[i], numbers[i]) == 1;
    }
    OSSL_PARAM *params = ok ? OSSL_PARAM_BLD_to_param(builder) : NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1) {
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    return pkey;
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
    if (numbers_compute(key, p, q, ctx) && (key->pkey = pkey_make(key->rsa)) != NULL) {
        status = public_write(key);
    }
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    return status;
}
