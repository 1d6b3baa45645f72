/* jsonl: one self-contained case a line. */
#include "gen/form.h"

static mtls_status jsonl_emit(mtlsgen_output *output, mtlsgen_builder *builder, const mtls_case *c,
                              mtls_buf *record, mtls_error *error) {
    (void)output;
    (void)builder;
    const mtls_status status = mtls_case_write(c, MTLS_CASE_INLINE, record);
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s: %s", c->id, mtls_status_text(status));
}

static mtls_status jsonl_collect(mtlsgen_form_state *state, mtls_view records, mtls_error *error) {
    return mtlsgen_output_append(state->output, records, error);
}

const mtlsgen_form mtlsgen_form_jsonl = {
    .word = "jsonl",
    .kind = MTLSGEN_OUTPUT_FILE,
    .emit = jsonl_emit,
    .collect = jsonl_collect,
};
