/* explicit_bzero is in no standard that we build by. */
#define _DEFAULT_SOURCE

#include <mtls/bytes.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

mtls_view mtls_view_of_text(const char *text) {
    return (mtls_view){(const uint8_t *)text, text == NULL ? 0 : strlen(text)};
}

mtls_view mtls_buf_view(const mtls_buf *buf) {
    return (mtls_view){buf->data, buf->len};
}

bool mtls_view_equal(mtls_view a, mtls_view b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool mtls_view_equal_text(mtls_view a, const char *text) {
    return mtls_view_equal(a, mtls_view_of_text(text));
}

/* reserve makes room for `extra` more bytes; growth doubles, so appending is linear in what is appended. */
static mtls_status reserve(mtls_buf *buf, size_t extra) {
    if (extra > buf->max || buf->len > buf->max - extra) {
        return MTLS_ERR_LIMIT;
    }
    size_t needed = buf->len + extra;
    if (needed <= buf->capacity && buf->data != NULL) {
        return MTLS_OK;
    }
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
    while (capacity < needed) {
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    }
    uint8_t *data = realloc(buf->data, capacity);
    if (data == NULL) {
        return MTLS_ERR_NOMEM;
    }
    buf->data = data;
    buf->capacity = capacity;
    return MTLS_OK;
}

mtls_status mtls_buf_extend(mtls_buf *buf, size_t len, uint8_t **out_bytes) {
    mtls_status status = reserve(buf, len);
    if (status == MTLS_OK) {
        *out_bytes = buf->data + buf->len;
        buf->len += len;
    }
    return status;
}

mtls_status mtls_buf_append(mtls_buf *buf, mtls_view bytes) {
    if (bytes.len == 0) {
        return MTLS_OK;
    }
    uint8_t *end = NULL;
    mtls_status status = mtls_buf_extend(buf, bytes.len, &end);
    if (status == MTLS_OK) {
        memcpy(end, bytes.data, bytes.len);
    }
    return status;
}

mtls_status mtls_buf_append_text(mtls_buf *buf, const char *text) {
    return mtls_buf_append(buf, mtls_view_of_text(text));
}

mtls_status mtls_buf_append_byte(mtls_buf *buf, uint8_t byte) {
    return mtls_buf_append(buf, (mtls_view){&byte, 1});
}

mtls_status mtls_buf_appendf(mtls_buf *buf, const char *format, ...) {
    va_list args, again;
    size_t room = buf->data == NULL ? 0 : buf->capacity - buf->len;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(room == 0 ? NULL : (char *)buf->data + buf->len, room, format, args);
    va_end(args);
    mtls_status status = len < 0 ? MTLS_ERR_INPUT : reserve(buf, (size_t)len);
    /* vsnprintf writes a NUL that does not belong to the bytes: the room for it may pass `max` by one. */
    if (status == MTLS_OK && buf->capacity < buf->len + (size_t)len + 1) {
        size_t max = buf->max;
        buf->max = max == SIZE_MAX ? max : max + 1;
        status = reserve(buf, (size_t)len + 1);
        buf->max = max;
    }
    if (status == MTLS_OK && (size_t)len >= room) { /* it did not fit at first */
        vsnprintf((char *)buf->data + buf->len, (size_t)len + 1, format, again);
    }
    if (status == MTLS_OK) {
        buf->len += (size_t)len;
    }
    va_end(again);
    return status;
}

const char *mtls_buf_text(mtls_buf *buf) {
    size_t len = buf->len;
    if (len > 0 && memchr(buf->data, 0, len) != NULL) {
        return NULL;
    }
    if (mtls_buf_append_byte(buf, 0) != MTLS_OK) {
        return NULL;
    }
    buf->len = len;
    return (const char *)buf->data;
}

void mtls_buf_reset(mtls_buf *buf) {
    buf->len = 0;
}

void mtls_buf_clear(mtls_buf *buf) {
    if (buf != NULL) {
        free(buf->data);
        *buf = (mtls_buf){.max = buf->max};
    }
}

void mtls_buf_cleanse(mtls_buf *buf) {
    if (buf != NULL && buf->data != NULL) {
        explicit_bzero(buf->data, buf->capacity); /* unlike memset, it is never optimised away */
    }
    mtls_buf_clear(buf);
}
