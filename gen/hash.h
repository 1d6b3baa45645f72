/* Hash functions and HMAC (RFC 2104) over libcrypto's plain functions: no lookup, no allocation, and states
 * that can be copied. Every nonce and serial number is made of them, so their overhead counts. */
#ifndef MTLS_GEN_HASH_H
#define MTLS_GEN_HASH_H

#include <openssl/sha.h>

#include <mtls/bytes.h>

enum { MTLSGEN_HASH_MAX = 64, MTLSGEN_HASH_BLOCK_MAX = 128 };

typedef enum {
    MTLSGEN_HASH_SHA1,
    MTLSGEN_HASH_SHA224,
    MTLSGEN_HASH_SHA256,
    MTLSGEN_HASH_SHA384,
    MTLSGEN_HASH_SHA512,
    MTLSGEN_NUM_HASHES
} mtlsgen_hash_id;

typedef struct {
    mtlsgen_hash_id id;
    union {
        SHA_CTX sha1;
        SHA256_CTX sha256; /* and SHA-224 */
        SHA512_CTX sha512; /* and SHA-384 */
    } state;
} mtlsgen_hash;

size_t mtlsgen_hash_len(mtlsgen_hash_id id); /* bytes of a digest */

void mtlsgen_hash_init(mtlsgen_hash *hash, mtlsgen_hash_id id);
void mtlsgen_hash_update(mtlsgen_hash *hash, const void *bytes, size_t len);
void mtlsgen_hash_final(mtlsgen_hash *hash, uint8_t *out_digest);

/* mtlsgen_hash_once digests one view. */
void mtlsgen_hash_once(mtlsgen_hash_id id, mtls_view bytes, uint8_t *out_digest);

/* A keyed HMAC: it may be copied, and used again and again without its key. */
typedef struct {
    mtlsgen_hash inner, outer;
} mtlsgen_hmac;

void mtlsgen_hmac_init(mtlsgen_hmac *hmac, mtlsgen_hash_id id, mtls_view key);

/* mtlsgen_hmac_once gives the HMAC of up to three parts put together. */
void mtlsgen_hmac_once(const mtlsgen_hmac *hmac, mtls_view a, mtls_view b, mtls_view c, uint8_t *out_mac);

#endif
