/* limbo: the format of C2SP's x509-limbo, so that its harnesses run this corpus unchanged. A case becomes a
 * testcase of kind CLIENT with what the profile `openssl` expects of its handshake. What that format cannot
 * say is left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/case_json.h"
#include "gen/form.h"

enum { ID_MAX = 4096 };

/* Why a case is left out: one of the records' two kinds; the other holds a testcase. */
typedef enum {
    KEPT,
    LEFT_NO_HANDSHAKE,
    LEFT_NO_CERTIFICATE,
    LEFT_OPEN,
    LEFT_OPTIONS,
    LEFT_FRAMING,
    NUM_REASONS
} reason;

static const char *const reason_words[NUM_REASONS] = {
    [LEFT_NO_HANDSHAKE] = "no handshake is expected under the profile openssl",
    [LEFT_NO_CERTIFICATE] = "the client presents no certificate",
    [LEFT_OPEN] = "several answers conform",
    [LEFT_OPTIONS] = "the answer depends on revocation or on an option of the gateway",
    [LEFT_FRAMING] = "an input is more than PEM certificates",
};

static bool is_plain(const mtlsgen_input *input) {
    for (size_t i = 0; i < input->num_parts; i++) {
        const mtlsgen_part *part = &input->parts[i];
        if (part->kind != MTLSGEN_PART_CERT || part->der || part->der_truncate > 0 ||
            part->der_append.len > 0 || part->pem.begin.absent || part->pem.begin.given ||
            part->pem.end.absent || part->pem.end.given || part->has_label || part->pem.has_body ||
            part->pem.truncate_base64 > 0 || part->pem.replace || part->pem.num_headers > 0) {
            return false;
        }
    }
    return input->encoding == MTLSGEN_ENCODING_AS_IS && input->bom == MTLSGEN_ENCODING_AS_IS &&
           input->append.len == 0 && input->prepend.len == 0;
}

static reason case_judge(const mtlsgen_scenario *s, const mtls_case *c) {
    const mtls_expect_stage *handshake = &c->expect[MTLS_PROFILE_OPENSSL].handshake;
    if (!handshake->present) {
        return LEFT_NO_HANDSHAKE;
    }
    if (!c->client.has_chain || s->client.chain.num_parts == 0) {
        return LEFT_NO_CERTIFICATE;
    }
    if (handshake->num_alternatives != 1) {
        return LEFT_OPEN;
    }
    if (c->client.verify_ocsp || c->client.passthrough) {
        return LEFT_OPTIONS;
    }
    return is_plain(&s->upload) && is_plain(&s->client.chain) ? KEPT : LEFT_FRAMING;
}

/* "upload/leaf-only@rsa2048,crlf" is mtls::upload::leaf-only.rsa2048-crlf. Each part of such an id begins
 * with a letter and has two characters at least; one that would not is put behind "case-", so that "1" is
 * mtls::case-1. */
static mtls_status limbo_id(const char *id, mtls_buf *out) {
    mtls_status status = mtls_buf_append_text(out, "mtls");
    while (status == MTLS_OK && *id != '\0') {
        const size_t len = strcspn(id, "/");
        const bool fits = len >= 2 && *id >= 'a' && *id <= 'z';
        status = mtls_buf_append_text(out, fits ? "::" : "::case-");
        for (size_t i = 0; status == MTLS_OK && i < len; i++) {
            status = mtls_buf_append_byte(out, (uint8_t)(id[i] == '@' ? '.' : id[i] == ',' ? '-' : id[i]));
        }
        id += len + (id[len] == '/');
    }
    return status;
}

static json_t *pem_json(mtlsgen_builder *builder, mtlsgen_ref certificate, mtls_error *error) {
    const mtlsgen_certificate *made;
    mtls_buf pem = {.max = MTLSGEN_INPUT_MAX};
    json_t *value = NULL;
    if (mtlsgen_workshop_certificate_get(mtlsgen_builder_workshop(builder), certificate, &made, error) ==
            MTLS_OK &&
        mtlsgen_pem_write(made->der, NULL, &pem) == MTLS_OK) {
        value = json_stringn((const char *)pem.data, pem.len);
    }
    mtls_buf_clear(&pem);
    return value;
}

static bool is_self_signed(const mtlsgen_scenario_certificate *certificate, mtlsgen_ref at) {
    return certificate->issuer_name == NULL &&
           (certificate->issuer_name_of == MTLSGEN_SELF || certificate->issuer_name_of == at) &&
           (certificate->issuer_key_of == MTLSGEN_SELF || certificate->issuer_key_of == at);
}

/* The file's self-signed certificates are trusted, its others and what the client sends after its own are
 * not. */
static bool certificates_json(mtlsgen_builder *builder, json_t *trusted, json_t *untrusted,
                              mtls_error *error) {
    const mtlsgen_scenario *s = mtlsgen_builder_workshop(builder)->scenario;
    for (size_t i = 0; s->upload.present && i < s->upload.num_parts; i++) {
        const mtlsgen_ref at = s->upload.parts[i].object;
        json_t *list = is_self_signed(&s->certificates[at], at) ? trusted : untrusted;
        if (json_array_append_new(list, pem_json(builder, at, error)) != 0) {
            return false;
        }
    }
    for (size_t i = 1; i < s->client.chain.num_parts; i++) {
        if (json_array_append_new(untrusted, pem_json(builder, s->client.chain.parts[i].object, error)) !=
            0) {
            return false;
        }
    }
    return true;
}

static json_t *testcase_json(mtlsgen_builder *builder, const mtls_case *c, mtls_error *error) {
    const mtlsgen_scenario *s = mtlsgen_builder_workshop(builder)->scenario;
    const mtls_verify_result result = c->expect[MTLS_PROFILE_OPENSSL].handshake.any_of[0].handshake.result;
    json_t *trusted = json_array(), *untrusted = json_array();
    mtls_buf id_text = {.max = ID_MAX};
    const char *id = limbo_id(c->id, &id_text) == MTLS_OK ? mtls_buf_text(&id_text) : NULL;
    char time[32];
    json_t *testcase = NULL;
    /* As Python's isoformat writes it, which is what consumers of the format read. */
    (void)snprintf(time, sizeof time, "%.19s+00:00", c->time);
    if (id != NULL && certificates_json(builder, trusted, untrusted, error)) {
        testcase = json_pack(
            "{s:s, s:[], s:[], s:s, s:s, s:O, s:O, s:o, s:o?, s:s, s:[], s:[], s:[s], s:s, s:n, s:[], s:n}",
            "id", id, "conflicts_with", "features", "description", c->summary, "validation_kind", "CLIENT",
            "trusted_certs", trusted, "untrusted_intermediates", untrusted, "peer_certificate",
            pem_json(builder, s->client.chain.parts[0].object, error), "peer_certificate_key",
            c->client.has_key ? json_stringn((const char *)c->client.key.data, c->client.key.len)
                              : json_null(),
            "validation_time", time, "signature_algorithms", "key_usage", "extended_key_usage", "clientAuth",
            "expected_result", result == MTLS_VERIFY_SUCCESS ? "SUCCESS" : "FAILURE", "expected_peer_name",
            "expected_peer_names", "max_chain_depth");
    }
    json_decref(trusted);
    json_decref(untrusted);
    mtls_buf_clear(&id_text);
    return testcase;
}

/* A record is one byte, the reason, and the testcase's text up to a NUL. */
static mtls_status limbo_emit(mtlsgen_output *output, mtlsgen_builder *builder, const mtls_case *c,
                              mtls_buf *record, mtls_error *error) {
    const reason why = case_judge(mtlsgen_builder_workshop(builder)->scenario, c);
    mtls_status status = mtls_buf_append_byte(record, (uint8_t)why);
    (void)output;
    if (error != NULL) {
        error->text[0] = '\0';
    }
    if (status == MTLS_OK && why == KEPT) {
        json_t *testcase = testcase_json(builder, c, error);
        status = testcase == NULL ? MTLS_ERR_NOMEM
                                  : mtls_json_append(testcase, JSON_COMPACT | JSON_ENSURE_ASCII, record);
        json_decref(testcase);
    }
    if (status == MTLS_OK) {
        status = mtls_buf_append_byte(record, 0);
    }
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s: %s", c->id, mtls_status_text(status));
}

static mtls_status limbo_begin(mtlsgen_form_state *state, mtls_error *error) {
    return mtlsgen_output_append(state->output, mtls_view_of_text("{\"version\":1,\"testcases\":["), error);
}

/* `left_out[KEPT]` counts the testcases written: the first has no comma before it. */
static mtls_status limbo_collect(mtlsgen_form_state *state, mtls_view records, mtls_error *error) {
    mtls_status status = MTLS_OK;
    for (size_t at = 0; status == MTLS_OK && at < records.len;) {
        const reason why = (reason)records.data[at];
        const mtls_view text = mtls_view_of_text((const char *)records.data + at + 1);
        const size_t before = state->left_out[why]++;
        if (why == KEPT) {
            if ((status = mtlsgen_output_append(state->output, mtls_view_of_text(before > 0 ? ",\n" : "\n"),
                                                error)) == MTLS_OK) {
                status = mtlsgen_output_append(state->output, text, error);
            }
        } else {
            state->num_left_out++;
        }
        at += text.len + 2;
    }
    return status;
}

static mtls_status limbo_end(mtlsgen_form_state *state, mtls_error *error) {
    return mtlsgen_output_append(state->output, mtls_view_of_text("\n]}\n"), error);
}

static void limbo_explain(const mtlsgen_form_state *state, char *out, size_t out_len) {
    size_t len = 0;
    for (int why = KEPT + 1; why < NUM_REASONS; why++) {
        if (state->left_out[why] > 0 && len < out_len) {
            len += (size_t)snprintf(out + len, out_len - len, "%s%zu: %s", len > 0 ? "; " : "",
                                    state->left_out[why], reason_words[why]);
        }
    }
}

const mtlsgen_form mtlsgen_form_limbo = {
    .word = "limbo",
    .kind = MTLSGEN_OUTPUT_FILE,
    .emit = limbo_emit,
    .collect = limbo_collect,
    .begin = limbo_begin,
    .end = limbo_end,
    .explain = limbo_explain,
};
