#include "core/base64.h"
#include "core/case.h"
#include "core/file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Where the reader is, for messages, and the first failure. After it every step does nothing. */
typedef struct {
    const char *folder;
    const char *id; /* the case's, once known */
    mtls_status status;
    mtls_error *error;
} reader;

static void fail(reader *r, const char *path, const char *what) {
    if (r->status == MTLS_OK) {
        r->status = mtls_fail(MTLS_ERR_INPUT, r->error, "case %s: %s: %s; docs/case-format.md has the format",
                              r->id == NULL ? "(no id)" : r->id, path, what);
    }
}

static void fail_with(reader *r, mtls_status status) {
    if (r->status == MTLS_OK) {
        r->status = mtls_fail(status, r->error, "case %s: %s", r->id == NULL ? "(no id)" : r->id,
                              mtls_status_text(status));
    }
}

/* check_members refuses a member that is not in the NULL-ended list. */
static void check_members(reader *r, const char *path, json_t *object, const char *const *known) {
    const char *member;
    json_t *value;
    if (!json_is_object(object)) {
        fail(r, path, "expected an object");
        return;
    }
    json_object_foreach(object, member, value) {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], member) != 0) {
            i++;
        }
        if (known[i] == NULL) {
            fail(r, path, "has an unknown member");
        }
    }
}

/* text_of gives the string of a required member, or "" after a failure. */
static const char *text_of(reader *r, const char *path, json_t *object, const char *member) {
    json_t *value = json_object_get(object, member);
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) != json_string_length(value)) {
        fail(r, path, "expected a text");
        return "";
    }
    return text;
}

static char *copy(reader *r, const char *text) {
    char *result = mtls_text_copy(text);
    if (result == NULL) {
        fail_with(r, MTLS_ERR_NOMEM);
    }
    return result;
}

static void read_list(reader *r, const char *member, json_t *root, mtls_text_list *out) {
    json_t *array = json_object_get(root, member), *item;
    size_t i;
    if (!json_is_array(array)) {
        fail(r, member, "expected an array of texts");
        return;
    }
    json_array_foreach(array, i, item) {
        if (!json_is_string(item)) {
            fail(r, member, "expected an array of texts");
            return;
        }
        mtls_status status = mtls_text_list_add(out, json_string_value(item));
        if (status != MTLS_OK) {
            fail_with(r, status);
        }
    }
}

/* read_input reads an optional input: a string (base64 or the text itself), or {"file": `name`}. */
static bool read_input(reader *r, const char *path, json_t *value, const char *name, bool is_base64,
                       mtls_buf *out) {
    static const char *const members[] = {"file", NULL};
    if (value == NULL || r->status != MTLS_OK) {
        return false;
    }
    mtls_status status = MTLS_OK;
    if (json_is_string(value)) {
        mtls_view text = {(const uint8_t *)json_string_value(value), json_string_length(value)};
        status = is_base64 ? mtls_base64_decode(text, out) : mtls_buf_append(out, text);
        if (status == MTLS_ERR_INPUT) {
            fail(r, path, "is not base64");
        }
    } else {
        check_members(r, path, value, members);
        if (strcmp(text_of(r, path, value, "file"), name) != 0) {
            fail(r, path, "names another file than the form gives it");
        } else if (r->folder == NULL) {
            fail(r, path, "names a file, but this case has to be self-contained");
        } else {
            mtls_buf file = {.max = 4096};
            if (mtls_buf_appendf(&file, "%s/%s", r->folder, name) != MTLS_OK ||
                mtls_buf_text(&file) == NULL) {
                fail(r, path, "the folder's path is too long");
            } else if (r->status == MTLS_OK) {
                r->status = mtls_file_read((const char *)file.data, out, r->error);
            }
            mtls_buf_clear(&file);
        }
    }
    if (status != MTLS_OK) {
        fail_with(r, status);
    }
    return r->status == MTLS_OK;
}

/* choice reads a text that is one of two and tells whether it is the second. */
static bool choice(reader *r, const char *path, json_t *object, const char *member, const char *first,
                   const char *second) {
    const char *text = text_of(r, path, object, member);
    if (strcmp(text, first) != 0 && strcmp(text, second) != 0) {
        fail(r, path, "has none of its values");
    }
    return strcmp(text, second) == 0;
}

static void read_client(reader *r, json_t *object, mtls_case_client *out) {
    static const char *const members[] = {"chain", "key", "ocspResponse", "options", NULL};
    static const char *const option_members[] = {"verifyClientCertIssuerDN", "verifyClientAuthMode",
                                                 "verifyClientRevocation", NULL};
    if (object == NULL) {
        return;
    }
    out->present = true;
    check_members(r, "client", object, members);
    out->has_chain = read_input(r, "client.chain", json_object_get(object, "chain"), MTLS_CASE_CHAIN_FILE,
                                false, &out->chain);
    out->has_key =
        read_input(r, "client.key", json_object_get(object, "key"), MTLS_CASE_KEY_FILE, false, &out->key);
    out->has_ocsp_response = read_input(r, "client.ocspResponse", json_object_get(object, "ocspResponse"),
                                        MTLS_CASE_OCSP_FILE, true, &out->ocsp_response);
    json_t *options = json_object_get(object, "options");
    check_members(r, "client.options", options, option_members);
    json_t *verify_dn = json_object_get(options, "verifyClientCertIssuerDN");
    if (!json_is_boolean(verify_dn)) {
        fail(r, "client.options.verifyClientCertIssuerDN", "expected true or false");
    }
    out->verify_issuer_dn = json_is_true(verify_dn);
    out->passthrough = choice(r, "client.options.verifyClientAuthMode", options, "verifyClientAuthMode",
                              "Strict", "Passthrough");
    out->verify_ocsp =
        choice(r, "client.options.verifyClientRevocation", options, "verifyClientRevocation", "None", "OCSP");
}

static void read_certificates(reader *r, json_t *array, mtls_case *out) {
    static const char *const members[] = {"label", "role", "subject", "issuer", "key", "sha256", NULL};
    json_t *object;
    size_t i;
    if (!json_is_array(array)) {
        fail(r, "certificates", "expected an array");
        return;
    }
    if (json_array_size(array) == 0) {
        return;
    }
    out->certificates = calloc(json_array_size(array), sizeof *out->certificates);
    if (out->certificates == NULL) {
        fail_with(r, MTLS_ERR_NOMEM);
        return;
    }
    out->num_certificates = json_array_size(array);
    json_array_foreach(array, i, object) {
        mtls_case_certificate *certificate = &out->certificates[i];
        check_members(r, "certificates", object, members);
        certificate->label = copy(r, text_of(r, "certificates.label", object, "label"));
        certificate->role = copy(r, text_of(r, "certificates.role", object, "role"));
        certificate->subject = copy(r, text_of(r, "certificates.subject", object, "subject"));
        certificate->issuer = copy(r, text_of(r, "certificates.issuer", object, "issuer"));
        certificate->key = copy(r, text_of(r, "certificates.key", object, "key"));
        certificate->sha256 = copy(r, text_of(r, "certificates.sha256", object, "sha256"));
    }
}

static void read_upload(reader *r, json_t *object, mtls_expect_upload *out) {
    static const char *const accepted_members[] = {"result", "clientCertIssuerDN", NULL};
    static const char *const rejected_members[] = {"result", "code", NULL};
    out->accepted = !choice(r, "expect.upload.result", object, "result", "accepted", "rejected");
    check_members(r, "expect.upload", object, out->accepted ? accepted_members : rejected_members);
    if (out->accepted && json_object_get(object, "clientCertIssuerDN") != NULL) {
        out->client_cert_issuer_dn =
            copy(r, text_of(r, "expect.upload.clientCertIssuerDN", object, "clientCertIssuerDN"));
    }
    if (!out->accepted && !json_is_null(json_object_get(object, "code")) &&
        !mtls_upload_code_find(text_of(r, "expect.upload.code", object, "code"), &out->code)) {
        fail(r, "expect.upload.code", "is no upload code");
    }
}

static void read_handshake(reader *r, json_t *object, mtls_expect_handshake *out) {
    static const char *const members[] = {"result", "reason", "sslClientVerify", "httpStatus", NULL};
    check_members(r, "expect.handshake", object, members);
    if (!mtls_verify_result_find(text_of(r, "expect.handshake.result", object, "result"), &out->result)) {
        fail(r, "expect.handshake.result", "is none of SUCCESS, FAILED, NONE, PASSTHROUGH, ABORTED");
    }
    if (out->result != MTLS_VERIFY_ABORTED || !json_is_null(json_object_get(object, "sslClientVerify"))) {
        text_of(r, "expect.handshake.sslClientVerify", object, "sslClientVerify");
    }
    if (!json_is_null(json_object_get(object, "reason")) &&
        !mtls_reason_find(text_of(r, "expect.handshake.reason", object, "reason"), &out->reason)) {
        fail(r, "expect.handshake.reason", "is no reason");
    }
    if ((out->result == MTLS_VERIFY_FAILED) != (out->reason != MTLS_REASON_NONE)) {
        fail(r, "expect.handshake.reason", "must be given with FAILED, and only then");
    }
    json_t *status = json_object_get(object, "httpStatus");
    json_int_t value = json_integer_value(status);
    if (status != NULL && (value < 100 || value > 599)) {
        fail(r, "expect.handshake.httpStatus", "is no HTTP status");
    }
    out->http_status = (int)value;
}

static void read_stage(reader *r, json_t *object, bool is_upload, mtls_expect_stage *out) {
    static const char *const members[] = {"anyOf", "basis", "note", NULL};
    const char *path = is_upload ? "expect.upload" : "expect.handshake";
    if (object == NULL) {
        return;
    }
    check_members(r, path, object, members);
    out->present = true;
    if (!mtls_basis_find(text_of(r, path, object, "basis"), &out->basis)) {
        fail(r, path, "has an unknown basis");
    }
    if (json_object_get(object, "note") != NULL) {
        out->note = copy(r, text_of(r, path, object, "note"));
    }
    json_t *any_of = json_object_get(object, "anyOf"), *alternative;
    size_t i, count = json_array_size(any_of);
    if (count == 0 || count > MTLS_CASE_ALTERNATIVES_MAX) {
        fail(r, path, "anyOf needs 1 to 8 alternatives");
        return;
    }
    json_array_foreach(any_of, i, alternative) {
        out->num_alternatives = i + 1;
        if (is_upload) {
            read_upload(r, alternative, &out->any_of[i].upload);
        } else {
            read_handshake(r, alternative, &out->any_of[i].handshake);
        }
    }
}

static void read_expect(reader *r, json_t *object, mtls_case *out) {
    static const char *const members[] = {"upload", "handshake", NULL};
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        fail(r, "expect", "expected an object");
        return;
    }
    json_object_foreach(object, name, value) {
        mtls_profile_id profile;
        if (!mtls_profile_find(name, &profile)) {
            fail(r, "expect", "has an unknown profile");
            return;
        }
        check_members(r, "expect", value, members);
        out->expect[profile].present = true;
        read_stage(r, json_object_get(value, "upload"), true, &out->expect[profile].upload);
        read_stage(r, json_object_get(value, "handshake"), false, &out->expect[profile].handshake);
    }
}

mtls_status mtls_case_read(mtls_view json, const char *folder, mtls_case *out, mtls_error *error) {
    static const char *const members[] = {"id",     "summary", "cites",        "tags",   "features", "bundle",
                                          "client", "time",    "certificates", "expect", NULL};
    json_error_t where;
    json_t *root = json_loadb((const char *)json.data, json.len, JSON_REJECT_DUPLICATES, &where);
    if (root == NULL) {
        return mtls_fail(MTLS_ERR_INPUT, error,
                         "no JSON at line %d, column %d: %s; docs/case-format.md has the format", where.line,
                         where.column, where.text);
    }
    reader r = {.folder = folder, .status = MTLS_OK, .error = error};
    r.id = json_string_value(json_object_get(root, "id"));
    check_members(&r, "the case", root, members);
    out->id = copy(&r, text_of(&r, "id", root, "id"));
    out->summary = copy(&r, text_of(&r, "summary", root, "summary"));
    out->time = copy(&r, text_of(&r, "time", root, "time"));
    read_list(&r, "cites", root, &out->cites);
    read_list(&r, "tags", root, &out->tags);
    read_list(&r, "features", root, &out->features);
    out->has_bundle =
        read_input(&r, "bundle", json_object_get(root, "bundle"), MTLS_CASE_BUNDLE_FILE, true, &out->bundle);
    read_client(&r, json_object_get(root, "client"), &out->client);
    read_certificates(&r, json_object_get(root, "certificates"), out);
    read_expect(&r, json_object_get(root, "expect"), out);
    json_decref(root);
    if (r.status != MTLS_OK) {
        mtls_case_clear(out);
    }
    return r.status;
}
