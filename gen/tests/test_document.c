#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/document.h"

static mtls_status load(const char *text, mtls_error *error) {
    mtlsgen_document document;
    const mtls_status status = mtlsgen_document_load("a.yaml", mtls_view_of_text(text), &document, error);
    if (status == MTLS_OK) {
        mtlsgen_document_clear(&document);
    }
    return status;
}

static void document_shows_the_place_of_a_syntax_error(void **state) {
    (void)state;
    static const struct {
        const char *name, *text, *place, *message;
    } rows[] = {
        {"empty",             "",                     "a.yaml:1:1: ", "the file is empty"               },
        {"comment only",      "# nothing\n",          "a.yaml:1:1: ", "the file is empty"               },
        {"unclosed list",     "a: [1, 2\nb: 3\n",     "a.yaml:2:2: ", "did not find expected ',' or ']'"},
        {"tab",               "a:\n\tb: 1\n",         "a.yaml:2:1: ", "cannot start any token"          },
        {"undefined alias",   "a: 1\nb: *nothing\n",  "a.yaml:2:4: ", "undefined alias"                 },
        {"second document",   "a: 1\n---\nb: 2\n",    "a.yaml:3:1: ", "a second YAML document"          },
        {"not UTF-8",         "a: 1\nbc: \xff\xfe\n", "a.yaml:2:5: ", "invalid"                         },
        {"control character", "a: 1\nb: \x01\n",      "a.yaml:2:4: ", "control characters"              },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtls_error error = {""};
        const mtls_status status = load(rows[i].text, &error);
        if (status != MTLS_ERR_INPUT || strncmp(error.text, rows[i].place, strlen(rows[i].place)) != 0 ||
            strstr(error.text, rows[i].message) == NULL) {
            fail_msg("%s: status %d, \"%s\"", rows[i].name, (int)status, error.text);
        }
    }
}

static void document_keeps_a_file_within_its_bounds(void **state) {
    (void)state;
    static char deep[400], wide[400000], large[MTLSGEN_DOCUMENT_SIZE_MAX + 2];
    mtls_error error;
    memset(deep, '[', 60);
    memset(deep + 60, ']', 60);
    assert_int_equal(load(deep, &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "levels deep"));
    memset(large, '[', sizeof large / 4);
    assert_int_equal(load(large, &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "thousands are open"));
    wide[0] = '[';
    for (size_t i = 0; i < MTLSGEN_DOCUMENT_NODES_MAX + 1; i++) {
        memcpy(wide + 1 + 2 * i, "1,", 2);
    }
    wide[1 + 2 * (MTLSGEN_DOCUMENT_NODES_MAX + 1)] = ']';
    assert_int_equal(load(wide, &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "nodes"));
    memset(large, '#', sizeof large - 1);
    assert_int_equal(load(large, &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "bytes; a scenario has at most"));
}

/* Each level stands for ten of the one before: a billion nodes in a few hundred bytes. */
static void document_refuses_anchors_that_explode(void **state) {
    (void)state;
    static const char bomb[] = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                               "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                               "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                               "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                               "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                               "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    mtls_error error;
    assert_int_equal(load(bomb, &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "counting each use of an anchor"));
    assert_int_equal(load("a: &a [*a]\n", &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "an anchor that holds itself"));
    assert_int_equal(load("a: &a [x]\nb: *a\n", &error), MTLS_OK);
}

static void document_points_at_the_place_under_the_line(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        size_t line, column;
        const char *expected;
    } rows[] = {
        {"first column",                  "abc",               0, 0, "n:1:1: m\n    abc\n    ^"                },
        {"past the end",                  "abc",               0, 3, "n:1:4: m\n    abc\n       ^"             },
        {"CR LF",                         "a\r\nbcd\r\n",      1, 2, "n:2:3: m\n    bcd\n      ^"              },
        {"characters, not bytes",         "\xc3\xa4\xc3\xb6x", 0, 2, "n:1:3: m\n    \xc3\xa4\xc3\xb6x\n      ^"},
        {"an escaped character is wider", "\x1b[x",            0, 1, "n:1:2: m\n    \\x1B[x\n        ^"        },
        {"no such line",                  "abc",               7, 0, "n:8:1: m"                                },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtls_error error;
        assert_int_equal(mtlsgen_place_fail("n", mtls_view_of_text(rows[i].text), rows[i].line,
                                            rows[i].column, &error, "m"),
                         MTLS_ERR_INPUT);
        if (strcmp(error.text, rows[i].expected) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, error.text);
        }
    }
}

static void document_cuts_a_long_line_around_the_place(void **state) {
    (void)state;
    char line[1001];
    mtls_error error;
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    line[500] = 'O';
    assert_int_equal(mtlsgen_place_fail("n", mtls_view_of_text(line), 0, 500, &error, "m"), MTLS_ERR_INPUT);
    const char *shown = strstr(error.text, "\n    ...") + 5, *caret = strrchr(error.text, '\n') + 5;
    assert_int_equal(shown[strcspn(caret, "^")], 'O');
    assert_true(strcspn(shown, "\n") < 120);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_shows_the_place_of_a_syntax_error),
        cmocka_unit_test(document_keeps_a_file_within_its_bounds),
        cmocka_unit_test(document_refuses_anchors_that_explode),
        cmocka_unit_test(document_points_at_the_place_under_the_line),
        cmocka_unit_test(document_cuts_a_long_line_around_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
