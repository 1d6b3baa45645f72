/* The kinds of signatures, and what a signer keeps for them: for the files that sign. */
#ifndef MTLS_GEN_SIGNER_H
#define MTLS_GEN_SIGNER_H

#include "gen/hash.h"
#include "gen/key_material.h"
#include "gen/sign.h"
#include "gen/sign_memo.h"

struct mtlsgen_signer {
    BN_CTX *ctx;
    BIGNUM *k, *k_inverse, *x, *r, *s, *z; /* ECDSA's numbers (FIPS 186-5 6.4) */
    EC_POINT *points[MTLSGEN_NUM_KEY_ALGORITHMS];
    EVP_MD_CTX *md;
    mtlsgen_sign_memo *memo; /* NULL until there is something to remember */
};

/* mtlsgen_key_digest gives `digest`, or the key's own for the default. */
mtlsgen_digest mtlsgen_key_digest(const mtlsgen_key *key, mtlsgen_digest digest);
mtlsgen_hash_id mtlsgen_digest_hash(mtlsgen_digest digest);

/* mtlsgen_ecdsa_sign writes Ecdsa-Sig-Value for a digest, with the nonce of RFC 6979. */
MTLS_MUST_CHECK mtls_status mtlsgen_ecdsa_sign(mtlsgen_signer *signer, const mtlsgen_key *key,
                                               mtlsgen_hash_id hash, const uint8_t *digest,
                                               uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len);

/* mtlsgen_rsa_sign signs a digest by RSASSA-PKCS1-v1_5, mtlsgen_rsa_pss_sign by RSASSA-PSS (RFC
 * 8017 8.2, 8.1). */
MTLS_MUST_CHECK mtls_status mtlsgen_rsa_sign(const mtlsgen_key *key, mtlsgen_hash_id hash,
                                             const uint8_t *digest,
                                             uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len);
MTLS_MUST_CHECK mtls_status mtlsgen_rsa_pss_sign(const mtlsgen_key *key, mtlsgen_hash_id hash,
                                                 const uint8_t *digest, mtls_view salt,
                                                 uint8_t out_signature[MTLSGEN_SIGNATURE_MAX],
                                                 size_t *out_len);

#endif
