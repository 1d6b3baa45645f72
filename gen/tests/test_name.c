#include "core/tests/cmocka_includes.h"

#include <openssl/x509.h>
#include <string.h>

#include "gen/name.h"
#include "gen/oid.h"

#define VIEW(text) ((mtls_view){(const uint8_t *)(text), sizeof(text) - 1})

static mtlsgen_name read(mtlsgen_arena *arena, const char *text) {
    mtlsgen_name name;
    mtls_error error = {""};
    mtls_status status = mtlsgen_name_read(mtls_view_of_text(text), arena, &name, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, MTLS_OK);
    return name;
}

/* The text that is read, and the three that are written. */
static const struct {
    const char *in, *again, *rfc4514, *gateway;
} texts[] = {
    {"C=AU, ST=Some-State, O=Internet Widgits Pty Ltd",                     "C=AU, ST=Some-State, O=Internet Widgits Pty Ltd",
     "O=Internet Widgits Pty Ltd,ST=Some-State,C=AU",                                                                                                                                         "O=Internet Widgits Pty Ltd, S=Some-State, C=AU"},
    {"",                                                                    "",                                                "",                                                            ""                                              },
    {"cn=a",                                                                "CN=a",                                            "CN=a",                                                        "CN=a"                                          },
    {"2.5.4.3=a",                                                           "CN=a",                                            "CN=a",                                                        "CN=a"                                          },
    {"1.2.3.4=a",                                                           "1.2.3.4=a",                                       "1.2.3.4=a",                                                   "OID.1.2.3.4=a"                                 },
    {" CN = a b ,O=x",                                                      "CN=a b, O=x",                                     "O=x,CN=a b",                                                  "O=x, CN=a b"                                   },
    {"CN=a\\, b\\+c\\\"d\\\\e",                                             "CN=a\\, b\\+c\\\"d\\\\e",                         "CN=a\\, b\\+c\\\"d\\\\e",
     "CN=\"a, b+c\"\"d\\e\""                                                                                                                                                                                                                  },
    {"CN=\\ a\\ ",                                                          "CN=\\ a\\ ",                                      "CN=\\ a\\ ",                                                  "CN=\" a \""                                    },
    {"CN=",                                                                 "CN=",                                             "CN=",                                                         "CN=\"\""                                       },
    {"CN=\\#a",                                                             "CN=\\#a",                                         "CN=\\#a",                                                     "CN=\"#a\""                                     },
    {"CN=a#b",                                                              "CN=a#b",                                          "CN=a#b",                                                      "CN=\"a#b\""                                    },
    {"CN=a=b",                                                              "CN=a=b",                                          "CN=a=b",                                                      "CN=\"a=b\""                                    },
    {"CN=a\\0Ab",                                                           "CN=a\\0ab",                                       "CN=a\\0ab",                                                   "CN=\"a\nb\""                                   },
    {"CN=\\c3\\a9",                                                         "CN=\xc3\xa9",                                     "CN=\xc3\xa9",                                                 "CN=\xc3\xa9"                                   },
    {"CN=#0c0161",                                                          "CN=#0c0161",                                      "CN=#0c0161",                                                  "CN=#0C0161"                                    },
 /* SET OF sorts by the encoding: the shorter AttributeTypeAndValue first */
    {"CN=abc+O=x, C=AU",                                                    "O=x+CN=abc, C=AU",                                "C=AU,O=x+CN=abc",                                             "C=AU, O=x + CN=abc"                            },
    {"E=a@b.c, GN=g, SN=s, T=t, SERIALNUMBER=1, DC=d, L=l, OU=u, STREET=r",
     "E=a@b.c, GN=g, SN=s, T=t, SERIALNUMBER=1, DC=d, L=l, OU=u, STREET=r",                                                    "STREET=r,OU=u,L=l,DC=d,SERIALNUMBER=1,T=t,SN=s,GN=g,E=a@b.c",
     "STREET=r, OU=u, L=l, DC=d, SERIALNUMBER=1, T=t, SN=s, G=g, E=a@b.c"                                                                                                                                                                     },
};

static void names_are_read_and_written_in_three_ways(void **state) {
    (void)state;
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mtlsgen_name name = read(&arena, texts[i].in);
        mtls_buf again = {.max = 1000}, rfc4514 = {.max = 1000}, gateway = {.max = 1000};
        assert_int_equal(mtlsgen_name_write(&name, &again, NULL), MTLS_OK);
        assert_int_equal(mtlsgen_name_rfc4514(&name, &rfc4514, NULL), MTLS_OK);
        assert_int_equal(mtlsgen_name_gateway(&name, &gateway, NULL), MTLS_OK);
        assert_string_equal(mtls_buf_text(&again), texts[i].again);
        assert_string_equal(mtls_buf_text(&rfc4514), texts[i].rfc4514);
        assert_string_equal(mtls_buf_text(&gateway), texts[i].gateway);
        mtls_view one, two;
        mtlsgen_name second = read(&arena, mtls_buf_text(&again));
        assert_int_equal(mtlsgen_name_encode(&name, &arena, &one, NULL), MTLS_OK);
        assert_int_equal(mtlsgen_name_encode(&second, &arena, &two, NULL), MTLS_OK);
        assert_true(mtls_view_equal(one, two));
        mtls_buf_clear(&again);
        mtls_buf_clear(&rfc4514);
        mtls_buf_clear(&gateway);
    }
    mtlsgen_arena_clear(&arena);
}

static void names_are_der_that_libcrypto_writes_too(void **state) {
    (void)state;
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mtls_view der;
        mtlsgen_name name = read(&arena, texts[i].in);
        assert_int_equal(mtlsgen_name_encode(&name, &arena, &der, NULL), MTLS_OK);
        const unsigned char *at = der.data;
        X509_NAME *x = d2i_X509_NAME(NULL, &at, (long)der.len);
        assert_non_null(x);
        assert_ptr_equal(at, der.data + der.len);
        X509_NAME_set(&x, x);
        X509_NAME *copy = X509_NAME_new(); /* built anew, so that libcrypto encodes and sorts by itself */
        for (int e = 0; e < X509_NAME_entry_count(x); e++) {
            X509_NAME_ENTRY *entry = X509_NAME_get_entry(x, e);
            bool first =
                e == 0 || X509_NAME_ENTRY_set(entry) != X509_NAME_ENTRY_set(X509_NAME_get_entry(x, e - 1));
            X509_NAME_add_entry(copy, entry, -1, first ? 0 : -1);
        }
        unsigned char *again = NULL;
        int len = i2d_X509_NAME(copy, &again);
        assert_int_equal(len, der.len);
        assert_memory_equal(again, der.data, der.len);
        OPENSSL_free(again);
        X509_NAME_free(copy);
        X509_NAME_free(x);
    }
    mtlsgen_arena_clear(&arena);
}

static void string_types_have_their_bytes(void **state) {
    (void)state;
    static const struct {
        const char *type;
        mtlsgen_string_type as;
        const char *value;
        const char *expected;
        size_t expected_len;
    } values[] = {
#define ROW(type, as, value, expected) {type, MTLSGEN_STRING_##as, value, expected, sizeof(expected) - 1}
        ROW("CN", DEFAULT, "a", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61"),
        ROW("C", DEFAULT, "a", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x06\x13\x01\x61"),
        ROW("CN", PRINTABLE, "@", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x13\x01\x40"),
        ROW("CN", IA5, "a", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x16\x01\x61"),
        ROW("CN", BMP, "\xc3\xa9", "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x1e\x02\x00\xe9"),
        ROW("CN", T61, "\xc3\xa9", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x14\x01\xe9"),
        ROW("CN", UNIVERSAL, "\xf0\x9f\x98\x80",
            "\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x1c\x04\x00\x01\xf6\x00"),
        ROW("CN", NUMERIC, "1", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x12\x01\x31"),
        ROW("CN", VISIBLE, "a", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x1a\x01\x61"),
        ROW("CN", RAW, "\xff\xff", "\x30\x0b\x31\x09\x30\x07\x06\x03\x55\x04\x03\xff\xff"),
#undef ROW
    };
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        mtlsgen_attribute attribute = {values[i].type, mtls_view_of_text(values[i].value), values[i].as};
        mtlsgen_rdn rdn = {&attribute, 1};
        mtlsgen_name name = {.rdns = &rdn, .num_rdns = 1};
        mtls_view der;
        assert_int_equal(mtlsgen_name_encode(&name, &arena, &der, NULL), MTLS_OK);
        assert_true(
            mtls_view_equal(der, (mtls_view){(const uint8_t *)values[i].expected, values[i].expected_len}));
    }
    mtlsgen_attribute attribute = {"CN", VIEW("\xf0\x9f\x98\x80"), MTLSGEN_STRING_BMP};
    mtlsgen_rdn rdn = {&attribute, 1};
    mtlsgen_name name = {.rdns = &rdn, .num_rdns = 1};
    mtls_view der;
    mtls_error error;
    assert_int_equal(mtlsgen_name_encode(&name, &arena, &der, &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "U+1F600"));
    attribute = (mtlsgen_attribute){"CN", VIEW("\xff"), MTLSGEN_STRING_BMP};
    assert_int_equal(mtlsgen_name_encode(&name, &arena, &der, &error), MTLS_ERR_INPUT);
    attribute = (mtlsgen_attribute){"NOPE", VIEW("a"), MTLSGEN_STRING_DEFAULT};
    assert_int_equal(mtlsgen_name_encode(&name, &arena, &der, &error), MTLS_ERR_INPUT);
    mtlsgen_arena_clear(&arena);
}

static void mistakes_have_a_column(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } mistakes[] = {
        {"a",            "column 1" },
        {"CN",           "column 3" },
        {"CN=a,",        "column 6" },
        {"CN=a, X=b",    "column 7" },
        {"CN=a;b",       "column 5" },
        {"CN=\"a\"",     "column 4" },
        {"CN=a\\",       "column 6" },
        {"CN=a\\x",      "column 6" },
        {"CN=#",         "column 5" },
        {"CN=#0",        "column 5" },
        {"CN=#0g",       "column 5" },
        {"CN=a+",        "column 6" },
        {"=a",           "column 1" },
        {"CN=#0c0161 x", "column 12"},
        {"1.2.=a",       "column 1" },
    };
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        mtlsgen_name name;
        mtls_error error = {""};
        assert_int_equal(mtlsgen_name_read(mtls_view_of_text(mistakes[i].text), &arena, &name, &error),
                         MTLS_ERR_INPUT);
        if (strstr(error.text, mistakes[i].message) == NULL) {
            fail_msg("%s: %s", mistakes[i].text, error.text);
        }
    }
    mtlsgen_arena_clear(&arena);
}

static void names_have_limits(void **state) {
    (void)state;
    mtlsgen_arena arena = {0};
    mtls_buf text = {.max = 1 << 20};
    mtlsgen_name name;
    for (int i = 0; i <= MTLSGEN_NAME_RDNS_MAX; i++) {
        assert_int_equal(mtls_buf_append_text(&text, i == 0 ? "CN=a" : ",CN=a"), MTLS_OK);
    }
    assert_int_equal(mtlsgen_name_read(mtls_buf_view(&text), &arena, &name, NULL), MTLS_ERR_INPUT);
    mtls_buf_reset(&text);
    for (int i = 0; i <= MTLSGEN_RDN_ATTRIBUTES_MAX; i++) {
        assert_int_equal(mtls_buf_append_text(&text, i == 0 ? "CN=a" : "+CN=a"), MTLS_OK);
    }
    assert_int_equal(mtlsgen_name_read(mtls_buf_view(&text), &arena, &name, NULL), MTLS_ERR_INPUT);
    mtls_buf_clear(&text);
    mtlsgen_arena_clear(&arena);
}

static void oids_are_read_strictly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        mtls_view content;
    } oids[] = {
#define GOOD(text, bytes)                                                                                    \
    {                                                                                                        \
        text, true, {                                                                                        \
            (const uint8_t *)(bytes), sizeof(bytes) - 1                                                      \
        }                                                                                                    \
    }
        GOOD("2.5.29.19", "\x55\x1d\x13"),
        GOOD("0.0", "\x00"),
        GOOD("1.39", "\x4f"),
        GOOD("2.40", "\x78"),
        GOOD("2.999", "\x88\x37"),
        GOOD("2.48", "\x81\x00"),
        GOOD("1.2.840.113549.1.1.11", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"),
        GOOD("2.25.340282366920938463463374607431768211455",
             "\x69\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
#undef GOOD
        {"",                                                    false, {NULL, 0}},
        {"1",                                                   false, {NULL, 0}},
        {"1.",                                                  false, {NULL, 0}},
        {"3.1",                                                 false, {NULL, 0}},
        {"1.40",                                                false, {NULL, 0}},
        {"1.2.",                                                false, {NULL, 0}},
        {"1..2",                                                false, {NULL, 0}},
        {"1.02",                                                false, {NULL, 0}},
        {"1.2.x",                                               false, {NULL, 0}},
        {" 1.2",                                                false, {NULL, 0}},
        {"1.2 ",                                                false, {NULL, 0}},
        {"-1.2",                                                false, {NULL, 0}},
        {"1.2.99999999999999999999999999999999999999999999999", false, {NULL, 0}},
    };
    for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++) {
        mtlsgen_oid oid;
        assert_int_equal(mtlsgen_oid_read(oids[i].text, &oid), oids[i].good);
        if (oids[i].good) {
            assert_true(mtls_view_equal((mtls_view){oid.bytes, oid.len}, oids[i].content));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_and_written_in_three_ways),
        cmocka_unit_test(names_are_der_that_libcrypto_writes_too),
        cmocka_unit_test(string_types_have_their_bytes),
        cmocka_unit_test(mistakes_have_a_column),
        cmocka_unit_test(names_have_limits),
        cmocka_unit_test(oids_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
