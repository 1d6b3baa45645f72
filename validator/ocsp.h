/* The status of a client certificate from an OCSP answer (RFC 6960), judged as nginx's `ssl_ocsp leaf` does.
 */
#ifndef MTLS_VALIDATOR_OCSP_H
#define MTLS_VALIDATOR_OCSP_H

#include <openssl/x509.h>

#include "core/vocabulary.h"
#include "validator/trust.h"

typedef struct {
    mtls_reason reason; /* MTLS_REASON_NONE: good, or nothing to ask */
    const char *detail; /* what was seen, static text; NULL with MTLS_REASON_NONE */
} mtlsval_ocsp_verdict;

/* mtlsval_ocsp_check judges the first certificate of `built`, the chain that verified, by the responder's
 * answer at `time`. An empty `response` stands for a responder that does not answer. Of the certificate's
 * responders only the first counts; nothing is sent anywhere. */
MTLS_MUST_CHECK mtls_status mtlsval_ocsp_check(const mtlsval_trust *trust, STACK_OF(X509) * built,
                                               mtls_view response, int64_t time,
                                               mtlsval_ocsp_verdict *out_verdict);

#endif
