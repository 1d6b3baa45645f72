/* OCSP answers (RFC 6960 4.2), made ahead of any question: no nonce. */
#ifndef MTLS_GEN_OCSP_H
#define MTLS_GEN_OCSP_H

#include "gen/certificate.h"

typedef enum { MTLSGEN_OCSP_GOOD = 0, MTLSGEN_OCSP_REVOKED, MTLSGEN_OCSP_UNKNOWN } mtlsgen_ocsp_status;

/* OCSPResponseStatus, the values of the RFC. Anything but successful has no responseBytes. */
typedef enum {
    MTLSGEN_OCSP_SUCCESSFUL = 0,
    MTLSGEN_OCSP_MALFORMED_REQUEST = 1,
    MTLSGEN_OCSP_INTERNAL_ERROR = 2,
    MTLSGEN_OCSP_TRY_LATER = 3,
    MTLSGEN_OCSP_SIG_REQUIRED = 5,
    MTLSGEN_OCSP_UNAUTHORIZED = 6
} mtlsgen_ocsp_response_status;

/* The RFC's words: good, revoked, unknown; successful, malformedRequest, internalError, tryLater,
 * sigRequired, unauthorized. */
bool mtlsgen_ocsp_status_find(const char *word, mtlsgen_ocsp_status *out);
bool mtlsgen_ocsp_response_status_find(const char *word, mtlsgen_ocsp_response_status *out);
extern const char *const mtlsgen_ocsp_status_words[3];
extern const char *const mtlsgen_ocsp_response_status_words[6];

typedef struct {
    const char *address;
    const mtlsgen_certificate *subject; /* the certificate asked about: its issuer, issuer's key and serial */
    mtlsgen_ocsp_status status;
    mtlsgen_ocsp_response_status response_status;
    const mtlsgen_key *key;               /* the responder's; NULL: that of the subject's issuer */
    mtls_view responder_key_id;           /* byKey; empty: that of `key` */
    const mtlsgen_certificate *delegated; /* included in `certs`: a delegated responder's; may be NULL */
    mtlsgen_digest digest;
    mtlsgen_signature signature;
    mtlsgen_time produced_at, this_update, next_update, revoked_at; /* default: as good certificates; 2021 */
    const mtlsgen_fault *faults; /* paths start with `response`, `basic`, `tbs`, `signatureAlgorithm`, ... */
    size_t num_faults;
} mtlsgen_ocsp_spec;

MTLS_MUST_CHECK mtls_status mtlsgen_ocsp_make(mtlsgen_maker *maker, const mtlsgen_ocsp_spec *spec,
                                              mtlsgen_arena *arena, mtls_view *out_der, mtls_error *error);

#endif
