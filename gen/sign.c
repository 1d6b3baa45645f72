#include "gen/sign.h"

#include <stdlib.h>

#include "gen/signer.h"

mtls_status mtlsgen_signer_new(mtlsgen_signer **out_signer) {
    mtlsgen_signer *s = calloc(1, sizeof *s);
    *out_signer = NULL;
    if (s == NULL) {
        return MTLS_ERR_NOMEM;
    }
    s->ctx = BN_CTX_new();
    s->md = EVP_MD_CTX_new();
    BIGNUM **numbers[] = {&s->k, &s->k_inverse, &s->x, &s->r, &s->s, &s->z};
    bool ok = s->ctx != NULL && s->md != NULL;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        ok = (*numbers[i] = BN_new()) != NULL && ok;
    }
    if (!ok) {
        mtlsgen_signer_free(s);
        return MTLS_ERR_NOMEM;
    }
    *out_signer = s;
    return MTLS_OK;
}

void mtlsgen_signer_free(mtlsgen_signer *s) {
    if (s == NULL) {
        return;
    }
    BIGNUM *numbers[] = {s->k, s->k_inverse, s->x, s->r, s->s, s->z};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        BN_free(numbers[i]);
    }
    for (size_t i = 0; i < MTLSGEN_NUM_KEY_ALGORITHMS; i++) {
        EC_POINT_free(s->points[i]);
    }
    mtlsgen_sign_memo_free(s->memo);
    EVP_MD_CTX_free(s->md);
    BN_CTX_free(s->ctx);
    free(s);
}

mtlsgen_hash_id mtlsgen_digest_hash(mtlsgen_digest digest) {
    static const mtlsgen_hash_id hashes[MTLSGEN_NUM_DIGESTS] = {
        [MTLSGEN_DIGEST_DEFAULT] = MTLSGEN_HASH_SHA256, [MTLSGEN_DIGEST_SHA1] = MTLSGEN_HASH_SHA1,
        [MTLSGEN_DIGEST_SHA224] = MTLSGEN_HASH_SHA224,  [MTLSGEN_DIGEST_SHA256] = MTLSGEN_HASH_SHA256,
        [MTLSGEN_DIGEST_SHA384] = MTLSGEN_HASH_SHA384,  [MTLSGEN_DIGEST_SHA512] = MTLSGEN_HASH_SHA512,
    };
    return hashes[digest];
}

/* ed_ready sets the signer's context up for a key. That costs a tenth of a signature, and issuers sign more
 * than once: where the context is still the same key's, which it keeps alive, EVP_DigestSignInit without a
 * key makes it ready again. */
static bool ed_ready(mtlsgen_signer *signer, const mtlsgen_key *key) {
    EVP_PKEY_CTX *last = EVP_MD_CTX_get_pkey_ctx(signer->md);
    if (last != NULL && EVP_PKEY_CTX_get0_pkey(last) == key->pkey &&
        EVP_DigestSignInit(signer->md, NULL, NULL, NULL, NULL) == 1) {
        return true;
    }
    EVP_MD_CTX_reset(signer->md);
    return EVP_DigestSignInit(signer->md, NULL, NULL, NULL, key->pkey) == 1;
}

/* RFC 8032: deterministic by itself, so libcrypto's answer is everybody's. */
static mtls_status ed_sign(mtlsgen_signer *signer, const mtlsgen_key *key, mtls_view message,
                           uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len) {
    static const uint8_t nothing[1] = {0};
    *out_len = MTLSGEN_SIGNATURE_MAX;
    if (ed_ready(signer, key) &&
        EVP_DigestSign(signer->md, out_signature, out_len, message.len == 0 ? nothing : message.data,
                       message.len) == 1) {
        return MTLS_OK;
    }
    EVP_MD_CTX_reset(signer->md);
    return MTLS_ERR_CRYPTO;
}

static mtls_status fresh_sign(mtlsgen_signer *signer, const mtlsgen_key *key,
                              const mtlsgen_sign_options *options, mtls_view message,
                              uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len) {
    if (key->kind == MTLSGEN_KIND_ED) {
        return ed_sign(signer, key, message, out_signature, out_len);
    }
    mtlsgen_hash_id hash = mtlsgen_digest_hash(mtlsgen_key_digest(key, options->digest));
    uint8_t digest[MTLSGEN_HASH_MAX];
    mtlsgen_hash_once(hash, message, digest);
    if (key->kind == MTLSGEN_KIND_EC) {
        return mtlsgen_ecdsa_sign(signer, key, hash, digest, out_signature, out_len);
    }
    return options->pss ? mtlsgen_rsa_pss_sign(key, hash, digest, options->pss_salt, out_signature, out_len)
                        : mtlsgen_rsa_sign(key, hash, digest, out_signature, out_len);
}

mtls_status mtlsgen_sign(mtlsgen_signer *signer, const mtlsgen_key *key, const mtlsgen_sign_options *options,
                         mtls_view message, uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len) {
    if (options->pss && key->kind != MTLSGEN_KIND_RSA) {
        return MTLS_ERR_USAGE;
    }
    if (!mtlsgen_sign_memo_is_worth(key)) {
        return fresh_sign(signer, key, options, message, out_signature, out_len);
    }
    const mtlsgen_sign_memo_key memo_key = mtlsgen_sign_memo_key_make(key, options, message);
    if (mtlsgen_sign_memo_find(signer->memo, &memo_key, out_signature, out_len)) {
        return MTLS_OK;
    }
    const mtls_status status = fresh_sign(signer, key, options, message, out_signature, out_len);
    if (status == MTLS_OK) {
        mtlsgen_sign_memo_put(&signer->memo, &memo_key, out_signature, *out_len);
    }
    return status;
}
