#include "gen/seed.h"

#include <string.h>

/* The salt of HKDF-Extract. It names the corpus format: another format draws other bytes from the same seed.
 */
#define SALT "mtls-gauntlet corpus format 1"

void mtlsgen_seed_init(const char *text, mtlsgen_seed *out_seed) {
    /* RFC 5869 2.2: PRK = HMAC-Hash(salt, IKM) */
    uint8_t prk[32];
    mtls_view none = {0};
    mtlsgen_hmac salted;
    mtlsgen_hmac_init(&salted, MTLSGEN_HASH_SHA256, mtls_view_of_text(SALT));
    mtlsgen_hmac_once(&salted, mtls_view_of_text(text), none, none, prk);
    mtlsgen_hmac_init(&out_seed->hmac, MTLSGEN_HASH_SHA256, (mtls_view){prk, sizeof prk});
}

mtls_status mtlsgen_seed_expand(const mtlsgen_seed *seed, const char *address, uint8_t *out, size_t len) {
    if (len > MTLSGEN_SEED_EXPAND_MAX) {
        return MTLS_ERR_LIMIT;
    }
    /* RFC 5869 2.3: T(i) = HMAC-Hash(PRK, T(i-1) | info | i) */
    mtls_view info = mtls_view_of_text(address);
    uint8_t block[32], counter = 0;
    mtls_view previous = {block, 0};
    while (len > 0) {
        counter++;
        mtlsgen_hmac_once(&seed->hmac, previous, info, (mtls_view){&counter, 1}, block);
        previous.len = sizeof block;
        size_t take = len < sizeof block ? len : sizeof block;
        memcpy(out, block, take);
        out += take;
        len -= take;
    }
    return MTLS_OK;
}
