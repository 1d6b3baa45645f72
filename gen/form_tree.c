/* tree: a folder per case, and the manifest. */
#include <stdio.h>
#include <string.h>

#include "gen/certificate.h"
#include "gen/form.h"

enum { PATH_LEN = 1024, DIGEST_LEN = 32 };

mtls_status mtlsgen_file_record_write(const char *path, mtls_view bytes, mtls_buf *record) {
    uint8_t sha256[DIGEST_LEN];
    mtlsgen_sha256(bytes, sha256);
    const mtls_status status = mtls_buf_append(record, (mtls_view){sha256, sizeof sha256});
    /* With the NUL: the records are read back as C strings. */
    return status == MTLS_OK ? mtls_buf_append(record, (mtls_view){(const uint8_t *)path, strlen(path) + 1})
                             : status;
}

mtls_status mtlsgen_file_records_collect(mtlsgen_form_state *state, mtls_view records, mtls_error *error) {
    for (size_t at = 0; at < records.len;) {
        const uint8_t *sha256 = records.data + at;
        const char *path = (const char *)sha256 + DIGEST_LEN;
        const mtls_status status = mtlsgen_manifest_add(&state->manifest, path, sha256);
        if (status != MTLS_OK) {
            return mtls_fail(status, error, "the manifest: %s", mtls_status_text(status));
        }
        at += DIGEST_LEN + strlen(path) + 1;
    }
    return MTLS_OK;
}

mtls_status mtlsgen_manifest_finish(mtlsgen_form_state *state, mtls_error *error) {
    mtls_buf text = {.max = (size_t)1024 * 1024 * 1024};
    mtls_status status =
        mtlsgen_manifest_write(&state->manifest, state->options->seed, state->options->full ? "full" : "base",
                               state->num_cases, &text);
    if (status != MTLS_OK) {
        mtls_fail(status, error, "the manifest: %s", mtls_status_text(status));
    } else {
        status =
            mtlsgen_output_write(state->output, MTLSGEN_MANIFEST_FILE, mtls_buf_view(&text), false, error);
    }
    mtls_buf_clear(&text);
    return status;
}

static mtls_status file_emit(mtlsgen_output *output, const char *id, const char *name, mtls_view bytes,
                             mtls_buf *record, mtls_error *error) {
    char path[PATH_LEN];
    if (snprintf(path, sizeof path, "%s/%s", id, name) >= (int)sizeof path) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "%s: the id is too long", id);
    }
    const mtls_status status = mtlsgen_output_write(output, path, bytes, false, error);
    return status == MTLS_OK ? mtlsgen_file_record_write(path, bytes, record) : status;
}

static mtls_status tree_emit(mtlsgen_output *output, mtlsgen_builder *builder, const mtls_case *c,
                             mtls_buf *record, mtls_error *error) {
    mtls_buf json = {.max = MTLS_CASE_JSON_MAX};
    (void)builder;
    const struct {
        const char *name;
        bool present;
        const mtls_buf *bytes;
    } files[] = {
        {MTLS_CASE_FILE,        true,                                             &json                   },
        {MTLS_CASE_BUNDLE_FILE, c->has_bundle,                                    &c->bundle              },
        {MTLS_CASE_CHAIN_FILE,  c->client.present && c->client.has_chain,         &c->client.chain        },
        {MTLS_CASE_KEY_FILE,    c->client.present && c->client.has_key,           &c->client.key          },
        {MTLS_CASE_OCSP_FILE,   c->client.present && c->client.has_ocsp_response, &c->client.ocsp_response},
    };
    mtls_status status = mtls_case_write(c, MTLS_CASE_IN_FILES, &json);
    if (status != MTLS_OK) {
        mtls_fail(status, error, "%s: %s", c->id, mtls_status_text(status));
    }
    for (size_t i = 0; status == MTLS_OK && i < sizeof files / sizeof files[0]; i++) {
        if (files[i].present) {
            status = file_emit(output, c->id, files[i].name, mtls_buf_view(files[i].bytes), record, error);
        }
    }
    mtls_buf_clear(&json);
    return status;
}

const mtlsgen_form mtlsgen_form_tree = {
    .word = "tree",
    .kind = MTLSGEN_OUTPUT_FOLDER,
    .emit = tree_emit,
    .collect = mtlsgen_file_records_collect,
    .end = mtlsgen_manifest_finish,
};
