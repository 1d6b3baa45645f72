/* ECDSA (FIPS 186-5 6.4) with the nonce of RFC 6979. libcrypto does the curve; what is left is a few
 * multiplications and one inverse modulo the order, written out here because libcrypto has no nonce option
 * before 3.2. The keys are everybody's, so nothing needs constant time. */
#include <string.h>

#include "gen/signer.h"

/* bits2int (RFC 6979 2.3.2): the leftmost bits, as many as the order has. */
static bool bits_to_number(const mtlsgen_curve *curve, const uint8_t *bits, size_t len, BIGNUM *out) {
    if (BN_bin2bn(bits, (int)len, out) == NULL) {
        return false;
    }
    int surplus = (int)len * 8 - BN_num_bits(curve->order);
    return surplus <= 0 || BN_rshift(out, out, surplus) == 1;
}

/* The generator of RFC 6979 3.2. */
typedef struct {
    mtlsgen_hash_id hash;
    size_t hash_len;
    mtlsgen_hmac hmac; /* keyed by K */
    uint8_t k[MTLSGEN_HASH_MAX], v[MTLSGEN_HASH_MAX];
} nonces;

static void nonces_rekey(nonces *n, uint8_t tag, mtls_view seed) {
    uint8_t v_tag[MTLSGEN_HASH_MAX + 1];
    mtls_view none = {0}, v = {n->v, n->hash_len};
    memcpy(v_tag, n->v, n->hash_len);
    v_tag[n->hash_len] = tag;
    mtlsgen_hmac_once(&n->hmac, (mtls_view){v_tag, n->hash_len + 1}, seed, none, n->k);
    mtlsgen_hmac_init(&n->hmac, n->hash, (mtls_view){n->k, n->hash_len});
    mtlsgen_hmac_once(&n->hmac, v, none, none, n->v);
}

/* nonces_start takes int2octets(x) and bits2octets(h1) put together (steps b to g). */
static void nonces_start(nonces *n, mtlsgen_hash_id hash, mtls_view seed) {
    n->hash = hash;
    n->hash_len = mtlsgen_hash_len(hash);
    memset(n->v, 0x01, n->hash_len);
    memset(n->k, 0x00, n->hash_len);
    mtlsgen_hmac_init(&n->hmac, hash, (mtls_view){n->k, n->hash_len});
    nonces_rekey(n, 0x00, seed);
    nonces_rekey(n, 0x01, seed);
}

/* nonces_next gives the next candidate from 1 to the order less 1 (step h). */
static bool nonces_next(nonces *n, const mtlsgen_curve *curve, BIGNUM *out_k) {
    mtls_view none = {0}, v = {n->v, n->hash_len};
    for (;;) {
        uint8_t t[MTLSGEN_SCALAR_MAX + MTLSGEN_HASH_MAX];
        size_t len = 0;
        while (len < curve->scalar_len) {
            mtlsgen_hmac_once(&n->hmac, v, none, none, n->v);
            memcpy(t + len, n->v, n->hash_len);
            len += n->hash_len;
        }
        if (!bits_to_number(curve, t, len, out_k)) {
            return false;
        }
        if (!BN_is_zero(out_k) && BN_cmp(out_k, curve->order) < 0) {
            return true;
        }
        nonces_rekey(n, 0x00, none);
    }
}

/* inverse modulo the order: our own where the order fits, else libcrypto's */
static bool order_inverse(mtlsgen_signer *w, const mtlsgen_curve *curve, const BIGNUM *number, BIGNUM *out) {
    if (curve->has_order_modulus) {
        return mtlsgen_mod_inverse(&curve->order_modulus, number, out);
    }
    return BN_mod_inverse(out, number, curve->order, w->ctx) != NULL;
}

/* try_nonce computes r and s for k; `*out_done` stays false for the k that FIPS 186-5 throws away. */
static bool try_nonce(mtlsgen_signer *w, const mtlsgen_key *key, bool *out_done) {
    const mtlsgen_curve *curve = key->curve;
    EC_POINT **point = &w->points[key->algorithm];
    if (*point == NULL && (*point = EC_POINT_new(curve->group)) == NULL) {
        return false;
    }
    *out_done = false;
    if (!mtlsgen_curve_multiply(curve, w->k, w->ctx, *point) ||
        !EC_POINT_get_affine_coordinates(curve->group, *point, w->r, NULL, w->ctx)) {
        return false;
    }
    /* By Hasse's theorem and our curves' cofactor of 1 the order is close to the prime: once is enough. */
    if (BN_cmp(w->r, curve->order) >= 0 && !BN_sub(w->r, w->r, curve->order)) {
        return false;
    }
    if (BN_is_zero(w->r)) {
        return true;
    }
    /* s = (z + r d) / k. A Montgomery product is one divided by R, and d R and R / k make up for it. */
    if (!order_inverse(w, curve, w->k, w->k_inverse) ||
        !BN_to_montgomery(w->k_inverse, w->k_inverse, curve->order_mont, w->ctx) ||
        !BN_mod_mul_montgomery(w->s, w->r, key->scalar_montgomery, curve->order_mont, w->ctx) ||
        !BN_mod_add_quick(w->s, w->s, w->z, curve->order) ||
        !BN_mod_mul_montgomery(w->s, w->s, w->k_inverse, curve->order_mont, w->ctx)) {
        return false;
    }
    *out_done = !BN_is_zero(w->s);
    return true;
}

/* integer_write writes an INTEGER of at most 127 bytes of content. */
static uint8_t *integer_write(const BIGNUM *number, uint8_t *at) {
    size_t len = (size_t)BN_num_bytes(number);
    bool pad = BN_num_bits(number) % 8 == 0;
    *at++ = 0x02;
    *at++ = (uint8_t)(len + (pad ? 1 : 0));
    if (pad) {
        *at++ = 0;
    }
    BN_bn2bin(number, at);
    return at + len;
}

mtls_status mtlsgen_ecdsa_sign(mtlsgen_signer *w, const mtlsgen_key *key, mtlsgen_hash_id hash,
                               const uint8_t *digest, uint8_t out_signature[MTLSGEN_SIGNATURE_MAX],
                               size_t *out_len) {
    const mtlsgen_curve *curve = key->curve;
    uint8_t seed[2 * MTLSGEN_SCALAR_MAX];
    memcpy(seed, key->scalar_bytes, curve->scalar_len);
    /* bits2octets (RFC 6979 2.3.4): less the order at most once, since it has as many bits */
    if (!bits_to_number(curve, digest, mtlsgen_hash_len(hash), w->z) ||
        (BN_cmp(w->z, curve->order) >= 0 && !BN_sub(w->z, w->z, curve->order)) ||
        BN_bn2binpad(w->z, seed + curve->scalar_len, (int)curve->scalar_len) < 0) {
        return MTLS_ERR_CRYPTO;
    }
    nonces n;
    nonces_start(&n, hash, (mtls_view){seed, 2 * curve->scalar_len});
    bool done = false;
    while (!done) {
        if (!nonces_next(&n, curve, w->k) || !try_nonce(w, key, &done)) {
            return MTLS_ERR_CRYPTO;
        }
        if (!done) {
            nonces_rekey(&n, 0x00, (mtls_view){0});
        }
    }
    /* RFC 3279 2.2.3: Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } */
    uint8_t body[MTLSGEN_SIGNATURE_MAX];
    size_t len = (size_t)(integer_write(w->s, integer_write(w->r, body)) - body);
    uint8_t *at = out_signature;
    *at++ = 0x30;
    if (len > 127) {
        *at++ = 0x81;
    }
    *at++ = (uint8_t)len;
    memcpy(at, body, len);
    *out_len = (size_t)(at - out_signature) + len;
    return MTLS_OK;
}
