/* The parameters of an RSASSA-PSS signature. No libcrypto. */
#ifndef MTLS_VALIDATOR_PSS_H
#define MTLS_VALIDATOR_PSS_H

#include <mtls/bytes.h>

typedef struct {
    const char *digest, *mask_digest; /* libcrypto's names */
    uint32_t salt_len;                /* bytes */
} mtlsval_pss;

/* mtlsval_pss_read reads RSASSA-PSS-params (RFC 4055 3.1), the whole element. False: malformed, or a digest,
 * mask function or trailer that is not supported. */
bool mtlsval_pss_read(mtls_view parameters, mtlsval_pss *out);

#endif
