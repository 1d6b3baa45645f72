#include "gen/sign_memo.h"

#include <stdlib.h>
#include <string.h>

/* About a megabyte; a place is chosen by the key's first bytes. */
enum { PLACES = 2048 };

typedef struct {
    mtlsgen_sign_memo_key key;
    uint16_t len; /* 0: nothing here */
    uint8_t signature[MTLSGEN_SIGNATURE_MAX];
} place;

struct mtlsgen_sign_memo {
    place places[PLACES];
};

bool mtlsgen_sign_memo_is_worth(const mtlsgen_key *key) {
    const mtlsgen_key_algorithm algorithm = mtlsgen_key_get_algorithm(key);
    return algorithm != MTLSGEN_KEY_P256 && algorithm != MTLSGEN_KEY_ED25519 &&
           algorithm != MTLSGEN_KEY_RSA1024;
}

mtlsgen_sign_memo_key mtlsgen_sign_memo_key_make(const mtlsgen_key *key, const mtlsgen_sign_options *options,
                                                 mtls_view message) {
    const uint8_t way[] = {(uint8_t)mtlsgen_key_get_algorithm(key), (uint8_t)options->digest, options->pss};
    const mtls_view id = mtlsgen_key_id(key);
    mtlsgen_sign_memo_key memo_key;
    mtlsgen_hash hash;
    mtlsgen_hash_init(&hash, MTLSGEN_HASH_SHA256);
    mtlsgen_hash_update(&hash, way, sizeof way);
    mtlsgen_hash_update(&hash, id.data, id.len);
    if (options->pss) {
        mtlsgen_hash_update(&hash, options->pss_salt.data, options->pss_salt.len);
    }
    mtlsgen_hash_update(&hash, message.data, message.len);
    mtlsgen_hash_final(&hash, memo_key.bytes);
    return memo_key;
}

static size_t place_of(const mtlsgen_sign_memo_key *key) {
    return ((size_t)key->bytes[0] << 8 | key->bytes[1]) % PLACES;
}

bool mtlsgen_sign_memo_find(const mtlsgen_sign_memo *memo, const mtlsgen_sign_memo_key *key,
                            uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len) {
    const place *p = memo == NULL ? NULL : &memo->places[place_of(key)];
    if (p == NULL || p->len == 0 || memcmp(&p->key, key, sizeof *key) != 0) {
        return false;
    }
    memcpy(out_signature, p->signature, p->len);
    *out_len = p->len;
    return true;
}

void mtlsgen_sign_memo_put(mtlsgen_sign_memo **memo, const mtlsgen_sign_memo_key *key,
                           const uint8_t *signature, size_t len) {
    if (*memo == NULL && (*memo = calloc(1, sizeof **memo)) == NULL) {
        return;
    }
    place *p = &(*memo)->places[place_of(key)];
    p->key = *key;
    p->len = (uint16_t)len;
    memcpy(p->signature, signature, len);
}

void mtlsgen_sign_memo_free(mtlsgen_sign_memo *memo) {
    free(memo);
}
