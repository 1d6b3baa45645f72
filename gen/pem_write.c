#include "gen/pem_write.h"

#include <string.h>

enum { DEFAULT_WIDTH = 64 }; /* RFC 7468 2: exactly 64 characters a line, but for the last */

mtls_view mtlsgen_eol_bytes(mtlsgen_eol eol, size_t line) {
    static const char *const ends[] = {"\n", "\r\n", "\r", ""};
    size_t which = eol == MTLSGEN_EOL_MIXED ? line % 2 : (size_t)eol;
    return mtls_view_of_text(ends[which]);
}

/* A block being written. */
typedef struct {
    const mtlsgen_pem_options *options;
    mtls_buf *out;
    size_t line;
} writer;

static mtls_status end_line(writer *w) {
    return mtls_buf_append(w->out, mtlsgen_eol_bytes(w->options->eol, w->line++));
}

static mtls_status write_line(writer *w, mtls_view text) {
    mtls_status status = mtls_buf_append(w->out, text);
    return status == MTLS_OK ? end_line(w) : status;
}

/* encode gives `der` in base64 (RFC 4648 4) at `out`, which has room for it. */
static void encode(mtls_view der, uint8_t *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *in = der.data;
    size_t left = der.len;
    for (; left >= 3; left -= 3, in += 3) {
        uint32_t group = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        *out++ = (uint8_t)digits[group >> 18];
        *out++ = (uint8_t)digits[group >> 12 & 63];
        *out++ = (uint8_t)digits[group >> 6 & 63];
        *out++ = (uint8_t)digits[group & 63];
    }
    if (left > 0) {
        uint32_t group = (uint32_t)in[0] << 16 | (left > 1 ? (uint32_t)in[1] << 8 : 0);
        *out++ = (uint8_t)digits[group >> 18];
        *out++ = (uint8_t)digits[group >> 12 & 63];
        *out++ = left > 1 ? (uint8_t)digits[group >> 6 & 63] : '=';
        *out = '=';
    }
}

/* base64_make gives the base64 after the faults that change it. */
static mtls_status base64_make(mtls_view der, const mtlsgen_pem_options *options, mtls_buf *out) {
    uint8_t *text;
    size_t len = (der.len + 2) / 3 * 4;
    mtls_status status = mtls_buf_extend(out, len, &text);
    if (status != MTLS_OK) {
        return status;
    }
    if (len > 0) {
        encode(der, text);
    }
    out->len -= options->truncate_base64 < len ? options->truncate_base64 : len;
    if (!options->replace) {
        return MTLS_OK;
    }
    if (options->replace_at > out->len) {
        return MTLS_ERR_USAGE;
    }
    size_t left = out->len - options->replace_at, with = options->replace_with.len;
    if (with > left && (status = mtls_buf_extend(out, with - left, &text)) != MTLS_OK) {
        return status;
    }
    if (with > 0) {
        memcpy(out->data + options->replace_at, options->replace_with.data, with);
    }
    return MTLS_OK;
}

/* write_base64 breaks the text into lines. */
static mtls_status write_base64(writer *w, mtls_view text) {
    size_t width = w->options->has_width ? w->options->width : DEFAULT_WIDTH;
    mtls_status status = MTLS_OK;
    for (size_t at = 0; at < text.len && status == MTLS_OK;) {
        size_t len = width == 0 || width > text.len - at ? text.len - at : width;
        if ((status = mtls_buf_append(w->out, w->options->indent)) == MTLS_OK) {
            status = write_line(w, (mtls_view){text.data + at, len});
        }
        at += len;
    }
    return status;
}

static mtls_status write_delimiter(writer *w, const mtlsgen_pem_delimiter *delimiter, const char *word) {
    if (delimiter->absent) {
        return MTLS_OK;
    }
    if (delimiter->given) {
        return mtls_buf_append(w->out, delimiter->text);
    }
    mtls_status status = mtls_buf_append_text(w->out, word);
    if (status == MTLS_OK && (status = mtls_buf_append(w->out, w->options->label)) == MTLS_OK) {
        status = mtls_buf_append_text(w->out, "-----");
    }
    return status;
}

static mtls_status write_body(writer *w, mtls_view der) {
    const mtlsgen_pem_options *options = w->options;
    if (options->has_body) {
        return options->body.len == 0 ? MTLS_OK : write_line(w, options->body);
    }
    mtls_buf base64 = {.max = w->out->max};
    mtls_status status = base64_make(der, options, &base64);
    if (status == MTLS_OK) {
        status = write_base64(w, mtls_buf_view(&base64));
    }
    mtls_buf_cleanse(&base64); /* it may be a private key's */
    return status;
}

static mtls_status write_headers(writer *w) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < w->options->num_headers && status == MTLS_OK; i++) {
        status = write_line(w, w->options->headers[i]);
    }
    /* RFC 1421 4.4: a blank line separates the headers from the text */
    return status == MTLS_OK && w->options->num_headers > 0 ? end_line(w) : status;
}

mtls_status mtlsgen_pem_write(mtls_view der, const mtlsgen_pem_options *options, mtls_buf *out) {
    static const mtlsgen_pem_options good = {
        .label = {(const uint8_t *)"CERTIFICATE", 11}
    };
    size_t start = out->len;
    writer w = {.options = options == NULL ? &good : options, .out = out};
    mtls_status status;
    if ((status = write_delimiter(&w, &w.options->begin, "-----BEGIN ")) == MTLS_OK &&
        (w.options->begin.absent || (status = end_line(&w)) == MTLS_OK) &&
        (status = write_headers(&w)) == MTLS_OK && (status = write_body(&w, der)) == MTLS_OK &&
        (status = write_delimiter(&w, &w.options->end, "-----END ")) == MTLS_OK && !w.options->end.absent &&
        !w.options->no_final_eol) {
        status = end_line(&w);
    }
    if (status != MTLS_OK) {
        out->len = start;
    }
    return status;
}
