#include "core/tests/cmocka_includes.h"

#include "validator/tests/parts.h"

#include <string.h>

const mtls_view OMITTED = {(const uint8_t *)"omitted", 0};
const mtls_view GOOD_NAME = {(const uint8_t *)"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01"
                                              "a",
                             14};
const mtls_view GOOD_CA_EXTENSION = {
    (const uint8_t *)"\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff", 17};
const mtls_view GOOD_ALGORITHM = {(const uint8_t *)"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", 12};

/* 2020 to 2119. */
#define GOOD_VALIDITY                                                                                        \
    BYTES("\x30\x20\x17\x0d"                                                                                 \
          "200101000000Z"                                                                                    \
          "\x18\x0f"                                                                                         \
          "21191231235959Z")
/* P-256 with a point that nobody needs to be on the curve. */
#define GOOD_KEY                                                                                             \
    BYTES("\x30\x1a\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03" \
          "\x03"                                                                                             \
          "\x00\x04\x01")

void append(mtls_buf *out, mtls_view bytes) {
    assert_int_equal(mtls_buf_append(out, bytes), MTLS_OK);
}

void wrap(uint8_t tag, mtls_view content, mtls_buf *out) {
    uint8_t header[6] = {tag};
    size_t len = 2;
    if (content.len < 0x80) {
        header[1] = (uint8_t)content.len;
    } else {
        size_t num_octets = content.len < 0x100       ? 1
                            : content.len < 0x10000   ? 2
                            : content.len < 0x1000000 ? 3
                                                      : 4;
        header[1] = (uint8_t)(0x80 | num_octets);
        for (size_t i = 0; i < num_octets; i++) {
            header[2 + i] = (uint8_t)(content.len >> 8 * (num_octets - 1 - i));
        }
        len = 2 + num_octets;
    }
    append(out, (mtls_view){header, len});
    append(out, content);
}

static void add(mtls_buf *out, mtls_view given, mtls_view good) {
    append(out, given.data == NULL ? good : given);
}

void parts_assemble(const parts *p, mtls_buf *out) {
    mtls_buf tbs = {.max = 1 << 24}, list = {.max = 1 << 24}, body = {.max = 1 << 24};
    add(&tbs, p->version, BYTES("\xa0\x03\x02\x01\x02"));
    add(&tbs, p->serial, BYTES("\x02\x01\x05"));
    add(&tbs, p->tbs_algorithm, GOOD_ALGORITHM);
    add(&tbs, p->issuer, GOOD_NAME);
    add(&tbs, p->validity, GOOD_VALIDITY);
    add(&tbs, p->subject, GOOD_NAME);
    add(&tbs, p->key, GOOD_KEY);
    add(&tbs, p->unique_ids, OMITTED);
    if (p->extensions_whole.data != NULL) {
        append(&tbs, p->extensions_whole);
    } else {
        wrap(0x30, p->extensions.data == NULL ? GOOD_CA_EXTENSION : p->extensions, &list);
        wrap(0xa3, mtls_buf_view(&list), &tbs);
    }
    add(&tbs, p->after_tbs_fields, OMITTED);
    wrap(0x30, mtls_buf_view(&tbs), &body);
    add(&body, p->algorithm, GOOD_ALGORITHM);
    add(&body, p->signature, BYTES("\x03\x03\x00\x30\x00"));
    add(&body, p->after_signature, OMITTED);
    wrap(0x30, mtls_buf_view(&body), out);
    add(out, p->after_certificate, OMITTED);
    mtls_buf_clear(&tbs);
    mtls_buf_clear(&list);
    mtls_buf_clear(&body);
}

size_t parts_offset(const mtls_buf *certificate, mtls_view part) {
    size_t found = SIZE_MAX;
    for (size_t i = 0; i + part.len <= certificate->len; i++) {
        if (memcmp(certificate->data + i, part.data, part.len) == 0) {
            assert_int_equal(found, SIZE_MAX);
            found = i;
        }
    }
    assert_int_not_equal(found, SIZE_MAX);
    return found;
}

void pem(const char *label, mtls_view der, const char *line_end, mtls_buf *out) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert_int_equal(mtls_buf_appendf(out, "-----BEGIN %s-----%s", label, line_end), MTLS_OK);
    for (size_t at = 0; at < der.len; at += 3) {
        char group[4];
        size_t left = der.len - at;
        uint32_t bits = (uint32_t)der.data[at] << 16 | (left > 1 ? (uint32_t)der.data[at + 1] << 8 : 0) |
                        (left > 2 ? der.data[at + 2] : 0);
        for (size_t i = 0; i < 4; i++) {
            group[i] = i <= left ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
        }
        append(out, (mtls_view){(const uint8_t *)group, 4});
        if (at % 48 == 45 || left <= 3) {
            append(out, mtls_view_of_text(line_end));
        }
    }
    assert_int_equal(mtls_buf_appendf(out, "-----END %s-----%s", label, line_end), MTLS_OK);
}
