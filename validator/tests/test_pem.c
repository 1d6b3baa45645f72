#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <string.h>

#include "validator/pem.h"
#include "validator/tests/parts.h"

#define B "-----BEGIN CERTIFICATE-----"
#define E "-----END CERTIFICATE-----"
#define GOOD B "\nAAAA\n" E "\n"

/* What the scanner makes of a file: how many blocks, and its first fault with its line and offset. */
static const struct {
    const char *name;
    mtls_view file;
    unsigned num_blocks;
    mtlsval_finding finding;
    size_t line, at;
} framings[] = {
#define ROW(name, text, num_blocks, finding, line, at)                                                       \
    { name, {(const uint8_t *)(text), sizeof(text) - 1}, num_blocks, MTLSVAL_##finding, line, at }
    ROW("one block", GOOD, 1, FINDING_NONE, 0, 0),
    ROW("two blocks", GOOD GOOD, 2, FINDING_NONE, 0, 0),
    ROW("no final line end", B "\nAAAA\n" E, 1, FINDING_NONE, 0, 0),
    ROW("CRLF", B "\r\nAAAA\r\n" E "\r\n", 1, FINDING_NONE, 0, 0),
    ROW("CR", B "\rAAAA\r" E "\r" B "\rAAAA\r" E, 2, FINDING_NONE, 0, 0),
    ROW("white space after the delimiters", B " \t\nAAAA\n" E "  \n", 1, FINDING_NONE, 0, 0),
    ROW("text around", "Subject: a\n" GOOD "--- end of list ---\n-- \nx-y\n" GOOD "bye", 2, FINDING_NONE, 0,
        0),
    ROW("another label", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", 1, FINDING_NONE, 0, 0),
    ROW("a label with a hyphen", "-----BEGIN A-B-----\nAAAA\n-----END A-B-----\n", 1, FINDING_NONE, 0, 0),
    ROW("the empty label", "-----BEGIN -----\nAAAA\n-----END -----\n", 1, FINDING_NONE, 0, 0),
    ROW("headers of a key",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,\n 12\n\nAAAA\n"
        "-----END RSA PRIVATE KEY-----\n",
        1, FINDING_NONE, 0, 0),
    ROW("nothing", "", 0, FINDING_NONE, 0, 0),
    ROW("text alone", "hello\nworld-----", 0, FINDING_NONE, 0, 0),
    ROW("BEGIN without END", "a\n" B "\nAAAA\n", 1, PEM_BEGIN_WITHOUT_END, 2, 2),
    ROW("BEGIN alone", B, 1, PEM_BEGIN_WITHOUT_END, 1, 0),
    ROW("a second BEGIN", B "\nAAAA\n" GOOD, 2, PEM_NESTED_BEGIN, 3, 33),
    ROW("END without BEGIN", GOOD E "\n", 1, PEM_END_WITHOUT_BEGIN, 4, 59),
    ROW("labels differ", B "\nAAAA\n-----END X509 CRL-----\n", 1, PEM_LABEL_MISMATCH, 3, 33),
    ROW("four hyphens", "----BEGIN CERTIFICATE-----\nAAAA\n" E, 1, PEM_DELIMITER_SPELLING, 1, 0),
    ROW("six hyphens", "-" GOOD, 1, PEM_DELIMITER_SPELLING, 1, 0),
    ROW("four hyphens after", "-----BEGIN CERTIFICATE----\nAAAA\n" E, 1, PEM_DELIMITER_SPELLING, 1, 0),
    ROW("no hyphens after", "-----BEGIN CERTIFICATE\nAAAA\n" E, 1, PEM_DELIMITER_SPELLING, 1, 0),
    ROW("lower case", "-----begin certificate-----\nAAAA\n-----end certificate-----\n", 1,
        PEM_DELIMITER_SPELLING, 1, 0),
    ROW("two spaces", "-----BEGIN  CERTIFICATE-----\nAAAA\n" E, 1, PEM_DELIMITER_SPELLING, 1, 0),
    ROW("a space before BEGIN", "----- BEGIN CERTIFICATE-----\nAAAA\n" E, 1, PEM_DELIMITER_SPELLING, 1, 0),
    ROW("no label", "-----BEGIN-----\nAAAA\n" E, 1, PEM_DELIMITER_SPELLING, 1, 0),
    ROW("END misspelt", B "\nAAAA\n-----END CERTIFICATE---\n", 1, PEM_DELIMITER_SPELLING, 3, 33),
    ROW("indented BEGIN", "\n  " GOOD, 1, PEM_DELIMITER_INDENTED, 2, 3),
    ROW("indented END", B "\nAAAA\n\t" E, 1, PEM_DELIMITER_INDENTED, 3, 34),
    ROW("END and BEGIN share a line", B "\nAAAA\n" E B "\nAAAA\n" E "\n", 2, PEM_DELIMITERS_SHARE_LINE, 3,
        33),
    ROW("a stray END shares a line", E B "\nAAAA\n" E "\n", 1, PEM_END_WITHOUT_BEGIN, 1, 0),
    ROW("base64 after BEGIN", B "AAAA\n" E "\n", 1, PEM_DELIMITER_NOT_ALONE, 1, 0),
    ROW("text before BEGIN", "x" GOOD, 1, PEM_DELIMITER_NOT_ALONE, 1, 1),
    ROW("base64 before END", B "\nAAAA" E "\n", 1, PEM_DELIMITER_NOT_ALONE, 2, 32),
    ROW("text after END", B "\nAAAA\n" E ";\n", 1, PEM_DELIMITER_NOT_ALONE, 3, 33),
    ROW("all on one line", B "AAAA" E, 1, PEM_DELIMITER_NOT_ALONE, 1, 0),
    ROW("nothing between", B "\n" E "\n", 1, PEM_EMPTY_BODY, 1, 0),
    ROW("blank lines between", GOOD B "\n \r\n\t\n" E "\n", 2, PEM_EMPTY_BODY, 4, 59),
    ROW("headers in a certificate", B "\nComment: x\n\nAAAA\n" E "\n", 1, PEM_HEADERS, 2, 28),
#undef ROW
};

static void framing_is_read_and_its_first_fault_is_placed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof framings / sizeof framings[0]; i++) {
        mtlsval_pem scanner;
        mtlsval_pem_block block;
        unsigned num_blocks = 0;
        mtlsval_pem_block first = {.finding = MTLSVAL_FINDING_NONE};
        mtlsval_pem_start(&scanner, framings[i].file);
        while (mtlsval_pem_next(&scanner, &block)) {
            num_blocks += block.is_block;
            if (first.finding == MTLSVAL_FINDING_NONE) {
                first = block.finding == MTLSVAL_FINDING_NONE ? first : block;
            }
        }
        if (num_blocks != framings[i].num_blocks || first.finding != framings[i].finding ||
            first.finding_line != framings[i].line || first.finding_at != framings[i].at) {
            fail_msg("%s: %u blocks, %s at line %zu, offset %zu", framings[i].name, num_blocks,
                     mtlsval_finding_describe(first.finding)->slug, first.finding_line, first.finding_at);
        }
    }
}

static void a_block_says_where_it_stands_and_what_it_holds(void **state) {
    (void)state;
    static const char text[] = "one\r\ntwo\r-----BEGIN A B-----\nX: 1\n 2\n\nQUJD\n-----END A B----- \nrest";
    mtlsval_pem scanner;
    mtlsval_pem_block block;
    mtlsval_pem_start(&scanner, mtls_view_of_text(text));
    assert_true(mtlsval_pem_next(&scanner, &block));
    assert_true(block.is_block);
    assert_true(block.has_headers);
    assert_true(mtls_view_equal_text(block.label, "A B"));
    assert_true(mtls_view_equal_text(block.body, "\nQUJD\n"));
    assert_int_equal(block.begin_line, 3);
    assert_int_equal(block.body_line, 6);
    assert_int_equal(block.end_line, 8);
    assert_int_equal(block.begin_at, 9);
    assert_int_equal(block.end_at, sizeof text - 1 - strlen(" \nrest"));
    assert_int_equal(mtlsval_pem_line(&block, 1), 7);
    assert_int_equal(mtlsval_pem_decoded_line(&block, 2), 7);
    assert_false(mtlsval_pem_next(&scanner, &block));
    assert_false(mtlsval_pem_next(&scanner, &block));
}

static const struct {
    const char *name;
    mtls_view file;
    mtlsval_finding finding;
    bool has_nul, is_blank;
} files[] = {
#define ROW(name, text, finding, has_nul, is_blank)                                                          \
    { name, {(const uint8_t *)(text), sizeof(text) - 1}, MTLSVAL_##finding, has_nul, is_blank }
    ROW("empty", "", FINDING_NONE, false, true),
    ROW("white space", " \t\r\n\v\f", FINDING_NONE, false, true),
    ROW("plain", GOOD, FINDING_NONE, false, false),
    ROW("UTF-8 mark alone", "\xEF\xBB\xBF\n", PEM_BOM, false, true),
    ROW("UTF-8 mark", "\xEF\xBB\xBF" GOOD, PEM_BOM, false, false),
    ROW("UTF-16 mark alone", "\xFF\xFE\n\0", PEM_UTF16, true, true),
    ROW("UTF-16 little-endian", "\xFF\xFE-\0-\0", PEM_UTF16, true, false),
    ROW("UTF-16 big-endian", "\xFE\xFF\0-\0-", PEM_UTF16, true, false),
    ROW("UTF-16 without a mark", "-\0-\0-\0", PEM_UTF16, true, false),
    ROW("NUL", "a\n\0" GOOD, FINDING_NONE, true, false),
#undef ROW
};

static void files_that_are_no_plain_text_are_told_apart(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        mtlsval_pem scanner;
        mtlsval_pem_start(&scanner, files[i].file);
        if (scanner.file_finding != files[i].finding || scanner.has_nul != files[i].has_nul ||
            mtlsval_pem_is_blank(files[i].file) != files[i].is_blank) {
            fail_msg("%s", files[i].name);
        }
    }
    mtlsval_pem scanner;
    mtlsval_pem_start(&scanner, BYTES("a\r\nb\0"));
    assert_int_equal(scanner.nul_at, 4);
    assert_int_equal(scanner.nul_line, 2);
}

static const struct {
    const char *body, *bytes; /* bytes NULL: bad */
    mtlsval_finding finding;
    size_t at;
} bodies[] = {
    {"QUJD",             "ABC",    MTLSVAL_FINDING_NONE,             0},
    {"QUI=",             "AB",     MTLSVAL_FINDING_NONE,             0},
    {"QQ==",             "A",      MTLSVAL_FINDING_NONE,             0},
    {"",                 "",       MTLSVAL_FINDING_NONE,             0},
    {" Q\tU\r\nJ\vD\f",  "ABC",    MTLSVAL_FINDING_NONE,             0},
    {"QUJDQQ=\n=\n\n\n", "ABCA",   MTLSVAL_FINDING_NONE,             0},
    {"\n\nQUJD\n",       "ABC",    MTLSVAL_FINDING_NONE,             0},
    {"QR==",             "A",      MTLSVAL_PEM_BASE64_TRAILING_BITS, 4},
    {"QUK=",             "AB",     MTLSVAL_PEM_BASE64_TRAILING_BITS, 4},
    {"QUJD\n\nQUJD",     "ABCABC", MTLSVAL_PEM_BLANK_LINE,           6},
    {"QU\r\n \r\nJD",    "ABC",    MTLSVAL_PEM_BLANK_LINE,           7},
    {"QUJ",              NULL,     MTLSVAL_PEM_BASE64_LENGTH,        3},
    {"QUJDQ",            NULL,     MTLSVAL_PEM_BASE64_LENGTH,        5},
    {"QUJDQQ=",          NULL,     MTLSVAL_PEM_BASE64_LENGTH,        7},
    {"Q===",             NULL,     MTLSVAL_PEM_BASE64_PADDING,       1},
    {"=",                NULL,     MTLSVAL_PEM_BASE64_PADDING,       0},
    {"QQ===",            NULL,     MTLSVAL_PEM_BASE64_PADDING,       4},
    {"QUJD=",            NULL,     MTLSVAL_PEM_BASE64_PADDING,       4},
    {"QQ==QUJD",         NULL,     MTLSVAL_PEM_BASE64_PADDING,       4},
    {"QU*D",             NULL,     MTLSVAL_PEM_BASE64_CHARACTER,     2},
    {"QUJDQU-D",         NULL,     MTLSVAL_PEM_BASE64_CHARACTER,     6},
    {"QUJ\xC3",          NULL,     MTLSVAL_PEM_BASE64_CHARACTER,     3},
};

static void base64_is_decoded_or_its_first_fault_is_placed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        uint8_t out[64];
        size_t len = 99;
        mtlsval_fault fault;
        mtls_view body = mtls_view_of_text(bodies[i].body);
        assert_true(mtlsval_pem_decoded_max(body) <= sizeof out);
        bool good = mtlsval_pem_decode(body, out, &len, &fault);
        if (good != (bodies[i].bytes != NULL) || fault.finding != bodies[i].finding ||
            fault.at != bodies[i].at ||
            (good && (len != strlen(bodies[i].bytes) || memcmp(out, bodies[i].bytes, len) != 0))) {
            fail_msg("%s: %s at %zu", bodies[i].body, mtlsval_finding_describe(fault.finding)->slug,
                     fault.at);
        }
    }
}

static void base64_of_every_length_comes_back(void **state) {
    (void)state;
    uint8_t bytes[200], out[256];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 3);
    }
    for (size_t len = 1; len <= sizeof bytes; len++) {
        mtls_buf text = {.max = 1024};
        mtlsval_pem scanner;
        mtlsval_pem_block block;
        mtlsval_fault fault;
        size_t out_len;
        pem("CERTIFICATE", (mtls_view){bytes, len}, len % 2 == 0 ? "\n" : "\r\n", &text);
        mtlsval_pem_start(&scanner, mtls_buf_view(&text));
        assert_true(mtlsval_pem_next(&scanner, &block));
        assert_int_equal(block.finding, MTLSVAL_FINDING_NONE);
        assert_true(mtlsval_pem_decode(block.body, out, &out_len, &fault));
        assert_int_equal(fault.finding, MTLSVAL_FINDING_NONE);
        assert_int_equal(out_len, len);
        assert_memory_equal(out, bytes, len);
        assert_int_equal(mtlsval_pem_decoded_line(&block, len - 1), 2 + (len - 1) / 48);
        mtls_buf_clear(&text);
    }
}

static void private_keys_are_known_by_their_label(void **state) {
    (void)state;
    static const char *const keys[] = {"PRIVATE KEY",    "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY",
                                       "EC PRIVATE KEY", "DSA PRIVATE KEY",       "OPENSSH PRIVATE KEY",
                                       "private key"};
    static const char *const others[] = {
        "", "KEY", "PUBLIC KEY", "CERTIFICATE", "PRIVATE KEY INFO", "EC PARAMETERS"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_true(mtlsval_pem_label_is_private_key(mtls_view_of_text(keys[i])));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(mtlsval_pem_label_is_private_key(mtls_view_of_text(others[i])));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framing_is_read_and_its_first_fault_is_placed),
        cmocka_unit_test(a_block_says_where_it_stands_and_what_it_holds),
        cmocka_unit_test(files_that_are_no_plain_text_are_told_apart),
        cmocka_unit_test(base64_is_decoded_or_its_first_fault_is_placed),
        cmocka_unit_test(base64_of_every_length_comes_back),
        cmocka_unit_test(private_keys_are_known_by_their_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
