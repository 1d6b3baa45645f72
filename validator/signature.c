#include "validator/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "validator/pss.h"

/* Octets of a point: P-521's, uncompressed, has 133. */
enum { EC_POINT_MAX = 256 };

/* d2i_PublicKey reads an RSAPublicKey at a tenth of what d2i_PUBKEY costs, which tries every decoder it has.
 */
static EVP_PKEY *load_rsa(const mtlsval_certificate *issuer) {
    const unsigned char *at = issuer->key.data;
    EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)issuer->key.len);
    if (key != NULL && at != issuer->key.data + issuer->key.len) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

/* A key on a curve costs most where its group is made. */
static EVP_PKEY *load_ec(const mtlsval_certificate *issuer) {
    char group[32];
    uint8_t point[EC_POINT_MAX];
    if (issuer->key.len == 0 || issuer->key.len > sizeof point) {
        return NULL;
    }
    OPENSSL_strlcpy(group, mtlsval_curve_text(issuer->curve), sizeof group);
    for (size_t i = 0; i < issuer->key.len; i++) {
        point[i] = issuer->key.data[i];
    }
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, issuer->key.len),
                           OSSL_PARAM_construct_end()};
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1) {
        (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params); /* NULL on failure */
    }
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* RFC 8410 3: "For all of the OIDs, the parameters MUST be absent." */
static EVP_PKEY *load_edwards(const mtlsval_certificate *issuer, int type) {
    return issuer->key_algorithm.parameters.len > 0
               ? NULL
               : EVP_PKEY_new_raw_public_key(type, NULL, issuer->key.data, issuer->key.len);
}

static EVP_PKEY *load_key(const mtlsval_certificate *issuer) {
    const unsigned char *at = issuer->spki.data;
    switch (issuer->key_id) {
    case MTLSVAL_KEY_RSA:
        return issuer->key_bits > MTLSVAL_RSA_BITS_MAX ? NULL : load_rsa(issuer);
    case MTLSVAL_KEY_EC:
        return issuer->curve != MTLSVAL_CURVE_UNKNOWN ? load_ec(issuer)
                                                      : d2i_PUBKEY(NULL, &at, (long)issuer->spki.len);
    case MTLSVAL_KEY_ED25519:
        return load_edwards(issuer, EVP_PKEY_ED25519);
    case MTLSVAL_KEY_ED448:
        return load_edwards(issuer, EVP_PKEY_ED448);
    case MTLSVAL_KEY_RSA_PSS:
        return issuer->key_bits > MTLSVAL_RSA_BITS_MAX ? NULL : d2i_PUBKEY(NULL, &at, (long)issuer->spki.len);
    case MTLSVAL_KEY_DSA:
        return issuer->key_bits > MTLSVAL_DSA_BITS_MAX ? NULL : d2i_PUBKEY(NULL, &at, (long)issuer->spki.len);
    default:
        return NULL;
    }
}

unsigned mtlsval_signature_cost(const mtlsval_certificate *issuer) {
    enum { USUAL = 1, SLOW = 8, UNUSUAL = 32 };
    switch (issuer->key_id) {
    case MTLSVAL_KEY_RSA:
        return issuer->key_bits <= 4096 ? USUAL : UNUSUAL;
    case MTLSVAL_KEY_EC:
        return issuer->curve == MTLSVAL_CURVE_P256      ? USUAL
               : issuer->curve != MTLSVAL_CURVE_UNKNOWN ? SLOW
                                                        : UNUSUAL;
    case MTLSVAL_KEY_ED25519:
        return USUAL;
    case MTLSVAL_KEY_ED448:
        return SLOW;
    default:
        return UNUSUAL;
    }
}

void mtlsval_signature_cache_clear(mtlsval_signature_cache *cache) {
    EVP_PKEY_free(cache->key);
    *cache = (mtlsval_signature_cache){.key = NULL};
}

/* take_point puts the issuer's point in the place of the one that the key at hand has, on the same curve: the
 * group is made once for a file's keys. */
static bool take_point(mtlsval_signature_cache *cache, const mtlsval_certificate *issuer) {
    bool same_group = cache->key != NULL && issuer->key_id == MTLSVAL_KEY_EC &&
                      issuer->curve != MTLSVAL_CURVE_UNKNOWN && issuer->curve == cache->curve;
    return same_group && issuer->key.len <= EC_POINT_MAX &&
           EVP_PKEY_set1_encoded_public_key(cache->key, issuer->key.data, issuer->key.len) == 1;
}

/* load leaves the issuer's key in the cache; false: libcrypto cannot use it. */
static bool load(mtlsval_signature_cache *cache, const mtlsval_certificate *issuer) {
    if (cache->key != NULL && mtls_view_equal(cache->spki, issuer->spki)) {
        return true;
    }
    if (!take_point(cache, issuer)) {
        mtlsval_signature_cache_clear(cache);
        cache->key = load_key(issuer);
        cache->curve = issuer->key_id == MTLSVAL_KEY_EC ? issuer->curve : MTLSVAL_CURVE_UNKNOWN;
    }
    cache->spki = issuer->spki;
    return cache->key != NULL;
}

/* set_pss sets padding, salt and mask function from the algorithm's parameters. */
static bool set_pss(EVP_PKEY_CTX *ctx, const mtlsval_pss *pss) {
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)pss->salt_len) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, pss->mask_digest, NULL) == 1;
}

static mtlsval_signature_answer verify(EVP_PKEY *key, const mtlsval_certificate *certificate) {
    mtlsval_signature_answer answer = MTLSVAL_SIGNATURE_UNSUPPORTED;
    const char *digest = mtlsval_signature_algorithm_describe(certificate->signature_id)->digest;
    bool is_pss = certificate->signature_id == MTLSVAL_SIGNATURE_RSA_PSS;
    mtlsval_pss pss;
    if (is_pss) {
        if (!mtlsval_pss_read(certificate->signature_algorithm.parameters, &pss)) {
            return MTLSVAL_SIGNATURE_UNSUPPORTED;
        }
        digest = pss.digest;
    }
    EVP_PKEY_CTX *key_ctx = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx != NULL && EVP_DigestVerifyInit_ex(ctx, &key_ctx, digest, NULL, NULL, key, NULL) == 1 &&
        (!is_pss || set_pss(key_ctx, &pss))) {
        int result = EVP_DigestVerify(ctx, certificate->signature.data, certificate->signature.len,
                                      certificate->tbs.data, certificate->tbs.len);
        answer = result == 1 ? MTLSVAL_SIGNATURE_GOOD : MTLSVAL_SIGNATURE_BAD;
    }
    EVP_MD_CTX_free(ctx);
    return answer;
}

/* empty_queue empties the queue of errors; true if one of them is a lack of memory. */
static bool empty_queue(void) {
    bool no_memory = false;
    for (unsigned long error; (error = ERR_get_error()) != 0;) {
        no_memory = no_memory || ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
    }
    return no_memory;
}

/* has_memory: libcrypto could have what a verification takes. */
static bool has_memory(void) {
    enum { VERIFICATION = 32 * 1024 };
    void *probe = OPENSSL_malloc(VERIFICATION);
    OPENSSL_free(probe);
    ERR_clear_error();
    return probe != NULL;
}

static mtlsval_signature_answer load_and_verify(mtlsval_signature_cache *cache,
                                                const mtlsval_certificate *certificate,
                                                const mtlsval_certificate *issuer) {
    return load(cache, issuer) ? verify(cache->key, certificate) : MTLSVAL_SIGNATURE_UNSUPPORTED;
}

/* may_fit: an algorithm that no key of the issuer's kind can have made needs no look at the key. */
static bool may_fit(const mtlsval_certificate *certificate, const mtlsval_certificate *issuer) {
    mtlsval_key_algorithm key = mtlsval_signature_algorithm_describe(certificate->signature_id)->key;
    return key != MTLSVAL_KEY_UNKNOWN &&
           (key == issuer->key_id || (certificate->signature_id == MTLSVAL_SIGNATURE_RSA_PSS &&
                                      issuer->key_id == MTLSVAL_KEY_RSA_PSS));
}

mtls_status mtlsval_signature_check(mtlsval_signature_cache *cache, const mtlsval_certificate *certificate,
                                    const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    mtlsval_signature_cache own = {.key = NULL};
    if (!may_fit(certificate, issuer)) {
        *out_answer = certificate->signature_id == MTLSVAL_SIGNATURE_UNKNOWN ? MTLSVAL_SIGNATURE_UNSUPPORTED
                                                                             : MTLSVAL_SIGNATURE_BAD;
        return MTLS_OK;
    }
    /* RFC 5280 4.1.1.2: both fields must name the same algorithm; libcrypto fails a signature where they
     * differ. */
    if (mtlsval_certificate_has_note(certificate, MTLSVAL_CERTIFICATE_ALGORITHMS_DIFFER) ||
        certificate->signature_unused_bits != 0) {
        *out_answer = MTLSVAL_SIGNATURE_BAD;
        return MTLS_OK;
    }
    ERR_clear_error();
    if (cache == NULL) {
        cache = &own;
    }
    /* Some of libcrypto's allocations fail without a word, and then look like a bad signature: what is not
     * good is asked twice, and believed only while there is memory. */
    *out_answer = load_and_verify(cache, certificate, issuer);
    if (*out_answer != MTLSVAL_SIGNATURE_GOOD) {
        ERR_clear_error();
        *out_answer = load_and_verify(cache, certificate, issuer);
    }
    bool no_memory = empty_queue();
    if (*out_answer != MTLSVAL_SIGNATURE_GOOD) {
        no_memory = !has_memory() || no_memory;
    }
    mtlsval_signature_cache_clear(&own);
    return no_memory && *out_answer != MTLSVAL_SIGNATURE_GOOD ? MTLS_ERR_NOMEM : MTLS_OK;
}
