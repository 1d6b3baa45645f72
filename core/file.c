#define _XOPEN_SOURCE 700 /* mkstemp */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 1 << 16 };

/* read_all appends what the descriptor gives up to the limit; one byte more is asked for to see a longer
 * file. */
static mtls_status read_all(int descriptor, mtls_buf *out) {
    for (;;) {
        uint8_t step[READ_STEP];
        ssize_t got = read(descriptor, step, sizeof step);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return MTLS_ERR_IO;
        }
        if (got == 0) {
            return MTLS_OK;
        }
        mtls_status status = mtls_buf_append(out, (mtls_view){step, (size_t)got});
        if (status != MTLS_OK) {
            return status;
        }
    }
}

mtls_status mtls_file_read(const char *path, mtls_buf *out, mtls_error *error) {
    bool is_standard_input = strcmp(path, "-") == 0;
    int descriptor = is_standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return mtls_fail(MTLS_ERR_IO, error, "cannot open %s: %s; check the path and its permissions",
                         path[0] == '\0' ? "''" : path, strerror(errno));
    }
    mtls_status status = read_all(descriptor, out);
    int read_errno = errno;
    if (!is_standard_input) {
        close(descriptor);
    }
    const char *name = is_standard_input ? "standard input" : path;
    if (status == MTLS_ERR_IO && read_errno == EISDIR) {
        mtls_fail(status, error, "%s is a folder; name a file in it", name);
    } else if (status == MTLS_ERR_IO) {
        mtls_fail(status, error, "cannot read %s: %s", name, strerror(read_errno));
    } else if (status == MTLS_ERR_LIMIT) {
        mtls_fail(status, error, "%s is larger than the limit of %zu bytes; is it the right file?", name,
                  out->max);
    } else if (status != MTLS_OK) {
        mtls_fail(status, error, "cannot read %s: %s", name, mtls_status_text(status));
    }
    errno = read_errno;
    return status;
}

static bool write_all(int descriptor, mtls_view bytes) {
    while (bytes.len > 0) {
        ssize_t put = write(descriptor, bytes.data, bytes.len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        bytes.data += put;
        bytes.len -= (size_t)put;
    }
    return true;
}

mtls_status mtls_file_write(const char *path, mtls_view bytes, unsigned mode, mtls_error *error) {
    mtls_buf name = {.max = 4096};
    const char *temporary =
        mtls_buf_appendf(&name, "%s.XXXXXX", path) == MTLS_OK ? mtls_buf_text(&name) : NULL;
    if (temporary == NULL) {
        mtls_buf_clear(&name);
        return mtls_fail(MTLS_ERR_LIMIT, error, "cannot write %s: the path is too long", path);
    }
    int descriptor = mkstemp((char *)name.data);
    bool done = descriptor >= 0;
    bool created = done;
    done = done && fchmod(descriptor, (mode_t)mode) == 0 && write_all(descriptor, bytes) &&
           fsync(descriptor) == 0;
    int failure = errno;
    if (created && close(descriptor) != 0 && done) {
        failure = errno;
        done = false;
    }
    if (done && rename(temporary, path) != 0) {
        failure = errno;
        done = false;
    }
    if (!done && created) {
        unlink(temporary);
    }
    mtls_buf_clear(&name);
    if (!done) {
        errno = failure;
        return mtls_fail(MTLS_ERR_IO, error, "cannot write %s: %s", path, strerror(failure));
    }
    return MTLS_OK;
}
