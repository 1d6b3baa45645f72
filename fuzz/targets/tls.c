/* A TLS server, and the validator behind it. One input is a handshake whose chain is the body of the client's
 * Certificate message (TLS 1.2 or 1.3).
 *
 * Oracles: what the validator says of the certificates in the message is what libssl's server makes of it: no
 * certificate, an alert, success, or the same reason for failing; and nobody is let in without a
 * CertificateVerify. */
#include "core/vocabulary.h"
#include "fuzz/handshake.h"
#include "fuzz/oracle.h"
#include "fuzz/tls_server.h"
#include "gen/pem_write.h"
#include "validator/trust.h"

#include <mtls/validate.h>
#include <string.h>

enum { FILE_MAX = 64 * 1024 * 1024 };

static size_t number(const uint8_t *bytes) {
    return (size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2];
}

static void append(mtls_buf *out, mtls_view bytes) {
    mtlsfuzz_must(mtls_buf_append(out, bytes), "write a message");
}

static void append_number(mtls_buf *out, size_t value) {
    const uint8_t bytes[] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    append(out, (mtls_view){bytes, sizeof bytes});
}

/* take_apart writes the certificates of a TLS 1.2 message as PEM, and the message in the form of TLS 1.3 (RFC
 * 8446 4.4.2: an empty context, and empty extensions for each). False where its lengths do not fit together.
 */
static bool take_apart(mtls_view body, mtls_buf *pem, mtls_buf *tls13) {
    static mtls_buf list = {.max = FILE_MAX};
    mtls_buf_reset(pem);
    mtls_buf_reset(tls13);
    mtls_buf_reset(&list);
    if (body.len < 3 || number(body.data) != body.len - 3) {
        return false;
    }
    for (size_t at = 3; at < body.len;) {
        if (body.len - at < 3 || number(body.data + at) > body.len - at - 3) {
            return false;
        }
        mtls_view der = {body.data + at + 3, number(body.data + at)};
        mtlsfuzz_must(mtlsgen_pem_write(der, NULL, pem), "write a block");
        append_number(&list, der.len);
        append(&list, der);
        append(&list, (mtls_view){(const uint8_t *)"\0\0", 2});
        at += 3 + der.len;
    }
    append(tls13, (mtls_view){(const uint8_t *)"", 1});
    append_number(tls13, list.len);
    append(tls13, mtls_buf_view(&list));
    return true;
}

static void compare(const mtlsfuzz_tls_answer *tls, const mtlsval_client *client) {
    const char *result = mtlsval_client_result(client), *reason = mtlsval_client_reason(client);
    const char *expected = tls->aborted                   ? "ABORTED"
                           : !tls->has_peer               ? "NONE"
                           : tls->x509_v_err == X509_V_OK ? "SUCCESS"
                                                          : "FAILED";
    MTLSFUZZ_REACHED("compared");
    MTLSFUZZ_ORACLE("server-result", strcmp(result, expected) == 0, "%s, and the server's is %s (%d)", result,
                    expected, tls->x509_v_err);
    if (reason != NULL) {
        MTLSFUZZ_REACHED("failed");
        MTLSFUZZ_ORACLE("server-reason",
                        strcmp(reason, mtls_reason_describe(mtls_reason_from_x509(tls->x509_v_err))->slug) ==
                            0,
                        "%s, and the server's is %d", reason, tls->x509_v_err);
    }
}

/* check_client asks the validator about the same certificates. */
static void check_client(const mtlsfuzz_handshake *handshake, const mtls_buf *pem,
                         const mtlsfuzz_tls_answer *tls) {
    mtlsval_gateway *gateway = NULL;
    mtlsval_file_answer file;
    mtlsval_client *client = NULL;
    mtlsval_client_options options = {.time = handshake->time};
    mtlsfuzz_must(mtlsval_gateway_new("openssl", &gateway, NULL), "make a gateway");
    mtlsfuzz_must(mtlsval_gateway_add_file(gateway, handshake->bundle.data, handshake->bundle.len, 0, &file),
                  "add a file");
    mtlsfuzz_must(
        mtlsval_client_check(gateway, pem->len == 0 ? NULL : pem->data, pem->len, &options, &client, NULL),
        "check a client");
    compare(tls, client);
    mtlsval_client_free(client);
    mtlsval_gateway_free(gateway);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static mtls_buf pem = {.max = FILE_MAX}, tls13 = {.max = FILE_MAX};
    mtlsfuzz_handshake handshake;
    mtlsval_trust *trust = NULL;
    mtlsval_trust_refusal refusal;
    if (!mtlsfuzz_handshake_read((mtls_view){data, size}, &handshake) || handshake.chain.len > 0xffffff) {
        return 0;
    }
    mtlsfuzz_must(mtlsval_trust_new(&trust), "make a trust store");
    mtlsfuzz_must(mtlsval_trust_add_file(trust, handshake.bundle, &refusal), "load the bundle");
    if (refusal.step == NULL) {
        bool tls12 = (handshake.options & MTLSFUZZ_TLS12) != 0;
        bool whole = take_apart(handshake.chain, &pem, &tls13);
        mtlsfuzz_tls_answer answer;
        mtlsfuzz_tls_ask(mtlsval_trust_store(trust), handshake.time, tls12,
                         tls12 || !whole ? handshake.chain : mtls_buf_view(&tls13), &answer);
        MTLSFUZZ_ORACLE("not-let-in", !answer.finished, "the handshake is over without a CertificateVerify");
        if (whole) {
            check_client(&handshake, &pem, &answer);
        }
    }
    mtlsval_trust_free(trust);
    return 0;
}
