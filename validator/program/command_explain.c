#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "validator/finding.h"
#include "validator/program/commands.h"
#include "validator/program/report_json.h"
#include "validator/program/report_text.h"
#include "validator/upload.h"

enum {
    WORDS_MAX = MTLS_NUM_UPLOAD_CODES + MTLS_NUM_REASONS + MTLS_NUM_VERIFY_RESULTS + MTLSVAL_NUM_WARNINGS +
                MTLSVAL_NUM_FINDINGS
};

/* What there is to say of a word; what does not apply is NULL. */
typedef struct {
    const char *kind, *name, *what, *advice, *cite;
    const char *spelling, *old_spelling, *gateway_spelling;
    int x509_v_err; /* 0: none */
} explanation;

static explanation of_code(mtls_upload_code code) {
    const mtls_upload_code_info *info = mtls_upload_code_describe(code);
    return (explanation){.kind = "upload error code",
                         .name = info->spelling,
                         .what = info->summary,
                         .advice = info->advice,
                         .cite = info->cite};
}

static explanation of_reason(mtls_reason reason) {
    const mtls_reason_info *info = mtls_reason_describe(reason);
    return (explanation){.kind = "handshake reason",
                         .name = info->slug,
                         .what = info->spelling,
                         .advice = info->advice,
                         .cite = info->cite,
                         .spelling = info->spelling,
                         .old_spelling = info->old_spelling,
                         .gateway_spelling = info->gateway_spelling,
                         .x509_v_err = info->x509_v_err > 0 ? info->x509_v_err : 0};
}

static explanation of_result(mtls_verify_result result) {
    const mtls_verify_result_info *info = mtls_verify_result_describe(result);
    return (explanation){.kind = "handshake result",
                         .name = info->spelling,
                         .what = info->summary,
                         .advice = info->advice,
                         .cite = info->cite};
}

static explanation of_warning(mtlsval_warning_id id) {
    const mtlsval_warning_info *info = mtlsval_warning_describe(id);
    return (explanation){.kind = "warning",
                         .name = info->slug,
                         .what = "A remark of the upload check; the file is taken all the same.",
                         .advice = info->text,
                         .cite = info->cite};
}

static explanation of_finding(mtlsval_finding finding) {
    const mtlsval_finding_info *info = mtlsval_finding_describe(finding);
    static const char *const advice[] = {
        [MTLSVAL_FAULT] = "A file with it is refused as invalid data.",
        [MTLSVAL_NOTE] =
            "A rule is broken, and there is still one way to read the file; the profile rfc5280 refuses it.",
        [MTLSVAL_LETTER] =
            "A rule is broken that most readers pass over; the profile rfc5280 refuses the file.",
    };
    return (explanation){.kind = info->severity == MTLSVAL_FAULT ? "fault in a file" : "note on a file",
                         .name = info->slug,
                         .what = info->text,
                         .advice = advice[info->severity],
                         .cite = info->cite};
}

/* The last part of an upload code is enough: InvalidData, MustSpecifyData. */
static bool ends_alike(const char *spelling, const char *word) {
    size_t spelling_len = strlen(spelling), word_len = strlen(word);
    return word_len >= sizeof "Data" && word_len <= spelling_len &&
           strcasecmp(spelling + spelling_len - word_len, word) == 0;
}

static bool find_code(const char *word, explanation *out) {
    for (int i = MTLS_UPLOAD_ACCEPTED + 1; i < MTLS_NUM_UPLOAD_CODES; i++) {
        if (ends_alike(mtls_upload_code_describe((mtls_upload_code)i)->spelling, word)) {
            *out = of_code((mtls_upload_code)i);
            return true;
        }
    }
    return false;
}

static bool find_reason(const char *word, explanation *out) {
    mtls_reason reason = MTLS_REASON_NONE;
    char *end = NULL;
    long number = strtol(word, &end, 10);
    if (end != word && *end == '\0') {
        reason = number > 0 && number < 1000 ? mtls_reason_from_x509((int)number) : MTLS_REASON_NONE;
        /* A number that the table does not have comes back as "unspecified", which has a number itself. */
        if (reason == MTLS_REASON_NONE || mtls_reason_describe(reason)->x509_v_err != number) {
            return false;
        }
    } else if (!mtls_reason_find(word, &reason)) {
        reason = mtls_reason_from_text(word);
    }
    if (reason != MTLS_REASON_NONE) {
        *out = of_reason(reason);
    }
    return reason != MTLS_REASON_NONE;
}

static bool find_result(const char *word, explanation *out) {
    for (int i = 0; i < MTLS_NUM_VERIFY_RESULTS; i++) {
        if (strcasecmp(word, mtls_verify_result_describe((mtls_verify_result)i)->spelling) == 0) {
            *out = of_result((mtls_verify_result)i);
            return true;
        }
    }
    return false;
}

static bool find_remark(const char *word, explanation *out) {
    mtlsval_finding finding;
    for (int i = 0; i < MTLSVAL_NUM_WARNINGS; i++) {
        if (strcmp(word, mtlsval_warning_describe((mtlsval_warning_id)i)->slug) == 0) {
            *out = of_warning((mtlsval_warning_id)i);
            return true;
        }
    }
    if (mtlsval_finding_find(word, &finding)) {
        *out = of_finding(finding);
        return true;
    }
    return false;
}

static const char *nearest(const char *word) {
    const char *words[WORDS_MAX];
    size_t num_words = 0;
    for (int i = MTLS_UPLOAD_ACCEPTED + 1; i < MTLS_NUM_UPLOAD_CODES; i++) {
        words[num_words++] = mtls_upload_code_describe((mtls_upload_code)i)->spelling;
    }
    for (int i = MTLS_REASON_NONE + 1; i < MTLS_NUM_REASONS; i++) {
        words[num_words++] = mtls_reason_describe((mtls_reason)i)->slug;
    }
    for (int i = 0; i < MTLS_NUM_VERIFY_RESULTS; i++) {
        words[num_words++] = mtls_verify_result_describe((mtls_verify_result)i)->spelling;
    }
    for (int i = 0; i < MTLSVAL_NUM_WARNINGS; i++) {
        words[num_words++] = mtlsval_warning_describe((mtlsval_warning_id)i)->slug;
    }
    for (int i = MTLSVAL_FINDING_NONE + 1; i < MTLSVAL_NUM_FINDINGS; i++) {
        words[num_words++] = mtlsval_finding_describe((mtlsval_finding)i)->slug;
    }
    return mtls_text_nearest(word, words, num_words);
}

/* The anchors of docs/sources.md, for people. */
static void cite_text(const char *cite, char *out, size_t size) {
    static const struct {
        const char *prefix, *title;
    } sources[] = {
        {"seed#",    "Microsoft, \"Troubleshooting mutual authentication errors in Application Gateway\", #"},
        {"facts#",   "docs/facts.md, #"                                                                     },
        {"x690#",    "ITU-T X.690 section "                                                                 },
        {"openssl#", "OpenSSL's manual page of "                                                            },
        {"nginx#",   "nginx's documentation of "                                                            },
    };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        size_t len = strlen(sources[i].prefix);
        if (strncmp(cite, sources[i].prefix, len) == 0) {
            snprintf(out, size, "%s%s", sources[i].title, cite + len);
            return;
        }
    }
    size_t number_len = strcspn(cite, "#");
    if (strncmp(cite, "rfc", 3) == 0 && cite[number_len] == '#') {
        snprintf(out, size, "RFC %.*s section %s", (int)number_len - 3, cite + 3, cite + number_len + 1);
    } else {
        snprintf(out, size, "%s", strcmp(cite, "limit") == 0 ? "a bound of this program's own" : cite);
    }
}

static void print_text(const explanation *e) {
    layout l = layout_of(stdout);
    char line[320];
    layout_paint(&l, PAINT_STRONG);
    fputs(e->name, stdout);
    layout_plain(&l);
    printf("  (%s)\n", e->kind);
    report_text_row(&l, PAINT_FAINT, "what", e->what);
    report_text_row(&l, PAINT_FAINT, "do", e->advice);
    if (e->spelling != NULL) {
        snprintf(line, sizeof line, "FAILED:%s", e->spelling);
        report_text_row(&l, PAINT_FAINT, "in logs", line);
    }
    if (e->old_spelling != NULL) {
        snprintf(line, sizeof line, "FAILED:%s (older OpenSSL)", e->old_spelling);
        report_text_row(&l, PAINT_FAINT, "", line);
    }
    if (e->gateway_spelling != NULL) {
        snprintf(line, sizeof line, "%s (the gateway's documentation)", e->gateway_spelling);
        report_text_row(&l, PAINT_FAINT, "", line);
    }
    if (e->x509_v_err != 0) {
        snprintf(line, sizeof line, "X509_V_ERR number %d", e->x509_v_err);
        report_text_row(&l, PAINT_FAINT, "OpenSSL", line);
    }
    cite_text(e->cite, line, sizeof line);
    report_text_row(&l, PAINT_FAINT, "source", line);
}

static mtls_status print_json(const explanation *e) {
    bool failed = false;
    json_t *object = json_object();
    report_json_set(object, "kind", json_string(e->kind), &failed);
    report_json_set(object, "name", json_string(e->name), &failed);
    report_json_set(object, "what", json_string(e->what), &failed);
    report_json_set(object, "advice", json_string(e->advice), &failed);
    report_json_set(object, "spelling", report_json_text(e->spelling), &failed);
    report_json_set(object, "oldSpelling", report_json_text(e->old_spelling), &failed);
    report_json_set(object, "gatewaySpelling", report_json_text(e->gateway_spelling), &failed);
    report_json_set(object, "opensslError", e->x509_v_err == 0 ? json_null() : json_integer(e->x509_v_err),
                    &failed);
    report_json_set(object, "cite", json_string(e->cite), &failed);
    if (failed) {
        json_decref(object);
        return MTLS_ERR_NOMEM;
    }
    return report_json_print(object, true, stdout);
}

int command_explain(const options *o) {
    explanation e;
    const char *word = o->argument;
    if (!find_code(word, &e) && !find_reason(word, &e) && !find_result(word, &e) && !find_remark(word, &e)) {
        mtls_error error = {""};
        const char *near = nearest(word);
        mtls_fail(MTLS_ERR_USAGE, &error, "nothing is called '%.96s'%s%s%s", word,
                  near == NULL ? "; give an upload error code, a reason's slug, or what the access log says: "
                                 "NONE, FAILED:..."
                               : "; did you mean '",
                  near == NULL ? "" : near, near == NULL ? "" : "'?");
        return command_fail(error.text);
    }
    if (o->json) {
        mtls_status status = print_json(&e);
        return status == MTLS_OK ? EXIT_YES : command_fail(mtls_status_text(status));
    }
    print_text(&e);
    return EXIT_YES;
}
