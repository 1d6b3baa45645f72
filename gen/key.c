#include "gen/key.h"

#include <openssl/core_names.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/der_write.h"
#include "gen/hash.h"
#include "gen/key_material.h"
#include "gen/rsa_key.h"
#include "gen/spki.h"

/* Bytes of a key's own memory: its SubjectPublicKeyInfo, and the trees that it was written from. */
enum { RSA_ARENA = 16 * 1024, OTHER_ARENA = 4 * 1024 };

static const mtlsgen_key_algorithm_info algorithms[MTLSGEN_NUM_KEY_ALGORITHMS] = {
#define KEY_ALGORITHM(id, spelling, kind, bits, pool)                                                        \
    [MTLSGEN_KEY_##id] = {spelling, MTLSGEN_KIND_##kind, bits, pool},
#include "gen/key_algorithm.def"
};

const mtlsgen_key_algorithm_info *mtlsgen_key_algorithm_describe(mtlsgen_key_algorithm algorithm) {
    return &algorithms[algorithm];
}

bool mtlsgen_key_algorithm_find(const char *text, mtlsgen_key_algorithm *out) {
    for (int i = MTLSGEN_KEY_NONE + 1; i < MTLSGEN_NUM_KEY_ALGORITHMS; i++) {
        if (strcmp(text, algorithms[i].spelling) == 0) {
            *out = (mtlsgen_key_algorithm)i;
            return true;
        }
    }
    return false;
}

static mtlsgen_key *key_new(mtlsgen_key_algorithm algorithm) {
    mtlsgen_key *key = calloc(1, sizeof *key);
    if (key != NULL) {
        key->algorithm = algorithm;
        key->kind = algorithms[algorithm].kind;
        key->arena.max = key->kind == MTLSGEN_KIND_RSA ? RSA_ARENA : OTHER_ARENA;
    }
    return key;
}

void mtlsgen_key_free(mtlsgen_key *key) {
    if (key == NULL) {
        return;
    }
    BN_free(key->scalar);
    BN_free(key->scalar_montgomery);
    EVP_PKEY_free(key->pkey);
    mtlsgen_rsa_clear(key);
    for (size_t i = 0; i < MTLSGEN_NUM_RSA_NUMBERS; i++) {
        BN_free(key->rsa[i]);
    }
    mtlsgen_arena_clear(&key->arena);
    free(key);
}

mtls_status mtlsgen_bn_bytes(const BIGNUM *number, mtlsgen_arena *arena, mtls_view *out_bytes) {
    size_t len = (size_t)BN_num_bytes(number);
    uint8_t *bytes = mtlsgen_arena_alloc(arena, len);
    if (bytes == NULL) {
        return MTLS_ERR_NOMEM;
    }
    BN_bn2bin(number, bytes);
    *out_bytes = (mtls_view){bytes, len};
    return MTLS_OK;
}

/* key_finish writes the public half's DER, or frees the key. */
static mtls_status key_finish(mtlsgen_key *key, mtls_status status, mtlsgen_key **out_key) {
    *out_key = NULL;
    if (status == MTLS_OK) {
        status = mtlsgen_spki_make(key);
    }
    if (status != MTLS_OK) {
        mtlsgen_key_free(key);
        return status;
    }
    mtlsgen_hash_once(MTLSGEN_HASH_SHA1, key->public_bits, key->id);
    *out_key = key;
    return MTLS_OK;
}

/* EC */

static mtls_status ec_public(mtlsgen_key *key) {
    const EC_GROUP *group = key->curve->group;
    BN_CTX *ctx = BN_CTX_new();
    EC_POINT *point = EC_POINT_new(group);
    size_t len = 1 + 2 * key->curve->field_len; /* uncompressed (SEC 1 2.3.3) */
    uint8_t *bytes = mtlsgen_arena_alloc(&key->arena, len);
    mtls_status status = bytes == NULL ? MTLS_ERR_NOMEM : MTLS_ERR_CRYPTO;
    key->scalar_montgomery = BN_new();
    if (ctx != NULL && point != NULL && bytes != NULL && key->scalar_montgomery != NULL &&
        BN_to_montgomery(key->scalar_montgomery, key->scalar, key->curve->order_mont, ctx) == 1 &&
        mtlsgen_curve_multiply(key->curve, key->scalar, ctx, point) &&
        EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, bytes, len, ctx) == len) {
        key->public_bits = (mtls_view){bytes, len};
        status = MTLS_OK;
    }
    EC_POINT_free(point);
    BN_CTX_free(ctx);
    return status;
}

/* key_new_ec takes over `scalar`, from 1 to the order less 1. */
static mtls_status key_new_ec(mtlsgen_key_algorithm algorithm, BIGNUM *scalar, mtlsgen_key **out_key) {
    mtlsgen_key *key = key_new(algorithm);
    const mtlsgen_curve *curve = mtlsgen_curve_get(algorithm);
    if (key == NULL || curve == NULL || scalar == NULL) {
        BN_free(scalar);
        mtlsgen_key_free(key);
        return key == NULL ? MTLS_ERR_NOMEM : MTLS_ERR_CRYPTO;
    }
    key->curve = curve;
    key->scalar = scalar;
    mtls_status status =
        BN_bn2binpad(scalar, key->scalar_bytes, (int)curve->scalar_len) < 0 ? MTLS_ERR_CRYPTO : MTLS_OK;
    return key_finish(key, status == MTLS_OK ? ec_public(key) : status, out_key);
}

mtls_status mtlsgen_key_from_scalar(mtlsgen_key_algorithm algorithm, mtls_view scalar,
                                    mtlsgen_key **out_key) {
    return key_new_ec(algorithm, BN_bin2bn(scalar.data, (int)scalar.len, NULL), out_key);
}

/* FIPS 186-5 A.2.1: 64 bits more than the order has, reduced to 1 ... n - 1. */
static mtls_status derive_ec(const mtlsgen_seed *seed, mtlsgen_key_algorithm algorithm, const char *address,
                             mtlsgen_key **out_key) {
    uint8_t bytes[MTLSGEN_SCALAR_MAX + 8];
    const mtlsgen_curve *curve = mtlsgen_curve_get(algorithm);
    if (curve == NULL) {
        return MTLS_ERR_CRYPTO;
    }
    size_t len = curve->scalar_len + 8;
    mtls_status status = mtlsgen_seed_expand(seed, address, bytes, len);
    if (status != MTLS_OK) {
        return status;
    }
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *scalar = BN_bin2bn(bytes, (int)len, NULL), *limit = BN_dup(curve->order);
    if (ctx == NULL || scalar == NULL || limit == NULL || !BN_sub_word(limit, 1) ||
        !BN_nnmod(scalar, scalar, limit, ctx) || !BN_add_word(scalar, 1)) {
        BN_free(scalar);
        status = MTLS_ERR_CRYPTO;
    } else {
        status = key_new_ec(algorithm, scalar, out_key);
    }
    BN_free(limit);
    BN_CTX_free(ctx);
    return status;
}

/* Ed25519 and Ed448 */

static size_t ed_len(mtlsgen_key_algorithm algorithm) {
    return algorithm == MTLSGEN_KEY_ED25519 ? 32 : 57;
}

/* ed_private makes what libcrypto signs with, and has it compute the public key. Finding the algorithm takes
 * libcrypto a while, so the last one who did leaves the context for the next. */
static EVP_PKEY *ed_private(mtlsgen_key_algorithm algorithm, uint8_t *bytes, size_t len) {
    static EVP_PKEY_CTX *_Atomic spare[2];
    const bool is_25519 = algorithm == MTLSGEN_KEY_ED25519;
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, bytes, len),
                               OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = atomic_exchange(&spare[is_25519], NULL);
    if (ctx == NULL) {
        ctx = EVP_PKEY_CTX_new_from_name(NULL, is_25519 ? "ED25519" : "ED448", NULL);
        if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1) {
            EVP_PKEY_CTX_free(ctx);
            return NULL;
        }
    }
    if (EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, parameters) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return NULL;
    }
    EVP_PKEY_CTX_free(atomic_exchange(&spare[is_25519], ctx));
    return pkey;
}

mtls_status mtlsgen_key_from_ed_bytes(mtlsgen_key_algorithm algorithm, mtls_view bytes,
                                      mtlsgen_key **out_key) {
    mtlsgen_key *key = key_new(algorithm);
    size_t len = ed_len(algorithm);
    if (key == NULL) {
        return MTLS_ERR_NOMEM;
    }
    memcpy(key->ed_bytes, bytes.data, len);
    key->pkey = ed_private(algorithm, key->ed_bytes, len);
    uint8_t *public_bytes = mtlsgen_arena_alloc(&key->arena, len);
    bool ok = key->pkey != NULL && public_bytes != NULL &&
              EVP_PKEY_get_raw_public_key(key->pkey, public_bytes, &len) == 1;
    key->public_bits = (mtls_view){public_bytes, len};
    mtls_status otherwise = public_bytes == NULL ? MTLS_ERR_NOMEM : MTLS_ERR_CRYPTO;
    return key_finish(key, ok ? MTLS_OK : otherwise, out_key);
}

static mtls_status derive_ed(const mtlsgen_seed *seed, mtlsgen_key_algorithm algorithm, const char *address,
                             mtlsgen_key **out_key) {
    uint8_t bytes[MTLSGEN_ED_KEY_MAX];
    mtls_status status = mtlsgen_seed_expand(seed, address, bytes, ed_len(algorithm));
    return status == MTLS_OK
               ? mtlsgen_key_from_ed_bytes(algorithm, (mtls_view){bytes, ed_len(algorithm)}, out_key)
               : status;
}

/* RSA */

mtls_status mtlsgen_key_from_primes(mtlsgen_key_algorithm algorithm, const BIGNUM *p, const BIGNUM *q,
                                    mtlsgen_key **out_key) {
    mtlsgen_key *key = key_new(algorithm);
    return key == NULL ? MTLS_ERR_NOMEM : key_finish(key, mtlsgen_rsa_fill(key, p, q), out_key);
}

enum { KEY_ADDRESS_MAX = 64 };

static void address_write(mtlsgen_key_algorithm algorithm, unsigned index, char out[KEY_ADDRESS_MAX]) {
    (void)snprintf(out, KEY_ADDRESS_MAX, "key/%s/%u", algorithms[algorithm].spelling, index);
}

mtls_status mtlsgen_key_search_new(const mtlsgen_seed *seed, mtlsgen_key_algorithm algorithm, unsigned index,
                                   mtlsgen_prime_search **out_search) {
    char address[KEY_ADDRESS_MAX];
    address_write(algorithm, index, address);
    return mtlsgen_rsa_search_new(seed, address, algorithms[algorithm].bits, out_search);
}

mtls_status mtlsgen_key_from_search(const mtlsgen_prime_search *search, mtlsgen_key_algorithm algorithm,
                                    unsigned index, mtlsgen_key **out_key) {
    const mtls_status status = mtlsgen_key_from_primes(algorithm, mtlsgen_prime_search_found(search, 0),
                                                       mtlsgen_prime_search_found(search, 1), out_key);
    if (status == MTLS_OK) {
        (*out_key)->index = index;
    }
    return status;
}

static mtls_status derive_rsa(const mtlsgen_seed *seed, mtlsgen_key_algorithm algorithm, unsigned index,
                              mtlsgen_key **out_key) {
    mtlsgen_prime_search *search;
    mtls_status status = mtlsgen_key_search_new(seed, algorithm, index, &search);
    if (status == MTLS_OK && (status = mtlsgen_prime_search_join(search)) == MTLS_OK) {
        status = mtlsgen_key_from_search(search, algorithm, index, out_key);
    }
    mtlsgen_prime_search_free(search);
    return status;
}

mtls_status mtlsgen_key_derive(const mtlsgen_seed *seed, mtlsgen_key_algorithm algorithm, unsigned index,
                               mtlsgen_key **out_key) {
    char address[KEY_ADDRESS_MAX];
    mtls_status status = MTLS_ERR_USAGE;
    *out_key = NULL;
    if (algorithm <= MTLSGEN_KEY_NONE || algorithm >= MTLSGEN_NUM_KEY_ALGORITHMS) {
        return status;
    }
    address_write(algorithm, index, address);
    switch (algorithms[algorithm].kind) {
    case MTLSGEN_KIND_EC:
        status = derive_ec(seed, algorithm, address, out_key);
        break;
    case MTLSGEN_KIND_ED:
        status = derive_ed(seed, algorithm, address, out_key);
        break;
    case MTLSGEN_KIND_RSA:
        status = derive_rsa(seed, algorithm, index, out_key);
        break;
    }
    if (status == MTLS_OK) {
        (*out_key)->index = index;
    }
    return status;
}

mtlsgen_key_algorithm mtlsgen_key_get_algorithm(const mtlsgen_key *key) {
    return key->algorithm;
}

mtls_view mtlsgen_key_spki(const mtlsgen_key *key) {
    return key->spki;
}

mtls_view mtlsgen_key_id(const mtlsgen_key *key) {
    return (mtls_view){key->id, sizeof key->id};
}
