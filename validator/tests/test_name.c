#include "core/tests/cmocka_includes.h"

#include <string.h>

#include <openssl/x509.h>

#include "validator/name.h"
#include "validator/tests/parts.h"

/* An attribute of a name to build. */
typedef struct {
    const char *oid; /* content octets of the type, as text without NUL */
    uint8_t tag;
    mtls_view value;
    bool same_rdn; /* as the attribute before */
} attribute;

#define CN "\x55\x04\x03"
#define O "\x55\x04\x0a"
#define C "\x55\x04\x06"
#define ST "\x55\x04\x08"
#define V(text)                                                                                              \
    { (const uint8_t *)(text), sizeof(text) - 1 }
enum {
    UTF8 = 0x0c,
    PRINTABLE = 0x13,
    T61 = 0x14,
    IA5 = 0x16,
    BMP = 0x1e,
    UNIVERSAL = 0x1c,
    NUMERIC = 0x12,
    VISIBLE = 0x1a
};

static void build(const attribute *attributes, size_t count, mtls_buf *out) {
    mtls_buf rdns = {.max = 4096}, rdn = {.max = 4096};
    for (size_t i = 0; i < count; i++) {
        mtls_buf pair = {.max = 4096};
        wrap(0x06, mtls_view_of_text(attributes[i].oid), &pair);
        wrap(attributes[i].tag, attributes[i].value, &pair);
        wrap(0x30, mtls_buf_view(&pair), &rdn);
        mtls_buf_clear(&pair);
        if (i + 1 == count || !attributes[i + 1].same_rdn) {
            wrap(0x31, mtls_buf_view(&rdn), &rdns);
            mtls_buf_reset(&rdn);
        }
    }
    wrap(0x30, mtls_buf_view(&rdns), out);
    mtls_buf_clear(&rdns);
    mtls_buf_clear(&rdn);
}

enum { MOST = 4 };
static const struct {
    const char *name;
    attribute attributes[MOST];
    const char *text;
    bool bad_text;
} texts[] = {
    {"reverse order and S=",
     {{C, PRINTABLE, V("AU"), false},
      {ST, UTF8, V("Some-State"), false},
      {O, UTF8, V("Internet Widgits Pty Ltd"), false}},
     "O=Internet Widgits Pty Ltd, S=Some-State, C=AU",                                                                       false},
    {"the empty name",                  {{NULL, 0, V(""), false}},                           "",                             false},
    {"keywords",
     {{"\x55\x04\x04", UTF8, V("s"), false},
      {"\x55\x04\x05", UTF8, V("1"), false},
      {"\x55\x04\x2a", UTF8, V("g"), false},
      {"\x55\x04\x0c", UTF8, V("t"), false}},
     "T=t, G=g, SERIALNUMBER=1, SN=s",                                                                                       false},
    {"e-mail and domain",
     {{"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", IA5, V("org"), false},
      {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", IA5, V("a@b"), false}},
     "E=a@b, DC=org",                                                                                                        false},
    {"a type without a keyword",        {{"\x55\x04\x61", UTF8, V("x"), false}},             "OID.2.5.4.97=x",               false},
    {"a long OID",
     {{"\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03", UTF8, V("u"), false}},
     "OID.1.3.6.1.4.1.311.20.2.3=u",                                                                                         false},
    {"an OID under 2.999",              {{"\x88\x37\x03", UTF8, V("u"), false}},             "OID.2.999.3=u",                false},
    {"an OID past 64 bits",
     {{"\x2b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", UTF8, V("u"), false}},
     "OID.1.3.huge=u",                                                                                                       false},
    {"several values in one RDN",
     {{C, PRINTABLE, V("AU"), false}, {CN, UTF8, V("a"), false}, {O, UTF8, V("b"), true}},
     "CN=a + O=b, C=AU",                                                                                                     false},
    {"comma",                           {{O, UTF8, V("a, b"), false}},                       "O=\"a, b\"",                   false},
    {"plus",                            {{O, UTF8, V("a+b"), false}},                        "O=\"a+b\"",                    false},
    {"equals sign",                     {{O, UTF8, V("a=b"), false}},                        "O=\"a=b\"",                    false},
    {"quotes are doubled",              {{O, UTF8, V("a \"b\""), false}},                    "O=\"a \"\"b\"\"\"",            false},
    {"angle brackets",                  {{O, UTF8, V("<a>"), false}},                        "O=\"<a>\"",                    false},
    {"number sign in the middle",       {{O, UTF8, V("a#b"), false}},                        "O=\"a#b\"",                    false},
    {"semicolon",                       {{O, UTF8, V("a;b"), false}},                        "O=\"a;b\"",                    false},
    {"line feed",                       {{O, UTF8, V("a\nb"), false}},                       "O=\"a\nb\"",                   false},
    {"backslash and slash as they are", {{O, UTF8, V("a\\b/c"), false}},                     "O=a\\b/c",                     false},
    {"leading space",                   {{O, UTF8, V(" a"), false}},                         "O=\" a\"",                     false},
    {"trailing space",                  {{O, UTF8, V("a "), false}},                         "O=\"a \"",                     false},
    {"a space alone",                   {{O, UTF8, V(" "), false}},                          "O=\" \"",                      false},
    {"spaces in the middle",            {{O, UTF8, V("a  b"), false}},                       "O=a  b",                       false},
    {"empty value",                     {{O, UTF8, V(""), false}},                           "O=\"\"",                       false},
    {"UTF-8",                           {{O, UTF8, V("K\xc3\xb6ln \xe2\x82\xac"), false}},   "O=K\xc3\xb6ln \xe2\x82\xac",   false},
    {"BMPString",                       {{O, BMP, V("\0K\0\xf6\x20\xac\0,"), false}},        "O=\"K\xc3\xb6\xe2\x82\xac,\"", false},
    {"UniversalString",                 {{O, UNIVERSAL, V("\0\0\0K\0\x01\xf6\x00"), false}}, "O=K\xf0\x9f\x98\x80",          false},
    {"T61String as Latin-1",            {{O, T61, V("K\xf6ln"), false}},                     "O=K\xc3\xb6ln",                false},
    {"T61String that is UTF-8",         {{O, T61, V("K\xc3\xb6ln"), false}},                 "O=K\xc3\xb6ln",                false},
    {"VisibleString and NumericString",
     {{O, VISIBLE, V("v"), false}, {CN, NUMERIC, V("1 2"), false}},
     "CN=1 2, O=v",                                                                                                          false},
    {"not UTF-8",                       {{O, UTF8, V("a\xff\xc3"), false}},                  "O=a\\xFF\\xC3",                true },
    {"not ASCII in a PrintableString",  {{O, PRINTABLE, V("a\xf6"), false}},                 "O=a\\xF6",                     false},
    {"NUL",                             {{O, UTF8, V("a\0b"), false}},                       "O=a\\x00b",                    false},
    {"odd BMPString",                   {{O, BMP, V("\0a\0"), false}},                       "O=a\\x00",                     true },
    {"surrogate in a BMPString",        {{O, BMP, V("\xd8\x3d\xde\x00"), false}},            "O=\\xD8\\x3D\\xDE\\x00",       true },
    {"short UniversalString",           {{O, UNIVERSAL, V("\0\0\0a\0"), false}},             "O=a\\x00",                     true },
    {"UniversalString past Unicode",
     {{O, UNIVERSAL, V("\0\x11\0\0"), false}},
     "O=\\x00\\x11\\x00\\x00",                                                                                               true },
    {"no string",                       {{O, 0x02, V("\x05"), false}},                       "O=#020105",                    false},
};

static size_t count_of(const attribute *attributes) {
    size_t count = 0;
    while (count < MOST && attributes[count].oid != NULL) {
        count++;
    }
    return count;
}

static void a_name_is_written_as_the_gateway_does(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mtls_buf der = {.max = 4096}, text = {.max = 4096};
        mtlsval_name name;
        mtlsval_fault fault;
        build(texts[i].attributes, count_of(texts[i].attributes), &der);
        assert_true(mtlsval_name_read_element(mtls_buf_view(&der), &name, &fault));
        assert_int_equal(mtlsval_name_text(&name, &text), MTLS_OK);
        if (!mtls_view_equal_text(mtls_buf_view(&text), texts[i].text) ||
            name.bad_text != texts[i].bad_text) {
            fail_msg("%s: %s", texts[i].name, mtls_buf_text(&text));
        }
        mtls_buf_clear(&der);
        mtls_buf_clear(&text);
    }
}

/* Names to compare, each with each: our answer must be libcrypto's. */
static const attribute compared[][MOST] = {
    {{NULL, 0, V(""), false}                              },
    {{CN, UTF8, V("Example CA"), false}                   },
    {{CN, PRINTABLE, V("Example CA"), false}              },
    {{CN, PRINTABLE, V("EXAMPLE ca"), false}              },
    {{CN, UTF8, V("  Example \t  CA "), false}            },
    {{CN, UTF8, V("ExampleCA"), false}                    },
    {{CN, BMP, V("\0E\0x\0a\0m\0p\0l\0e\0 \0C\0A"), false}},
    {{CN, NUMERIC, V("12"), false}                        },
    {{CN, NUMERIC, V("1 2"), false}                       },
    {{CN, UTF8, V("12"), false}                           },
    {{CN, T61, V("K\xf6ln"), false}                       },
    {{CN, UTF8, V("K\xc3\xb6ln"), false}                  },
    {{CN, UTF8, V("K\xc3\x96ln"), false}                  },
    {{CN, UTF8, V(""), false}                             },
    {{CN, UTF8, V("   "), false}                          },
    {{O, UTF8, V("Example CA"), false}                    },
    {{CN, UTF8, V("a"), false},                             {O, UTF8, V("b"), false}},
    {{O, UTF8, V("b"), false},                                                     {CN, UTF8, V("a"), false}},
    {{CN, UTF8, V("a"), false},{O, UTF8, V("b"), true}},
    {{CN, PRINTABLE, V("A"), false},                             {O, UTF8, V("b"), true}},
    {{CN, IA5, V("a"), false},                                                     {O, BMP, V("\0b"), true}},
    {{CN, UTF8, V("a"), false},  {CN, UTF8, V("b"), false}},
    {{CN, UTF8, V("a"), false},                              {CN, UTF8, V("b"), true}},
    {{CN, UTF8, V("A "), false},                                                     {CN, UTF8, V("b "), true}},
    {{CN, UNIVERSAL, V("\0\0\0a"), false}                          },
    {{CN, UTF8, V("a"), false}                            },
    {{CN, 0x03, V("\0a"), false}                                                    },
};

static void names_are_equal_where_libcrypto_says_so(void **state) {
    (void)state;
    enum { COUNT = sizeof compared / sizeof compared[0] };
    mtls_buf ders[COUNT];
    mtlsval_name names[COUNT];
    X509_NAME *theirs[COUNT];
    unsigned num_equal = 0;
    for (size_t i = 0; i < COUNT; i++) {
        mtlsval_fault fault;
        ders[i] = (mtls_buf){.max = 4096};
        build(compared[i], count_of(compared[i]), &ders[i]);
        assert_true(mtlsval_name_read_element(mtls_buf_view(&ders[i]), &names[i], &fault));
        const unsigned char *at = ders[i].data;
        theirs[i] = d2i_X509_NAME(NULL, &at, (long)ders[i].len);
        assert_non_null(theirs[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            bool equal = mtlsval_name_equal(&names[i], &names[j]);
            if (equal != (X509_NAME_cmp(theirs[i], theirs[j]) == 0)) {
                fail_msg("names %zu and %zu: we say %d", i, j, equal);
            }
            if (equal) {
                assert_true(mtlsval_name_hash(&names[i]) == mtlsval_name_hash(&names[j]));
            }
            num_equal += equal && i != j;
        }
    }
    assert_true(num_equal >= 20);
    for (size_t i = 0; i < COUNT; i++) {
        X509_NAME_free(theirs[i]);
        mtls_buf_clear(&ders[i]);
    }
}

static void values_that_are_no_text_are_compared_by_their_bytes(void **state) {
    (void)state;
    static const attribute one[] =
        {
            {CN, UTF8, V("a\xff"), false}
    },
                           same[] = {{CN, UTF8, V("a\xff"), false}},
                           upper[] = {{CN, UTF8, V("A\xff"), false}},
                           latin[] = {{CN, T61, V("a\xff"), false}};
    const attribute *all[] = {one, same, upper, latin};
    mtls_buf ders[4];
    mtlsval_name names[4];
    mtlsval_fault fault;
    for (size_t i = 0; i < 4; i++) {
        ders[i] = (mtls_buf){.max = 4096};
        build(all[i], 1, &ders[i]);
        assert_true(mtlsval_name_read_element(mtls_buf_view(&ders[i]), &names[i], &fault));
    }
    assert_true(mtlsval_name_equal(&names[0], &names[1]));
    assert_true(mtlsval_name_hash(&names[0]) == mtlsval_name_hash(&names[1]));
    assert_false(mtlsval_name_equal(&names[0], &names[2]));
    assert_false(mtlsval_name_equal(&names[0], &names[3]));
    for (size_t i = 0; i < 4; i++) {
        mtls_buf_clear(&ders[i]);
    }
}

static void the_types_that_libcrypto_refuses_in_names_are_known(void **state) {
    (void)state;
    unsigned num_taken = 0;
    for (unsigned tag = 1; tag < 0xff; tag++) {
        /* Content that is good for every type: a constructed one holds a NULL. */
        bool is_constructed = (tag & 0x20) != 0;
        mtls_view value = is_constructed ? BYTES("\x05\x00")
                          : tag == 0x01  ? BYTES("\xff")
                                         : BYTES("\x00\x00\x00\x41");
        if (tag == 0x02) {
            value = BYTES("\x05");
        }
        const attribute one = {CN, (uint8_t)tag, value, false};
        mtls_buf der = {.max = 64};
        mtlsval_name name;
        mtlsval_fault fault;
        build(&one, 1, &der);
        const unsigned char *at = der.data;
        X509_NAME *theirs = d2i_X509_NAME(NULL, &at, (long)der.len);
        if (mtlsval_name_read_element(mtls_buf_view(&der), &name, &fault) &&
            name.bad_type != (theirs == NULL)) {
            fail_msg("tag %02x: libcrypto %s it", tag, theirs == NULL ? "refuses" : "takes");
        }
        num_taken += theirs != NULL;
        X509_NAME_free(theirs);
        mtls_buf_clear(&der);
    }
    assert_true(num_taken > 8);
}

static void a_name_has_bounds(void **state) {
    (void)state;
    static const attribute a = {CN, UTF8, V("a"), false};
    attribute many[MTLSVAL_NAME_ATTRIBUTES_MAX + 1];
    mtlsval_name name;
    mtlsval_fault fault;
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        many[i] = a;
    }
    for (size_t over = 0; over <= 1; over++) {
        mtls_buf der = {.max = 8192};
        build(many, MTLSVAL_NAME_ATTRIBUTES_MAX + over, &der);
        assert_int_equal(mtlsval_name_read_element(mtls_buf_view(&der), &name, &fault), over == 0);
        assert_int_equal(fault.finding, over == 0 ? MTLSVAL_FINDING_NONE : MTLSVAL_CERTIFICATE_NAME_LIMIT);
        mtls_buf_clear(&der);
    }
    for (size_t i = 1; i < sizeof many / sizeof many[0]; i++) {
        many[i].same_rdn = true;
    }
    for (size_t over = 0; over <= 1; over++) {
        mtls_buf der = {.max = 8192};
        build(many, MTLSVAL_RDN_ATTRIBUTES_MAX + over, &der);
        assert_int_equal(mtlsval_name_read_element(mtls_buf_view(&der), &name, &fault), over == 0);
        mtls_buf_clear(&der);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_written_as_the_gateway_does),
        cmocka_unit_test(names_are_equal_where_libcrypto_says_so),
        cmocka_unit_test(values_that_are_no_text_are_compared_by_their_bytes),
        cmocka_unit_test(the_types_that_libcrypto_refuses_in_names_are_known),
        cmocka_unit_test(a_name_has_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
