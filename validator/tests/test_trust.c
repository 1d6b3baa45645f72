#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <string.h>

#include "validator/tests/issue.h"
#include "validator/trust.h"

static issued root, leaf;

static int issue_all(void **state) {
    (void)state;
    root = issue((issue_spec){.common_name = "root", .ca = true});
    leaf = issue((issue_spec){.common_name = "leaf", .issuer = &root, .eku = "clientAuth"});
    return 0;
}

static int clear_all(void **state) {
    (void)state;
    issued_clear(&root);
    issued_clear(&leaf);
    return 0;
}

/* The file is `before`, then the root as PEM with `from` replaced by `to` (all of it for NULL), then `after`.
 */
static mtls_buf file_of(const char *before, const char *from, const char *to, const char *after) {
    mtls_buf file = {.max = 1 << 20};
    const char *pem = mtls_buf_text(&root.pem);
    const char *at = from == NULL ? pem : strstr(pem, from);
    assert_non_null(at);
    assert_int_equal(mtls_buf_append_text(&file, before), MTLS_OK);
    if (from != NULL) {
        mtls_view head = {(const uint8_t *)pem, (size_t)(at - pem)};
        assert_int_equal(mtls_buf_append(&file, head), MTLS_OK);
        assert_int_equal(mtls_buf_append_text(&file, to), MTLS_OK);
        assert_int_equal(mtls_buf_append_text(&file, at + strlen(from)), MTLS_OK);
    }
    assert_int_equal(mtls_buf_append_text(&file, after), MTLS_OK);
    return file;
}

static bool is_taken(mtls_view file, mtlsval_trust_refusal *refusal) {
    mtlsval_trust *trust = NULL;
    assert_int_equal(mtlsval_trust_new(&trust), MTLS_OK);
    assert_int_equal(mtlsval_trust_add_file(trust, file, refusal), MTLS_OK);
    assert_int_equal(refusal->step == NULL, refusal->reason == NULL);
    mtlsval_trust_free(trust);
    return refusal->step == NULL;
}

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"
#define BLOCK(label, body) "-----BEGIN " label "-----\n" body "-----END " label "-----\n"

/* What a live nginx 1.22.1 said of such files (`nginx -t`). */
static void files_are_taken_as_nginx_takes_them(void **state) {
    (void)state;
    /* clang-format off */
    static const struct {
        const char *name, *before, *from, *to, *after;
        const char *reason; /* NULL: taken */
    } rows[] = {
        {"a root", "", "", "", "", NULL},
        {"text around it", "some text\n", "", "", "more text\n", NULL},
        {"no file content", "", NULL, NULL, "", "no certificate or crl found"},
        {"text without delimiters", "text\n", NULL, NULL, "", "no certificate or crl found"},
        {"an empty block", BEGIN END, NULL, NULL, "", "PEM lib"},
        {"an empty block after it", "", "", "", BEGIN END, "PEM lib"},
        {"BEGIN without END", "", END, "", "", "bad end line"},
        {"bad base64", "", "MII", "M#I", "", "bad base64 decode"},
        {"base64 of something else", BLOCK("CERTIFICATE", "Zm9v\n"), NULL, NULL, "", "too long"},
        {"a label of another kind alone", BLOCK("PUBLIC KEY", "Zm9v\n"), NULL, NULL, "", "no certificate or crl found"},
        {"an unknown block beside it", "", "", "", BLOCK("SOMETHING", "Zm9v\n"), NULL},
        {"a request beside it", "", "", "", BLOCK("CERTIFICATE REQUEST", "Zm9v\n"), NULL},
        {"a key that is none beside it", "", "", "", BLOCK("PRIVATE KEY", "Zm9v\n"), "unsupported"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtls_buf file = file_of(rows[i].before, rows[i].from, rows[i].to, rows[i].after);
        mtlsval_trust_refusal refusal;
        bool taken = is_taken(mtls_buf_view(&file), &refusal);
        if (taken != (rows[i].reason == NULL)) {
            fail_msg("%s: %s", rows[i].name, taken ? "taken" : refusal.reason);
        }
        if (!taken) {
            assert_string_equal(refusal.reason, rows[i].reason);
        }
        mtls_buf_clear(&file);
    }
}

static void a_trusted_certificate_block_loads_and_gives_no_client_ca(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 20};
    mtlsval_trust_refusal refusal;
    const char *pem = mtls_buf_text(&root.pem);
    const char *body = strchr(pem, '\n') + 1, *end = strstr(pem, END);
    assert_int_equal(
        mtls_buf_appendf(&file,
                         "-----BEGIN TRUSTED CERTIFICATE-----\n%.*s-----END TRUSTED CERTIFICATE-----\n",
                         (int)(end - body), body),
        MTLS_OK);
    assert_false(is_taken(mtls_buf_view(&file), &refusal));
    assert_string_equal(refusal.step, "SSL_load_client_CA_file");
    mtls_buf_clear(&file);
}

static void a_leaf_alone_is_taken(void **state) {
    (void)state;
    mtlsval_trust_refusal refusal;
    assert_true(is_taken(mtls_buf_view(&leaf.pem), &refusal));
}

/* fgets ends a line where a NUL stands in it, which a reader of memory would not: UTF-16 has one in every
 * pair. */
static void a_nul_cuts_its_line_as_in_a_file_on_disk(void **state) {
    (void)state;
    mtls_buf wide = {.max = 1 << 20}, cut = {.max = 1 << 20};
    mtlsval_trust_refusal refusal;
    for (size_t i = 0; i < root.pem.len; i++) {
        assert_int_equal(mtls_buf_append_byte(&wide, root.pem.data[i]), MTLS_OK);
        assert_int_equal(mtls_buf_append_byte(&wide, 0), MTLS_OK);
    }
    assert_false(is_taken(mtls_buf_view(&wide), &refusal));
    assert_int_equal(
        mtls_buf_append(&cut, (mtls_view){(const uint8_t *)"text\0" BEGIN, 5 + sizeof BEGIN - 1}), MTLS_OK);
    assert_int_equal(mtls_buf_append(&cut, mtls_buf_view(&root.pem)), MTLS_OK);
    assert_true(is_taken(mtls_buf_view(&cut), &refusal));
    mtls_buf_clear(&wide);
    mtls_buf_clear(&cut);
}

static void der_that_does_not_decode_is_not_added(void **state) {
    (void)state;
    mtlsval_trust *trust = NULL;
    bool decoded = true;
    assert_int_equal(mtlsval_trust_new(&trust), MTLS_OK);
    assert_int_equal(mtlsval_trust_add_der(trust, mtls_view_of_text("no certificate"), &decoded), MTLS_OK);
    assert_false(decoded);
    mtls_view whole = mtls_buf_view(&root.der);
    assert_int_equal(mtlsval_trust_add_der(trust, (mtls_view){whole.data, whole.len - 1}, &decoded), MTLS_OK);
    assert_false(decoded);
    assert_int_equal(mtlsval_trust_add_der(trust, whole, &decoded), MTLS_OK);
    assert_true(decoded);
    mtlsval_trust_free(trust);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_taken_as_nginx_takes_them),
        cmocka_unit_test(a_trusted_certificate_block_loads_and_gives_no_client_ca),
        cmocka_unit_test(a_leaf_alone_is_taken),
        cmocka_unit_test(a_nul_cuts_its_line_as_in_a_file_on_disk),
        cmocka_unit_test(der_that_does_not_decode_is_not_added),
    };
    return cmocka_run_group_tests(tests, issue_all, clear_all);
}
