#include "validator/der_read.h"

#include <string.h>

enum { TAG_NUMBER = 0x1f, CONSTRUCTED = 0x20, CLASS = 0xc0 };

void mtlsval_der_start(mtlsval_der *in, mtls_view der, mtlsval_fault *fault) {
    static const uint8_t nothing[1] = {0}; /* pointer arithmetic on NULL is undefined */
    if (der.data == NULL) {
        der = (mtls_view){nothing, 0};
    }
    *fault = (mtlsval_fault){MTLSVAL_FINDING_NONE, 0};
    *in = (mtlsval_der){.at = der.data, .end = der.data + der.len, .origin = der.data, .fault = fault};
}

bool mtlsval_der_fail(const mtlsval_der *in, mtlsval_finding finding, const uint8_t *at) {
    if (in->fault->finding == MTLSVAL_FINDING_NONE) {
        *in->fault = (mtlsval_fault){finding, (size_t)(at - in->origin)};
    }
    return false;
}

bool mtlsval_der_at_end(const mtlsval_der *in) {
    return in->at == in->end;
}

bool mtlsval_der_peek(const mtlsval_der *in, uint8_t tag) {
    return in->at < in->end && *in->at == tag;
}

/* read_length reads the length octets at `at` and gives the content; X.690 10.1: the definite form, in as few
 * octets as it takes. */
static bool read_length(const mtlsval_der *in, const uint8_t *at, mtls_view *out_content) {
    size_t left = (size_t)(in->end - at);
    if (left == 0) {
        return mtlsval_der_fail(in, MTLSVAL_DER_TRUNCATED, at);
    }
    size_t len = at[0];
    size_t num_octets = 1;
    if (len >= 0x80) {
        if (len == 0x80) {
            return mtlsval_der_fail(in, MTLSVAL_DER_LENGTH_INDEFINITE, at);
        }
        num_octets = 1 + (len & 0x7f);
        if (left < num_octets) {
            return mtlsval_der_fail(in, MTLSVAL_DER_TRUNCATED, at);
        }
        if (num_octets > 5) {
            return mtlsval_der_fail(
                in, at[1] == 0 ? MTLSVAL_DER_LENGTH_NON_MINIMAL : MTLSVAL_DER_LENGTH_TOO_LONG, at);
        }
        len = 0;
        for (size_t i = 1; i < num_octets; i++) {
            len = len << 8 | at[i];
        }
        if (at[1] == 0 || len < 0x80) {
            return mtlsval_der_fail(in, MTLSVAL_DER_LENGTH_NON_MINIMAL, at);
        }
    }
    if (len > left - num_octets) {
        return mtlsval_der_fail(in, MTLSVAL_DER_TRUNCATED, at);
    }
    *out_content = (mtls_view){at + num_octets, len};
    return true;
}

/* X.690 10.2: the string types are primitive in DER. (Of the universal types, those of these numbers.) */
static bool is_string_number(uint8_t number) {
    return number == 0x03 || number == 0x04 || number == 0x0c || (number >= 0x12 && number <= 0x1e);
}

/* SEQUENCE, SET, EXTERNAL and EMBEDDED PDV (X.690 8.9.1, 8.11.1, 8.17, 8.18); every other universal type that
 * is no string is primitive. */
static bool is_always_constructed(uint8_t number) {
    return number == 0x10 || number == 0x11 || number == 0x08 || number == 0x0b;
}

static bool wrong_tag(const mtlsval_der *in, uint8_t tag) {
    uint8_t found = *in->at;
    if ((found & TAG_NUMBER) == TAG_NUMBER) {
        return mtlsval_der_fail(in, MTLSVAL_DER_TAG_LONG, in->at);
    }
    if (found == (tag | CONSTRUCTED) && ((tag & CLASS) != 0 || is_string_number(tag))) {
        return mtlsval_der_fail(in, MTLSVAL_DER_CONSTRUCTED_STRING, in->at);
    }
    return mtlsval_der_fail(in, MTLSVAL_DER_TAG, in->at);
}

bool mtlsval_der_read(mtlsval_der *in, uint8_t tag, mtls_view *out_content) {
    if (in->at == in->end) {
        return mtlsval_der_fail(in, MTLSVAL_DER_MISSING, in->at);
    }
    if (*in->at != tag) {
        return wrong_tag(in, tag);
    }
    if (!read_length(in, in->at + 1, out_content)) {
        return false;
    }
    in->at = out_content->data + out_content->len;
    return true;
}

bool mtlsval_der_enter(mtlsval_der *in, uint8_t tag, mtlsval_der *out_inside) {
    mtls_view content;
    if (!mtlsval_der_read(in, tag, &content)) {
        return false;
    }
    *out_inside = (mtlsval_der){content.data, content.data + content.len, in->origin, in->fault};
    return true;
}

bool mtlsval_der_finish(const mtlsval_der *in) {
    return in->at == in->end || mtlsval_der_fail(in, MTLSVAL_DER_TRAILING, in->at);
}

mtls_view mtlsval_der_take(const uint8_t **at) {
    const uint8_t *p = *at + 1;
    size_t len = *p++;
    if (len >= 0x80) {
        size_t num_octets = len & 0x7f;
        len = 0;
        while (num_octets-- > 0) {
            len = len << 8 | *p++;
        }
    }
    *at = p + len;
    return (mtls_view){p, len};
}

bool mtlsval_der_in_order(const mtlsval_der *in, const uint8_t *element, mtls_view *before) {
    mtls_view next = {element, (size_t)(in->at - element)};
    size_t len = next.len < before->len ? next.len : before->len;
    /* Neither of two elements starts with the whole of the other, so that the length decides nothing. */
    if (len > 0 && memcmp(before->data, next.data, len) > 0) {
        return mtlsval_der_fail(in, MTLSVAL_DER_SET_ORDER, element);
    }
    *before = next;
    return true;
}

/* Checks of a content. The faults of an empty content are placed on the byte where it would start. */

static bool check_boolean(const mtlsval_der *in, mtls_view content) {
    if (content.len != 1) {
        return mtlsval_der_fail(in, MTLSVAL_DER_BOOLEAN_LENGTH, content.data);
    }
    if (content.data[0] != 0 && content.data[0] != 0xff) {
        return mtlsval_der_fail(in, MTLSVAL_DER_BOOLEAN_VALUE, content.data);
    }
    return true;
}

/* X.690 8.3.2: the first nine bits are neither all ones nor all zero. */
bool mtlsval_der_check_integer(const mtlsval_der *in, mtls_view content) {
    if (content.len == 0) {
        return mtlsval_der_fail(in, MTLSVAL_DER_INTEGER_EMPTY, content.data);
    }
    if (content.len > 1 && ((content.data[0] == 0x00 && content.data[1] < 0x80) ||
                            (content.data[0] == 0xff && content.data[1] >= 0x80))) {
        return mtlsval_der_fail(in, MTLSVAL_DER_INTEGER_NON_MINIMAL, content.data);
    }
    return true;
}

static bool check_bit_string(const mtlsval_der *in, mtls_view content) {
    if (content.len == 0) {
        return mtlsval_der_fail(in, MTLSVAL_DER_BIT_STRING_EMPTY, content.data);
    }
    unsigned unused = content.data[0];
    if (unused > 7 || (unused > 0 && content.len == 1)) {
        return mtlsval_der_fail(in, MTLSVAL_DER_BIT_STRING_UNUSED, content.data);
    }
    if ((content.data[content.len - 1] & ((1u << unused) - 1)) != 0 && content.len > 1) {
        return mtlsval_der_fail(in, MTLSVAL_DER_BIT_STRING_PADDING, content.data + content.len - 1);
    }
    return true;
}

/* X.690 8.19.2: seven bits an octet, the last octet of a part below 80, no part led by 80. */
bool mtlsval_der_check_oid(const mtlsval_der *in, mtls_view content) {
    if (content.len == 0) {
        return mtlsval_der_fail(in, MTLSVAL_DER_OID_EMPTY, content.data);
    }
    bool at_start = true;
    for (size_t i = 0; i < content.len; i++) {
        if (at_start && content.data[i] == 0x80) {
            return mtlsval_der_fail(in, MTLSVAL_DER_OID_PADDING, content.data + i);
        }
        at_start = content.data[i] < 0x80;
    }
    return at_start || mtlsval_der_fail(in, MTLSVAL_DER_OID_UNFINISHED, content.data + content.len);
}

bool mtlsval_der_boolean(mtlsval_der *in, bool *out_value) {
    mtls_view content;
    if (!mtlsval_der_read(in, MTLSVAL_TAG_BOOLEAN, &content) || !check_boolean(in, content)) {
        return false;
    }
    *out_value = content.data[0] != 0;
    return true;
}

bool mtlsval_der_integer(mtlsval_der *in, uint8_t tag, mtls_view *out_octets) {
    return mtlsval_der_read(in, tag, out_octets) && mtlsval_der_check_integer(in, *out_octets);
}

bool mtlsval_der_unsigned(mtlsval_der *in, uint8_t tag, uint32_t *out_value) {
    mtls_view octets;
    if (!mtlsval_der_integer(in, tag, &octets)) {
        return false;
    }
    if (octets.data[0] >= 0x80) {
        return mtlsval_der_fail(in, MTLSVAL_DER_INTEGER_RANGE, octets.data);
    }
    if (octets.len > 5 || (octets.len == 5 && octets.data[0] != 0)) {
        *out_value = UINT32_MAX;
        return true;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < octets.len; i++) {
        value = value << 8 | octets.data[i];
    }
    *out_value = value;
    return true;
}

bool mtlsval_der_oid(mtlsval_der *in, mtls_view *out_oid) {
    return mtlsval_der_read(in, MTLSVAL_TAG_OID, out_oid) && mtlsval_der_check_oid(in, *out_oid);
}

bool mtlsval_der_bit_string(mtlsval_der *in, uint8_t tag, mtls_view *out_octets, unsigned *out_unused) {
    mtls_view content;
    if (!mtlsval_der_read(in, tag, &content) || !check_bit_string(in, content)) {
        return false;
    }
    *out_unused = content.data[0];
    *out_octets = (mtls_view){content.data + 1, content.len - 1};
    return true;
}

/* check_content checks a primitive of any universal type that has rules of its own. */
static bool check_content(const mtlsval_der *in, uint8_t tag, mtls_view content) {
    switch (tag) {
    case MTLSVAL_TAG_BOOLEAN:
        return check_boolean(in, content);
    case MTLSVAL_TAG_INTEGER:
        return mtlsval_der_check_integer(in, content);
    case MTLSVAL_TAG_BIT_STRING:
        return check_bit_string(in, content);
    case MTLSVAL_TAG_OID:
        return mtlsval_der_check_oid(in, content);
    case MTLSVAL_TAG_NULL:
        return content.len == 0 || mtlsval_der_fail(in, MTLSVAL_DER_NULL, content.data);
    default:
        return true;
    }
}

/* read_header takes identifier and length of an element and stands before its content. */
static bool read_header(mtlsval_der *in, uint8_t *out_tag, mtls_view *out_content) {
    if (in->at == in->end) {
        return mtlsval_der_fail(in, MTLSVAL_DER_MISSING, in->at);
    }
    uint8_t tag = *in->at;
    if ((tag & TAG_NUMBER) == TAG_NUMBER) {
        return mtlsval_der_fail(in, MTLSVAL_DER_TAG_LONG, in->at);
    }
    if ((tag & CLASS) == 0 && (tag & CONSTRUCTED) != 0 && is_string_number(tag & TAG_NUMBER)) {
        return mtlsval_der_fail(in, MTLSVAL_DER_CONSTRUCTED_STRING, in->at);
    }
    if ((tag & CLASS) == 0 && is_always_constructed(tag & TAG_NUMBER) != ((tag & CONSTRUCTED) != 0)) {
        return mtlsval_der_fail(in, MTLSVAL_DER_TAG, in->at);
    }
    if (tag == 0) { /* the end-of-contents of BER */
        return mtlsval_der_fail(in, MTLSVAL_DER_TAG, in->at);
    }
    if (!read_length(in, in->at + 1, out_content)) {
        return false;
    }
    *out_tag = tag;
    in->at = out_content->data;
    return true;
}

bool mtlsval_der_any(mtlsval_der *in, uint8_t *out_tag, mtls_view *out_content, mtls_view *out_element) {
    const uint8_t *start = in->at;
    mtlsval_der inside = *in;
    if (!read_header(&inside, out_tag, out_content)) {
        return false;
    }
    const uint8_t *element_end = out_content->data + out_content->len;
    *out_element = (mtls_view){start, (size_t)(element_end - start)};
    if ((*out_tag & CONSTRUCTED) == 0) {
        in->at = element_end;
        return check_content(in, *out_tag, *out_content);
    }

    /* What is inside, element by element: `ends` are those of the constructed ones that are open. */
    const uint8_t *ends[MTLSVAL_DER_DEPTH_MAX] = {element_end};
    unsigned depth = 1;
    while (depth > 0) {
        if (inside.at == ends[depth - 1]) {
            depth--;
            continue;
        }
        uint8_t tag;
        mtls_view content;
        inside.end = ends[depth - 1];
        if (!read_header(&inside, &tag, &content)) {
            return false;
        }
        if ((tag & CONSTRUCTED) == 0) {
            if (!check_content(&inside, tag, content)) {
                return false;
            }
            inside.at = content.data + content.len;
        } else if (depth == MTLSVAL_DER_DEPTH_MAX) {
            return mtlsval_der_fail(in, MTLSVAL_DER_NESTING, content.data);
        } else {
            ends[depth++] = content.data + content.len;
        }
    }
    in->at = element_end;
    return true;
}
