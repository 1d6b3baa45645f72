/* RSA signatures (RFC 8017 8) with encodings of our own: what is signed then depends on no padding code, no
 * random salt and no policy about digests. The plain function of libcrypto is deprecated; gen/rsa_key.c says
 * why it is used. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/rsa.h>
#include <string.h>

#include "gen/signer.h"

/* RFC 8017 9.2, note 1: the DER of DigestInfo up to the digest */
static const struct {
    size_t len;
    uint8_t bytes[19];
} digest_infos[MTLSGEN_NUM_HASHES] = {
    [MTLSGEN_HASH_SHA1] = {15, "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"},
    [MTLSGEN_HASH_SHA224] = {19,
                           {0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                              0x02, 0x04, 0x05, 0x00, 0x04, 0x1c}                            },
    [MTLSGEN_HASH_SHA256] = {19,
                           {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                              0x02, 0x01, 0x05, 0x00, 0x04, 0x20}                            },
    [MTLSGEN_HASH_SHA384] = {19,
                           {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                              0x02, 0x02, 0x05, 0x00, 0x04, 0x30}                            },
    [MTLSGEN_HASH_SHA512] = {19,
                           {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                              0x02, 0x03, 0x05, 0x00, 0x04, 0x40}                            },
};

/* rsa_apply is RSASP1 (RFC 8017 5.2.1): the private key's function of one number as long as the modulus. */
static mtls_status rsa_apply(const mtlsgen_key *key, const uint8_t *number, size_t len,
                             uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len) {
    int written = RSA_private_encrypt((int)len, number, out_signature, key->engine, RSA_NO_PADDING);
    *out_len = len;
    return written == (int)len ? MTLS_OK : MTLS_ERR_CRYPTO;
}

static size_t modulus_len(const mtlsgen_key *key) {
    return (size_t)BN_num_bytes(key->rsa[MTLSGEN_RSA_N]);
}

mtls_status mtlsgen_rsa_sign(const mtlsgen_key *key, mtlsgen_hash_id hash, const uint8_t *digest,
                             uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len) {
    /* RFC 8017 9.2: EM = 0x00 || 0x01 || PS || 0x00 || T, with eight octets of PS at least */
    uint8_t em[MTLSGEN_SIGNATURE_MAX];
    size_t len = modulus_len(key), hash_len = mtlsgen_hash_len(hash), info_len = digest_infos[hash].len;
    if (len > sizeof em || len < info_len + hash_len + 11) {
        return MTLS_ERR_USAGE;
    }
    uint8_t *t = em + len - hash_len - info_len;
    memset(em, 0xff, len);
    em[0] = 0x00;
    em[1] = 0x01;
    t[-1] = 0x00;
    memcpy(t, digest_infos[hash].bytes, info_len);
    memcpy(t + info_len, digest, hash_len);
    return rsa_apply(key, em, len, out_signature, out_len);
}

/* mask_apply XORs MGF1 (RFC 8017 B.2.1) of `seed` over `bytes`. */
static void mask_apply(mtlsgen_hash_id hash, const uint8_t *seed, size_t seed_len, uint8_t *bytes,
                       size_t len) {
    size_t hash_len = mtlsgen_hash_len(hash);
    for (size_t at = 0, counter = 0; at < len; at += hash_len, counter++) {
        uint8_t mask[MTLSGEN_HASH_MAX];
        const uint8_t octets[4] = {0, 0, (uint8_t)(counter >> 8), (uint8_t)counter};
        mtlsgen_hash h;
        mtlsgen_hash_init(&h, hash);
        mtlsgen_hash_update(&h, seed, seed_len);
        mtlsgen_hash_update(&h, octets, sizeof octets);
        mtlsgen_hash_final(&h, mask);
        for (size_t i = 0; i < hash_len && at + i < len; i++) {
            bytes[at + i] ^= mask[i];
        }
    }
}

mtls_status mtlsgen_rsa_pss_sign(const mtlsgen_key *key, mtlsgen_hash_id hash, const uint8_t *digest,
                                 mtls_view salt, uint8_t out_signature[MTLSGEN_SIGNATURE_MAX],
                                 size_t *out_len) {
    /* RFC 8017 9.1.1: EM = maskedDB || H || 0xbc, where DB = PS || 0x01 || salt and emBits is one less than
     * the modulus has: a whole number of octets for our keys, less the top bit */
    uint8_t em[MTLSGEN_SIGNATURE_MAX];
    size_t len = modulus_len(key), hash_len = mtlsgen_hash_len(hash);
    if (len > sizeof em || salt.len > sizeof em || len < hash_len + salt.len + 2) {
        return MTLS_ERR_USAGE;
    }
    size_t db_len = len - hash_len - 1;
    uint8_t *h_bytes = em + db_len;
    static const uint8_t zeros[8] = {0};
    mtlsgen_hash h;
    mtlsgen_hash_init(&h, hash);
    mtlsgen_hash_update(&h, zeros, sizeof zeros);
    mtlsgen_hash_update(&h, digest, hash_len);
    mtlsgen_hash_update(&h, salt.data, salt.len);
    mtlsgen_hash_final(&h, h_bytes);
    memset(em, 0, db_len);
    em[db_len - salt.len - 1] = 0x01;
    if (salt.len > 0) {
        memcpy(em + db_len - salt.len, salt.data, salt.len);
    }
    mask_apply(hash, h_bytes, hash_len, em, db_len);
    em[0] &= 0x7f;
    em[len - 1] = 0xbc;
    return rsa_apply(key, em, len, out_signature, out_len);
}
