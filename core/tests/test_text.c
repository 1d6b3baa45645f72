#include "core/tests/cmocka_includes.h"

#include "core/text.h"

static const struct {
    const char *name;
    mtls_view bytes;
    const char *shown;
} escapes[] = {
#define ROW(name, bytes, shown)                                                                              \
    { name, {(const uint8_t *)(bytes), sizeof(bytes) - 1}, shown }
    ROW("plain", "CN=a, O=b", "CN=a, O=b"),
    ROW("umlaut", "K\xC3\xB6ln", "K\xC3\xB6ln"),
    ROW("escape sequence", "\x1B[31mred", "\\x1B[31mred"),
    ROW("line break", "a\nb\r", "a\\x0Ab\\x0D"),
    ROW("nul", "a\0b", "a\\x00b"),
    ROW("backslash", "a\\b", "a\\\\b"),
    ROW("right-to-left override",
        "a\xE2\x80\xAE"
        "b",
        "a\\u{202E}b"),
    ROW("C1 control",
        "a\xC2\x9B"
        "b",
        "a\\u{009B}b"),
    ROW("not UTF-8", "a\xFF\xC3(", "a\\xFF\\xC3("),
    ROW("overlong", "\xC0\xAF", "\\xC0\\xAF"),
    ROW("surrogate", "\xED\xA0\x80", "\\xED\\xA0\\x80"),
    ROW("cut off", "\xE2\x82", "\\xE2\\x82"),
#undef ROW
};

static void text_that_could_deceive_a_terminal_is_escaped(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        mtls_buf shown = {.max = 128};
        assert_int_equal(mtls_text_escape(escapes[i].bytes, &shown), MTLS_OK);
        assert_string_equal(mtls_buf_text(&shown), escapes[i].shown);
        mtls_buf_clear(&shown);
    }
}

static void the_nearest_word_is_found_and_nonsense_finds_none(void **state) {
    (void)state;
    const char *const words[] = {"issuer", "subject", "serial", "validity"};
    assert_string_equal(mtls_text_nearest("isuer", words, 4), "issuer");
    assert_string_equal(mtls_text_nearest("Subject", words, 4), "subject");
    assert_string_equal(mtls_text_nearest("valdity", words, 4), "validity");
    assert_null(mtls_text_nearest("qqqqqq", words, 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_could_deceive_a_terminal_is_escaped),
        cmocka_unit_test(the_nearest_word_is_found_and_nonsense_finds_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
