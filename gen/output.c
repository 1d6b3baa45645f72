#define _GNU_SOURCE /* renameat2, memmem */

#include "gen/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen/manifest.h"

enum { PATH_LEN = PATH_MAX, HEAD_LEN = 32 };

struct mtlsgen_output {
    mtlsgen_output_kind kind;
    char target[PATH_LEN];
    char partial[PATH_LEN]; /* "": standard output */
    int fd;                 /* of the folder or the file */
};

/* The heads of the files that this program writes, in the forms that are one file. */
static const char *const file_heads[] = {"{\"id\":", "{\"version\":1,"};

static mtls_status not_ordinary(const char *path, mtls_error *error) {
    return mtls_fail(MTLS_ERR_USAGE, error, "%s: is not an ordinary file; `-` writes to standard output",
                     path);
}

/* What is new is made beside the target and takes its place: that needs a place there, and no mount point. */
static mtls_status replace_fail(const char *target, int why, mtls_error *error) {
    return mtls_fail(MTLS_ERR_IO, error, "%s: cannot be replaced: %s%s", target, strerror(why),
                     why == EBUSY || why == EXDEV ? "; it is a mount point: name something in it" : "");
}

/* realpath for what exists; otherwise the real path of the parent and the name. */
static mtls_status target_resolve(const char *target, char out[PATH_LEN], bool *out_exists,
                                  mtls_error *error) {
    char parent[PATH_LEN], resolved[PATH_LEN];
    size_t len = strlen(target);
    struct stat info;
    while (len > 1 && target[len - 1] == '/') {
        len--;
    }
    if (len == 0 || len >= sizeof parent) {
        return mtls_fail(MTLS_ERR_USAGE, error, "--out needs the path of a file or folder");
    }
    memcpy(parent, target, len);
    parent[len] = '\0';
    *out_exists = true;
    if (realpath(parent, resolved) != NULL) {
        (void)snprintf(out, PATH_LEN, "%s", resolved);
        return MTLS_OK;
    }
    if (stat(parent, &info) == 0) { /* such as a pipe below /proc, whose path is none */
        return not_ordinary(target, error);
    }
    if (lstat(parent, &info) == 0) {
        return mtls_fail(MTLS_ERR_IO, error, "%s: %s", target, strerror(errno));
    }
    *out_exists = false;
    char *slash = strrchr(parent, '/');
    const char *name = slash == NULL ? parent : slash + 1;
    char name_copy[NAME_MAX + 1];
    if (strlen(name) > NAME_MAX || name[0] == '\0') {
        return mtls_fail(MTLS_ERR_USAGE, error, "%s: the name is too long", target);
    }
    memcpy(name_copy, name, strlen(name) + 1);
    if (slash == parent) {
        parent[1] = '\0';
    } else if (slash != NULL) {
        *slash = '\0';
    }
    if (realpath(slash == NULL ? "." : parent, resolved) == NULL) {
        return mtls_fail(MTLS_ERR_IO, error, "%s: %s; make the folder first", slash == NULL ? "." : parent,
                         strerror(errno));
    }
    if (snprintf(out, PATH_LEN, "%s/%s", strcmp(resolved, "/") == 0 ? "" : resolved, name_copy) >= PATH_LEN) {
        return mtls_fail(MTLS_ERR_USAGE, error, "%s: the path is too long", target);
    }
    return MTLS_OK;
}

static mtls_status file_check(const char *path, mtls_error *error) {
    char head[HEAD_LEN];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return mtls_fail(MTLS_ERR_IO, error, "%s: %s", path, strerror(errno));
    }
    const ssize_t len = read(fd, head, sizeof head);
    (void)close(fd);
    if (len == 0) {
        return MTLS_OK;
    }
    for (size_t i = 0; i < sizeof file_heads / sizeof file_heads[0]; i++) {
        const size_t want = strlen(file_heads[i]);
        if (len >= (ssize_t)want && memcmp(head, file_heads[i], want) == 0) {
            return MTLS_OK;
        }
    }
    return mtls_fail(MTLS_ERR_USAGE, error, "%s: exists and is no corpus; name another file or remove it",
                     path);
}

/* Of an absolute path. */
static void parent_of(const char *path, char out[PATH_LEN]) {
    const size_t len = (size_t)(strrchr(path, '/') - path);
    memcpy(out, path, len);
    (void)snprintf(out + len, PATH_LEN - len, "%s", len == 0 ? "/" : "");
}

static bool is_folder(mtlsgen_output_kind kind) {
    return kind != MTLSGEN_OUTPUT_FILE;
}

static mtls_status target_check(const char *path, mtlsgen_output_kind kind, mtls_error *error) {
    struct stat info, above;
    char parent[PATH_LEN];
    if (stat(path, &info) != 0) {
        return mtls_fail(MTLS_ERR_IO, error, "%s: %s", path, strerror(errno));
    }
    parent_of(path, parent);
    if (stat(parent, &above) == 0 && above.st_dev != info.st_dev) {
        return replace_fail(path, EBUSY, error);
    }
    if (S_ISDIR(info.st_mode)) {
        return is_folder(kind)
                   ? mtlsgen_manifest_owns(path, kind == MTLSGEN_OUTPUT_CASE, error)
                   : mtls_fail(MTLS_ERR_USAGE, error, "%s: is a folder; this format is one file", path);
    }
    if (is_folder(kind)) {
        return mtls_fail(MTLS_ERR_USAGE, error, "%s: is a file; this format is a folder", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return not_ordinary(path, error);
    }
    return file_check(path, error);
}

static mtls_status partial_make(mtlsgen_output *output, mtls_error *error) {
    if (snprintf(output->partial, PATH_LEN, "%s.partial-XXXXXX", output->target) >= PATH_LEN) {
        output->partial[0] = '\0';
        return mtls_fail(MTLS_ERR_USAGE, error, "%s: the path is too long", output->target);
    }
    if (output->kind == MTLSGEN_OUTPUT_FILE) {
        output->fd =
            mkostemp(output->partial, O_CLOEXEC); /* readable for its owner only: it holds private keys */
    } else if (mkdtemp(output->partial) != NULL) {
        const mode_t mask = umask(0);
        (void)umask(mask);
        (void)chmod(output->partial, 0777 & ~mask);
        output->fd = open(output->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (output->fd < 0) {
        const int why = errno;
        (void)rmdir(output->partial);
        parent_of(output->target, output->partial);
        mtls_fail(MTLS_ERR_IO, error, "%s: cannot be made: %s: %s", output->target, output->partial,
                  strerror(why));
        output->partial[0] = '\0';
        return MTLS_ERR_IO;
    }
    return MTLS_OK;
}

mtls_status mtlsgen_output_open(const char *target, mtlsgen_output_kind kind, mtlsgen_output **out,
                                mtls_error *error) {
    *out = NULL;
    mtlsgen_output *output = calloc(1, sizeof *output);
    if (output == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "no memory");
    }
    output->kind = kind;
    output->fd = -1;
    mtls_status status = MTLS_OK;
    bool exists = false;
    if (is_folder(kind) && strcmp(target, "-") == 0) {
        status = mtls_fail(MTLS_ERR_USAGE, error,
                           "standard output takes no folder; name one, or ./- for one of that name");
    } else if (strcmp(target, "-") == 0) {
        output->fd = STDOUT_FILENO;
    } else if ((status = target_resolve(target, output->target, &exists, error)) == MTLS_OK &&
               (!exists || (status = target_check(output->target, kind, error)) == MTLS_OK)) {
        status = partial_make(output, error);
    }
    if (status != MTLS_OK) {
        free(output);
        return status;
    }
    *out = output;
    return MTLS_OK;
}

static mtls_status write_all(int fd, mtls_view bytes) {
    while (bytes.len > 0) {
        const ssize_t len = write(fd, bytes.data, bytes.len);
        if (len < 0 && errno != EINTR) {
            return MTLS_ERR_IO;
        }
        if (len > 0) {
            bytes.data += len;
            bytes.len -= (size_t)len;
        }
    }
    return MTLS_OK;
}

static mtls_status folders_make(int fd, const char *path, mtls_error *error) {
    char folder[PATH_LEN];
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        const size_t len = (size_t)(slash - path);
        if (len >= sizeof folder) {
            return mtls_fail(MTLS_ERR_IO, error, "%s: the path is too long", path);
        }
        memcpy(folder, path, len);
        folder[len] = '\0';
        if (mkdirat(fd, folder, 0777) != 0 && errno != EEXIST) {
            return mtls_fail(MTLS_ERR_IO, error, "%s: %s", path, strerror(errno));
        }
    }
    return MTLS_OK;
}

/* What ends all labels of private keys (RFC 7468 sections 10 and 11, and the older ones before them); and a
 * PKCS#12 file is made to hold one. */
static bool holds_private_key(const char *path, mtls_view bytes) {
    static const char mark[] = "PRIVATE KEY-----", pkcs12[] = ".p12";
    const size_t len = strlen(path);
    return (len >= sizeof pkcs12 && strcmp(path + len + 1 - sizeof pkcs12, pkcs12) == 0) ||
           (bytes.len > 0 && memmem(bytes.data, bytes.len, mark, sizeof mark - 1) != NULL);
}

mtls_status mtlsgen_output_write(mtlsgen_output *output, const char *path, mtls_view bytes, bool once,
                                 mtls_error *error) {
    const mode_t mode = holds_private_key(path, bytes) ? 0600 : 0666;
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(output->fd, path, flags, mode);
    mtls_status status = MTLS_OK;
    if (fd < 0 && errno == ENOENT) {
        if ((status = folders_make(output->fd, path, error)) != MTLS_OK) {
            return status;
        }
        fd = openat(output->fd, path, flags, mode);
    }
    if (fd < 0 && errno == EEXIST && once) {
        return MTLS_OK;
    }
    if (fd < 0) {
        return mtls_fail(MTLS_ERR_IO, error, "%s/%s: %s", output->target, path, strerror(errno));
    }
    status = write_all(fd, bytes);
    if (close(fd) != 0 && status == MTLS_OK) {
        status = MTLS_ERR_IO;
    }
    return status == MTLS_OK ? status
                             : mtls_fail(status, error, "%s/%s: cannot be written: %s", output->target, path,
                                         strerror(errno));
}

mtls_status mtlsgen_output_append(mtlsgen_output *output, mtls_view bytes, mtls_error *error) {
    const mtls_status status = write_all(output->fd, bytes);
    return status == MTLS_OK
               ? status
               : mtls_fail(status, error, "%s: cannot be written: %s",
                           output->partial[0] == '\0' ? "standard output" : output->target, strerror(errno));
}

/* Removes a tree without following links. The depth of what we write is that of an id. */
static void tree_remove(int parent, const char *name, size_t depth) {
    const int fd = depth < 64 ? openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (folder == NULL) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return;
    }
    for (const struct dirent *item = readdir(folder); item != NULL; item = readdir(folder)) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0) {
            continue;
        }
        if (unlinkat(fd, item->d_name, 0) != 0) {
            tree_remove(fd, item->d_name, depth + 1);
        }
    }
    (void)closedir(folder);
    (void)unlinkat(parent, name, AT_REMOVEDIR);
}

static void partial_remove(mtlsgen_output *output) {
    if (output->partial[0] == '\0') {
        return;
    }
    if (output->kind == MTLSGEN_OUTPUT_FILE) {
        (void)unlink(output->partial);
    } else {
        tree_remove(AT_FDCWD, output->partial, 0);
    }
}

/* A missing or empty folder gives way to rename; a full one changes places with the new one, and the old one,
 * now under the partial name, is removed. */
static mtls_status folder_swap(mtlsgen_output *output, mtls_error *error) {
    char old[PATH_LEN + 8];
    if (rename(output->partial, output->target) == 0) {
        return MTLS_OK;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return replace_fail(output->target, errno, error);
    }
    if (renameat2(AT_FDCWD, output->partial, AT_FDCWD, output->target, RENAME_EXCHANGE) == 0) {
        tree_remove(AT_FDCWD, output->partial, 0);
        return MTLS_OK;
    }
    /* A file system without exchange: the old one goes aside for a moment. */
    (void)snprintf(old, sizeof old, "%s.old", output->partial);
    if (rename(output->target, old) != 0) {
        return replace_fail(output->target, errno, error);
    }
    if (rename(output->partial, output->target) != 0) {
        const int why = errno;
        (void)rename(old, output->target);
        return replace_fail(output->target, why, error);
    }
    tree_remove(AT_FDCWD, old, 0);
    return MTLS_OK;
}

mtls_status mtlsgen_output_commit(mtlsgen_output *output, mtls_error *error) {
    mtls_status status = MTLS_OK;
    if (output->partial[0] == '\0') {
        free(output);
        return MTLS_OK;
    }
    if (fsync(output->fd) != 0 || close(output->fd) != 0) {
        status = mtls_fail(MTLS_ERR_IO, error, "%s: cannot be written: %s", output->target, strerror(errno));
    }
    output->fd = -1;
    if (status == MTLS_OK && is_folder(output->kind)) {
        status = folder_swap(output, error);
    } else if (status == MTLS_OK && rename(output->partial, output->target) != 0) {
        status = replace_fail(output->target, errno, error);
    }
    if (status != MTLS_OK) {
        partial_remove(output);
    }
    free(output);
    return status;
}

void mtlsgen_output_abandon(mtlsgen_output *output) {
    if (output != NULL) {
        if (output->partial[0] != '\0' && output->fd >= 0) {
            (void)close(output->fd);
        }
        partial_remove(output);
        free(output);
    }
}
