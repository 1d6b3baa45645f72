/* What a key is made of: for the files that derive keys, sign with them and write them. */
#ifndef MTLS_GEN_KEY_MATERIAL_H
#define MTLS_GEN_KEY_MATERIAL_H

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "gen/arena.h"
#include "gen/key.h"
#include "gen/mod_inverse.h"
#include "gen/prime_search.h"

enum {
    MTLSGEN_SCALAR_MAX = 66, /* bytes of a P-521 scalar */
    MTLSGEN_ED_KEY_MAX = 57, /* bytes of an Ed448 key */
    MTLSGEN_RSA_E = 65537
};

/* A curve, made once per process and then only read. */
typedef struct {
    mtlsgen_key_algorithm algorithm;
    EC_GROUP *group;
    const BIGNUM *order;
    BN_MONT_CTX *order_mont;
    bool prepared;          /* multiples of the generator are at hand */
    bool has_order_modulus; /* the order fits mod_inverse.h */
    mtlsgen_modulus order_modulus;
    size_t scalar_len, field_len; /* bytes of the order and of a coordinate */
    const uint8_t *oid;           /* OBJECT IDENTIFIER content (RFC 5480 2.1.1.1) */
    size_t oid_len;
    mtls_view explicit_algorithm_id; /* AlgorithmIdentifier with the curve written out (gen/spki.h) */
} mtlsgen_curve;

/* mtlsgen_curve_get gives the curve of an EC algorithm, NULL when libcrypto fails. */
const mtlsgen_curve *mtlsgen_curve_get(mtlsgen_key_algorithm algorithm);

/* mtlsgen_curve_multiply gives the generator `scalar` times, for a scalar from 1 to the order less 1, which
 * is changed on the way and put back. */
bool mtlsgen_curve_multiply(const mtlsgen_curve *curve, BIGNUM *scalar, BN_CTX *ctx, EC_POINT *out_point);

/* The numbers of RFC 8017 3.2, in the order in which an RSAPrivateKey has them. */
typedef enum {
    MTLSGEN_RSA_N,
    MTLSGEN_RSA_PUBLIC_E,
    MTLSGEN_RSA_D,
    MTLSGEN_RSA_P,
    MTLSGEN_RSA_Q,
    MTLSGEN_RSA_DP,
    MTLSGEN_RSA_DQ,
    MTLSGEN_RSA_QINV,
    MTLSGEN_NUM_RSA_NUMBERS
} mtlsgen_rsa_number;

struct mtlsgen_key {
    mtlsgen_key_algorithm algorithm;
    unsigned index;
    mtlsgen_key_kind kind;
    const mtlsgen_curve *curve;               /* EC */
    BIGNUM *scalar;                           /* EC */
    BIGNUM *scalar_montgomery;                /* EC: times R modulo the order */
    uint8_t scalar_bytes[MTLSGEN_SCALAR_MAX]; /* EC: fixed length, as RFC 6979's int2octets */
    uint8_t ed_bytes[MTLSGEN_ED_KEY_MAX];     /* Ed25519, Ed448: the private key of RFC 8032 */
    EVP_PKEY *pkey;                           /* Ed25519, Ed448: what libcrypto signs with */
    RSA *engine;                              /* RSA: the same */
    BIGNUM *rsa[MTLSGEN_NUM_RSA_NUMBERS];
    mtlsgen_arena arena;    /* holds the views below */
    mtls_view algorithm_id; /* AlgorithmIdentifier of the SubjectPublicKeyInfo */
    mtls_view public_bits;  /* content of its BIT STRING, without the octet of unused bits */
    mtls_view public_key;   /* the BIT STRING element itself */
    mtls_view spki;
    uint8_t id[20];
};

/* mtlsgen_key_from_scalar makes an EC key of its private scalar, big-endian; mtlsgen_key_from_ed_bytes an
 * Ed25519 or Ed448 key of its private bytes; mtlsgen_key_from_primes an RSA key. The keys have index 0. */
MTLS_MUST_CHECK mtls_status mtlsgen_key_from_scalar(mtlsgen_key_algorithm algorithm, mtls_view scalar,
                                                    mtlsgen_key **out_key);
MTLS_MUST_CHECK mtls_status mtlsgen_key_from_ed_bytes(mtlsgen_key_algorithm algorithm, mtls_view bytes,
                                                      mtlsgen_key **out_key);
MTLS_MUST_CHECK mtls_status mtlsgen_key_from_primes(mtlsgen_key_algorithm algorithm, const BIGNUM *p,
                                                    const BIGNUM *q, mtlsgen_key **out_key);

/* An RSA key in three steps, so that others may look for its primes along: the search that names them, begun;
 * mtlsgen_prime_search_join by whoever has time; and the key, as mtlsgen_key_derive makes it. */
MTLS_MUST_CHECK mtls_status mtlsgen_key_search_new(const mtlsgen_seed *seed, mtlsgen_key_algorithm algorithm,
                                                   unsigned index, mtlsgen_prime_search **out_search);
MTLS_MUST_CHECK mtls_status mtlsgen_key_from_search(const mtlsgen_prime_search *search,
                                                    mtlsgen_key_algorithm algorithm, unsigned index,
                                                    mtlsgen_key **out_key);

/* mtlsgen_bn_bytes gives a number's bytes, big-endian and without leading zeros, in the arena. */
MTLS_MUST_CHECK mtls_status mtlsgen_bn_bytes(const BIGNUM *number, mtlsgen_arena *arena,
                                             mtls_view *out_bytes);

#endif
