/* Reading whole files with a limit, and writing them so that a reader sees the old or the new, never a half.
 */
#ifndef MTLS_CORE_FILE_H
#define MTLS_CORE_FILE_H

#include <mtls/bytes.h>

/* mtls_file_read appends what `path` holds, standard input for "-". A folder, a missing or unreadable file is
 * MTLS_ERR_IO, more than `out->max` bytes MTLS_ERR_LIMIT; `error` names the path and the remedy. */
MTLS_MUST_CHECK mtls_status mtls_file_read(const char *path, mtls_buf *out, mtls_error *error);

/* mtls_file_write makes `path` hold `bytes`, by way of a new file beside it that is flushed and renamed.
 * `mode` is the permission bits. On failure the old file is as it was and the new one is gone. */
MTLS_MUST_CHECK mtls_status mtls_file_write(const char *path, mtls_view bytes, unsigned mode,
                                            mtls_error *error);

#endif
