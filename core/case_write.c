#include "core/base64.h"
#include "core/case.h"
#include "core/case_json.h"

/* Members are made with json_object_set_new, which takes the value over, NULL included, and says -1 for it:
 * one flag at the end tells whether any allocation failed. */
static void set(json_t *object, const char *member, json_t *value, bool *failed) {
    *failed |= json_object_set_new(object, member, value) != 0;
}

static void add(json_t *array, json_t *value, bool *failed) {
    *failed |= json_array_append_new(array, value) != 0;
}

static json_t *text_list(const mtls_text_list *list, bool *failed) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->num_items; i++) {
        add(array, json_string(list->items[i]), failed);
    }
    return array;
}

static json_t *file_input(const char *name, bool *failed) {
    json_t *object = json_object();
    set(object, "file", json_string(name), failed);
    return object;
}

static json_t *text_input(const mtls_buf *bytes) {
    return json_stringn(bytes->data == NULL ? "" : (const char *)bytes->data, bytes->len);
}

static json_t *base64_input(const mtls_buf *bytes) {
    mtls_buf text = {.max = bytes->max};
    json_t *value = NULL;
    if (mtls_base64_encode(mtls_buf_view(bytes), &text) == MTLS_OK) {
        value = text_input(&text);
    }
    mtls_buf_clear(&text);
    return value;
}

static json_t *client_json(const mtls_case_client *client, bool in_files, bool *failed) {
    json_t *object = json_object();
    if (client->has_chain) {
        set(object, "chain", in_files ? file_input(MTLS_CASE_CHAIN_FILE, failed) : text_input(&client->chain),
            failed);
    }
    if (client->has_key) {
        set(object, "key", in_files ? file_input(MTLS_CASE_KEY_FILE, failed) : text_input(&client->key),
            failed);
    }
    if (client->has_ocsp_response) {
        set(object, "ocspResponse",
            in_files ? file_input(MTLS_CASE_OCSP_FILE, failed) : base64_input(&client->ocsp_response),
            failed);
    }
    json_t *options = json_object();
    set(options, "verifyClientCertIssuerDN", json_boolean(client->verify_issuer_dn), failed);
    set(options, "verifyClientAuthMode", json_string(client->passthrough ? "Passthrough" : "Strict"), failed);
    set(options, "verifyClientRevocation", json_string(client->verify_ocsp ? "OCSP" : "None"), failed);
    set(object, "options", options, failed);
    return object;
}

static json_t *certificates_json(const mtls_case *c, bool *failed) {
    json_t *array = json_array();
    for (size_t i = 0; i < c->num_certificates; i++) {
        const mtls_case_certificate *certificate = &c->certificates[i];
        json_t *object = json_object();
        set(object, "label", json_string(certificate->label), failed);
        set(object, "role", json_string(certificate->role), failed);
        set(object, "subject", json_string(certificate->subject), failed);
        set(object, "issuer", json_string(certificate->issuer), failed);
        set(object, "key", json_string(certificate->key), failed);
        set(object, "sha256", json_string(certificate->sha256), failed);
        add(array, object, failed);
    }
    return array;
}

static json_t *upload_json(const mtls_expect_upload *upload, bool *failed) {
    json_t *object = json_object();
    set(object, "result", json_string(upload->accepted ? "accepted" : "rejected"), failed);
    if (!upload->accepted) {
        set(object, "code",
            upload->code == MTLS_UPLOAD_ACCEPTED
                ? json_null()
                : json_string(mtls_upload_code_describe(upload->code)->spelling),
            failed);
    } else if (upload->client_cert_issuer_dn != NULL) {
        set(object, "clientCertIssuerDN", json_string(upload->client_cert_issuer_dn), failed);
    }
    return object;
}

static json_t *handshake_json(const mtls_expect_handshake *handshake, mtls_profile_id profile, bool *failed) {
    char spelling[MTLS_CLIENT_VERIFY_MAX];
    json_t *object = json_object();
    set(object, "result", json_string(mtls_verify_result_describe(handshake->result)->spelling), failed);
    set(object, "reason",
        handshake->reason == MTLS_REASON_NONE ? json_null()
                                              : json_string(mtls_reason_describe(handshake->reason)->slug),
        failed);
    set(object, "sslClientVerify",
        handshake->result == MTLS_VERIFY_ABORTED
            ? json_null()
            : json_string(mtls_reason_client_verify(handshake->result, handshake->reason, profile, spelling)),
        failed);
    if (handshake->http_status != 0) {
        set(object, "httpStatus", json_integer(handshake->http_status), failed);
    }
    return object;
}

static void stage_json(json_t *expect, const char *member, const mtls_expect_stage *stage,
                       mtls_profile_id profile, bool *failed) {
    if (!stage->present) {
        return;
    }
    json_t *any_of = json_array();
    for (size_t i = 0; i < stage->num_alternatives; i++) {
        add(any_of,
            member[0] == 'u' ? upload_json(&stage->any_of[i].upload, failed)
                             : handshake_json(&stage->any_of[i].handshake, profile, failed),
            failed);
    }
    json_t *object = json_object();
    set(object, "anyOf", any_of, failed);
    set(object, "basis", json_string(mtls_basis_describe(stage->basis)->spelling), failed);
    if (stage->note != NULL) {
        set(object, "note", json_string(stage->note), failed);
    }
    set(expect, member, object, failed);
}

static json_t *expect_json(const mtls_case *c, bool *failed) {
    json_t *object = json_object();
    for (int i = 0; i < MTLS_NUM_PROFILES; i++) {
        if (!c->expect[i].present) {
            continue;
        }
        json_t *expect = json_object();
        stage_json(expect, "upload", &c->expect[i].upload, (mtls_profile_id)i, failed);
        stage_json(expect, "handshake", &c->expect[i].handshake, (mtls_profile_id)i, failed);
        set(object, mtls_profile_describe((mtls_profile_id)i)->spelling, expect, failed);
    }
    return object;
}

mtls_status mtls_case_write(const mtls_case *c, mtls_case_form form, mtls_buf *out) {
    bool in_files = form == MTLS_CASE_IN_FILES, failed = false;
    json_t *root = json_object();
    set(root, "id", json_string(c->id), &failed);
    set(root, "summary", json_string(c->summary), &failed);
    set(root, "cites", text_list(&c->cites, &failed), &failed);
    set(root, "tags", text_list(&c->tags, &failed), &failed);
    set(root, "features", text_list(&c->features, &failed), &failed);
    if (c->has_bundle) {
        set(root, "bundle", in_files ? file_input(MTLS_CASE_BUNDLE_FILE, &failed) : base64_input(&c->bundle),
            &failed);
    }
    if (c->client.present) {
        set(root, "client", client_json(&c->client, in_files, &failed), &failed);
    }
    set(root, "time", json_string(c->time), &failed);
    set(root, "certificates", certificates_json(c, &failed), &failed);
    set(root, "expect", expect_json(c, &failed), &failed);

    size_t start = out->len;
    mtls_status status = failed ? MTLS_ERR_NOMEM : MTLS_OK;
    if (status == MTLS_OK) {
        status = mtls_json_append(root, in_files ? JSON_INDENT(2) : JSON_COMPACT, out);
    }
    if (status == MTLS_OK) {
        status = mtls_buf_append_byte(out, '\n');
    }
    if (status != MTLS_OK) {
        out->len = start;
    }
    json_decref(root);
    return status;
}
