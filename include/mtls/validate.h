/* libmtlsvalidate: what Azure Application Gateway's mutual authentication answers to a trusted client CA
 * file.
 *
 * The library writes nothing, never exits, keeps no global state and may be used from several threads; one
 * answer is to be used by one thread at a time. Strings belong to the answer and live as long as it. */
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
 * the warnings about dates, in seconds since 1970; the verdict does not depend on it. A bad file is an answer
 * and gives MTLS_OK; anything else is a lack of memory or a failure of libcrypto, and then `*out_upload` is
 * NULL. */
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

/* What does not reject the file and is worth knowing. */
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

#ifdef __cplusplus
}
#endif

#endif
