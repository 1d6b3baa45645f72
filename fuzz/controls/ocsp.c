/* Lies about OCSP answers. */
#include "validator/ocsp.h"
#include "fuzz/controls/control.h"

#include <openssl/ocsp.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"what is good has something to say",         "verdict"      },
    {"no answer is a good answer",                "no-answer"    },
    {"a certificate without a responder is good", "no-responder" },
    {"whoever signed, the answer counts",         "forged-answer"},
    {"what is revoked cannot be asked about",     "plain-answer" },
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

/* clang-format off */
WRAP(mtls_status, mtlsval_ocsp_check, const mtlsval_trust *trust, STACK_OF(X509) *built, mtls_view response,
     int64_t time, mtlsval_ocsp_verdict *verdict) {
    mtls_status status = __real_mtlsval_ocsp_check(trust, built, response, time, verdict);
    STACK_OF(OPENSSL_STRING) *responders = X509_get1_ocsp(sk_X509_value(built, 0));
    bool has_responder = responders != NULL;
    X509_email_free(responders);
    if ((has_responder && response.len == 0 && TOLD("no answer is a good answer")) ||
        (!has_responder && TOLD("a certificate without a responder is good"))) {
        *verdict = (mtlsval_ocsp_verdict){MTLS_REASON_NONE, NULL};
    }
    if (verdict->reason == MTLS_REASON_REVOKED && TOLD("what is revoked cannot be asked about")) {
        *verdict = (mtlsval_ocsp_verdict){MTLS_REASON_OCSP_REQUEST_FAILED, "a lie"};
    }
    if (verdict->reason == MTLS_REASON_NONE && TOLD("what is good has something to say")) {
        verdict->detail = "a lie";
    }
    return status;
}

WRAP(int, OCSP_basic_verify, OCSP_BASICRESP *basic, STACK_OF(X509) *certificates, X509_STORE *store,
     unsigned long flags) {
    return TOLD("whoever signed, the answer counts") ? 1 : __real_OCSP_basic_verify(basic, certificates, store, flags);
}
/* clang-format on */
