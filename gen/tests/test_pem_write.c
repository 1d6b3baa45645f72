#include "core/tests/cmocka_includes.h"

#include <openssl/evp.h>
#include <string.h>

#include "gen/pem_write.h"

#define BYTES(text)                                                                                          \
    { (const uint8_t *)(text), sizeof(text) - 1 }
#define VIEW(text) ((mtls_view)BYTES(text))
#define X BYTES("X")

static const mtls_view two_headers[] = {BYTES("Proc-Type: 4,ENCRYPTED"), BYTES("DEK-Info: A,B")};

/* What comes of the five bytes "hello", whose base64 is aGVsbG8=. */
static const struct {
    const char *name;
    mtlsgen_pem_options options;
    mtls_view expected;
} rows[] = {
    {"good",                  {.label = X},                                        BYTES("-----BEGIN X-----\naGVsbG8=\n-----END X-----\n")},
    {"crlf",
     {.label = X, .eol = MTLSGEN_EOL_CRLF},
     BYTES("-----BEGIN X-----\r\naGVsbG8=\r\n-----END X-----\r\n")                                                                        },
    {"cr",                    {.label = X, .eol = MTLSGEN_EOL_CR},                 BYTES("-----BEGIN X-----\raGVsbG8=\r-----END X-----\r")},
    {"no line ends",
     {.label = X, .eol = MTLSGEN_EOL_NONE},
     BYTES("-----BEGIN X-----aGVsbG8=-----END X-----")                                                                                    },
    {"mixed",
     {.label = X, .eol = MTLSGEN_EOL_MIXED},
     BYTES("-----BEGIN X-----\naGVsbG8=\r\n-----END X-----\n")                                                                            },
    {"no final line end",
     {.label = X, .no_final_eol = true},
     BYTES("-----BEGIN X-----\naGVsbG8=\n-----END X-----")                                                                                },
    {"width",
     {.label = X, .has_width = true, .width = 3},
     BYTES("-----BEGIN X-----\naGV\nsbG\n8=\n-----END X-----\n")                                                                          },
    {"one line",              {.label = X, .has_width = true},                     BYTES("-----BEGIN X-----\naGVsbG8=\n-----END X-----\n")},
    {"indent",
     {.label = X, .has_width = true, .width = 4, .indent = BYTES(" \t")},
     BYTES("-----BEGIN X-----\n \taGVs\n \tbG8=\n-----END X-----\n")                                                                      },
    {"headers",
     {.label = X, .headers = two_headers, .num_headers = 2},
     BYTES("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,B\n\naGVsbG8=\n-----END X-----\n")                                     },
    {"begin absent",          {.label = X, .begin = {.absent = true}},             BYTES("aGVsbG8=\n-----END X-----\n")                   },
    {"end absent",            {.label = X, .end = {.absent = true}},               BYTES("-----BEGIN X-----\naGVsbG8=\n")                 },
    {"begin given",
     {.label = X, .begin = {.given = true, .text = BYTES("----BEGIN\0Y")}},
     BYTES("----BEGIN\0Y\naGVsbG8=\n-----END X-----\n")                                                                                   },
    {"end given",             {.label = X, .end = {.given = true}},                BYTES("-----BEGIN X-----\naGVsbG8=\n\n")               },
    {"empty body",            {.label = X, .has_body = true},                      BYTES("-----BEGIN X-----\n-----END X-----\n")          },
    {"body",
     {.label = X, .has_body = true, .body = BYTES("!\n!")},
     BYTES("-----BEGIN X-----\n!\n!\n-----END X-----\n")                                                                                  },
    {"truncated",             {.label = X, .truncate_base64 = 3},                  BYTES("-----BEGIN X-----\naGVsb\n-----END X-----\n")   },
    {"truncated to nothing",
     {.label = X, .truncate_base64 = 99},
     BYTES("-----BEGIN X-----\n-----END X-----\n")                                                                                        },
    {"replaced",
     {.label = X, .replace = true, .replace_at = 2, .replace_with = BYTES("**")},
     BYTES("-----BEGIN X-----\naG**bG8=\n-----END X-----\n")                                                                              },
    {"replaced past the end",
     {.label = X, .replace = true, .replace_at = 7, .replace_with = BYTES("===")},
     BYTES("-----BEGIN X-----\naGVsbG8===\n-----END X-----\n")                                                                            },
    {"put after",
     {.label = X, .replace = true, .replace_at = 8, .replace_with = BYTES("A")},
     BYTES("-----BEGIN X-----\naGVsbG8=A\n-----END X-----\n")                                                                             },
};

static void each_departure_gives_exactly_these_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtls_buf out = {.max = 1000};
        assert_int_equal(mtlsgen_pem_write(VIEW("hello"), &rows[i].options, &out), MTLS_OK);
        if (!mtls_view_equal(mtls_buf_view(&out), rows[i].expected)) {
            fail_msg("%s: %s", rows[i].name, mtls_buf_text(&out));
        }
        mtls_buf_clear(&out);
    }
}

static void base64_agrees_with_libcrypto(void **state) {
    (void)state;
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 37 + 11);
    }
    mtlsgen_pem_options options = {
        .has_width = true, .begin = {.absent = true}, .end = {.absent = true}, .eol = MTLSGEN_EOL_NONE};
    for (size_t len = 1; len <= sizeof bytes; len++) {
        unsigned char expected[500];
        mtls_buf out = {.max = 1000};
        assert_int_equal(mtlsgen_pem_write((mtls_view){bytes, len}, &options, &out), MTLS_OK);
        int expected_len = EVP_EncodeBlock(expected, bytes, (int)len);
        assert_int_equal(out.len, expected_len);
        assert_memory_equal(out.data, expected, out.len);
        mtls_buf_clear(&out);
    }
}

static void lines_have_64_characters(void **state) {
    (void)state;
    static const uint8_t bytes[96] = {0};
    mtls_buf out = {.max = 1000};
    assert_int_equal(mtlsgen_pem_write((mtls_view){bytes, 49}, NULL, &out), MTLS_OK);
    const char *text = mtls_buf_text(&out);
    assert_int_equal(strlen(text), 28 + 65 + 5 + 26);
    assert_memory_equal(text, "-----BEGIN CERTIFICATE-----\n", 28);
    assert_int_equal(text[28 + 64], '\n');
    mtls_buf_reset(&out); /* a whole number of lines has no empty one after it */
    assert_int_equal(mtlsgen_pem_write((mtls_view){bytes, 96}, NULL, &out), MTLS_OK);
    assert_int_equal(strlen(mtls_buf_text(&out)), 28 + 2 * 65 + 26);
    mtls_buf_clear(&out);
}

static void a_failure_leaves_the_output_as_it_was(void **state) {
    (void)state;
    for (size_t max = 4; max < 44; max++) {
        mtls_buf out = {.max = max};
        assert_int_equal(mtls_buf_append_text(&out, "kept"), MTLS_OK);
        assert_int_equal(mtlsgen_pem_write(VIEW("hello"), &rows[0].options, &out), MTLS_ERR_LIMIT);
        assert_true(mtls_view_equal_text(mtls_buf_view(&out), "kept"));
        mtls_buf_clear(&out);
    }
    mtls_buf out = {.max = 1000};
    mtlsgen_pem_options options = {.label = X, .replace = true, .replace_at = 9};
    assert_int_equal(mtlsgen_pem_write(VIEW("hello"), &options, &out), MTLS_ERR_USAGE);
    assert_int_equal(out.len, 0);
    mtls_buf_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_departure_gives_exactly_these_bytes),
        cmocka_unit_test(base64_agrees_with_libcrypto),
        cmocka_unit_test(lines_have_64_characters),
        cmocka_unit_test(a_failure_leaves_the_output_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
