#include "core/base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

mtls_status mtls_base64_encode(mtls_view bytes, mtls_buf *out) {
    if (bytes.len == 0) {
        return MTLS_OK;
    }
    if (bytes.len > SIZE_MAX / 2) {
        return MTLS_ERR_LIMIT;
    }
    uint8_t *to = NULL;
    mtls_status status = mtls_buf_extend(out, (bytes.len + 2) / 3 * 4, &to);
    if (status != MTLS_OK) {
        return status;
    }
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)bytes.data[i] << 16;
        group |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
        group |= left > 2 ? bytes.data[i + 2] : 0;
        *to++ = (uint8_t)alphabet[group >> 18];
        *to++ = (uint8_t)alphabet[group >> 12 & 63];
        *to++ = left > 1 ? (uint8_t)alphabet[group >> 6 & 63] : '=';
        *to++ = left > 2 ? (uint8_t)alphabet[group & 63] : '=';
    }
    return MTLS_OK;
}

/* value_of gives the six bits of a character, or -1. */
static int value_of(uint8_t character) {
    if (character >= 'A' && character <= 'Z') {
        return character - 'A';
    }
    if (character >= 'a' && character <= 'z') {
        return character - 'a' + 26;
    }
    if (character >= '0' && character <= '9') {
        return character - '0' + 52;
    }
    return character == '+' ? 62 : character == '/' ? 63 : -1;
}

mtls_status mtls_base64_decode(mtls_view text, mtls_buf *out) {
    if (text.len % 4 != 0) {
        return MTLS_ERR_INPUT;
    }
    size_t start = out->len;
    for (size_t i = 0; i < text.len; i += 4) {
        bool last = i + 4 == text.len;
        size_t pads = last && text.data[i + 3] == '=' ? (text.data[i + 2] == '=' ? 2 : 1) : 0;
        uint32_t group = 0;
        for (size_t k = 0; k < 4; k++) {
            int value = k < 4 - pads ? value_of(text.data[i + k]) : 0;
            if (value < 0) {
                out->len = start;
                return MTLS_ERR_INPUT;
            }
            group = group << 6 | (uint32_t)value;
        }
        uint8_t bytes[3] = {(uint8_t)(group >> 16), (uint8_t)(group >> 8), (uint8_t)group};
        /* Bits past the last byte must be zero, or two texts would stand for the same bytes. */
        mtls_status status = (pads > 0 && bytes[2] != 0) || (pads > 1 && bytes[1] != 0)
                                 ? MTLS_ERR_INPUT
                                 : mtls_buf_append(out, (mtls_view){bytes, 3 - pads});
        if (status != MTLS_OK) {
            out->len = start;
            return status;
        }
    }
    return MTLS_OK;
}
