/* Lies about clients: the validator's, its chain verification's, and libcrypto's to the second opinion. */
#include "fuzz/controls/control.h"
#include "fuzz/second/chain_libcrypto.h"
#include "validator/chain.h"

#include <mtls/validate.h>
#include <string.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"a failure has no reason",                    "reason"          },
    {"every request is answered with 200",         "http-status"     },
    {"the log says SUCCESS of everybody",          "log-word"        },
    {"in passthrough everybody succeeds",          "passthrough"     },
    {"nobody asks who signed",                     "forgery"         },
    {"nobody looks at the clock",                  "validity"        },
    {"nobody asks what a certificate is for",      "purpose"         },
    {"the file has another issuer DN",             "issuer-dn"       },
    {"what cannot be sent is refused in silence",  "message"         },
    {"libcrypto's clock stands in 1970",           "libcrypto-result"},
    {"every failure is that of an expired client", "libcrypto-reason"},
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

static bool is_of_signature(int error) {
    return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
           error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT || error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
           error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || error == X509_V_ERR_CERT_SIGNATURE_FAILURE;
}

/* clang-format off */
WRAP(mtls_status, mtlsval_chain_verify, const mtlsval_trust *trust, STACK_OF(X509) *sent, int64_t time,
     mtlsval_chain_verdict *verdict) {
    mtls_status status = __real_mtlsval_chain_verify(trust, sent, time, verdict);
    int error = status == MTLS_OK ? verdict->x509_v_err : X509_V_OK;
    if ((is_of_signature(error) && TOLD("nobody asks who signed")) ||
        ((error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) &&
         TOLD("nobody looks at the clock")) ||
        (error == X509_V_ERR_INVALID_PURPOSE && TOLD("nobody asks what a certificate is for"))) {
        verdict->x509_v_err = X509_V_OK;
    }
    return status;
}

WRAP(mtls_status, mtlsval_gateway_add_file, mtlsval_gateway *gateway, const void *file, size_t len, int64_t now,
     mtlsval_file_answer *answer) {
    mtls_status status = __real_mtlsval_gateway_add_file(gateway, file, len, now, answer);
    if (status == MTLS_OK && TOLD("the file has another issuer DN")) {
        answer->client_cert_issuer_dn = "CN=another";
    }
    return status;
}

WRAP(mtls_status, mtlsval_client_check, const mtlsval_gateway *gateway, const void *chain, size_t len,
     const mtlsval_client_options *options, mtlsval_client **client, mtls_error *error) {
    mtls_status status = __real_mtlsval_client_check(gateway, chain, len, options, client, error);
    if (status != MTLS_OK && TOLD("what cannot be sent is refused in silence")) {
        error->text[0] = '\0';
    }
    return status;
}

WRAP(const char *, mtlsval_client_result, const mtlsval_client *client) {
    const char *result = __real_mtlsval_client_result(client);
    return strcmp(result, "PASSTHROUGH") == 0 && TOLD("in passthrough everybody succeeds") ? "SUCCESS" : result;
}

WRAP(const char *, mtlsval_client_reason, const mtlsval_client *client) {
    const char *reason = __real_mtlsval_client_reason(client);
    return reason == NULL || TOLD("a failure has no reason") ? NULL
           : TOLD("every failure is that of an expired client") ? "expired"
                                                                : reason;
}

WRAP(const char *, mtlsval_client_ssl_client_verify, const mtlsval_client *client) {
    const char *word = __real_mtlsval_client_ssl_client_verify(client);
    if (word == NULL) {
        return NULL;
    }
    bool passed = strcmp(word, "PASSTHROUGH") == 0 && TOLD("in passthrough everybody succeeds");
    bool failed = strncmp(word, "FAILED:", 7) == 0 && TOLD("every failure is that of an expired client");
    return passed || TOLD("the log says SUCCESS of everybody") ? "SUCCESS"
           : failed                                            ? "FAILED:certificate has expired"
                                                               : word;
}

WRAP(int, mtlsval_client_http_status, const mtlsval_client *client) {
    return TOLD("every request is answered with 200") ? 200 : __real_mtlsval_client_http_status(client);
}

/* The second opinion would come first, and catch another lie than the one that is meant. */
WRAP(void, mtlsfuzz_chain_compare, const mtlsfuzz_handshake *handshake, const mtlsval_client *client) {
    if (TOLD("libcrypto's clock stands in 1970") || TOLD("every failure is that of an expired client")) {
        __real_mtlsfuzz_chain_compare(handshake, client);
    }
}

/* The validator sets its clock by another function. */
WRAP(void, X509_STORE_CTX_set0_param, X509_STORE_CTX *context, X509_VERIFY_PARAM *param) {
    if (TOLD("libcrypto's clock stands in 1970")) {
        X509_VERIFY_PARAM_set_time(param, 0);
    }
    __real_X509_STORE_CTX_set0_param(context, param);
}
/* clang-format on */
