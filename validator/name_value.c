#include "validator/name_value.h"

#include "core/text.h"
#include "validator/der_read.h"

mtlsval_charset mtlsval_value_charset(uint8_t tag) {
    switch (tag) {
    case MTLSVAL_TAG_UTF8_STRING:
        return MTLSVAL_CHARSET_UTF8;
    case MTLSVAL_TAG_PRINTABLE_STRING:
    case MTLSVAL_TAG_IA5_STRING:
    case MTLSVAL_TAG_VISIBLE_STRING:
    case MTLSVAL_TAG_NUMERIC_STRING:
        return MTLSVAL_CHARSET_ASCII;
    case MTLSVAL_TAG_T61_STRING:
        return MTLSVAL_CHARSET_T61;
    case MTLSVAL_TAG_BMP_STRING:
        return MTLSVAL_CHARSET_UTF16;
    case MTLSVAL_TAG_UNIVERSAL_STRING:
        return MTLSVAL_CHARSET_UTF32;
    default:
        return MTLSVAL_CHARSET_NONE;
    }
}

bool mtlsval_value_is_usual(uint8_t tag) {
    switch (tag) {
    case MTLSVAL_TAG_BIT_STRING:
    case MTLSVAL_TAG_NUMERIC_STRING:
    case MTLSVAL_TAG_PRINTABLE_STRING:
    case MTLSVAL_TAG_T61_STRING:
    case MTLSVAL_TAG_IA5_STRING:
    case MTLSVAL_TAG_UNIVERSAL_STRING:
    case MTLSVAL_TAG_BMP_STRING:
    case MTLSVAL_TAG_UTF8_STRING:
    case MTLSVAL_TAG_SEQUENCE:
        return true;
    default:
        tag &= 0xdf; /* constructed or not: types that it does not know, ObjectDescriptor to TIME and
                        CHARACTER STRING */
        return (tag >= 0x07 && tag <= 0x0f && tag != 0x0a) || tag == 0x1d;
    }
}

static bool is_surrogate(uint32_t code_point) {
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

bool mtlsval_value_next(mtlsval_charset charset, mtls_view value, size_t *at, uint32_t *out_code_point) {
    size_t left = value.len - *at;
    const uint8_t *p = value.data + *at;
    switch (charset) {
    case MTLSVAL_CHARSET_ASCII:
    case MTLSVAL_CHARSET_T61:
        if (left == 0) {
            return false;
        }
        *out_code_point = *p;
        *at += 1;
        return true;
    case MTLSVAL_CHARSET_UTF16:
        /* BMPString is UCS-2: it has no surrogate pairs (X.680 41.15). */
        if (left < 2 || is_surrogate((uint32_t)p[0] << 8 | p[1])) {
            return false;
        }
        *out_code_point = (uint32_t)p[0] << 8 | p[1];
        *at += 2;
        return true;
    case MTLSVAL_CHARSET_UTF32: {
        if (left < 4) {
            return false;
        }
        uint32_t code_point = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        if (code_point > 0x10FFFF || is_surrogate(code_point)) {
            return false;
        }
        *out_code_point = code_point;
        *at += 4;
        return true;
    }
    case MTLSVAL_CHARSET_UTF8:
        return mtls_utf8_next(value, at, out_code_point);
    default:
        return false;
    }
}

bool mtlsval_value_is_text(uint8_t tag, mtls_view value) {
    mtlsval_charset charset = mtlsval_value_charset(tag);
    size_t at = 0;
    if (charset == MTLSVAL_CHARSET_NONE || charset == MTLSVAL_CHARSET_ASCII ||
        charset == MTLSVAL_CHARSET_T61) {
        return true;
    }
    if (charset == MTLSVAL_CHARSET_UTF8) {
        while (at < value.len && value.data[at] < 0x80) { /* most text is ASCII */
            at++;
        }
    }
    uint32_t ignored;
    while (at < value.len) {
        if (!mtlsval_value_next(charset, value, &at, &ignored)) {
            return false;
        }
    }
    return true;
}

bool mtlsval_value_is_folded(uint8_t tag, mtls_view value) {
    return mtlsval_value_charset(tag) != MTLSVAL_CHARSET_NONE && tag != MTLSVAL_TAG_NUMERIC_STRING &&
           mtlsval_value_is_text(tag, value);
}

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void mtlsval_fold_start(mtlsval_folding *folding, uint8_t tag, mtls_view value) {
    *folding = (mtlsval_folding){.charset = mtlsval_value_charset(tag), .value = value};
}

static uint32_t lower(uint32_t c) {
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

uint32_t mtlsval_fold_next(mtlsval_folding *folding) {
    if (folding->has_held) {
        folding->has_held = false;
        return folding->held;
    }
    bool skipped_space = false;
    bool is_bytes = folding->charset != MTLSVAL_CHARSET_UTF16 && folding->charset != MTLSVAL_CHARSET_UTF32;
    for (uint32_t c; folding->at < folding->value.len;) {
        if (is_bytes && folding->value.data[folding->at] < 0x80) { /* nearly always */
            c = folding->value.data[folding->at++];
        } else if (!mtlsval_value_next(folding->charset, folding->value, &folding->at, &c)) {
            break;
        }
        if (is_space(c)) {
            skipped_space = true;
            continue;
        }
        bool is_first = !folding->started;
        folding->started = true;
        if (skipped_space && !is_first) {
            folding->has_held = true;
            folding->held = lower(c);
            return ' ';
        }
        return lower(c);
    }
    return MTLSVAL_FOLD_END;
}
