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
    {"a UTF8String",                 CN,            UTF8,      V("a"),                     MTLSVAL_FINDING_NONE    },
    {"a TeletexString",              CN,            T61,       V("a"),                     MTLSVAL_FINDING_NONE    },
    {"a BMPString",                  CN,            BMP,       V("\0a"),                   MTLSVAL_FINDING_NONE    },
    {"an IA5String for a directory", CN,            IA5,       V("a"),                     MTLSVAL_NAME_STRING_TYPE},
    {"a NumericString",              CN,            NUMERIC,   V("1"),                     MTLSVAL_NAME_STRING_TYPE},
    {"octets",                       CN,            OCTETS,    V("a"),                     MTLSVAL_NAME_STRING_TYPE},
    {"64 characters",                CN,            UTF8,      V(SIXTY "nnnn"),            MTLSVAL_FINDING_NONE    },
    {"65 characters",                CN,            UTF8,      V(SIXTY "nnnnn"),           MTLSVAL_NAME_LENGTH     },
    {"accents in Teletex",           CN,            T61,       V(SIXTY SIXTY "nnnnnnnn"),  MTLSVAL_FINDING_NONE    },
    {"too long for any accents",     CN,            T61,       V(SIXTY SIXTY "nnnnnnnnn"), MTLSVAL_NAME_LENGTH     },
    {"64 of two octets each",        CN,            UTF8,      V("\xc3\xbc" SIXTY "nnn"),  MTLSVAL_FINDING_NONE    },
    {"no character",                 CN,            UTF8,      V(""),                      MTLSVAL_NAME_LENGTH     },
    {"all of PrintableString",       CN,            PRINTABLE, V("Zz9 '()+,-./:=?"),       MTLSVAL_FINDING_NONE    },
    {"an at sign",                   CN,            PRINTABLE, V("a@b"),                   MTLSVAL_NAME_CHARACTER  },
    {"a NUL",                        CN,            PRINTABLE, V("a\0b"),                  MTLSVAL_NAME_CHARACTER  },
    {"an octet beyond ASCII",        CN,            PRINTABLE, V("\xfc"),                  MTLSVAL_NAME_CHARACTER  },
    {"a country",                    C,             PRINTABLE, V("AU"),                    MTLSVAL_FINDING_NONE    },
    {"a country of three letters",   C,             PRINTABLE, V("AUS"),                   MTLSVAL_NAME_LENGTH     },
    {"a country in UTF-8",           C,             UTF8,      V("AU"),                    MTLSVAL_NAME_STRING_TYPE},
    {"a serial number in UTF-8",     SERIAL_NUMBER, UTF8,      V("1"),                     MTLSVAL_NAME_STRING_TYPE},
    {"a qualifier of no character",  DN_QUALIFIER,  PRINTABLE, V(""),                      MTLSVAL_FINDING_NONE    },
    {"a mail address",               EMAIL,         IA5,       V("a@b.test"),              MTLSVAL_FINDING_NONE    },
    {"a mail address beyond ASCII",  EMAIL,         IA5,       V("a@\xfc.test"),           MTLSVAL_NAME_CHARACTER  },
    {"a mail address in UTF-8",      EMAIL,         UTF8,      V("a@b.test"),              MTLSVAL_NAME_STRING_TYPE},
    {"a domain component",           DC,            IA5,       V("test"),                  MTLSVAL_FINDING_NONE    },
    {"a type without rules",         UNKNOWN,       OCTETS,    V(""),                      MTLSVAL_FINDING_NONE    },
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

/* Extensions of the good certificate, whose subject is its issuer. */
#define CA_CRITICAL "\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff"
#define CA_NOT_CRITICAL "\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff"
#define CERT_SIGN "\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x02\x04"
#define CRL_SIGN "\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x01\x02"
#define KEY_ID "\x30\x0b\x06\x03\x55\x1d\x0e\x04\x04\x04\x02\x31\x32"
#define PATH_LENGTH "\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01\x00"
#define CONSTRAINTS "\x30\x14\x06\x03\x55\x1d\x1e\x01\x01\xff\x04\x0a\x30\x08\xa0\x06\x30\x04\x82\x02\x61\x62"
#define ALT_NAME "\x30\x0d\x06\x03\x55\x1d\x11\x04\x06\x30\x04\x82\x02\x61\x62"
#define ALT_NAME_CRITICAL "\x30\x10\x06\x03\x55\x1d\x11\x01\x01\xff\x04\x06\x30\x04\x82\x02\x61\x62"
#define AUTHORITY "\x30\x0c\x06\x03\x55\x1d\x23\x04\x05\x30\x03\x80\x01\x31"
#define ABSENT                                                                                               \
    { (const uint8_t *)"", 0 }
#define NOBODY V("\x30\x00")
#define SOMEBODY V("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x62")

/* RFC 5280 4.1.2 and 4.2.1: what hangs together. */
/* clang-format off */
static const struct {
    const char *name;
    parts of;
    mtlsval_finding broken;
} relations[] = {
    {"a CA", {.extensions = V(CA_CRITICAL CERT_SIGN KEY_ID)}, MTLSVAL_FINDING_NONE},
    {"a CA with a path length", {.extensions = V(PATH_LENGTH CERT_SIGN KEY_ID)}, MTLSVAL_FINDING_NONE},
    {"a CA that signs CRLs alone", {.extensions = V(CA_NOT_CRITICAL CRL_SIGN KEY_ID)}, MTLSVAL_FINDING_NONE},
    {"constraints of a CA", {.extensions = V(CA_CRITICAL CERT_SIGN KEY_ID CONSTRAINTS)}, MTLSVAL_FINDING_NONE},
    {"no extensions", {.version = ABSENT, .extensions_whole = ABSENT}, MTLSVAL_FINDING_NONE},
    {"a CA that is not critical", {.extensions = V(CA_NOT_CRITICAL CERT_SIGN KEY_ID)}, MTLSVAL_CERTIFICATE_NOT_CRITICAL},
    {"a CA without a keyUsage", {.extensions = V(CA_CRITICAL KEY_ID)}, MTLSVAL_CERTIFICATE_KEY_USAGE_MISSING},
    {"a CA without a key identifier", {.extensions = V(CA_CRITICAL CERT_SIGN)}, MTLSVAL_CERTIFICATE_SUBJECT_KEY_ID_MISSING},
    {"a CA of no name", {.subject = NOBODY, .issuer = NOBODY, .extensions = V(CA_CRITICAL CERT_SIGN KEY_ID)}, MTLSVAL_CERTIFICATE_ISSUER_EMPTY},
    {"a CA of no name below another", {.subject = NOBODY, .extensions = V(CA_CRITICAL CERT_SIGN KEY_ID AUTHORITY)}, MTLSVAL_CERTIFICATE_SUBJECT_EMPTY_CA},
    {"another issuer", {.issuer = SOMEBODY, .extensions = V(KEY_ID AUTHORITY)}, MTLSVAL_FINDING_NONE},
    {"another issuer without its key", {.issuer = SOMEBODY, .extensions = V(KEY_ID)}, MTLSVAL_CERTIFICATE_AUTHORITY_KEY_ID_MISSING},
    {"no subject, and names elsewhere", {.subject = NOBODY, .extensions = V(AUTHORITY ALT_NAME_CRITICAL)}, MTLSVAL_FINDING_NONE},
    {"no subject, and names that may be passed over", {.subject = NOBODY, .extensions = V(AUTHORITY ALT_NAME)}, MTLSVAL_CERTIFICATE_SUBJECT_EMPTY},
    {"an issuer of CRLs of no name", {.subject = NOBODY, .extensions = V(CRL_SIGN AUTHORITY ALT_NAME_CRITICAL)}, MTLSVAL_CERTIFICATE_SUBJECT_EMPTY_CA},
    {"no subject and no names", {.subject = NOBODY, .extensions = V(AUTHORITY)}, MTLSVAL_CERTIFICATE_SUBJECT_EMPTY},
    {"a unique identifier", {.unique_ids = V("\x81\x02\x00\x11"), .extensions = V(KEY_ID)}, MTLSVAL_CERTIFICATE_UNIQUE_ID},
    {"a keyUsage without a bit", {.extensions = V("\x30\x0a\x06\x03\x55\x1d\x0f\x04\x03\x03\x01\x00")}, MTLSVAL_CERTIFICATE_KEY_USAGE_EMPTY},
    {"keyCertSign of no CA", {.extensions = V(CERT_SIGN)}, MTLSVAL_CERTIFICATE_CERT_SIGN_NO_CA},
    {"a path length without keyCertSign", {.extensions = V(PATH_LENGTH CRL_SIGN KEY_ID)}, MTLSVAL_CERTIFICATE_PATH_LENGTH_NO_CA},
    {"constraints of no CA", {.extensions = V(CONSTRAINTS)}, MTLSVAL_CERTIFICATE_CONSTRAINTS_NO_CA},
};

/* RFC 5280 4.2.1 and 4.2.2: the value of one extension of a certificate that is no CA. */
#define CE(n) V("\x55\x1d" n)
#define PE(n) V("\x2b\x06\x01\x05\x05\x07\x01" n)
#define OTHER V("\x2a\x03")
static const struct {
    const char *name;
    mtls_view oid;
    bool critical;
    mtls_view value;
    mtlsval_finding broken;
} extensions[] = {
    {"a policy", CE("\x20"), false, V("\x30\x06\x30\x04\x06\x02\x2a\x03"), MTLSVAL_FINDING_NONE},
    {"no policy", CE("\x20"), false, V("\x30\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"policies of no type", CE("\x20"), false, V("\x02\x01\x00"), MTLSVAL_DER_TAG},
    {"policies and more", CE("\x20"), false, V("\x30\x06\x30\x04\x06\x02\x2a\x03\x05\x00"), MTLSVAL_DER_TRAILING},
    {"policies of a length without end", CE("\x20"), false, V("\x30\x80\x30\x04\x06\x02\x2a\x03\x00\x00"), MTLSVAL_DER_LENGTH_INDEFINITE},
    {"a policy twice", CE("\x20"), false, V("\x30\x0c\x30\x04\x06\x02\x2a\x03\x30\x04\x06\x02\x2a\x03"), MTLSVAL_CERTIFICATE_POLICY_TWICE},
    {"a policy with no qualifier", CE("\x20"), false, V("\x30\x08\x30\x06\x06\x02\x2a\x03\x30\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"a pointer", CE("\x20"), false, V("\x30\x17\x30\x15\x06\x02\x2a\x03\x30\x0f\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01\x16\x01\x61"), MTLSVAL_FINDING_NONE},
    {"a pointer in UTF-8", CE("\x20"), false, V("\x30\x17\x30\x15\x06\x02\x2a\x03\x30\x0f\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01\x0c\x01\x61"), MTLSVAL_DER_TAG},
    {"a pointer beyond ASCII", CE("\x20"), false, V("\x30\x17\x30\x15\x06\x02\x2a\x03\x30\x0f\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01\x16\x01\xfc"), MTLSVAL_CERTIFICATE_POLICY_TEXT},
    {"a notice", CE("\x20"), false, V("\x30\x23\x30\x21\x06\x02\x2a\x03\x30\x1b\x30\x19\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x02\x30\x0d\x30\x08\x0c\x01\x61\x30\x03\x02\x01\x01\x1a\x01\x62"), MTLSVAL_FINDING_NONE},
    {"a notice of no characters", CE("\x20"), false, V("\x30\x18\x30\x16\x06\x02\x2a\x03\x30\x10\x30\x0e\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x02\x30\x02\x0c\x00"), MTLSVAL_CERTIFICATE_POLICY_TEXT},
    {"a notice of another type", CE("\x20"), false, V("\x30\x19\x30\x17\x06\x02\x2a\x03\x30\x11\x30\x0f\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x02\x30\x03\x13\x01\x61"), MTLSVAL_CERTIFICATE_POLICY_TEXT},
    {"a qualifier of somebody else", CE("\x20"), false, V("\x30\x10\x30\x0e\x06\x02\x2a\x03\x30\x08\x30\x06\x06\x02\x2a\x04\x05\x00"), MTLSVAL_FINDING_NONE},
    {"a qualifier of somebody else for any policy", CE("\x20"), false, V("\x30\x12\x30\x10\x06\x04\x55\x1d\x20\x00\x30\x08\x30\x06\x06\x02\x2a\x03\x05\x00"), MTLSVAL_CERTIFICATE_POLICY_ANY_QUALIFIER},
    {"a mapping", CE("\x21"), false, V("\x30\x0a\x30\x08\x06\x02\x2a\x03\x06\x02\x2a\x04"), MTLSVAL_FINDING_NONE},
    {"no mapping", CE("\x21"), false, V("\x30\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"a mapping to any", CE("\x21"), false, V("\x30\x0c\x30\x0a\x06\x02\x2a\x03\x06\x04\x55\x1d\x20\x00"), MTLSVAL_CERTIFICATE_POLICY_ANY_MAPPED},
    {"a mapping of three", CE("\x21"), false, V("\x30\x0e\x30\x0c\x06\x02\x2a\x03\x06\x02\x2a\x04\x06\x02\x2a\x05"), MTLSVAL_DER_TRAILING},
    {"required policies", CE("\x24"), true, V("\x30\x06\x80\x01\x00\x81\x01\x01"), MTLSVAL_FINDING_NONE},
    {"required policies that may be passed over", CE("\x24"), false, V("\x30\x03\x80\x01\x00"), MTLSVAL_CERTIFICATE_NOT_CRITICAL},
    {"nothing required", CE("\x24"), true, V("\x30\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"less than nothing required", CE("\x24"), true, V("\x30\x03\x80\x01\xff"), MTLSVAL_DER_INTEGER_RANGE},
    {"any policy inhibited", CE("\x36"), true, V("\x02\x01\x00"), MTLSVAL_FINDING_NONE},
    {"any policy inhibited, or not", CE("\x36"), false, V("\x02\x01\x00"), MTLSVAL_CERTIFICATE_NOT_CRITICAL},
    {"any policy inhibited from before", CE("\x36"), true, V("\x02\x01\xff"), MTLSVAL_DER_INTEGER_RANGE},
    {"an attribute", CE("\x09"), false, V("\x30\x0a\x30\x08\x06\x02\x2a\x03\x31\x02\x05\x00"), MTLSVAL_FINDING_NONE},
    {"a critical attribute", CE("\x09"), true, V("\x30\x0a\x30\x08\x06\x02\x2a\x03\x31\x02\x05\x00"), MTLSVAL_CERTIFICATE_CRITICAL},
    {"an attribute of no value", CE("\x09"), false, V("\x30\x08\x30\x06\x06\x02\x2a\x03\x31\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"an attribute of two values", CE("\x09"), false, V("\x30\x0d\x30\x0b\x06\x02\x2a\x03\x31\x05\x01\x01\xff\x05\x00"), MTLSVAL_FINDING_NONE},
    {"an attribute of two values in the other order", CE("\x09"), false, V("\x30\x0d\x30\x0b\x06\x02\x2a\x03\x31\x05\x05\x00\x01\x01\xff"), MTLSVAL_DER_SET_ORDER},
    {"a point", CE("\x1f"), false, V("\x30\x0d\x30\x0b\xa0\x09\xa0\x07\x86\x05http:"), MTLSVAL_CERTIFICATE_URI_RELATIVE},
    {"a point with a URI", CE("\x1f"), false, V("\x30\x0e\x30\x0c\xa0\x0a\xa0\x08\x86\x06http:a"), MTLSVAL_FINDING_NONE},
    {"a point below its issuer", CE("\x1f"), false, V("\x30\x10\x30\x0e\xa0\x0c\xa1\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x62"), MTLSVAL_FINDING_NONE},
    {"a point below its issuer by two attributes", CE("\x1f"), false, V("\x30\x1a\x30\x18\xa0\x16\xa1\x14\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x62\x30\x08\x06\x03\x55\x04\x0a\x0c\x01\x61"), MTLSVAL_FINDING_NONE},
    {"a point below its issuer by two in the other order", CE("\x1f"), false, V("\x30\x1a\x30\x18\xa0\x16\xa1\x14\x30\x08\x06\x03\x55\x04\x0a\x0c\x01\x61\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x62"), MTLSVAL_DER_SET_ORDER},
    {"a point below its issuer by no attribute", CE("\x1f"), false, V("\x30\x06\x30\x04\xa0\x02\xa1\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"a point below its issuer by a number", CE("\x1f"), false, V("\x30\x09\x30\x07\xa0\x05\xa1\x03\x02\x01\x01"), MTLSVAL_DER_TAG},
    {"a point below its issuer without a value", CE("\x1f"), false, V("\x30\x0d\x30\x0b\xa0\x09\xa1\x07\x30\x05\x06\x03\x55\x04\x03"), MTLSVAL_DER_MISSING},
    {"a point with reasons alone", CE("\x1f"), false, V("\x30\x06\x30\x04\x81\x02\x01\x06"), MTLSVAL_CERTIFICATE_POINT_REASONS_ONLY},
    {"a point with padded reasons", CE("\x1f"), false, V("\x30\x12\x30\x10\xa0\x0a\xa0\x08\x86\x06http:a\x81\x02\x01\x04"), MTLSVAL_DER_NAMED_BITS},
    {"a point of a host", CE("\x1f"), false, V("\x30\x08\x30\x06\xa2\x04\x82\x02\x61\x62"), MTLSVAL_CERTIFICATE_POINT_ISSUER},
    {"a point of somebody else", CE("\x1f"), false, V("\x30\x14\x30\x12\xa2\x10\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x62"), MTLSVAL_FINDING_NONE},
    {"a point of two", CE("\x1f"), false, V("\x30\x18\x30\x16\xa2\x14\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x62\x82\x02\x61\x62"), MTLSVAL_CERTIFICATE_POINT_ISSUER},
    {"a point below its issuer by a country in UTF8String", CE("\x1f"), false, V("\x30\x11\x30\x0f\xa0\x0d\xa1\x0b\x30\x09\x06\x03\x55\x04\x06\x0c\x02\x41\x55"), MTLSVAL_NAME_STRING_TYPE},
    {"a point below its issuer by no text", CE("\x1f"), false, V("\x30\x10\x30\x0e\xa0\x0c\xa1\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\xff"), MTLSVAL_CERTIFICATE_NAME_ENCODING},
    {"no point", CE("\x1f"), false, V("\x30\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"a critical freshest CRL", CE("\x2e"), true, V("\x30\x0e\x30\x0c\xa0\x0a\xa0\x08\x86\x06http:a"), MTLSVAL_CERTIFICATE_CRITICAL},
    {"an issuer's name", CE("\x12"), false, V("\x30\x04\x82\x02\x61\x62"), MTLSVAL_FINDING_NONE},
    {"no issuer's name", CE("\x12"), false, V("\x30\x00"), MTLSVAL_CERTIFICATE_GENERAL_NAMES_EMPTY},
    {"an empty host", CE("\x11"), false, V("\x30\x02\x82\x00"), MTLSVAL_CERTIFICATE_GENERAL_NAME_EMPTY},
    {"a blank host", CE("\x11"), false, V("\x30\x03\x82\x01 "), MTLSVAL_CERTIFICATE_GENERAL_NAME_EMPTY},
    {"a host beyond ASCII", CE("\x11"), false, V("\x30\x03\x82\x01\xfc"), MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER},
    {"a mailbox beyond ASCII", CE("\x11"), false, V("\x30\x03\x81\x01\xfc"), MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER},
    {"a URI beyond ASCII", CE("\x11"), false, V("\x30\x05\x86\x03" "a:\xfc"), MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER},
    {"a URI of a path", CE("\x11"), false, V("\x30\x04\x86\x02/a"), MTLSVAL_CERTIFICATE_URI_RELATIVE},
    {"a host with a blank", CE("\x11"), false, V("\x30\x05\x82\x03" "a b"), MTLSVAL_CERTIFICATE_GENERAL_NAME_SYNTAX},
    {"a mailbox of no domain", CE("\x11"), false, V("\x30\x03\x81\x01" "a"), MTLSVAL_CERTIFICATE_GENERAL_NAME_SYNTAX},
    {"a URI of no host", CE("\x11"), false, V("\x30\x07\x86\x05" "a:///"), MTLSVAL_CERTIFICATE_GENERAL_NAME_SYNTAX},
    {"an address of five octets", CE("\x11"), false, V("\x30\x07\x87\x05\x01\x02\x03\x04\x05"), MTLSVAL_CERTIFICATE_ADDRESS_LENGTH},
    {"an address", CE("\x11"), false, V("\x30\x06\x87\x04\x01\x02\x03\x04"), MTLSVAL_FINDING_NONE},
    {"an empty directory name", CE("\x11"), false, V("\x30\x04\xa4\x02\x30\x00"), MTLSVAL_CERTIFICATE_GENERAL_NAME_EMPTY},
    {"a directory name in IA5String", CE("\x11"), false, V("\x30\x10\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x16\x01\x62"), MTLSVAL_NAME_STRING_TYPE},
    {"a directory name of no text", CE("\x11"), false, V("\x30\x10\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\xff"), MTLSVAL_CERTIFICATE_NAME_ENCODING},
    {"an issuer of the issuer in IA5String", CE("\x23"), false, V("\x30\x17\xa1\x10\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x16\x01\x62\x82\x03\x01\x02\x03"), MTLSVAL_NAME_STRING_TYPE},
    {"a critical issuer's key", CE("\x23"), true, V("\x30\x03\x80\x01\x31"), MTLSVAL_CERTIFICATE_CRITICAL},
    {"constraints that may be passed over", CE("\x1e"), false, V("\x30\x08\xa0\x06\x30\x04\x82\x02\x61\x62"), MTLSVAL_CERTIFICATE_NOT_CRITICAL},
    {"constraints with a minimum", CE("\x1e"), true, V("\x30\x0b\xa0\x09\x30\x07\x82\x02\x61\x62\x80\x01\x01"), MTLSVAL_CERTIFICATE_SUBTREE_DISTANCE},
    {"constraints with a maximum", CE("\x1e"), true, V("\x30\x0b\xa1\x09\x30\x07\x82\x02\x61\x62\x81\x01\x01"), MTLSVAL_CERTIFICATE_SUBTREE_DISTANCE},
    {"constraints of URIs by a URI", CE("\x1e"), true, V("\x30\x09\xa0\x07\x30\x05\x86\x03" "a:b"), MTLSVAL_CERTIFICATE_CONSTRAINT_SYNTAX},
    {"constraints of URIs by a domain", CE("\x1e"), true, V("\x30\x08\xa0\x06\x30\x04\x86\x02.b"), MTLSVAL_CERTIFICATE_CONSTRAINTS_NO_CA},
    {"constraints of an address by a mask with a hole", CE("\x1e"), true, V("\x30\x0e\xa0\x0c\x30\x0a\x87\x08\x01\x02\x03\x04\xff\x00\xff\x00"), MTLSVAL_CERTIFICATE_CONSTRAINT_SYNTAX},
    {"constraints of an address without a mask", CE("\x1e"), true, V("\x30\x0a\xa0\x08\x30\x06\x87\x04\x01\x02\x03\x04"), MTLSVAL_CERTIFICATE_ADDRESS_LENGTH},
    {"critical access", PE("\x01"), true, V("\x30\x0e\x30\x0c\x06\x02\x2a\x03\x86\x06http:a"), MTLSVAL_CERTIFICATE_CRITICAL},
    {"access at a path", PE("\x01"), false, V("\x30\x0a\x30\x08\x06\x02\x2a\x03\x86\x02/a"), MTLSVAL_CERTIFICATE_URI_RELATIVE},
    {"access to the subject", PE("\x0b"), false, V("\x30\x0e\x30\x0c\x06\x02\x2a\x03\x86\x06http:a"), MTLSVAL_FINDING_NONE},
    {"no access to the subject", PE("\x0b"), false, V("\x30\x00"), MTLSVAL_CERTIFICATE_LIST_EMPTY},
    {"somebody's own", OTHER, true, V("\x05\x00"), MTLSVAL_FINDING_NONE},
    {"somebody's own letters", OTHER, false, V("aaaaaaa"), MTLSVAL_DER_TRUNCATED},
    {"somebody's own bad UTF8String", OTHER, false, V("\x0c\x01\xff"), MTLSVAL_DER_STRING},
    {"somebody's own bad UTF8String inside", OTHER, false, V("\x30\x05\x31\x03\x0c\x01\xff"), MTLSVAL_DER_STRING},
    {"somebody's own PrintableString", OTHER, false, V("\x13\x01@"), MTLSVAL_DER_STRING},
    {"somebody's own half character", OTHER, false, V("\x1e\x01\x41"), MTLSVAL_DER_STRING},
    {"somebody's own ENUMERATED", OTHER, false, V("\x0a\x01\x01"), MTLSVAL_FINDING_NONE},
    {"somebody's own padded ENUMERATED", OTHER, false, V("\x0a\x02\x00\x01"), MTLSVAL_DER_INTEGER_NON_MINIMAL},
    {"somebody's own padded RELATIVE-OID", OTHER, false, V("\x0d\x01\x80"), MTLSVAL_DER_OID_PADDING},
    {"somebody's own time without seconds", OTHER, false, V("\x17\x0b" "2001010000Z"), MTLSVAL_DER_UTC_TIME},
    {"somebody's own time elsewhere", OTHER, false, V("\x18\x13" "20200101000000+0100"), MTLSVAL_DER_GENERALIZED_TIME},
    {"somebody's own half second", OTHER, false, V("\x18\x11" "20200101000000.5Z"), MTLSVAL_FINDING_NONE},
    {"somebody's own padded half second", OTHER, false, V("\x18\x12" "20200101000000.50Z"), MTLSVAL_DER_GENERALIZED_TIME},
    {"somebody's own point", OTHER, false, V("\x18\x10" "20200101000000.Z"), MTLSVAL_DER_GENERALIZED_TIME},
    {"somebody's own half minute", OTHER, false, V("\x18\x0f" "202001010000.5Z"), MTLSVAL_DER_GENERALIZED_TIME},
    {"somebody's own 30th of February", OTHER, false, V("\x18\x11" "20200230000000.5Z"), MTLSVAL_DER_TIME_VALUE},
    {"somebody's own nothing", OTHER, false, V(""), MTLSVAL_DER_MISSING},
};

/* clang-format on */

static void assert_broken(const char *name, const parts *p, mtlsval_finding broken) {
    mtls_buf der = {.max = 64 * 1024};
    mtlsval_certificate certificate;
    mtlsval_fault fault;
    parts_assemble(p, &der);
    if (!mtlsval_certificate_parse(mtls_buf_view(&der), &certificate, &fault)) {
        fail_msg("%s: %s at %zu", name, mtlsval_finding_describe(fault.finding)->slug, fault.at);
    }
    mtlsval_finding found = mtlsval_letter_broken(&certificate, &fault);
    if (found != broken || fault.at >= der.len) {
        fail_msg("%s: %s at %zu", name, mtlsval_finding_describe(found)->slug, fault.at);
    }
    mtls_buf_clear(&der);
}

static void fields_that_contradict_each_other_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        assert_broken(relations[i].name, &relations[i].of, relations[i].broken);
    }
}

static void the_value_of_every_extension_of_rfc5280_is_looked_into(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        mtls_buf inside = {.max = 4096}, whole = {.max = 4096};
        wrap(0x06, extensions[i].oid, &inside);
        if (extensions[i].critical) {
            append(&inside, BYTES("\x01\x01\xff"));
        }
        wrap(0x04, extensions[i].value, &inside);
        wrap(0x30, mtls_buf_view(&inside), &whole);
        const parts p = {.extensions = mtls_buf_view(&whole)};
        assert_broken(extensions[i].name, &p, extensions[i].broken);
        mtls_buf_clear(&inside);
        mtls_buf_clear(&whole);
    }
}

/* So many can be compared with each other. */
static void policies_are_256_at_most(void **state) {
    (void)state;
    for (unsigned num = 256; num <= 257; num++) {
        mtls_buf policies = {.max = 8192}, list = {.max = 8192}, value = {.max = 8192}, whole = {.max = 8192};
        for (unsigned i = 0; i < num; i++) {
            append(&policies, BYTES("\x30\x05\x06\x03\x2a"));
            append(&policies, (mtls_view){
                                  (const uint8_t[]){(uint8_t)(0x81 + i / 64), (uint8_t)(i % 64)},
                                   2
            });
        }
        wrap(0x30, mtls_buf_view(&policies), &list);
        wrap(0x06, BYTES("\x55\x1d\x20"), &value);
        wrap(0x04, mtls_buf_view(&list), &value);
        wrap(0x30, mtls_buf_view(&value), &whole);
        const parts p = {.extensions = mtls_buf_view(&whole)};
        assert_broken("policies", &p, num == 256 ? MTLSVAL_FINDING_NONE : MTLSVAL_CERTIFICATE_POLICY_LIMIT);
        mtls_buf_clear(&policies);
        mtls_buf_clear(&list);
        mtls_buf_clear(&value);
        mtls_buf_clear(&whole);
    }
}

static void every_finding_by_the_letter_is_reached(void **state) {
    (void)state;
    for (int finding = 1; finding < MTLSVAL_NUM_FINDINGS; finding++) {
        bool reached = finding == MTLSVAL_CERTIFICATE_POLICY_LIMIT; /* above */
        for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
            reached = reached || relations[i].broken == (mtlsval_finding)finding;
        }
        for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
            reached = reached || extensions[i].broken == (mtlsval_finding)finding;
        }
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            reached = reached || values[i].broken == (mtlsval_finding)finding;
        }
        const mtlsval_finding_info *info = mtlsval_finding_describe((mtlsval_finding)finding);
        if (info->severity == MTLSVAL_LETTER && !reached) {
            fail_msg("nothing has %s", info->slug);
        }
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
    const parts good = {.extensions = BYTES(KEY_ID)};
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
                  "not have (x680#41)");
    mtls_buf_clear(&name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_has_type_characters_and_length_of_its_attribute),
        cmocka_unit_test(fields_that_contradict_each_other_are_told),
        cmocka_unit_test(the_value_of_every_extension_of_rfc5280_is_looked_into),
        cmocka_unit_test(policies_are_256_at_most),
        cmocka_unit_test(every_finding_by_the_letter_is_reached),
        cmocka_unit_test(what_is_no_certificate_is_told_with_place_and_rule),
        cmocka_unit_test(the_first_in_the_file_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
