/* Byte views and capped buffers: what the libraries take and give. */
#ifndef MTLS_BYTES_H
#define MTLS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mtls/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* mtls_view borrows `len` bytes at `data`; it never owns them. `data` may be NULL only when `len` is 0. */
typedef struct {
    const uint8_t *data;
    size_t len;
} mtls_view;

/* mtls_buf owns growing bytes and refuses to grow past `max`. Start it as
 * `mtls_buf b = {.max = LIMIT};` and end it with mtls_buf_clear. */
typedef struct {
    uint8_t *data;
    size_t len;
    size_t capacity;
    size_t max;
} mtls_buf;

/* mtls_view_of_text views the bytes of a C string without its NUL; NULL gives the empty view. */
MTLS_PUBLIC mtls_view mtls_view_of_text(const char *text);

/* mtls_buf_view borrows what `buf` holds, until the next append or clear. */
MTLS_PUBLIC mtls_view mtls_buf_view(const mtls_buf *buf);

MTLS_PUBLIC bool mtls_view_equal(mtls_view a, mtls_view b);
MTLS_PUBLIC bool mtls_view_equal_text(mtls_view a, const char *text);

/* The appends add to the end of `buf`. MTLS_ERR_LIMIT past `max` and MTLS_ERR_NOMEM leave it as it was. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtls_buf_append(mtls_buf *buf, mtls_view bytes);
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtls_buf_append_text(mtls_buf *buf, const char *text);
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtls_buf_append_byte(mtls_buf *buf, uint8_t byte);

/* mtls_buf_appendf appends formatted text, as printf does. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtls_buf_appendf(mtls_buf *buf, const char *format, ...)
    MTLS_PRINTF(2, 3);

/* mtls_buf_extend adds `len` bytes for the caller to fill and gives their address. */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtls_buf_extend(mtls_buf *buf, size_t len, uint8_t **out_bytes);

/* mtls_buf_text terminates the bytes with a NUL that `len` does not count, and gives them as a C string.
 * NULL when the buffer cannot hold the NUL or the bytes hold one themselves. */
MTLS_PUBLIC const char *mtls_buf_text(mtls_buf *buf);

/* mtls_buf_reset forgets the bytes and keeps the memory; mtls_buf_clear frees it and keeps `max`. */
MTLS_PUBLIC void mtls_buf_reset(mtls_buf *buf);
MTLS_PUBLIC void mtls_buf_clear(mtls_buf *buf);

/* mtls_buf_cleanse is mtls_buf_clear for secrets: the bytes are overwritten first. */
MTLS_PUBLIC void mtls_buf_cleanse(mtls_buf *buf);

#ifdef __cplusplus
}
#endif

#endif
