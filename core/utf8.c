#include "core/text.h"

bool mtls_utf8_next(mtls_view bytes, size_t *at, uint32_t *out_code_point) {
    if (*at >= bytes.len) {
        return false;
    }
    uint8_t first = bytes.data[*at];
    if (first < 0x80) {
        *out_code_point = first;
        *at += 1;
        return true;
    }
    size_t more = first >= 0xC2 && first < 0xE0   ? 1
                  : first >= 0xE0 && first < 0xF0 ? 2
                  : first >= 0xF0 && first < 0xF5 ? 3
                                                  : 0;
    if (more == 0 || bytes.len - *at <= more) {
        return false;
    }
    uint32_t code_point = first & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++) {
        uint8_t next = bytes.data[*at + i];
        if ((next & 0xC0) != 0x80) {
            return false;
        }
        code_point = code_point << 6 | (next & 0x3Fu);
    }
    /* RFC 3629 section 3: no surrogates, nothing past U+10FFFF, no form longer than needed. */
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    if (code_point < least[more] || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
        return false;
    }
    *out_code_point = code_point;
    *at += 1 + more;
    return true;
}
