/* libmtlsvalidate: what Azure Application Gateway's mutual authentication answers to a trusted client CA
 * file and to the clients that present certificates.
 *
 * The library writes nothing, never exits, keeps no global state and may be used from several threads; one
 * answer is to be used by one thread at a time. Strings belong to the answer and live as long as it.
 * Signatures are verified by libcrypto as the process has set it up: a configuration that takes algorithms
 * away (fips=yes) changes answers, unless OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) comes first.
 */
#ifndef MTLS_VALIDATE_H
#define MTLS_VALIDATE_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The answer to an upload. */
typedef struct mtlsval_upload mtlsval_upload;

/* mtlsval_upload_check asks whether the gateway would take the `len` bytes at `file`. `now` is the clock for
 * the warnings about dates, in seconds since 1970, and 0 for none; the verdict does not depend on it. A bad
 * file is an answer and gives MTLS_OK; anything else is a lack of memory or a failure of libcrypto, and then
 * `*out_upload` is NULL. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsval_upload_check(const void *file, size_t len, int64_t now,
                                                             mtlsval_upload **out_upload);
MTLS_PUBLIC void mtlsval_upload_free(mtlsval_upload *upload);

MTLS_PUBLIC bool mtlsval_upload_accepted(const mtlsval_upload *upload);

/* The error code as the gateway spells it, and what to do; NULL if accepted. */
MTLS_PUBLIC const char *mtlsval_upload_code(const mtlsval_upload *upload);
MTLS_PUBLIC const char *mtlsval_upload_advice(const mtlsval_upload *upload);

/* What was seen, naming the certificate by number and line, escaped for terminals; "" if accepted. */
MTLS_PUBLIC const char *mtlsval_upload_detail(const mtlsval_upload *upload);

/* What the gateway derives from the file; NULL unless accepted. */
MTLS_PUBLIC const char *mtlsval_upload_client_cert_issuer_dn(const mtlsval_upload *upload);
MTLS_PUBLIC const char *mtlsval_upload_validated_cert_data(const mtlsval_upload *upload);

/* A certificate of the file. Names are UTF-8 and may hold control characters. */
typedef struct {
    unsigned number;  /* of its PEM block, from 1 */
    size_t line;      /* of its BEGIN line, from 1 */
    const char *role; /* "root", "intermediate", "leaf" */
    const char *subject, *issuer;
    int64_t not_before, not_after; /* seconds since 1970 */
} mtlsval_certificate_info;
MTLS_PUBLIC size_t mtlsval_upload_num_certificates(const mtlsval_upload *upload);
/* False past the last one. */
MTLS_PUBLIC bool mtlsval_upload_get_certificate(const mtlsval_upload *upload, size_t index,
                                                mtlsval_certificate_info *out_info);

/* What does not reject the file and is worth knowing; the first 256. */
typedef struct {
    const char *id;   /* a slug such as "ca-expired" */
    unsigned number;  /* of the PEM block; 0: the file as a whole */
    size_t line;      /* 0: the file as a whole */
    const char *seen; /* a sentence, escaped for terminals */
    const char *advice;
} mtlsval_warning_details;
MTLS_PUBLIC size_t mtlsval_upload_num_warnings(const mtlsval_upload *upload);
MTLS_PUBLIC bool mtlsval_upload_get_warning(const mtlsval_upload *upload, size_t index,
                                            mtlsval_warning_details *out_warning);

/* A gateway as it is configured: a profile and its trusted client CA files. Set it up in one thread; then any
 * number of threads may check clients against it at the same time. */
typedef struct mtlsval_gateway mtlsval_gateway;

/* mtlsval_gateway_new makes a gateway without trusted files. `profile` is "azure-appgw", "openssl" (nginx
 * with OpenSSL) or "rfc5280" (whether each certificate of a file is one by the letter; no clients); another
 * name is MTLS_ERR_USAGE, and `error` (which may be NULL) lists the known ones. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsval_gateway_new(const char *profile,
                                                            mtlsval_gateway **out_gateway, mtls_error *error);
MTLS_PUBLIC void mtlsval_gateway_free(mtlsval_gateway *gateway);

/* The profile's answer to a trusted client CA file; all of it belongs to the gateway. */
typedef struct {
    bool accepted;
    const char *code;                  /* as mtlsval_upload_code; NULL too where the profile has no codes */
    const char *advice;                /* NULL if accepted, and where the profile has no codes */
    const char *detail;                /* "" if accepted */
    const char *client_cert_issuer_dn; /* NULL unless accepted, and where the profile derives none */
    /* What is in the file. But under "azure-appgw" its verdict is not the profile's: ask `accepted`. */
    const mtlsval_upload *upload;
} mtlsval_file_answer;

/* mtlsval_gateway_add_file gives the gateway one more trusted file; `now` as in mtlsval_upload_check. A
 * refused file is an answer and gives MTLS_OK: no client can be checked then. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsval_gateway_add_file(mtlsval_gateway *gateway, const void *file,
                                                                 size_t len, int64_t now,
                                                                 mtlsval_file_answer *out_answer);

/* How a client is to be checked; all zero is the gateway's default but for the time. */
typedef struct {
    int64_t time;              /* the clock, in seconds since 1970 */
    bool verify_issuer_dn;     /* verifyClientCertIssuerDN; without effect under "openssl" */
    bool passthrough;          /* verifyClientAuthMode is Passthrough */
    bool verify_ocsp;          /* verifyClientRevocation is OCSP */
    const void *ocsp_response; /* DER of the responder's answer; NULL: it gives none */
    size_t ocsp_response_len;
} mtlsval_client_options;

/* The answer to a client. */
typedef struct mtlsval_client mtlsval_client;

/* mtlsval_client_check asks what becomes of a client that presents `chain`: its certificates as PEM, leaf
 * first, or NULL for none. A bad chain is an answer and gives MTLS_OK. MTLS_ERR_USAGE: no trusted file and
 * not passthrough, a refused trusted file, passthrough under a profile without it, or a profile that judges
 * no clients; MTLS_ERR_INPUT: `chain` is not PEM certificates. Then `*out_client` is NULL and `error` (which
 * may be NULL) tells more. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsval_client_check(const mtlsval_gateway *gateway,
                                                             const void *chain, size_t len,
                                                             const mtlsval_client_options *options,
                                                             mtlsval_client **out_client, mtls_error *error);
MTLS_PUBLIC void mtlsval_client_free(mtlsval_client *client);

/* "SUCCESS", "FAILED", "NONE", "PASSTHROUGH", or "ABORTED": the TLS handshake ends with an alert. */
MTLS_PUBLIC const char *mtlsval_client_result(const mtlsval_client *client);
/* Whether the request reaches what is behind the gateway. */
MTLS_PUBLIC bool mtlsval_client_goes_on(const mtlsval_client *client);
/* A slug such as "expired"; NULL unless FAILED. */
MTLS_PUBLIC const char *mtlsval_client_reason(const mtlsval_client *client);
/* What the access log has, such as "FAILED:certificate has expired"; NULL if ABORTED. */
MTLS_PUBLIC const char *mtlsval_client_ssl_client_verify(const mtlsval_client *client);
/* The HTTP status; 0 if ABORTED. */
MTLS_PUBLIC int mtlsval_client_http_status(const mtlsval_client *client);
/* The X509_V_ERR number that chain verification ended with; -1 where it was not run. */
MTLS_PUBLIC int mtlsval_client_openssl_error(const mtlsval_client *client);
/* What was seen, naming the certificate, escaped for terminals ("" on SUCCESS), and what to do (NULL if the
 * request goes on). */
MTLS_PUBLIC const char *mtlsval_client_detail(const mtlsval_client *client);
MTLS_PUBLIC const char *mtlsval_client_advice(const mtlsval_client *client);

#ifdef __cplusplus
}
#endif

#endif
