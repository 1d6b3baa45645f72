#include "fuzz/second/pem_differences.h"

#include "validator/pem.h"

#include <string.h>

/* PEM_read_bio reads lines into a buffer of 255 bytes, NUL included. */
enum { OPENSSL_LINE_MAX = 254, OPENSSL_HEADED_LINE = 64 };

/* Where the line that starts at `at` ends (its LF, or the end of the file). */
static size_t line_end(mtls_view file, size_t at) {
    const uint8_t *lf = at < file.len ? memchr(file.data + at, '\n', file.len - at) : NULL;
    return lf == NULL ? file.len : (size_t)(lf - file.data);
}

/* OpenSSL knows LF and CRLF, and splits any longer line; RFC 7468 section 2 allows CR. */
static bool lines_differ(mtls_view file) {
    for (size_t i = 0; i < file.len; i++) {
        if (file.data[i] == '\r' && !(i + 1 < file.len && file.data[i + 1] == '\n')) {
            return true;
        }
    }
    for (size_t at = 0; at < file.len; at = line_end(file, at) + 1) {
        if (line_end(file, at) - at > OPENSSL_LINE_MAX) {
            return true;
        }
    }
    return false;
}

/* White space in a body that OpenSSL does not pass over, though RFC 7468 section 3 (laxbase64text) allows it
 * anywhere: a vertical tab or form feed, and a line with nothing else, which for OpenSSL ends RFC 1421
 * headers. After headers its lines have exactly 64 characters but for the last (RFC 1421 section 4.3.2.4). */
static bool body_differs(const mtlsval_pem_block *block) {
    mtls_view body = block->body;
    size_t at = block->has_headers ? 0 : line_end(body, 0) + 1;
    bool short_line = false;
    for (size_t i = 0; i < body.len; i++) {
        if (body.data[i] == '\v' || body.data[i] == '\f') {
            return true;
        }
    }
    while (at < body.len) {
        size_t end = line_end(body, at), last = end;
        /* libcrypto strips what is no more than a space from a line's end, control characters too, and its
         * char may have a sign. */
        while (last > at && (body.data[last - 1] <= ' ' || body.data[last - 1] >= 0x80)) {
            last--;
            if (strchr(" \t\r", body.data[last]) == NULL || body.data[last] == '\0') {
                return true;
            }
        }
        if (last == at && end < body.len) {
            return true;
        }
        if (block->has_headers && last > at) {
            if (short_line || last - at > OPENSSL_HEADED_LINE) {
                return true;
            }
            short_line = last - at < OPENSSL_HEADED_LINE;
        }
        at = end + 1;
    }
    return false;
}

/* A blank line ends RFC 1421 headers (section 4.4). Where it is missing libcrypto takes the rest of the block
 * for headers; for us a key stays a key. */
static bool headers_do_not_end(mtls_view file, const mtlsval_pem_block *block) {
    size_t body_at = block->body.len == 0 ? block->end_at : (size_t)(block->body.data - file.data);
    for (size_t at = line_end(file, block->begin_at) + 1; at < body_at; at = line_end(file, at) + 1) {
        size_t end = line_end(file, at);
        while (at < end && strchr(" \t\r", file.data[at]) != NULL && file.data[at] != '\0') {
            at++;
        }
        if (at == end) {
            return false;
        }
    }
    return true;
}

bool mtlsfuzz_pem_is_read_otherwise(mtls_view file) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    if (lines_differ(file)) {
        return true;
    }
    mtlsval_pem_start(&pem, file);
    while (mtlsval_pem_next(&pem, &block)) {
        if (body_differs(&block) || (block.has_headers && headers_do_not_end(file, &block))) {
            return true;
        }
    }
    return false;
}
