#include "core/tests/cmocka_includes.h"

#include <string.h>

#include "validator/letter.h"
#include "validator/name_rule.h"
#include "validator/tests/parts.h"

enum { UTF8 = 0x0c, PRINTABLE = 0x13, T61 = 0x14, IA5 = 0x16, NUMERIC = 0x12, BMP = 0x1e, OCTETS = 0x04 };

#define CN "\x55\x04\x03"
#define C "\x55\x04\x06"
#define SERIAL_NUMBER "\x55\x04\x05"
#define DN_QUALIFIER "\x55\x04\x2e"
#define EMAIL "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"
#define DC "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"
#define UNKNOWN "\x2a\x03\x04"
#define V(text)                                                                                              \
    { (const uint8_t *)(text), sizeof(text) - 1 }
#define SIXTY "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

/* RFC 5280 Appendix A.1. */
static const struct {
    const char *name, *oid;
    uint8_t tag;
    mtls_view value;
    mtlsval_finding broken;
} values[] = {
    {"a UTF8String",                 CN,            UTF8,      V("a"),                    MTLSVAL_FINDING_NONE    },
    {"a TeletexString",              CN,            T61,       V("a"),                    MTLSVAL_FINDING_NONE    },
    {"a BMPString",                  CN,            BMP,       V("\0a"),                  MTLSVAL_FINDING_NONE    },
    {"an IA5String for a directory", CN,            IA5,       V("a"),                    MTLSVAL_NAME_STRING_TYPE},
    {"a NumericString",              CN,            NUMERIC,   V("1"),                    MTLSVAL_NAME_STRING_TYPE},
    {"octets",                       CN,            OCTETS,    V("a"),                    MTLSVAL_NAME_STRING_TYPE},
    {"64 characters",                CN,            UTF8,      V(SIXTY "nnnn"),           MTLSVAL_FINDING_NONE    },
    {"65 characters",                CN,            UTF8,      V(SIXTY "nnnnn"),          MTLSVAL_NAME_LENGTH     },
    {"64 of two octets each",        CN,            UTF8,      V("\xc3\xbc" SIXTY "nnn"), MTLSVAL_FINDING_NONE    },
    {"no character",                 CN,            UTF8,      V(""),                     MTLSVAL_NAME_LENGTH     },
    {"all of PrintableString",       CN,            PRINTABLE, V("Zz9 '()+,-./:=?"),      MTLSVAL_FINDING_NONE    },
    {"an at sign",                   CN,            PRINTABLE, V("a@b"),                  MTLSVAL_NAME_CHARACTER  },
    {"a NUL",                        CN,            PRINTABLE, V("a\0b"),                 MTLSVAL_NAME_CHARACTER  },
    {"an octet beyond ASCII",        CN,            PRINTABLE, V("\xfc"),                 MTLSVAL_NAME_CHARACTER  },
    {"a country",                    C,             PRINTABLE, V("AU"),                   MTLSVAL_FINDING_NONE    },
    {"a country of three letters",   C,             PRINTABLE, V("AUS"),                  MTLSVAL_NAME_LENGTH     },
    {"a country in UTF-8",           C,             UTF8,      V("AU"),                   MTLSVAL_NAME_STRING_TYPE},
    {"a serial number in UTF-8",     SERIAL_NUMBER, UTF8,      V("1"),                    MTLSVAL_NAME_STRING_TYPE},
    {"a qualifier of no character",  DN_QUALIFIER,  PRINTABLE, V(""),                     MTLSVAL_FINDING_NONE    },
    {"a mail address",               EMAIL,         IA5,       V("a@b.test"),             MTLSVAL_FINDING_NONE    },
    {"a mail address beyond ASCII",  EMAIL,         IA5,       V("a@\xfc.test"),          MTLSVAL_NAME_CHARACTER  },
    {"a mail address in UTF-8",      EMAIL,         UTF8,      V("a@b.test"),             MTLSVAL_NAME_STRING_TYPE},
    {"a domain component",           DC,            IA5,       V("test"),                 MTLSVAL_FINDING_NONE    },
    {"a type without rules",         UNKNOWN,       OCTETS,    V(""),                     MTLSVAL_FINDING_NONE    },
};

static void name_of(const char *oid, uint8_t tag, mtls_view value, mtls_buf *out) {
    mtls_buf pair = {.max = 4096}, attribute = {.max = 4096}, rdn = {.max = 4096};
    wrap(0x06, mtls_view_of_text(oid), &pair);
    wrap(tag, value, &pair);
    wrap(0x30, mtls_buf_view(&pair), &attribute);
    wrap(0x31, mtls_buf_view(&attribute), &rdn);
    wrap(0x30, mtls_buf_view(&rdn), out);
    mtls_buf_clear(&rdn);
    mtls_buf_clear(&attribute);
    mtls_buf_clear(&pair);
}

static void a_value_has_type_characters_and_length_of_its_attribute(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        mtls_buf der = {.max = 4096};
        mtlsval_name name;
        mtlsval_fault fault;
        name_of(values[i].oid, values[i].tag, values[i].value, &der);
        assert_true(mtlsval_name_read_element(mtls_buf_view(&der), &name, &fault));
        if (mtlsval_name_rule_broken(&name) != values[i].broken) {
            fail_msg("%s: %s", values[i].name,
                     mtlsval_finding_describe(mtlsval_name_rule_broken(&name))->slug);
        }
        mtls_buf_clear(&der);
    }
}

static void add_certificate(const parts *p, mtls_buf *file) {
    mtls_buf der = {.max = 64 * 1024};
    parts_assemble(p, &der);
    pem("CERTIFICATE", mtls_buf_view(&der), "\n", file);
    mtls_buf_clear(&der);
}

/* assert_judged holds what is said of `file` against `said`, which is NULL for a good one. It frees `file`.
 */
static void assert_judged(mtls_buf *file, const char *said) {
    mtlsval_upload *upload = NULL;
    char text[256] = "";
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(file), NULL, &upload), MTLS_OK);
    bool is_good = mtlsval_letter_judge(upload, text, sizeof text);
    assert_string_equal(text, said == NULL ? "" : said);
    assert_int_equal(is_good, said == NULL);
    mtlsval_upload_free(upload);
    mtls_buf_clear(file);
}

static void what_is_no_certificate_is_told_with_place_and_rule(void **state) {
    (void)state;
    const parts good = {0};
    const parts negative = {.serial = BYTES("\x02\x01\xff")};
    mtls_buf file = {.max = 64 * 1024};
    add_certificate(&good, &file);
    append(&file, BYTES("words\n"));
    pem("PRIVATE KEY", BYTES("\x04\x01\x00"), "\n", &file);
    pem("X509 CRL", BYTES("\x30\x00"), "\n", &file);
    assert_judged(&file, NULL);
    add_certificate(&good, &file);
    pem("CERTIFICATE", BYTES("\x02\x01\x00"), "\n", &file);
    assert_judged(&file, "block 2, byte 0 of its DER (line 8): an element has another tag than the one that "
                         "belongs here (x690#8.1.2)");
    add_certificate(&good, &file);
    add_certificate(&negative, &file);
    assert_judged(&file, "block 2 (line 7): the serial number is not positive (rfc5280#4.1.2.2)");
    append(&file, BYTES("-----BEGIN CERTIFICATE-----\n"));
    assert_judged(&file, "block 1 (line 1): the block has a BEGIN line and no END line (rfc7468#2)");
    pem("PRIVATE KEY", BYTES("\x04\x01\x00"), "\n", &file);
    assert_judged(&file, "the file holds no certificate");
}

static void the_first_in_the_file_is_told(void **state) {
    (void)state;
    const parts negative = {.serial = BYTES("\x02\x01\xff")};
    mtls_buf file = {.max = 64 * 1024}, name = {.max = 4096};
    name_of(CN, PRINTABLE, BYTES("@"), &name);
    parts named = {.subject = mtls_buf_view(&name)};
    add_certificate(&named, &file);
    add_certificate(&negative, &file);
    pem("CERTIFICATE", BYTES("\x02\x01\x00"), "\n", &file);
    assert_judged(&file,
                  "block 1 (line 1): an attribute of a name holds a character that its string type does "
                  "not have (rfc5280#4.1.2.4)");
    mtls_buf_clear(&name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_has_type_characters_and_length_of_its_attribute),
        cmocka_unit_test(what_is_no_certificate_is_told_with_place_and_rule),
        cmocka_unit_test(the_first_in_the_file_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
