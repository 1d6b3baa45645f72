#include "core/tests/cmocka_includes.h"

#include "validator/tests/faulty.h"

/* The long ones are put together. */

static void fill_extensions(parts *p, mtls_buf *storage, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        uint8_t extension[] = {
            0x30, 0x08, 0x06, 0x04, 0x2a, 0x03, (uint8_t)(1 + i / 100), (uint8_t)(1 + i % 100), 0x04, 0x00};
        append(storage, (mtls_view){extension, sizeof extension});
    }
    p->extensions = mtls_buf_view(storage);
}

static void fill_128_extensions(parts *p, mtls_buf *storage) {
    fill_extensions(p, storage, 128);
}

static void fill_129_extensions(parts *p, mtls_buf *storage) {
    fill_extensions(p, storage, 129);
}

static void fill_257_attributes(parts *p, mtls_buf *storage) {
    mtls_buf rdns = {.max = 1 << 16};
    for (unsigned i = 0; i < 257; i++) {
        append(&rdns, (mtls_view){GOOD_NAME.data + 2, GOOD_NAME.len - 2});
    }
    wrap(0x30, mtls_buf_view(&rdns), storage);
    mtls_buf_clear(&rdns);
    p->subject = mtls_buf_view(storage);
}

static void fill_deep_parameters(parts *p, mtls_buf *storage) {
    mtls_buf inner = {.max = 1 << 16}, outer = {.max = 1 << 16};
    for (unsigned depth = 0; depth < 33; depth++) {
        mtls_buf swap = inner;
        mtls_buf_reset(&outer);
        wrap(0x30, mtls_buf_view(&inner), &outer);
        inner = outer;
        outer = swap;
    }
    mtls_buf_reset(&outer);
    append(&outer, (mtls_view){GOOD_ALGORITHM.data + 2, GOOD_ALGORITHM.len - 2});
    append(&outer, mtls_buf_view(&inner));
    wrap(0x30, mtls_buf_view(&outer), storage);
    mtls_buf_clear(&inner);
    mtls_buf_clear(&outer);
    p->algorithm = mtls_buf_view(storage);
}

void faulty_assemble(const faulty *row, mtls_buf *out) {
    mtls_buf storage = {.max = 1 << 16};
    parts p = row->parts;
    if (row->fill != NULL) {
        row->fill(&p, &storage);
    }
    parts_assemble(&p, out);
    mtls_buf_clear(&storage);
}

#define X(literal)                                                                                           \
    { (const uint8_t *)(literal), sizeof(literal) - 1 }
#define OMIT                                                                                                 \
    { (const uint8_t *)"", 0 }

/* clang-format off */
const faulty faulty_certificates[] = {
    {"good", {.version = {NULL, 0}}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"bytes after the certificate", {.after_certificate = X("\x00")}, NULL, MTLSVAL_DER_TRAILING, {NULL, 0}, 0, true},
    {"bytes after the signature", {.after_signature = X("\x05\x00")}, NULL, MTLSVAL_DER_TRAILING, X("\x05\x00"), 0, false},
    {"bytes after the last field", {.after_tbs_fields = X("\x05\x00")}, NULL, MTLSVAL_DER_TRAILING, X("\x05\x00"), 0, false},
    {"no serial number", {.serial = OMIT}, NULL, MTLSVAL_DER_TAG, {NULL, 0}, 0, false},
    {"no signature", {.signature = OMIT}, NULL, MTLSVAL_DER_MISSING, {NULL, 0}, 0, false},
    {"version 1 written", {.version = X("\xa0\x03\x02\x01\x00"), .extensions_whole = OMIT}, NULL, MTLSVAL_DER_DEFAULT_ENCODED, {NULL, 0}, 0, true},
    {"version 4", {.version = X("\xa0\x03\x02\x01\x03")}, NULL, MTLSVAL_CERTIFICATE_VERSION, X("\xa0\x03\x02\x01\x03"), 2, true},
    {"version -1", {.version = X("\xa0\x03\x02\x01\xff")}, NULL, MTLSVAL_DER_INTEGER_RANGE, X("\xa0\x03\x02\x01\xff"), 4, true},
    {"two versions", {.version = X("\xa0\x06\x02\x01\x02\x02\x01\x02")}, NULL, MTLSVAL_DER_TRAILING, X("\xa0\x06\x02\x01\x02\x02\x01\x02"), 5, false},
    {"version 1 with extensions", {.version = OMIT}, NULL, MTLSVAL_CERTIFICATE_EXTENSIONS_VERSION, {NULL, 0}, 0, true},
    {"serial zero", {.serial = X("\x02\x01\x00")}, NULL, MTLSVAL_CERTIFICATE_SERIAL_NOT_POSITIVE, {NULL, 0}, 0, true},
    {"serial negative", {.serial = X("\x02\x01\xff")}, NULL, MTLSVAL_CERTIFICATE_SERIAL_NOT_POSITIVE, {NULL, 0}, 0, true},
    {"serial of 21 octets", {.serial = X("\x02\x15\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f")}, NULL, MTLSVAL_CERTIFICATE_SERIAL_LONG, {NULL, 0}, 0, true},
    {"serial padded", {.serial = X("\x02\x02\x00\x05")}, NULL, MTLSVAL_DER_INTEGER_NON_MINIMAL, X("\x02\x02\x00\x05"), 2, false},
    {"serial empty", {.serial = X("\x02\x00")}, NULL, MTLSVAL_DER_INTEGER_EMPTY, {NULL, 0}, 0, false},
    {"serial with a long length", {.serial = X("\x02\x81\x01\x05")}, NULL, MTLSVAL_DER_LENGTH_NON_MINIMAL, X("\x02\x81\x01\x05"), 1, true},
    {"serial of another type", {.serial = X("\x0a\x01\x05")}, NULL, MTLSVAL_DER_TAG, X("\x0a\x01\x05"), 0, false},
    {"algorithms differ", {.tbs_algorithm = X("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03")}, NULL, MTLSVAL_CERTIFICATE_ALGORITHMS_DIFFER, {NULL, 0}, 0, true},
    {"algorithm with two parameters", {.algorithm = X("\x30\x0e\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00\x05\x00")}, NULL, MTLSVAL_DER_TRAILING, {NULL, 0}, 0, false},
    {"NULL with content in parameters", {.algorithm = X("\x30\x0f\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x30\x03\x05\x01\x00")}, NULL, MTLSVAL_DER_NULL, X("\x05\x01\x00"), 2, true},
    {"algorithm in the long tag form", {.algorithm = X("\x3f\x10\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")}, NULL, MTLSVAL_DER_TAG_LONG, X("\x3f\x10\x0a"), 0, true},
    {"algorithm of indefinite length", {.algorithm = X("\x30\x80\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x00\x00")}, NULL, MTLSVAL_DER_LENGTH_INDEFINITE, X("\x30\x80\x06"), 1, true},
    {"OID empty", {.algorithm = X("\x30\x02\x06\x00")}, NULL, MTLSVAL_DER_OID_EMPTY, {NULL, 0}, 0, false},
    {"OID padded", {.algorithm = X("\x30\x04\x06\x02\x80\x01")}, NULL, MTLSVAL_DER_OID_PADDING, X("\x06\x02\x80\x01"), 2, false},
    {"OID unfinished", {.algorithm = X("\x30\x04\x06\x02\x2a\x86")}, NULL, MTLSVAL_DER_OID_UNFINISHED, X("\x06\x02\x2a\x86"), 4, false},
    {"issuer empty", {.issuer = X("\x30\x00")}, NULL, MTLSVAL_CERTIFICATE_ISSUER_EMPTY, {NULL, 0}, 0, true},
    {"empty RDN", {.subject = X("\x30\x02\x31\x00")}, NULL, MTLSVAL_CERTIFICATE_RDN_EMPTY, X("\x30\x02\x31\x00"), 4, true},
    {"name of another type", {.subject = X("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x04\x01\x61")}, NULL, MTLSVAL_CERTIFICATE_NAME_TYPE, {NULL, 0}, 0, false},
    {"name of VisibleString", {.subject = X("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x1a\x01\x61")}, NULL, MTLSVAL_CERTIFICATE_NAME_TYPE, {NULL, 0}, 0, false},
    {"RDN out of order", {.subject = X("\x30\x16\x31\x14\x30\x08\x06\x03\x55\x04\x0a\x0c\x01\x61\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61")}, NULL, MTLSVAL_DER_SET_ORDER, X("\x55\x04\x0a\x0c\x01\x61"), 6, true},
    {"attribute without value", {.subject = X("\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03")}, NULL, MTLSVAL_DER_MISSING, {NULL, 0}, 0, false},
    {"attribute with two values", {.subject = X("\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x01\x61\x0c\x01\x62")}, NULL, MTLSVAL_DER_TRAILING, X("\x0c\x01\x62"), 0, false},
    {"constructed UTF8String", {.subject = X("\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x2c\x03\x0c\x01\x62")}, NULL, MTLSVAL_DER_CONSTRUCTED_STRING, X("\x2c\x03"), 0, true},
    {"name not UTF-8", {.subject = X("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\xff")}, NULL, MTLSVAL_CERTIFICATE_NAME_ENCODING, {NULL, 0}, 0, false},
    {"UTCTime without seconds", {.validity = X("\x30\x1c\x17\x0b" "2001010000Z" "\x17\x0d" "300101000000Z")}, NULL, MTLSVAL_DER_UTC_TIME, X("2001010000Z"), 0, true},
    {"GeneralizedTime with a fraction", {.validity = X("\x30\x22\x17\x0d" "200101000000Z" "\x18\x11" "20500101000000.5Z")}, NULL, MTLSVAL_DER_GENERALIZED_TIME, X("20500101000000.5Z"), 0, true},
    {"month 13", {.validity = X("\x30\x1e\x17\x0d" "201301000000Z" "\x17\x0d" "300101000000Z")}, NULL, MTLSVAL_DER_TIME_VALUE, X("201301000000Z"), 0, true},
    {"GeneralizedTime before 2050", {.validity = X("\x30\x20\x18\x0f" "20200101000000Z" "\x17\x0d" "300101000000Z")}, NULL, MTLSVAL_CERTIFICATE_TIME_FORM, {NULL, 0}, 0, true},
    {"time of another type", {.validity = X("\x30\x1e\x17\x0d" "200101000000Z" "\x0c\x0d" "300101000000Z")}, NULL, MTLSVAL_DER_TAG, X("\x0c\x0d\x33\x30\x30\x31\x30\x31"), 0, false},
    {"three times", {.validity = X("\x30\x2d\x17\x0d" "200101000000Z" "\x17\x0d" "300101000000Z" "\x17\x0d" "310101000000Z")}, NULL, MTLSVAL_DER_TRAILING, {NULL, 0}, 0, false},
    {"key with three fields", {.key = X("\x30\x11\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x03\x02\x00\x04\x05\x00")}, NULL, MTLSVAL_DER_TRAILING, {NULL, 0}, 0, false},
    {"unused bits not zero", {.signature = X("\x03\x02\x01\xff")}, NULL, MTLSVAL_DER_BIT_STRING_PADDING, X("\x03\x02\x01\xff"), 3, true},
    {"eight unused bits", {.signature = X("\x03\x02\x08\x00")}, NULL, MTLSVAL_DER_BIT_STRING_UNUSED, X("\x03\x02\x08\x00"), 2, false},
    {"unused bits of nothing", {.signature = X("\x03\x01\x05")}, NULL, MTLSVAL_DER_BIT_STRING_UNUSED, X("\x03\x01\x05"), 2, true},
    {"signature empty", {.signature = X("\x03\x00")}, NULL, MTLSVAL_DER_BIT_STRING_EMPTY, {NULL, 0}, 0, false},
    {"signature in pieces", {.signature = X("\x23\x04\x03\x02\x00\x30")}, NULL, MTLSVAL_DER_CONSTRUCTED_STRING, X("\x23\x04"), 0, true},
    {"signature cut off", {.signature = X("\x03\x7f\x00")}, NULL, MTLSVAL_DER_TRUNCATED, X("\x03\x7f\x00"), 1, false},
    {"length of five octets", {.signature = X("\x03\x85\x01\x00\x00\x00\x00")}, NULL, MTLSVAL_DER_LENGTH_TOO_LONG, X("\x03\x85\x01"), 1, false},
    {"version 1 with a unique identifier", {.version = OMIT, .unique_ids = X("\x81\x02\x00\x11"), .extensions_whole = OMIT}, NULL, MTLSVAL_CERTIFICATE_UNIQUE_ID_VERSION, {NULL, 0}, 0, true},
    {"unique identifiers", {.unique_ids = X("\x81\x03\x00\x11\x22\x82\x03\x00\x33\x44")}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"unique identifier in pieces", {.unique_ids = X("\xa1\x04\x03\x02\x00\x11")}, NULL, MTLSVAL_DER_CONSTRUCTED_STRING, X("\xa1\x04\x03\x02\x00\x11"), 0, true},
    {"extensions empty", {.extensions_whole = X("\xa3\x02\x30\x00")}, NULL, MTLSVAL_CERTIFICATE_EXTENSIONS_EMPTY, X("\xa3\x02\x30\x00"), 4, true},
    {"extensions without a list", {.extensions_whole = X("\xa3\x00")}, NULL, MTLSVAL_DER_MISSING, {NULL, 0}, 0, false},
    {"no extensions", {.extensions_whole = OMIT}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"extension twice", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x0e\x04\x04\x04\x02\x31\x32\x30\x0b\x06\x03\x55\x1d\x0e\x04\x04\x04\x02\x31\x32")}, NULL, MTLSVAL_CERTIFICATE_EXTENSION_DUPLICATE, {NULL, 0}, 0, true},
    {"unknown extension twice", {.extensions = X("\x30\x06\x06\x02\x2a\x03\x04\x00\x30\x06\x06\x02\x2a\x03\x04\x00")}, NULL, MTLSVAL_CERTIFICATE_EXTENSION_DUPLICATE, {NULL, 0}, 0, true},
    {"critical as one", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x0e\x01\x01\x01\x04\x04\x04\x02\x31\x32")}, NULL, MTLSVAL_DER_BOOLEAN_VALUE, X("\x01\x01\x01"), 2, true},
    {"critical of two octets", {.extensions = X("\x30\x0f\x06\x03\x55\x1d\x0e\x01\x02\x00\x00\x04\x04\x04\x02\x31\x32")}, NULL, MTLSVAL_DER_BOOLEAN_LENGTH, X("\x01\x02\x00\x00"), 2, false},
    {"critical false written", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x0e\x01\x01\x00\x04\x04\x04\x02\x31\x32")}, NULL, MTLSVAL_DER_DEFAULT_ENCODED, {NULL, 0}, 0, true},
    {"extension with four fields", {.extensions = X("\x30\x08\x06\x02\x2a\x03\x04\x00\x05\x00")}, NULL, MTLSVAL_DER_TRAILING, X("\x05\x00"), 0, false},
    {"extension value in pieces", {.extensions = X("\x30\x08\x06\x02\x2a\x03\x24\x02\x04\x00")}, NULL, MTLSVAL_DER_CONSTRUCTED_STRING, X("\x24\x02\x04\x00"), 0, true},
    {"basicConstraints empty", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x13\x04\x02\x30\x00")}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"basicConstraints without content", {.extensions = X("\x30\x07\x06\x03\x55\x1d\x13\x04\x00")}, NULL, MTLSVAL_DER_MISSING, {NULL, 0}, 0, true},
    {"basicConstraints of another type", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x13\x04\x02\x31\x00")}, NULL, MTLSVAL_DER_TAG, X("\x31\x00"), 0, true},
    {"basicConstraints cut off", {.extensions = X("\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x05\x01\x01\xff")}, NULL, MTLSVAL_DER_TRUNCATED, X("\x30\x05\x01"), 1, true},
    {"CA false written", {.extensions = X("\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\x00")}, NULL, MTLSVAL_DER_DEFAULT_ENCODED, {NULL, 0}, 0, true},
    {"CA as one", {.extensions = X("\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\x01")}, NULL, MTLSVAL_DER_BOOLEAN_VALUE, X("\x30\x03\x01\x01\x01"), 4, true},
    {"CA of two octets", {.extensions = X("\x30\x0d\x06\x03\x55\x1d\x13\x04\x06\x30\x04\x01\x02\xff\xff")}, NULL, MTLSVAL_DER_BOOLEAN_LENGTH, X("\x30\x04\x01\x02\xff\xff"), 4, true},
    {"path length negative", {.extensions = X("\x30\x0f\x06\x03\x55\x1d\x13\x04\x08\x30\x06\x01\x01\xff\x02\x01\xff")}, NULL, MTLSVAL_DER_INTEGER_RANGE, X("\x02\x01\xff"), 2, true},
    {"path length padded", {.extensions = X("\x30\x10\x06\x03\x55\x1d\x13\x04\x09\x30\x07\x01\x01\xff\x02\x02\x00\x01")}, NULL, MTLSVAL_DER_INTEGER_NON_MINIMAL, X("\x02\x02\x00\x01"), 2, true},
    {"path length empty", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x13\x04\x07\x30\x05\x01\x01\xff\x02\x00")}, NULL, MTLSVAL_DER_INTEGER_EMPTY, X("\xff\x02\x00"), 3, true},
    {"bytes after basicConstraints", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x13\x04\x07\x30\x03\x01\x01\xff\x05\x00")}, NULL, MTLSVAL_DER_TRAILING, X("\xff\x05\x00"), 1, true},
    {"length of five octets in an extension", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x13\x04\x07\x30\x85\x01\x00\x00\x00\x00")}, NULL, MTLSVAL_DER_LENGTH_TOO_LONG, X("\x30\x85\x01"), 1, true},
    {"keyUsage ends in a zero bit", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x01\x06")}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"keyUsage with trailing zeros", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x00\x06")}, NULL, MTLSVAL_DER_NAMED_BITS, {NULL, 0}, 0, true},
    {"keyUsage without a count", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x0f\x04\x02\x03\x00")}, NULL, MTLSVAL_DER_BIT_STRING_EMPTY, {NULL, 0}, 0, true},
    {"keyUsage padded", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x01\xff")}, NULL, MTLSVAL_DER_BIT_STRING_PADDING, {NULL, 0}, 0, true},
    {"extKeyUsage empty", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x25\x04\x02\x30\x00")}, NULL, MTLSVAL_CERTIFICATE_PURPOSES_EMPTY, {NULL, 0}, 0, true},
    {"extKeyUsage with an empty OID", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x25\x04\x04\x30\x02\x06\x00")}, NULL, MTLSVAL_DER_OID_EMPTY, {NULL, 0}, 0, true},
    {"extKeyUsage with a padded OID", {.extensions = X("\x30\x0d\x06\x03\x55\x1d\x25\x04\x06\x30\x04\x06\x02\x80\x01")}, NULL, MTLSVAL_DER_OID_PADDING, {NULL, 0}, 0, true},
    {"extKeyUsage with an unfinished OID", {.extensions = X("\x30\x0d\x06\x03\x55\x1d\x25\x04\x06\x30\x04\x06\x02\x2a\x86")}, NULL, MTLSVAL_DER_OID_UNFINISHED, {NULL, 0}, 0, true},
    {"subjectKeyIdentifier of another type", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x0e\x04\x02\x05\x00")}, NULL, MTLSVAL_DER_TAG, {NULL, 0}, 0, true},
    {"authorityKeyIdentifier empty", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x23\x04\x02\x30\x00")}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"issuer without serial number", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x23\x04\x07\x30\x05\xa1\x03\x82\x01\x61")}, NULL, MTLSVAL_CERTIFICATE_AUTHORITY_PAIR, {NULL, 0}, 0, true},
    {"no issuer in the list", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x23\x04\x07\x30\x05\xa1\x00\x82\x01\x05")}, NULL, MTLSVAL_CERTIFICATE_GENERAL_NAMES_EMPTY, {NULL, 0}, 0, true},
    {"key identifier in pieces", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x23\x04\x07\x30\x05\xa0\x03\x04\x01\x61")}, NULL, MTLSVAL_DER_CONSTRUCTED_STRING, {NULL, 0}, 0, true},
    {"subjectAltName empty", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x11\x04\x02\x30\x00")}, NULL, MTLSVAL_CERTIFICATE_GENERAL_NAMES_EMPTY, {NULL, 0}, 0, true},
    {"subjectAltName of a tenth kind", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x11\x04\x04\x30\x02\x89\x00")}, NULL, MTLSVAL_CERTIFICATE_GENERAL_NAME_KIND, X("\x89\x00"), 0, true},
    {"subjectAltName of a universal type", {.extensions = X("\x30\x0c\x06\x03\x55\x1d\x11\x04\x05\x30\x03\x16\x01\x61")}, NULL, MTLSVAL_CERTIFICATE_GENERAL_NAME_KIND, {NULL, 0}, 0, true},
    {"subjectAltName with a registeredID cut off", {.extensions = X("\x30\x0c\x06\x03\x55\x1d\x11\x04\x05\x30\x03\x88\x01\x83")}, NULL, MTLSVAL_DER_OID_UNFINISHED, {NULL, 0}, 0, true},
    {"subjectAltName with an otherName of no type", {.extensions = X("\x30\x0d\x06\x03\x55\x1d\x11\x04\x06\x30\x04\xa0\x02\x05\x00")}, NULL, MTLSVAL_DER_TAG, X("\x05\x00"), 0, true},
    {"subjectAltName with an otherName of no value", {.extensions = X("\x30\x0f\x06\x03\x55\x1d\x11\x04\x08\x30\x06\xa0\x04\x06\x02\x2a\x03")}, NULL, MTLSVAL_DER_MISSING, {NULL, 0}, 0, true},
    {"subjectAltName with a nameless ediPartyName", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x11\x04\x04\x30\x02\xa5\x00")}, NULL, MTLSVAL_DER_MISSING, {NULL, 0}, 0, true},
    {"subjectAltName with an ediPartyName in IA5", {.extensions = X("\x30\x10\x06\x03\x55\x1d\x11\x04\x09\x30\x07\xa5\x05\xa1\x03\x16\x01\x61")}, NULL, MTLSVAL_DER_TAG, X("\x16\x01\x61"), 0, true},
    {"dNSName in pieces", {.extensions = X("\x30\x0e\x06\x03\x55\x1d\x11\x04\x07\x30\x05\xa2\x03\x16\x01\x61")}, NULL, MTLSVAL_DER_CONSTRUCTED_STRING, X("\xa2\x03\x16"), 0, true},
    {"directoryName with a bad name", {.extensions = X("\x30\x0f\x06\x03\x55\x1d\x11\x04\x08\x30\x06\xa4\x04\x30\x02\x31\x00")}, NULL, MTLSVAL_CERTIFICATE_RDN_EMPTY, {NULL, 0}, 0, true},
    {"subjectAltName of each kind", {.extensions = X("\x30\x2b\x06\x03\x55\x1d\x11\x04\x24\x30\x22\xa0\x07\x06\x01\x2a\xa0\x02\x05\x00\x81\x03\x61\x40\x62\x82\x01\x62\xa4\x02\x30\x00\x86\x02\x63\x3a\x87\x04\x7f\x00\x00\x01\x88\x01\x2a")}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"nameConstraints empty", {.extensions = X("\x30\x09\x06\x03\x55\x1d\x1e\x04\x02\x30\x00")}, NULL, MTLSVAL_CERTIFICATE_SUBTREES_EMPTY, {NULL, 0}, 0, true},
    {"nameConstraints with an empty list", {.extensions = X("\x30\x0b\x06\x03\x55\x1d\x1e\x04\x04\x30\x02\xa0\x00")}, NULL, MTLSVAL_CERTIFICATE_SUBTREES_EMPTY, {NULL, 0}, 0, true},
    {"minimum written", {.extensions = X("\x30\x13\x06\x03\x55\x1d\x1e\x04\x0c\x30\x0a\xa0\x08\x30\x06\x82\x01\x61\x80\x01\x00")}, NULL, MTLSVAL_DER_DEFAULT_ENCODED, {NULL, 0}, 0, true},
    {"nameConstraints", {.extensions = X("\x30\x1a\x06\x03\x55\x1d\x1e\x04\x13\x30\x11\xa0\x05\x30\x03\x82\x01\x61\xa1\x08\x30\x06\x82\x01\x62\x81\x01\x05")}, NULL, MTLSVAL_FINDING_NONE, {NULL, 0}, 0, true},
    {"nameConstraints in the wrong order", {.extensions = X("\x30\x17\x06\x03\x55\x1d\x1e\x04\x10\x30\x0e\xa1\x05\x30\x03\x82\x01\x62\xa0\x05\x30\x03\x82\x01\x61")}, NULL, MTLSVAL_DER_TRAILING, {NULL, 0}, 0, true},
    {"authorityInfoAccess empty", {.extensions = X("\x30\x0e\x06\x08\x2b\x06\x01\x05\x05\x07\x01\x01\x04\x02\x30\x00")}, NULL, MTLSVAL_CERTIFICATE_ACCESS_EMPTY, {NULL, 0}, 0, true},
    {.name = "parameters nested 33 deep", .fill = fill_deep_parameters, .finding = MTLSVAL_DER_NESTING, .libcrypto_takes_it = true},
    {.name = "257 attributes", .fill = fill_257_attributes, .finding = MTLSVAL_CERTIFICATE_NAME_LIMIT, .libcrypto_takes_it = true},
    {.name = "128 extensions", .fill = fill_128_extensions, .finding = MTLSVAL_FINDING_NONE, .libcrypto_takes_it = true},
    {.name = "129 extensions", .fill = fill_129_extensions, .finding = MTLSVAL_CERTIFICATE_EXTENSION_LIMIT, .libcrypto_takes_it = true},
};
/* clang-format on */

const size_t num_faulty_certificates = sizeof faulty_certificates / sizeof faulty_certificates[0];
