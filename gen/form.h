/* A form of a corpus: how a case becomes bytes. Private to the corpus writer. */
#ifndef MTLS_GEN_FORM_H
#define MTLS_GEN_FORM_H

#include "core/case.h"
#include "gen/case_build.h"
#include "gen/corpus.h"
#include "gen/manifest.h"
#include "gen/output.h"

/* What the form gathers while it is written, in the order of the cases. */
typedef struct {
    const mtlsgen_corpus_options *options;
    mtlsgen_output *output;
    mtlsgen_manifest manifest;
    size_t num_cases, num_left_out;
    size_t left_out[8]; /* by a reason of the form's own */
} mtlsgen_form_state;

typedef struct {
    const char *word;
    mtlsgen_output_kind kind;

    /* Turns a case into a record, by any thread in any order; writes the case's own files where the form is a
     * folder. */
    mtls_status (*emit)(mtlsgen_output *output, mtlsgen_builder *builder, const mtls_case *c,
                        mtls_buf *record, mtls_error *error);
    /* Takes the records in the order of the cases: one thread. */
    mtls_status (*collect)(mtlsgen_form_state *state, mtls_view records, mtls_error *error);
    /* Before the first case, and after the last. NULL: nothing to do. */
    mtls_status (*begin)(mtlsgen_form_state *state, mtls_error *error);
    mtls_status (*end)(mtlsgen_form_state *state, mtls_error *error);
    /* Why cases were left out, in words. NULL: none ever is. */
    void (*explain)(const mtlsgen_form_state *state, char *out, size_t out_len);
} mtlsgen_form;

extern const mtlsgen_form mtlsgen_form_tree, mtlsgen_form_jsonl, mtlsgen_form_limbo, mtlsgen_form_fuzz_seeds;

/* Records of files: path and digest, as forms that are folders write them and collect them into the manifest.
 */
MTLS_MUST_CHECK mtls_status mtlsgen_file_record_write(const char *path, mtls_view bytes, mtls_buf *record);
MTLS_MUST_CHECK mtls_status mtlsgen_file_records_collect(mtlsgen_form_state *state, mtls_view records,
                                                         mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_manifest_finish(mtlsgen_form_state *state, mtls_error *error);

#endif
