#include <fnmatch.h>
#include <string.h>

#include "validator/program/case_run.h"
#include "validator/program/commands.h"
#include "validator/program/corpus_walk.h"
#include "validator/program/report_json.h"
#include "validator/program/report_text.h"

enum { DIFFERENCES_MAX = 16 * 1024 * 1024 };

typedef struct {
    const options *o;
    layout out;
    json_t *results; /* NULL: text for people */
    size_t num_cases, num_as_expected, num_not, num_without;
} corpus_run;

static json_t *upload_json(const mtlsval_file *file, bool *failed) {
    if (file == NULL) {
        return json_null();
    }
    const mtlsval_file_verdict *verdict = &file->verdict;
    json_t *object = json_object();
    report_json_set(object, "result", json_string(verdict->accepted ? "accepted" : "rejected"), failed);
    report_json_set(object, "code",
                    report_json_text(verdict->code == MTLS_UPLOAD_ACCEPTED
                                         ? NULL
                                         : mtls_upload_code_describe(verdict->code)->spelling),
                    failed);
    report_json_set(object, "clientCertIssuerDN", report_json_text(verdict->client_cert_issuer_dn), failed);
    return object;
}

static json_t *differences_json(const char *lines, bool *failed) {
    json_t *array = json_array();
    while (*lines != '\0') {
        size_t len = strcspn(lines, "\n");
        *failed |= json_array_append_new(array, json_stringn(lines, len)) != 0;
        lines += len + (lines[len] == '\n' ? 1 : 0);
    }
    return array;
}

static mtls_status add_json(corpus_run *run, const mtls_case *c, const case_answer *answer, bool is_expected,
                            const char *differences) {
    bool failed = false;
    json_t *object = json_object();
    report_json_set(object, "id", json_string(c->id), &failed);
    report_json_set(object, "upload", upload_json(answer->file, &failed), &failed);
    report_json_set(object, "handshake",
                    answer->client == NULL ? json_null() : report_json_handshake(answer->client), &failed);
    report_json_set(object, "asExpected", is_expected ? json_boolean(differences[0] == '\0') : json_null(),
                    &failed);
    report_json_set(object, "differences", differences_json(differences, &failed), &failed);
    failed |= json_array_append_new(run->results, object) != 0;
    return failed ? MTLS_ERR_NOMEM : MTLS_OK;
}

static void print_case(const corpus_run *run, const mtls_case *c, const char *differences) {
    layout_paint(&run->out, PAINT_BAD);
    fputs("not as expected", run->out.out);
    layout_plain(&run->out);
    fputs("  ", run->out.out);
    report_text_escaped(run->out.out, c->id);
    fputc('\n', run->out.out);
    while (*differences != '\0') {
        size_t len = strcspn(differences, "\n");
        fprintf(run->out.out, "  %.*s\n", (int)len, differences);
        differences += len + (differences[len] == '\n' ? 1 : 0);
    }
}

static mtls_status report_case(corpus_run *run, const mtls_case *c, const case_answer *answer) {
    mtls_buf lines = {.max = DIFFERENCES_MAX};
    bool is_expected = false;
    mtls_status status = case_compare(c, run->o->profile, answer, &is_expected, &lines);
    const char *differences = lines.len == 0 ? "" : mtls_buf_text(&lines);
    if (status == MTLS_OK && differences == NULL) {
        status = MTLS_ERR_NOMEM;
    }
    if (status == MTLS_OK) {
        run->num_cases++;
        *(!is_expected             ? &run->num_without
          : differences[0] == '\0' ? &run->num_as_expected
                                   : &run->num_not) += 1;
        if (run->results != NULL) {
            status = add_json(run, c, answer, is_expected, differences);
        } else if (is_expected && differences[0] != '\0') {
            print_case(run, c, differences);
        }
    }
    mtls_buf_clear(&lines);
    return status;
}

static mtls_status visit(const mtls_case *c, void *context, mtls_error *error) {
    corpus_run *run = context;
    case_answer answer;
    if (run->o->only != NULL && fnmatch(run->o->only, c->id, 0) != 0) {
        return MTLS_OK;
    }
    mtls_status status = case_run(c, run->o->profile, &answer, error);
    if (status != MTLS_OK) {
        return status;
    }
    status = report_case(run, c, &answer);
    case_answer_clear(&answer);
    return status == MTLS_OK ? MTLS_OK : mtls_fail(status, error, "%s", mtls_status_text(status));
}

static mtls_status finish_json(corpus_run *run) {
    bool failed = false;
    json_t *object = json_object();
    report_json_set(object, "profile", json_string(mtls_profile_describe(run->o->profile)->spelling),
                    &failed);
    report_json_set(object, "cases", json_integer((json_int_t)run->num_cases), &failed);
    report_json_set(object, "asExpected", json_integer((json_int_t)run->num_as_expected), &failed);
    report_json_set(object, "notAsExpected", json_integer((json_int_t)run->num_not), &failed);
    report_json_set(object, "results", run->results, &failed);
    run->results = NULL;
    if (failed) {
        json_decref(object);
        return MTLS_ERR_NOMEM;
    }
    return report_json_print(object, true, stdout);
}

static mtls_status finish_text(const corpus_run *run) {
    const char *profile = mtls_profile_describe(run->o->profile)->spelling;
    fprintf(run->out.out, "%zu %s under %s: ", run->num_cases, run->num_cases == 1 ? "case" : "cases",
            profile);
    layout_paint(&run->out, run->num_not == 0 ? PAINT_GOOD : PAINT_BAD);
    fprintf(run->out.out, "%zu as expected, %zu not", run->num_as_expected, run->num_not);
    layout_plain(&run->out);
    if (run->num_without > 0) {
        fprintf(run->out.out, ", %zu without an expectation", run->num_without);
    }
    fputc('\n', run->out.out);
    return MTLS_OK;
}

int command_corpus(const options *o) {
    corpus_run run = {.o = o, .out = layout_of(stdout), .results = o->json ? json_array() : NULL};
    mtls_error error = {""};
    mtls_status status = o->json && run.results == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
    if (status == MTLS_OK) {
        status = corpus_walk(o->argument, visit, &run, &error);
    }
    if (status == MTLS_OK && run.num_cases == 0) {
        status = mtls_fail(MTLS_ERR_INPUT, &error,
                           "%.300s holds no case%s; a corpus is a folder of folders with "
                           "a case.json each, or a .jsonl file",
                           o->argument, o->only == NULL ? "" : " that --only matches");
    }
    if (status == MTLS_OK) {
        status = o->json ? finish_json(&run) : finish_text(&run);
    }
    json_decref(run.results);
    if (status != MTLS_OK) {
        return command_fail(error.text[0] == '\0' ? mtls_status_text(status) : error.text);
    }
    return run.num_not == 0 ? EXIT_YES : EXIT_NO;
}
