/* The plain functions are deprecated in favour of EVP, whose cost per call would be that of the hashing
 * itself. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "gen/hash.h"

#include <string.h>

static const struct {
    size_t len, block;
} sizes[MTLSGEN_NUM_HASHES] = {
    [MTLSGEN_HASH_SHA1] = {20, 64 },
      [MTLSGEN_HASH_SHA224] = {28, 64 },
      [MTLSGEN_HASH_SHA256] = {32, 64 },
    [MTLSGEN_HASH_SHA384] = {48, 128},
      [MTLSGEN_HASH_SHA512] = {64, 128},
};

size_t mtlsgen_hash_len(mtlsgen_hash_id id) {
    return sizes[id].len;
}

void mtlsgen_hash_init(mtlsgen_hash *hash, mtlsgen_hash_id id) {
    hash->id = id;
    switch (id) {
    case MTLSGEN_HASH_SHA1:
        SHA1_Init(&hash->state.sha1);
        break;
    case MTLSGEN_HASH_SHA224:
        SHA224_Init(&hash->state.sha256);
        break;
    case MTLSGEN_HASH_SHA384:
        SHA384_Init(&hash->state.sha512);
        break;
    case MTLSGEN_HASH_SHA512:
        SHA512_Init(&hash->state.sha512);
        break;
    case MTLSGEN_HASH_SHA256:
    case MTLSGEN_NUM_HASHES:
        SHA256_Init(&hash->state.sha256);
        break;
    }
}

void mtlsgen_hash_update(mtlsgen_hash *hash, const void *bytes, size_t len) {
    switch (hash->id) {
    case MTLSGEN_HASH_SHA1:
        SHA1_Update(&hash->state.sha1, bytes, len);
        break;
    case MTLSGEN_HASH_SHA224:
    case MTLSGEN_HASH_SHA256:
    case MTLSGEN_NUM_HASHES:
        SHA256_Update(&hash->state.sha256, bytes, len);
        break;
    case MTLSGEN_HASH_SHA384:
    case MTLSGEN_HASH_SHA512:
        SHA512_Update(&hash->state.sha512, bytes, len);
        break;
    }
}

void mtlsgen_hash_final(mtlsgen_hash *hash, uint8_t *out_digest) {
    switch (hash->id) {
    case MTLSGEN_HASH_SHA1:
        SHA1_Final(out_digest, &hash->state.sha1);
        break;
    case MTLSGEN_HASH_SHA224:
    case MTLSGEN_HASH_SHA256:
    case MTLSGEN_NUM_HASHES:
        SHA256_Final(out_digest, &hash->state.sha256);
        break;
    case MTLSGEN_HASH_SHA384:
    case MTLSGEN_HASH_SHA512:
        SHA512_Final(out_digest, &hash->state.sha512);
        break;
    }
}

void mtlsgen_hash_once(mtlsgen_hash_id id, mtls_view bytes, uint8_t *out_digest) {
    mtlsgen_hash hash;
    mtlsgen_hash_init(&hash, id);
    mtlsgen_hash_update(&hash, bytes.data, bytes.len);
    mtlsgen_hash_final(&hash, out_digest);
}

void mtlsgen_hmac_init(mtlsgen_hmac *hmac, mtlsgen_hash_id id, mtls_view key) {
    uint8_t pad[MTLSGEN_HASH_BLOCK_MAX] = {0};
    size_t block = sizes[id].block;
    if (key.len > block) {
        mtlsgen_hash_once(id, key, pad);
    } else if (key.len > 0) {
        memcpy(pad, key.data, key.len);
    }
    for (size_t i = 0; i < block; i++) {
        pad[i] ^= 0x36;
    }
    mtlsgen_hash_init(&hmac->inner, id);
    mtlsgen_hash_update(&hmac->inner, pad, block);
    for (size_t i = 0; i < block; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }
    mtlsgen_hash_init(&hmac->outer, id);
    mtlsgen_hash_update(&hmac->outer, pad, block);
}

void mtlsgen_hmac_once(const mtlsgen_hmac *hmac, mtls_view a, mtls_view b, mtls_view c, uint8_t *out_mac) {
    uint8_t digest[MTLSGEN_HASH_MAX];
    mtlsgen_hash hash = hmac->inner;
    mtlsgen_hash_update(&hash, a.data, a.len);
    mtlsgen_hash_update(&hash, b.data, b.len);
    mtlsgen_hash_update(&hash, c.data, c.len);
    mtlsgen_hash_final(&hash, digest);
    hash = hmac->outer;
    mtlsgen_hash_update(&hash, digest, sizes[hmac->inner.id].len);
    mtlsgen_hash_final(&hash, out_mac);
}
