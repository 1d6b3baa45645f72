/* libmtlsgen: certificates for tests, the same bytes from the same seed everywhere. Everybody can derive
 * their keys: every subject says TEST and DO NOT TRUST, but for those that you state.
 *
 * The library writes nothing, never exits and shares nothing between sets but the constants of curves; one
 * set is to be used by one thread at a time. For malformed certificates and whole cases there is the scenario
 * language of mtls-gen. */
#ifndef MTLS_GENERATE_H
#define MTLS_GENERATE_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Certificates that belong together, each with a label of its own. */
typedef struct mtlsgen_fixtures mtlsgen_fixtures;

/* mtlsgen_fixtures_new makes an empty set. All keys and serial numbers follow from `seed`. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsgen_fixtures_new(const char *seed, mtlsgen_fixtures **out_set);
MTLS_PUBLIC void mtlsgen_fixtures_free(mtlsgen_fixtures *set);

/* What a certificate is. All zero is a good client certificate that signed itself. */
typedef struct {
    bool ca;              /* a CA: basicConstraints CA:TRUE, keyCertSign */
    const char *issuer;   /* the label of a certificate of the set; NULL: itself */
    const char *key;      /* "p256", "ed25519", "rsa2048", ... as in docs/scenarios.md; NULL: p256 */
    const char *subject;  /* RFC 4514 text in the encoding's order; NULL: O=mtls-gauntlet TEST DO NOT TRUST,
                             CN=<label> */
    const char *validity; /* "good" (2020 to 2119), "expired", "future"; NULL: good */
    bool without_eku;     /* a leaf without extKeyUsage in place of clientAuth */
} mtlsgen_fixture;

/* mtlsgen_fixtures_add issues one more certificate. MTLS_ERR_USAGE for a label that is taken, an issuer that
 * is not there, an unknown word, text that is not UTF-8; MTLS_ERR_INPUT for a subject that cannot be read;
 * MTLS_ERR_LIMIT past 4096 certificates: `error`, which may be NULL, says which. The set is then as it was.
 */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsgen_fixtures_add(mtlsgen_fixtures *set, const char *label,
                                                             const mtlsgen_fixture *what, mtls_error *error);

/* The certificate as PEM and DER, and its private key as PEM (PKCS#8). They live as long as the set. NULL, or
 * the empty view, for a label that is not there. */
MTLS_PUBLIC const char *mtlsgen_fixtures_pem(const mtlsgen_fixtures *set, const char *label);
MTLS_PUBLIC const char *mtlsgen_fixtures_key_pem(const mtlsgen_fixtures *set, const char *label);
MTLS_PUBLIC mtls_view mtlsgen_fixtures_der(const mtlsgen_fixtures *set, const char *label);

#ifdef __cplusplus
}
#endif

#endif
