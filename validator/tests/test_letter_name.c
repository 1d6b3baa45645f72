/* The forms of general names (RFC 5280 4.2.1.6) and of constraints (4.2.1.10), good and bad. */
#include "core/tests/cmocka_includes.h"

#include "validator/letter_name.h"

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define V(literal)                                                                                           \
    { (const uint8_t *)(literal), sizeof(literal) - 1 }

typedef struct {
    bool (*is)(mtls_view text);
    bool expected;
    mtls_view text;
} row;

/* clang-format off */
static const row rows[] = {
    {mtlsval_letter_is_host, true, V("a.test")},
    {mtlsval_letter_is_host, true, V("A-1.b")},
    {mtlsval_letter_is_host, true, V("*.a.test")},
    {mtlsval_letter_is_host, true, V("1")},
    {mtlsval_letter_is_host, true, V(LABEL_63 ".a")},
    {mtlsval_letter_is_host, false, V(LABEL_63 "a")},
    {mtlsval_letter_is_host, false, V(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63)},
    {mtlsval_letter_is_host, false, V("a..b")},
    {mtlsval_letter_is_host, false, V(".a")},
    {mtlsval_letter_is_host, false, V("a.")},
    {mtlsval_letter_is_host, false, V("-a")},
    {mtlsval_letter_is_host, false, V("a-")},
    {mtlsval_letter_is_host, false, V("a-.b")},
    {mtlsval_letter_is_host, false, V("a.-b")},
    {mtlsval_letter_is_host, false, V("exa mple.test")},
    {mtlsval_letter_is_host, false, V("a_b")},
    {mtlsval_letter_is_host, false, V("a\0b")},
    {mtlsval_letter_is_host, false, V("!")},
    {mtlsval_letter_is_mailbox, true, V("a@b.test")},
    {mtlsval_letter_is_mailbox, true, V("a.b+c@b")},
    {mtlsval_letter_is_mailbox, true, V("\"a b\"@b")},
    {mtlsval_letter_is_mailbox, true, V("\"a\\\"b\"@b")},
    {mtlsval_letter_is_mailbox, true, V("a@[192.0.2.1]")},
    {mtlsval_letter_is_mailbox, false, V("nobody")},
    {mtlsval_letter_is_mailbox, false, V("a@")},
    {mtlsval_letter_is_mailbox, false, V("@b")},
    {mtlsval_letter_is_mailbox, false, V("a..b@c")},
    {mtlsval_letter_is_mailbox, false, V(".a@b")},
    {mtlsval_letter_is_mailbox, false, V("a.@b")},
    {mtlsval_letter_is_mailbox, false, V("Joe <joe@a.test>")},
    {mtlsval_letter_is_mailbox, false, V("\"a@b")},
    {mtlsval_letter_is_mailbox, false, V("a@b@c")},
    {mtlsval_letter_is_mailbox, false, V("a@[]")},
    {mtlsval_letter_is_uri, true, V("http://a.test/")},
    {mtlsval_letter_is_uri, true, V("http://u:p@a.test:80/x?y#z")},
    {mtlsval_letter_is_uri, true, V("http://[2001:db8::1]/")},
    {mtlsval_letter_is_uri, true, V("http://192.0.2.1")},
    {mtlsval_letter_is_uri, true, V("urn:a:b")},
    {mtlsval_letter_is_uri, true, V("http://a.test/%20")},
    {mtlsval_letter_is_uri, false, V("http://a b/")},
    {mtlsval_letter_is_uri, false, V("http:///x")},
    {mtlsval_letter_is_uri, false, V("http://a:8x/")},
    {mtlsval_letter_is_uri, false, V("http://[]/")},
    {mtlsval_letter_is_uri, false, V("http://[::1/")},
    {mtlsval_letter_is_uri, false, V("http://[::1]x/")},
    {mtlsval_letter_is_uri, false, V("http://a/%2")},
    {mtlsval_letter_is_uri, false, V("http://a/%zz")},
    {mtlsval_letter_is_uri, false, V("http://a#b#c")},
    {mtlsval_letter_is_uri, false, V("http://a_b/")},
    {mtlsval_letter_is_uri, false, V("a:\0")},
    {mtlsval_letter_is_uri_constraint, true, V("a.test")},
    {mtlsval_letter_is_uri_constraint, true, V(".a.test")},
    {mtlsval_letter_is_uri_constraint, false, V("http://a.test")},
    {mtlsval_letter_is_uri_constraint, false, V("")},
    {mtlsval_letter_is_uri_constraint, false, V(".")},
    {mtlsval_letter_is_uri_constraint, false, V("a..b")},
    {mtlsval_letter_is_range, true, V("\xc0\x00\x02\x00\xff\xff\xfe\x00")},
    {mtlsval_letter_is_range, true, V("\xc0\x00\x02\x00\xff\xff\xff\xff")},
    {mtlsval_letter_is_range, true, V("\xc0\x00\x02\x00\x00\x00\x00\x00")},
    {mtlsval_letter_is_range, false, V("\xc0\x00\x02\x00\xff\x00\xff\x00")},
    {mtlsval_letter_is_range, false, V("\xc0\x00\x02\x00\xff\xfd\x00\x00")},
    {mtlsval_letter_is_range, false, V("\xc0\x00\x02\x00\xfe\x80\x00\x00")},
};
/* clang-format on */

static void a_form_is_told_from_what_only_looks_like_it(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].is(rows[i].text) != rows[i].expected) {
            fail_msg("row %zu: %.*s", i, (int)rows[i].text.len, (const char *)rows[i].text.data);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_told_from_what_only_looks_like_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
