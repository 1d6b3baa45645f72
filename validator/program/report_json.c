#include "validator/program/report_json.h"

#include <stdlib.h>
#include <string.h>

#include "validator/time.h"

void report_json_set(json_t *object, const char *member, json_t *value, bool *failed) {
    *failed |= json_object_set_new(object, member, value) != 0;
}

json_t *report_json_text(const char *text) {
    return text == NULL ? json_null() : json_string(text);
}

static json_t *time_json(int64_t time) {
    char text[MTLSVAL_TIME_TEXT_MAX];
    return json_string(mtlsval_time_format(time, text));
}

static json_t *count_json(size_t count) {
    return json_integer((json_int_t)count);
}

static json_t *finish(json_t *value, bool failed) {
    if (failed) {
        json_decref(value);
        return NULL;
    }
    return value;
}

static json_t *certificates_json(const mtlsval_upload *upload) {
    json_t *array = json_array();
    bool failed = array == NULL;
    for (size_t i = 0; i < upload->num_certificates && !failed; i++) {
        const mtlsval_upload_certificate *certificate = &upload->certificates[i];
        json_t *object = json_object();
        report_json_set(object, "number", count_json(certificate->number), &failed);
        report_json_set(object, "line", count_json(certificate->line), &failed);
        report_json_set(object, "subject", json_string(certificate->subject), &failed);
        report_json_set(object, "issuer", json_string(certificate->issuer), &failed);
        report_json_set(object, "role", json_string(mtlsval_role_text(certificate->role)), &failed);
        report_json_set(object, "notBefore", time_json(certificate->certificate.not_before), &failed);
        report_json_set(object, "notAfter", time_json(certificate->certificate.not_after), &failed);
        failed |= json_array_append_new(array, object) != 0;
    }
    return finish(array, failed);
}

static json_t *warnings_json(const mtlsval_upload *upload, bool has_any) {
    json_t *array = json_array();
    bool failed = array == NULL;
    for (size_t i = 0; has_any && i < upload->num_warnings && !failed; i++) {
        const mtlsval_warning *warning = &upload->warnings[i];
        const mtlsval_warning_info *info = mtlsval_warning_describe(warning->id);
        json_t *object = json_object();
        report_json_set(object, "id", json_string(info->slug), &failed);
        report_json_set(object, "number", warning->number == 0 ? json_null() : count_json(warning->number),
                        &failed);
        report_json_set(object, "line", warning->line == 0 ? json_null() : count_json(warning->line),
                        &failed);
        report_json_set(object, "seen", json_string(warning->seen), &failed);
        report_json_set(object, "advice", json_string(info->text), &failed);
        failed |= json_array_append_new(array, object) != 0;
    }
    return finish(array, failed);
}

json_t *report_json_file(const mtlsval_gateway *gateway, const mtlsval_file *file) {
    const mtlsval_file_verdict *verdict = &file->verdict;
    const mtls_upload_code_info *code =
        verdict->code == MTLS_UPLOAD_ACCEPTED ? NULL : mtls_upload_code_describe(verdict->code);
    bool own = mtls_profile_describe(gateway->profile->id)->has_codes, failed = false;
    json_t *object = json_object();
    report_json_set(object, "profile", json_string(mtls_profile_describe(gateway->profile->id)->spelling),
                    &failed);
    report_json_set(object, "result", json_string(verdict->accepted ? "accepted" : "rejected"), &failed);
    report_json_set(object, "code", report_json_text(code == NULL ? NULL : code->spelling), &failed);
    report_json_set(object, "detail", report_json_text(verdict->accepted ? NULL : verdict->detail), &failed);
    report_json_set(object, "advice", report_json_text(code == NULL ? NULL : code->advice), &failed);
    report_json_set(object, "clientCertIssuerDN", report_json_text(verdict->client_cert_issuer_dn), &failed);
    report_json_set(object, "validatedCertData",
                    report_json_text(own ? file->upload->validated_cert_data : NULL), &failed);
    report_json_set(object, "certificates", certificates_json(file->upload), &failed);
    report_json_set(object, "warnings", warnings_json(file->upload, own), &failed);
    return finish(object, failed);
}

json_t *report_json_handshake(const mtlsval_client *client) {
    bool failed = false;
    int status = mtlsval_client_http_status(client);
    json_t *object = json_object();
    report_json_set(object, "result", json_string(mtlsval_client_result(client)), &failed);
    report_json_set(object, "reason", report_json_text(mtlsval_client_reason(client)), &failed);
    report_json_set(object, "sslClientVerify", report_json_text(mtlsval_client_ssl_client_verify(client)),
                    &failed);
    report_json_set(object, "httpStatus", status == 0 ? json_null() : json_integer(status), &failed);
    return finish(object, failed);
}

static void client_members(json_t *object, const mtlsval_client *client, bool *failed) {
    static const char *const members[] = {"result",     "sslClientVerify", "reason", "opensslError",
                                          "httpStatus", "detail",          "advice"};
    if (client == NULL) {
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
            report_json_set(object, members[i], json_null(), failed);
        }
        return;
    }
    int error = mtlsval_client_openssl_error(client), status = mtlsval_client_http_status(client);
    const char *detail = mtlsval_client_detail(client);
    report_json_set(object, "result", json_string(mtlsval_client_result(client)), failed);
    report_json_set(object, "sslClientVerify", report_json_text(mtlsval_client_ssl_client_verify(client)),
                    failed);
    report_json_set(object, "reason", report_json_text(mtlsval_client_reason(client)), failed);
    report_json_set(object, "opensslError", error < 0 ? json_null() : json_integer(error), failed);
    report_json_set(object, "httpStatus", status == 0 ? json_null() : json_integer(status), failed);
    report_json_set(object, "detail", report_json_text(detail[0] == '\0' ? NULL : detail), failed);
    report_json_set(object, "advice", report_json_text(mtlsval_client_advice(client)), failed);
}

json_t *report_json_client(const mtlsval_gateway *gateway, const mtlsval_client *client) {
    json_t *object = json_object(), *uploads = json_array();
    bool failed = uploads == NULL;
    for (size_t i = 0; i < gateway->num_files && !failed; i++) {
        failed |= json_array_append_new(uploads, report_json_file(gateway, gateway->files[i])) != 0;
    }
    report_json_set(object, "profile", json_string(mtls_profile_describe(gateway->profile->id)->spelling),
                    &failed);
    report_json_set(object, "upload", uploads, &failed);
    client_members(object, client, &failed);
    return finish(object, failed);
}

/* jansson leaves DEL as it is; a terminal does not. In JSON text it can stand only inside a string. */
static int write_ascii(const char *bytes, size_t len, void *context) {
    FILE *out = context;
    for (size_t i = 0; i < len;) {
        const char *del = memchr(bytes + i, 0x7F, len - i);
        size_t run = del == NULL ? len - i : (size_t)(del - (bytes + i));
        if (fwrite(bytes + i, 1, run, out) != run || (del != NULL && fputs("\\u007f", out) == EOF)) {
            return -1;
        }
        i += run + (del == NULL ? 0 : 1);
    }
    return 0;
}

mtls_status report_json_print(json_t *value, bool indented, FILE *out) {
    if (value == NULL) {
        return MTLS_ERR_NOMEM;
    }
    size_t flags = JSON_ENSURE_ASCII | (indented ? JSON_INDENT(2) : JSON_COMPACT);
    bool written = json_dump_callback(value, write_ascii, out, flags) == 0 && fputc('\n', out) != EOF &&
                   fflush(out) == 0;
    json_decref(value);
    return written ? MTLS_OK : MTLS_ERR_IO;
}
