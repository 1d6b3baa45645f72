/* Signatures that are the same on every machine and with every OpenSSL 3.x: ECDSA with the nonce of RFC 6979,
 * EdDSA (RFC 8032), RSA PKCS#1 v1.5, and RSA-PSS (RFC 8017) with a derived salt. */
#ifndef MTLS_GEN_SIGN_H
#define MTLS_GEN_SIGN_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/arena.h"
#include "gen/key.h"
#include "gen/seed.h"

typedef enum {
    MTLSGEN_DIGEST_DEFAULT = 0, /* sha384 for P-384, sha512 for P-521, sha256 for the others */
    MTLSGEN_DIGEST_SHA1,
    MTLSGEN_DIGEST_SHA224,
    MTLSGEN_DIGEST_SHA256,
    MTLSGEN_DIGEST_SHA384,
    MTLSGEN_DIGEST_SHA512,
    MTLSGEN_NUM_DIGESTS
} mtlsgen_digest;

const char *mtlsgen_digest_spelling(mtlsgen_digest digest); /* NULL for the default */

/* The largest signature that a key of the corpus makes, in bytes. */
enum { MTLSGEN_SIGNATURE_MAX = 512 };

/* What a thread keeps between signatures: libcrypto's contexts and scratch. Not shared. */
typedef struct mtlsgen_signer mtlsgen_signer;

MTLS_MUST_CHECK mtls_status mtlsgen_signer_new(mtlsgen_signer **out_signer);
void mtlsgen_signer_free(mtlsgen_signer *signer);

/* How to sign. All zero is the key's ordinary way. Ed25519 and Ed448 ignore all of it. */
typedef struct {
    mtlsgen_digest digest;
    bool pss;           /* RSA only: MTLS_ERR_USAGE with other keys */
    mtls_view pss_salt; /* as long as the digest for an ordinary signature */
} mtlsgen_sign_options;

/* mtlsgen_sign signs `message`: `*out_signature` gets the bytes of the signatureValue (for ECDSA the DER of
 * Ecdsa-Sig-Value, RFC 3279 2.2.3). MTLS_ERR_USAGE where key and options do not go together, as an RSA key
 * too short for its digest. */
MTLS_MUST_CHECK mtls_status mtlsgen_sign(mtlsgen_signer *signer, const mtlsgen_key *key,
                                         const mtlsgen_sign_options *options, mtls_view message,
                                         uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len);

/* mtlsgen_signature_algorithm gives the AlgorithmIdentifier's DER (RFC 3279, 4055, 5758, 8410) for how `key`
 * signs; mtlsgen_signature_algorithm_named for a name ("sha256WithRSAEncryption", "ecdsa-with-SHA256",
 * "ED25519", ...) or a dotted OID without parameters. The first is static; NULL data where there is none. */
mtls_view mtlsgen_signature_algorithm(const mtlsgen_key *key, const mtlsgen_sign_options *options);
MTLS_MUST_CHECK mtls_status mtlsgen_signature_algorithm_named(const char *name, mtlsgen_arena *arena,
                                                              mtls_view *out_der, mtls_error *error);
extern const char *const mtlsgen_signature_algorithm_words[];
extern const size_t mtlsgen_num_signature_algorithm_words;

#endif
