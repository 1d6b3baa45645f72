/* The client's verdict. One input is a handshake: uploaded file, chain, options, clock; its signatures are
 * made again unless it says otherwise.
 *
 * Oracles: never SUCCESS unless real signatures lead from the client's certificate to a root of the uploaded
 * file, within its validity, and under azure-appgw with clientAuth and, where asked, the issuer DN; result,
 * reason, status and the log's word fit together. Second opinion: under `openssl` a bare libcrypto run
 * answers alike. */
#include "core/vocabulary.h"
#include "fuzz/forgery.h"
#include "fuzz/handshake.h"
#include "fuzz/oracle.h"
#include "fuzz/resign.h"

#include <mtls/validate.h>

#ifdef MTLSFUZZ_SECOND_OPINION
#include "fuzz/second/chain_libcrypto.h"
#endif

#include <string.h>

enum { FILE_MAX = 64 * 1024 * 1024 };

static bool is_result(const mtlsval_client *client, const char *result) {
    return strcmp(mtlsval_client_result(client), result) == 0;
}

/* seed#overview: "All client certificate authentication failures result in an HTTP 400". */
static void check_answer(const mtlsval_client *client, const mtlsfuzz_handshake *handshake) {
    const char *reason = mtlsval_client_reason(client), *word = mtlsval_client_ssl_client_verify(client);
    int status = mtlsval_client_http_status(client);
    bool failed = is_result(client, "FAILED"), aborted = is_result(client, "ABORTED");
    bool none = is_result(client, "NONE"), passed = is_result(client, "PASSTHROUGH");
    bool passthrough = (handshake->options & MTLSFUZZ_PASSTHROUGH) != 0;
    mtls_reason known;
    MTLSFUZZ_ORACLE("reason", (reason != NULL) == failed && (!failed || mtls_reason_find(reason, &known)),
                    "%s with the reason %s", mtlsval_client_result(client),
                    reason == NULL ? "(none)" : reason);
    MTLSFUZZ_ORACLE("http-status",
                    status == (aborted                            ? 0
                               : failed || (none && !passthrough) ? 400
                                                                  : 200) &&
                        mtlsval_client_goes_on(client) == (status == 200),
                    "%s with status %d", mtlsval_client_result(client), status);
    MTLSFUZZ_ORACLE("log-word",
                    aborted  ? word == NULL
                    : failed ? word != NULL && strncmp(word, "FAILED:", 7) == 0 &&
                                   mtls_reason_from_text(word) == known
                             : word != NULL && strcmp(word, mtlsval_client_result(client)) == 0,
                    "%s is logged as %s", mtlsval_client_result(client), word == NULL ? "(nothing)" : word);
    MTLSFUZZ_ORACLE("passthrough", passed ? passthrough : !passthrough || none || aborted,
                    "%s with passthrough %s", mtlsval_client_result(client), passthrough ? "on" : "off");
}

static void check_success(const mtlsfuzz_handshake *handshake, const char *issuer_dn) {
    bool gateway = (handshake->options & MTLSFUZZ_PROFILE_OPENSSL) == 0;
    mtlsfuzz_leaf leaf;
    MTLSFUZZ_REACHED("success");
    MTLSFUZZ_ORACLE("forgery", mtlsfuzz_chain_is_signed(handshake->bundle, handshake->chain, !gateway),
                    "no signatures lead from the client's certificate to a root of the uploaded file");
    if (!mtlsfuzz_leaf_read(handshake->chain, &leaf)) {
        return; /* of a form that only libcrypto reads */
    }
    MTLSFUZZ_ORACLE("validity", leaf.not_before <= handshake->time && handshake->time <= leaf.not_after,
                    "%lld to %lld does not hold %lld", (long long)leaf.not_before, (long long)leaf.not_after,
                    (long long)handshake->time);
    MTLSFUZZ_ORACLE("purpose", leaf.client_auth || (!gateway && !leaf.has_purposes),
                    "a certificate that is not for clientAuth");
    if (gateway && (handshake->options & MTLSFUZZ_VERIFY_ISSUER_DN) != 0) {
        MTLSFUZZ_ORACLE("issuer-dn", issuer_dn != NULL && strcmp(leaf.issuer, issuer_dn) == 0,
                        "issuer %s, clientCertIssuerDN %s", leaf.issuer,
                        issuer_dn == NULL ? "(none)" : issuer_dn);
    }
}

static void check_client(const mtlsval_gateway *gateway, const mtlsfuzz_handshake *handshake,
                         const char *issuer_dn) {
    bool has_answer = (handshake->options & MTLSFUZZ_NO_ANSWER) == 0;
    mtlsval_client_options options = {
        .time = handshake->time,
        .verify_issuer_dn = (handshake->options & MTLSFUZZ_VERIFY_ISSUER_DN) != 0,
        .passthrough = (handshake->options & MTLSFUZZ_PASSTHROUGH) != 0,
        .verify_ocsp = (handshake->options & MTLSFUZZ_VERIFY_OCSP) != 0,
        .ocsp_response = has_answer ? handshake->ocsp.data : NULL,
        .ocsp_response_len = has_answer ? handshake->ocsp.len : 0,
    };
    bool presents = (handshake->options & MTLSFUZZ_NO_CHAIN) == 0;
    mtlsval_client *client = NULL;
    mtls_error error;
    mtls_status status = mtlsval_client_check(gateway, presents ? (const void *)handshake->chain.data : NULL,
                                              presents ? handshake->chain.len : 0, &options, &client, &error);
    if (status == MTLS_ERR_INPUT || status == MTLS_ERR_USAGE) {
        MTLSFUZZ_REACHED("refused");
        MTLSFUZZ_ORACLE("message", error.text[0] != '\0' && client == NULL, "refused without a message");
        return;
    }
    mtlsfuzz_must(status, "check a client");
    check_answer(client, handshake);
    if (is_result(client, "SUCCESS")) {
        check_success(handshake, issuer_dn);
    } else if (is_result(client, "FAILED")) {
        MTLSFUZZ_REACHED("failed");
    }
#ifdef MTLSFUZZ_SECOND_OPINION
    if (presents) {
        mtlsfuzz_chain_compare(handshake, client);
    }
#endif
    mtlsval_client_free(client);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static mtls_buf bundle = {.max = FILE_MAX}, chain = {.max = FILE_MAX};
    mtlsfuzz_handshake handshake;
    mtlsval_gateway *gateway = NULL;
    mtlsval_file_answer file = {.accepted = true};
    if (!mtlsfuzz_handshake_read((mtls_view){data, size}, &handshake)) {
        return 0;
    }
    if ((handshake.options & MTLSFUZZ_AS_SIGNED) == 0) {
        mtlsfuzz_resign(handshake.bundle, handshake.chain, &bundle, &chain);
        handshake.bundle = mtls_buf_view(&bundle);
        handshake.chain = mtls_buf_view(&chain);
    }
    bool openssl = (handshake.options & MTLSFUZZ_PROFILE_OPENSSL) != 0;
    mtlsfuzz_must(mtlsval_gateway_new(openssl ? "openssl" : "azure-appgw", &gateway, NULL), "make a gateway");
    if ((handshake.options & MTLSFUZZ_NO_BUNDLE) == 0) {
        mtlsfuzz_must(mtlsval_gateway_add_file(gateway, handshake.bundle.data, handshake.bundle.len,
                                               handshake.time, &file),
                      "add a file");
    }
    if (file.accepted) {
        MTLSFUZZ_REACHED("file accepted");
        check_client(gateway, &handshake, file.client_cert_issuer_dn);
    }
    mtlsval_gateway_free(gateway);
    return 0;
}
