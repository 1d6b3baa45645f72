#include "validator/pem.h"

#include <string.h>

/* What a character of a body is: its six bits, or one of these. */
enum { SPACE = 0x80, LINE_END = 0x81, PAD = 0x82, BAD = 0xff };

/* clang-format off */
static const uint8_t kinds[256] = {
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, SPACE, LINE_END, SPACE, SPACE, LINE_END, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    SPACE, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, 62, BAD, BAD, BAD, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, BAD, BAD, BAD, PAD, BAD, BAD,
    BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, BAD, BAD, BAD, BAD, BAD,
    BAD, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
};
/* clang-format on */

size_t mtlsval_pem_decoded_max(mtls_view body) {
    return body.len / 4 * 3 + 3;
}

typedef struct {
    mtls_view body;
    size_t at;
    uint8_t *out;
    uint32_t bits;      /* of the characters since the last whole group */
    unsigned num_held;  /* how many those are, 0 to 3 */
    unsigned num_pads;  /* padding seen */
    bool any;           /* a character was seen */
    unsigned line_ends; /* since the last one */
} decoder;

/* Eight bytes at a time, in one word whose highest byte is the first. */
enum { GROUP_LEN = 8, GROUP_BYTES = 6 };
static const uint64_t ones = UINT64_C(0x0101010101010101);

static uint64_t swap_to_first_highest(uint64_t word) {
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(word) : word;
}

/* A one in each byte of `word` from `low` to `high`; all bytes are below 0x80. */
static uint64_t bytes_within(uint64_t word, uint8_t low, uint8_t high) {
    return (word + (0x80u - low) * ones) >> 7 & ~(word + (0x7fu - high) * ones) >> 7 & ones;
}

/* decode_group gives the 48 bits of eight base64 characters; false where one of them is none. */
static bool decode_group(uint64_t word, uint64_t *out_bits) {
    uint64_t upper = bytes_within(word, 'A', 'Z'), lower = bytes_within(word, 'a', 'z');
    uint64_t digit = bytes_within(word, '0', '9');
    uint64_t plus = bytes_within(word, '+', '+'), slash = bytes_within(word, '/', '/');
    if ((word & 0x80 * ones) != 0 || (upper | lower | digit | plus | slash) != ones) {
        return false;
    }
    /* No byte borrows from the next, nor carries into it: each becomes its six bits. */
    word =
        word - upper * 'A' - lower * ('a' - 26) + digit * (52 - '0') + plus * (62 - '+') + slash * (63 - '/');
    word = (word >> 2 & UINT64_C(0x0fc00fc00fc00fc0)) | (word & UINT64_C(0x003f003f003f003f));
    word = (word >> 4 & UINT64_C(0x00fff00000fff000)) | (word & UINT64_C(0x00000fff00000fff));
    *out_bits = (word >> 8 & UINT64_C(0xffffff000000)) | (word & 0xffffff);
    return true;
}

/* decode_groups takes whole groups of characters, as most of a body is, and stops before anything else. */
static void decode_groups(decoder *d) {
    const uint8_t *in = d->body.data + d->at;
    const uint8_t *last = d->body.data + d->body.len;
    uint8_t *out = d->out;
    for (uint64_t word; last - in >= GROUP_LEN; in += GROUP_LEN, out += GROUP_BYTES) {
        memcpy(&word, in, sizeof word);
        if (!decode_group(swap_to_first_highest(word), &word)) {
            break;
        }
        word = swap_to_first_highest(word << 16);
        memcpy(out, &word, GROUP_BYTES);
    }
    if (out != d->out) {
        d->any = true;
        d->line_ends = 0;
    }
    d->out = out;
    d->at = (size_t)(in - d->body.data);
}

/* take_digit takes one base64 character; false where padding has come before. */
static bool take_digit(decoder *d, uint8_t six_bits) {
    if (d->num_pads > 0) {
        return false;
    }
    d->any = true;
    d->line_ends = 0;
    d->bits = d->bits << 6 | six_bits;
    if (++d->num_held == 4) {
        *d->out++ = (uint8_t)(d->bits >> 16);
        *d->out++ = (uint8_t)(d->bits >> 8);
        *d->out++ = (uint8_t)d->bits;
        d->num_held = 0;
        d->bits = 0;
    }
    return true;
}

/* take_rest writes the bytes of the last, short group; the finding if it is not whole. */
static mtlsval_finding take_rest(decoder *d) {
    if (d->num_held + d->num_pads == 0) {
        return MTLSVAL_FINDING_NONE;
    }
    if (d->num_held == 1 || d->num_held + d->num_pads != 4) {
        return MTLSVAL_PEM_BASE64_LENGTH;
    }
    uint32_t unused = d->num_held == 2 ? d->bits & 0x0f : d->bits & 0x03;
    if (d->num_held == 2) {
        *d->out++ = (uint8_t)(d->bits >> 4);
    } else {
        *d->out++ = (uint8_t)(d->bits >> 10);
        *d->out++ = (uint8_t)(d->bits >> 2);
    }
    return unused != 0 ? MTLSVAL_PEM_BASE64_TRAILING_BITS : MTLSVAL_FINDING_NONE;
}

bool mtlsval_pem_decode(mtls_view body, uint8_t *out, size_t *out_len, mtlsval_fault *out_fault) {
    decoder d = {.body = body, .out = out};
    *out_len = 0;
    *out_fault = (mtlsval_fault){MTLSVAL_FINDING_NONE, 0};
    while (d.at < body.len) {
        if (d.line_ends >= 2 && d.any && kinds[body.data[d.at]] < 64 &&
            out_fault->finding == MTLSVAL_FINDING_NONE) {
            *out_fault = (mtlsval_fault){MTLSVAL_PEM_BLANK_LINE, d.at};
        }
        if (d.num_held == 0 && d.num_pads == 0) {
            decode_groups(&d);
            if (d.at == body.len) {
                break;
            }
        }
        uint8_t c = body.data[d.at];
        uint8_t kind = kinds[c];
        if (kind < 64) {
            if (!take_digit(&d, kind)) {
                *out_fault = (mtlsval_fault){MTLSVAL_PEM_BASE64_PADDING, d.at};
                return false;
            }
        } else if (kind == LINE_END) {
            bool is_crlf = c == '\n' && d.at > 0 && body.data[d.at - 1] == '\r';
            d.line_ends += is_crlf ? 0 : 1;
        } else if (kind == PAD) {
            d.num_pads++;
            if (d.num_held < 2 || d.num_held + d.num_pads > 4) {
                *out_fault = (mtlsval_fault){MTLSVAL_PEM_BASE64_PADDING, d.at};
                return false;
            }
        } else if (kind == BAD) {
            *out_fault = (mtlsval_fault){MTLSVAL_PEM_BASE64_CHARACTER, d.at};
            return false;
        }
        d.at++;
    }
    mtlsval_finding finding = take_rest(&d);
    if (finding != MTLSVAL_FINDING_NONE &&
        (out_fault->finding == MTLSVAL_FINDING_NONE || finding == MTLSVAL_PEM_BASE64_LENGTH)) {
        *out_fault = (mtlsval_fault){finding, body.len};
    }
    if (finding == MTLSVAL_PEM_BASE64_LENGTH) {
        return false;
    }
    *out_len = (size_t)(d.out - out);
    return true;
}

size_t mtlsval_pem_line(const mtlsval_pem_block *block, size_t at) {
    mtls_view body = block->body;
    size_t line = block->body_line;
    for (size_t i = 0; i < at && i < body.len; i++) {
        bool is_crlf = body.data[i] == '\r' && i + 1 < body.len && body.data[i + 1] == '\n';
        line += kinds[body.data[i]] == LINE_END && !is_crlf;
    }
    return line;
}

size_t mtlsval_pem_decoded_line(const mtlsval_pem_block *block, size_t der_at) {
    size_t digits = der_at / 3 * 4 + der_at % 3; /* characters before the one that the byte starts in */
    size_t i = 0;
    for (; i < block->body.len; i++) {
        if (kinds[block->body.data[i]] < 64 && digits-- == 0) {
            break;
        }
    }
    return mtlsval_pem_line(block, i);
}
