#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "validator/program/case_run.h"
#include "validator/program/commands.h"
#include "validator/program/corpus_walk.h"
#include "validator/program/report_json.h"

/* conformance/PROTOCOL.md */
enum { PROTOCOL_VERSION = 1 };

static const char *const features[] = {"clock",
                                       "rsa-pss",
                                       "ed25519",
                                       "ed448",
                                       "p521",
                                       "secp256k1",
                                       "weak-key",
                                       "sha1",
                                       "ocsp",
                                       "explicit-ec-parameters",
                                       "malformed-client-certificate"};

static mtls_status greet(mtls_profile_id profile) {
    bool failed = false;
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        failed |= json_array_append_new(list, json_string(features[i])) != 0;
    }
    if (mtlsval_profile_get(profile)->has_passthrough) {
        failed |= json_array_append_new(list, json_string("passthrough")) != 0;
    }
    report_json_set(object, "protocol", json_integer(PROTOCOL_VERSION), &failed);
    report_json_set(object, "name", json_string("mtls-validate"), &failed);
    report_json_set(object, "version", json_string(MTLS_VERSION), &failed);
    report_json_set(object, "features", list, &failed);
    report_json_set(object, "profile", json_string(mtls_profile_describe(profile)->spelling), &failed);
    if (failed) {
        json_decref(object);
        return MTLS_ERR_NOMEM;
    }
    return report_json_print(object, false, stdout);
}

static void set_upload(json_t *object, const mtlsval_file *file, bool *failed) {
    const mtlsval_file_verdict *verdict = &file->verdict;
    const char *code =
        verdict->code == MTLS_UPLOAD_ACCEPTED ? NULL : mtls_upload_code_describe(verdict->code)->spelling;
    json_t *upload = json_object();
    report_json_set(upload, "result", json_string(verdict->accepted ? "accepted" : "rejected"), failed);
    report_json_set(upload, "raw", json_string(verdict->accepted ? "" : verdict->detail), failed);
    report_json_set(upload, "code", report_json_text(code), failed);
    if (verdict->client_cert_issuer_dn != NULL) {
        report_json_set(upload, "clientCertIssuerDN", json_string(verdict->client_cert_issuer_dn), failed);
    }
    report_json_set(object, "upload", upload, failed);
}

static void set_handshake(json_t *object, const mtlsval_client *client, bool *failed) {
    int status = mtlsval_client_http_status(client);
    report_json_set(object, "handshake", json_string(mtlsval_client_result(client)), failed);
    if (mtlsval_client_reason(client) != NULL) {
        report_json_set(object, "reason", json_string(mtlsval_client_reason(client)), failed);
    }
    if (mtlsval_client_ssl_client_verify(client) != NULL) {
        report_json_set(object, "sslClientVerify", json_string(mtlsval_client_ssl_client_verify(client)),
                        failed);
    }
    if (status != 0) {
        report_json_set(object, "httpStatus", json_integer(status), failed);
    }
}

static mtls_status answer_case(const mtls_case *c, const case_answer *answer) {
    bool failed = false;
    json_t *object = json_object();
    const char *raw =
        answer->client == NULL ? answer->client_error.text : mtlsval_client_detail(answer->client);
    report_json_set(object, "id", json_string(c->id), &failed);
    if (answer->file != NULL) {
        set_upload(object, answer->file, &failed);
    }
    if (answer->client != NULL) {
        set_handshake(object, answer->client, &failed);
    } else if (c->client.present && !answer->gateway->refused) {
        report_json_set(object, "handshake", json_string("unsupported"), &failed);
    }
    report_json_set(object, "raw", json_string(raw), &failed);
    if (failed) {
        json_decref(object);
        return MTLS_ERR_NOMEM;
    }
    return report_json_print(object, false, stdout);
}

static mtls_status serve_line(const options *o, mtls_view line, mtls_error *error) {
    mtls_case c;
    case_answer answer;
    mtls_case_init(&c);
    mtls_status status = mtls_case_read(line, NULL, &c, error);
    if (status == MTLS_OK) {
        status = case_run(&c, o->profile, &answer, error);
        if (status == MTLS_OK) {
            status = answer_case(&c, &answer);
            case_answer_clear(&answer);
        }
    }
    mtls_case_clear(&c);
    return status;
}

int command_serve(const options *o) {
    mtls_buf line = {.max = MTLS_CASE_JSON_MAX};
    mtls_error error = {""};
    bool ended = false;
    mtls_status status = greet(o->profile);
    while (status == MTLS_OK && !ended) {
        mtls_buf_reset(&line);
        status = corpus_line_read(stdin, &line, &ended);
        if (status == MTLS_ERR_LIMIT) {
            mtls_fail(status, &error, "a line of standard input is longer than %zu bytes", line.max);
        }
        if (status == MTLS_OK && line.len > 0) {
            status = serve_line(o, mtls_buf_view(&line), &error);
        }
    }
    mtls_buf_clear(&line);
    return status == MTLS_OK ? EXIT_YES
                             : command_fail(error.text[0] == '\0' ? mtls_status_text(status) : error.text);
}
