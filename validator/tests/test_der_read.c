#include "core/tests/cmocka_includes.h"

#include <string.h>

#include "validator/der_read.h"
#include "validator/tests/parts.h"

typedef bool (*read_fn)(mtlsval_der *in);

static bool read_sequence(mtlsval_der *in) {
    mtls_view content;
    return mtlsval_der_read(in, MTLSVAL_TAG_SEQUENCE, &content);
}
static bool read_octets(mtlsval_der *in) {
    mtls_view content;
    return mtlsval_der_read(in, MTLSVAL_TAG_OCTET_STRING, &content);
}
static bool read_key_id(mtlsval_der *in) {
    mtls_view content;
    return mtlsval_der_read(in, MTLSVAL_TAG_CONTEXT(0), &content);
}
static bool read_boolean(mtlsval_der *in) {
    bool value;
    return mtlsval_der_boolean(in, &value);
}
static bool read_integer(mtlsval_der *in) {
    mtls_view octets;
    return mtlsval_der_integer(in, MTLSVAL_TAG_INTEGER, &octets);
}
static bool read_unsigned(mtlsval_der *in) {
    uint32_t value;
    return mtlsval_der_unsigned(in, MTLSVAL_TAG_INTEGER, &value);
}
static bool read_bits(mtlsval_der *in) {
    mtls_view octets;
    unsigned unused;
    return mtlsval_der_bit_string(in, MTLSVAL_TAG_BIT_STRING, &octets, &unused);
}
static bool read_oid(mtlsval_der *in) {
    mtls_view oid;
    return mtlsval_der_oid(in, &oid);
}
static bool read_any(mtlsval_der *in) {
    uint8_t tag;
    mtls_view content, element;
    return mtlsval_der_any(in, &tag, &content, &element);
}

/* One element, read alone: the finding and the offset of the first byte not accepted. */
static const struct {
    const char *name;
    read_fn read;
    mtls_view der;
    mtlsval_finding finding;
    size_t at;
} reads[] = {
#define ROW(name, read, bytes, finding, at)                                                                  \
    { name, read, {(const uint8_t *)(bytes), sizeof(bytes) - 1}, MTLSVAL_##finding, at }
    ROW("empty sequence", read_sequence, "\x30\x00", FINDING_NONE, 0),
    ROW("short length", read_octets, "\x04\x02\x01\x02", FINDING_NONE, 0),
    ROW("nothing there", read_sequence, "", DER_MISSING, 0),
    ROW("tag alone", read_sequence, "\x30", DER_TRUNCATED, 1),
    ROW("content cut off", read_sequence, "\x30\x02\x05", DER_TRUNCATED, 1),
    ROW("length cut off", read_sequence, "\x30\x82\x01", DER_TRUNCATED, 1),
    ROW("long length past the end", read_sequence, "\x30\x84\xff\xff\xff\xff", DER_TRUNCATED, 1),
    ROW("bytes after", read_sequence, "\x30\x00\x00", DER_TRAILING, 2),
    ROW("indefinite", read_sequence, "\x30\x80\x00\x00", DER_LENGTH_INDEFINITE, 1),
    ROW("one octet too many", read_octets, "\x04\x81\x01\x00", DER_LENGTH_NON_MINIMAL, 1),
    ROW("leading zero", read_octets, "\x04\x82\x00\x80", DER_LENGTH_NON_MINIMAL, 1),
    ROW("126 octets", read_octets, "\x04\x85\x00\x00\x00\x00\x00", DER_LENGTH_NON_MINIMAL, 1),
    ROW("five octets", read_octets, "\x04\x85\x01\x00\x00\x00\x00", DER_LENGTH_TOO_LONG, 1),
    ROW("another tag", read_sequence, "\x31\x00", DER_TAG, 0),
    ROW("primitive sequence", read_sequence, "\x10\x00", DER_TAG, 0),
    ROW("tag of two octets", read_sequence, "\x3f\x10\x00", DER_TAG_LONG, 0),
    ROW("constructed string", read_octets, "\x24\x00", DER_CONSTRUCTED_STRING, 0),
    ROW("constructed implicit string", read_key_id, "\xa0\x00", DER_CONSTRUCTED_STRING, 0),
    ROW("true", read_boolean, "\x01\x01\xff", FINDING_NONE, 0),
    ROW("false", read_boolean, "\x01\x01\x00", FINDING_NONE, 0),
    ROW("true as one", read_boolean, "\x01\x01\x01", DER_BOOLEAN_VALUE, 2),
    ROW("empty boolean", read_boolean, "\x01\x00", DER_BOOLEAN_LENGTH, 2),
    ROW("long boolean", read_boolean, "\x01\x02\xff\xff", DER_BOOLEAN_LENGTH, 2),
    ROW("zero", read_integer, "\x02\x01\x00", FINDING_NONE, 0),
    ROW("128", read_integer, "\x02\x02\x00\x80", FINDING_NONE, 0),
    ROW("minus 128", read_integer, "\x02\x01\x80", FINDING_NONE, 0),
    ROW("minus 129", read_integer, "\x02\x02\xff\x7f", FINDING_NONE, 0),
    ROW("empty integer", read_integer, "\x02\x00", DER_INTEGER_EMPTY, 2),
    ROW("padded 127", read_integer, "\x02\x02\x00\x7f", DER_INTEGER_NON_MINIMAL, 2),
    ROW("padded minus 128", read_integer, "\x02\x02\xff\x80", DER_INTEGER_NON_MINIMAL, 2),
    ROW("negative where it must not be", read_unsigned, "\x02\x01\xff", DER_INTEGER_RANGE, 2),
    ROW("bits", read_bits, "\x03\x02\x03\xf8", FINDING_NONE, 0),
    ROW("no bits", read_bits, "\x03\x01\x00", FINDING_NONE, 0),
    ROW("bits without a count", read_bits, "\x03\x00", DER_BIT_STRING_EMPTY, 2),
    ROW("eight unused bits", read_bits, "\x03\x02\x08\x00", DER_BIT_STRING_UNUSED, 2),
    ROW("unused bits of nothing", read_bits, "\x03\x01\x01", DER_BIT_STRING_UNUSED, 2),
    ROW("unused bits not zero", read_bits, "\x03\x03\x02\x00\x02", DER_BIT_STRING_PADDING, 4),
    ROW("oid", read_oid, "\x06\x03\x55\x04\x03", FINDING_NONE, 0),
    ROW("empty oid", read_oid, "\x06\x00", DER_OID_EMPTY, 2),
    ROW("padded part", read_oid, "\x06\x03\x55\x80\x03", DER_OID_PADDING, 3),
    ROW("unfinished part", read_oid, "\x06\x02\x55\x84", DER_OID_UNFINISHED, 4),
    ROW("any: null", read_any, "\x05\x00", FINDING_NONE, 0),
    ROW("any: null with content", read_any, "\x05\x01\x00", DER_NULL, 2),
    ROW("any: sequence", read_any, "\x30\x05\x31\x00\x02\x01\x05", FINDING_NONE, 0),
    ROW("any: fault inside", read_any, "\x30\x05\x31\x03\x02\x01", DER_TRUNCATED, 1),
    ROW("any: element past its parent", read_any, "\x30\x05\x31\x01\x02\x01\x05", DER_TRUNCATED, 5),
    ROW("any: integer inside", read_any, "\x30\x06\x31\x04\x02\x02\x00\x05", DER_INTEGER_NON_MINIMAL, 6),
    ROW("any: constructed string", read_any, "\x30\x02\x24\x00", DER_CONSTRUCTED_STRING, 2),
    ROW("any: end of contents", read_any, "\x00\x00", DER_TAG, 0),
    ROW("any: primitive set", read_any, "\x30\x02\x11\x00", DER_TAG, 2),
    ROW("any: constructed null", read_any, "\x25\x00", DER_TAG, 0),
    ROW("any: primitive external", read_any, "\x08\x00", DER_TAG, 0),
    ROW("any: long tag", read_any, "\x1f\x20\x00", DER_TAG_LONG, 0),
    ROW("any: nothing", read_any, "", DER_MISSING, 0),
#undef ROW
};

static void der_has_one_encoding_and_the_rest_is_told_apart(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        mtlsval_der in;
        mtlsval_fault fault;
        mtlsval_der_start(&in, reads[i].der, &fault);
        bool good = reads[i].read(&in) && mtlsval_der_finish(&in);
        if (good != (reads[i].finding == MTLSVAL_FINDING_NONE) || fault.finding != reads[i].finding ||
            fault.at != reads[i].at) {
            fail_msg("%s: %s at %zu", reads[i].name, mtlsval_finding_describe(fault.finding)->slug, fault.at);
        }
    }
}

static void der_values_come_as_they_are(void **state) {
    (void)state;
    static const struct {
        mtls_view der;
        uint32_t value;
    } numbers[] = {
        {{(const uint8_t *)"\x02\x01\x00", 3},                                  0         },
        {{(const uint8_t *)"\x02\x02\x00\x80", 4},                              128       },
        {{(const uint8_t *)"\x02\x04\x01\x02\x03\x04", 6},                      0x01020304},
        {{(const uint8_t *)"\x02\x05\x00\xff\xff\xff\xfe", 7},                  0xfffffffe},
        {{(const uint8_t *)"\x02\x05\x01\x00\x00\x00\x00", 7},                  UINT32_MAX},
        {{(const uint8_t *)"\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00", 11}, UINT32_MAX},
    };
    mtlsval_der in;
    mtlsval_fault fault;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uint32_t value;
        mtlsval_der_start(&in, numbers[i].der, &fault);
        assert_true(mtlsval_der_unsigned(&in, MTLSVAL_TAG_INTEGER, &value));
        assert_int_equal(value, numbers[i].value);
    }
    mtls_view octets;
    unsigned unused;
    mtlsval_der_start(&in, BYTES("\x03\x03\x04\xab\xc0"), &fault);
    assert_true(mtlsval_der_bit_string(&in, MTLSVAL_TAG_BIT_STRING, &octets, &unused));
    assert_true(mtls_view_equal(octets, BYTES("\xab\xc0")));
    assert_int_equal(unused, 4);
}

static void der_of_every_length_is_read_and_a_byte_less_is_not(void **state) {
    (void)state;
    static uint8_t content[70000];
    static const size_t lens[] = {0, 1, 127, 128, 255, 256, 65535, 65536, 70000};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        mtls_buf der = {.max = 80000};
        mtlsval_der in;
        mtlsval_fault fault;
        mtls_view octets;
        wrap(MTLSVAL_TAG_OCTET_STRING, (mtls_view){content, lens[i]}, &der);
        mtlsval_der_start(&in, mtls_buf_view(&der), &fault);
        assert_true(mtlsval_der_read(&in, MTLSVAL_TAG_OCTET_STRING, &octets));
        assert_int_equal(octets.len, lens[i]);
        assert_true(mtlsval_der_at_end(&in));
        mtlsval_der_start(&in, (mtls_view){der.data, der.len - 1}, &fault);
        assert_false(mtlsval_der_read(&in, MTLSVAL_TAG_OCTET_STRING, &octets));
        assert_int_equal(fault.finding, MTLSVAL_DER_TRUNCATED);
        mtls_buf_clear(&der);
    }
}

static void der_any_looks_into_32_levels_and_no_further(void **state) {
    (void)state;
    uint8_t der[2 * MTLSVAL_DER_DEPTH_MAX + 2];
    for (size_t depth = 1; depth <= MTLSVAL_DER_DEPTH_MAX + 1; depth++) {
        for (size_t i = 0; i < depth; i++) {
            der[2 * i] = MTLSVAL_TAG_SEQUENCE;
            der[2 * i + 1] = (uint8_t)(2 * (depth - i - 1));
        }
        mtlsval_der in;
        mtlsval_fault fault;
        mtlsval_der_start(&in, (mtls_view){der, 2 * depth}, &fault);
        bool good = read_any(&in);
        assert_int_equal(good, depth <= MTLSVAL_DER_DEPTH_MAX);
        assert_int_equal(fault.finding, good ? MTLSVAL_FINDING_NONE : MTLSVAL_DER_NESTING);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(der_has_one_encoding_and_the_rest_is_told_apart),
        cmocka_unit_test(der_values_come_as_they_are),
        cmocka_unit_test(der_of_every_length_is_read_and_a_byte_less_is_not),
        cmocka_unit_test(der_any_looks_into_32_levels_and_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
