#include <string.h>

#include "core/text.h"
#include "validator/program/case_run.h"

/* A text that is being written; after the first failure the steps do nothing. */
typedef struct {
    mtls_buf *out;
    mtls_status status;
} text;

static void put(text *t, const char *words) {
    if (t->status == MTLS_OK) {
        t->status = mtls_buf_append_text(t->out, words);
    }
}

static void put_escaped(text *t, const char *words) {
    if (t->status == MTLS_OK) {
        t->status = mtls_text_escape(mtls_view_of_text(words), t->out);
    }
}

static const char *code_text(mtls_upload_code code) {
    return code == MTLS_UPLOAD_ACCEPTED ? "no code" : mtls_upload_code_describe(code)->spelling;
}

static void put_upload(text *t, bool accepted, mtls_upload_code code, const char *dn) {
    put(t, accepted ? "accepted" : "rejected");
    if (!accepted) {
        put(t, ", ");
        put(t, code_text(code));
    } else if (dn != NULL) {
        put(t, ", clientCertIssuerDN \"");
        put_escaped(t, dn);
        put(t, "\"");
    }
}

/* docs/case-format.md, Comparing: equal in every member that the alternative states. */
static bool upload_conforms(const mtls_expect_upload *wanted, const mtlsval_file_verdict *got) {
    if (wanted->accepted != got->accepted || wanted->code != got->code) {
        return false;
    }
    return wanted->client_cert_issuer_dn == NULL ||
           (got->client_cert_issuer_dn != NULL &&
            strcmp(wanted->client_cert_issuer_dn, got->client_cert_issuer_dn) == 0);
}

static void compare_upload(text *t, const mtls_expect_stage *stage, const mtlsval_file *file) {
    for (size_t i = 0; file != NULL && i < stage->num_alternatives; i++) {
        if (upload_conforms(&stage->any_of[i].upload, &file->verdict)) {
            return;
        }
    }
    put(t, "upload: expected ");
    for (size_t i = 0; i < stage->num_alternatives; i++) {
        const mtls_expect_upload *wanted = &stage->any_of[i].upload;
        put(t, i == 0 ? "" : " or ");
        put_upload(t, wanted->accepted, wanted->code, wanted->client_cert_issuer_dn);
    }
    put(t, "; got ");
    if (file == NULL) {
        put(t, "nothing, since the case uploads nothing");
    } else {
        const mtlsval_file_verdict *got = &file->verdict;
        put_upload(t, got->accepted, got->code, got->client_cert_issuer_dn);
        put(t, got->accepted ? "" : ": ");
        put(t, got->accepted ? "" : got->detail);
    }
    put(t, "\n");
}

static void put_handshake(text *t, mtls_verify_result result, mtls_reason reason, int http_status) {
    put(t, mtls_verify_result_describe(result)->spelling);
    if (reason != MTLS_REASON_NONE) {
        put(t, " ");
        put(t, mtls_reason_describe(reason)->slug);
    }
    if (http_status != 0 && t->status == MTLS_OK) {
        t->status = mtls_buf_appendf(t->out, ", HTTP %d", http_status);
    }
}

static bool handshake_conforms(const mtls_expect_handshake *wanted, const mtlsval_client *got) {
    return wanted->result == got->result && wanted->reason == got->reason &&
           (wanted->http_status == 0 || wanted->http_status == got->http_status);
}

static void compare_handshake(text *t, const mtls_expect_stage *stage, const case_answer *answer) {
    for (size_t i = 0; answer->client != NULL && i < stage->num_alternatives; i++) {
        if (handshake_conforms(&stage->any_of[i].handshake, answer->client)) {
            return;
        }
    }
    put(t, "handshake: expected ");
    for (size_t i = 0; i < stage->num_alternatives; i++) {
        const mtls_expect_handshake *wanted = &stage->any_of[i].handshake;
        put(t, i == 0 ? "" : " or ");
        put_handshake(t, wanted->result, wanted->reason, wanted->http_status);
    }
    put(t, "; got ");
    if (answer->client != NULL) {
        put_handshake(t, answer->client->result, answer->client->reason, answer->client->http_status);
    } else if (answer->client_error.text[0] != '\0') {
        put(t, "no answer: ");
        put_escaped(t, answer->client_error.text);
    } else {
        put(t, answer->gateway->refused ? "no handshake, since the file was rejected"
                                        : "no handshake, since the case has no client");
    }
    put(t, "\n");
}

mtls_status case_compare(const mtls_case *c, mtls_profile_id profile, const case_answer *answer,
                         bool *out_expected, mtls_buf *out) {
    const mtls_expect *expect = &c->expect[profile];
    text t = {.out = out, .status = MTLS_OK};
    *out_expected = expect->present;
    if (expect->present && expect->upload.present) {
        compare_upload(&t, &expect->upload, answer->file);
    }
    if (expect->present && expect->handshake.present) {
        compare_handshake(&t, &expect->handshake, answer);
    }
    return t.status;
}
