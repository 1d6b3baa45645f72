#include "gen/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/file.h"

enum {
    ENTRIES_BYTES_MAX = 1024 * 1024 * 1024,
    MANIFEST_BYTES_MAX = 1024 * 1024 * 1024,
    FOLDERS_DEEP_MAX = 64,
    PATH_LEN = 4096,
    DIGEST_LEN = 32
};

mtls_status mtlsgen_manifest_add(mtlsgen_manifest *manifest, const char *path, const uint8_t sha256[32]) {
    uint8_t *room;
    const size_t len = DIGEST_LEN + strlen(path) + 1;
    manifest->entries.max = ENTRIES_BYTES_MAX;
    const mtls_status status = mtls_buf_extend(&manifest->entries, len, &room);
    if (status == MTLS_OK) {
        memcpy(room, sha256, DIGEST_LEN);
        memcpy(room + DIGEST_LEN, path, len - DIGEST_LEN);
        manifest->num_entries++;
    }
    return status;
}

void mtlsgen_manifest_clear(mtlsgen_manifest *manifest) {
    mtls_buf_clear(&manifest->entries);
    manifest->num_entries = 0;
}

static int entry_compare(const void *a, const void *b) {
    const uint8_t *x = *(const uint8_t *const *)a, *y = *(const uint8_t *const *)b;
    return strcmp((const char *)x + DIGEST_LEN, (const char *)y + DIGEST_LEN);
}

/* A JSON string. Seeds are any text of a user's; paths are ours. */
static mtls_status string_write(const char *text, mtls_buf *out) {
    json_t *value = json_string(text);
    char *dumped = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY);
    mtls_status status = dumped == NULL ? MTLS_ERR_NOMEM : mtls_buf_append_text(out, dumped);
    free(dumped);
    json_decref(value);
    return status;
}

static mtls_status entries_write(const uint8_t **sorted, size_t num, mtls_buf *out) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < num; i++) {
        if (i > 0 && entry_compare(&sorted[i - 1], &sorted[i]) == 0) {
            continue;
        }
        if ((status = mtls_buf_append_text(out, i == 0 ? "\n    " : ",\n    ")) == MTLS_OK &&
            (status = string_write((const char *)sorted[i] + DIGEST_LEN, out)) == MTLS_OK) {
            status = mtls_buf_append_text(out, ": \"");
        }
        for (size_t j = 0; status == MTLS_OK && j < DIGEST_LEN; j++) {
            status = mtls_buf_appendf(out, "%02x", sorted[i][j]);
        }
        if (status == MTLS_OK) {
            status = mtls_buf_append_text(out, "\"");
        }
    }
    return status;
}

mtls_status mtlsgen_manifest_write(const mtlsgen_manifest *manifest, const char *seed, const char *suite,
                                   size_t num_cases, mtls_buf *out) {
    const uint8_t **sorted = calloc(manifest->num_entries + 1, sizeof *sorted);
    mtls_status status = sorted == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
    size_t at = 0;
    for (size_t i = 0; sorted != NULL && i < manifest->num_entries; i++) {
        sorted[i] = manifest->entries.data + at;
        at += DIGEST_LEN + strlen((const char *)sorted[i] + DIGEST_LEN) + 1;
    }
    if (sorted != NULL && manifest->num_entries > 1) {
        qsort(sorted, manifest->num_entries, sizeof *sorted, entry_compare);
    }
    if (status == MTLS_OK &&
        (status = mtls_buf_appendf(out, "{\n  \"corpusFormat\": %d,\n  \"seed\": ", MTLSGEN_CORPUS_FORMAT)) ==
            MTLS_OK &&
        (status = string_write(seed, out)) == MTLS_OK &&
        (status = mtls_buf_appendf(out, ",\n  \"suite\": \"%s\",\n  \"cases\": %zu,\n  \"files\": {", suite,
                                   num_cases)) == MTLS_OK &&
        (status = entries_write(sorted, manifest->num_entries, out)) == MTLS_OK) {
        status = mtls_buf_append_text(out, "\n  }\n}\n");
    }
    free(sorted);
    return status;
}

/* Looks for anything below `folder` that `files` does not list. `empty` becomes false at the first thing
 * found. */
static mtls_status stranger_find(const char *folder, const char *relative, const json_t *files, size_t depth,
                                 bool *empty, mtls_error *error) {
    DIR *dir = depth < FOLDERS_DEEP_MAX ? opendir(folder) : NULL;
    mtls_status status = MTLS_OK;
    if (dir == NULL) {
        return mtls_fail(MTLS_ERR_IO, error, "%s: %s", folder, strerror(errno));
    }
    for (const struct dirent *item = readdir(dir); status == MTLS_OK && item != NULL; item = readdir(dir)) {
        char below[PATH_LEN], name[PATH_LEN];
        struct stat info;
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0) {
            continue;
        }
        *empty = false;
        if (snprintf(below, sizeof below, "%s/%s", folder, item->d_name) >= (int)sizeof below ||
            snprintf(name, sizeof name, "%s%s%s", relative, relative[0] != '\0' ? "/" : "", item->d_name) >=
                (int)sizeof name ||
            lstat(below, &info) != 0) {
            status = mtls_fail(MTLS_ERR_IO, error, "%s: cannot be looked at", folder);
        } else if (S_ISDIR(info.st_mode)) {
            status = stranger_find(below, name, files, depth + 1, empty, error);
        } else if (strcmp(name, MTLSGEN_MANIFEST_FILE) != 0 &&
                   (!S_ISREG(info.st_mode) || json_object_get(files, name) == NULL)) {
            status = mtls_fail(
                MTLS_ERR_USAGE, error,
                "%s: is not part of a corpus that this program wrote; name another folder, or move it "
                "away",
                below);
        }
    }
    (void)closedir(dir);
    return status;
}

mtls_status mtlsgen_manifest_owns(const char *path, bool one_case, mtls_error *error) {
    char manifest_path[PATH_LEN];
    mtls_buf text = {.max = MANIFEST_BYTES_MAX};
    json_t *manifest = NULL;
    bool empty = true;
    if (snprintf(manifest_path, sizeof manifest_path, "%s/%s", path, MTLSGEN_MANIFEST_FILE) >=
        (int)sizeof manifest_path) {
        return mtls_fail(MTLS_ERR_USAGE, error, "%s: the path is too long", path);
    }
    if (mtls_file_read(manifest_path, &text, NULL) == MTLS_OK) {
        manifest = json_loadb(text.data == NULL ? "" : (const char *)text.data, text.len,
                              JSON_REJECT_DUPLICATES, NULL);
    }
    mtls_buf_clear(&text);
    const json_t *files = json_is_integer(json_object_get(manifest, "corpusFormat"))
                              ? json_object_get(manifest, "files")
                              : NULL;
    mtls_status status = stranger_find(path, "", files, 0, &empty, error);
    if (status != MTLS_ERR_IO && !empty && files == NULL) {
        status =
            mtls_fail(MTLS_ERR_USAGE, error,
                      "%s: is no corpus that this program wrote; name another folder, or move it away", path);
    }
    const char *suite = json_string_value(json_object_get(manifest, "suite"));
    const bool is_case = suite != NULL && strcmp(suite, MTLSGEN_MANIFEST_CASE) == 0;
    if (status == MTLS_OK && !empty && is_case != one_case) {
        status = mtls_fail(MTLS_ERR_USAGE, error, "%s: holds %s; name another folder, or remove it first",
                           path, is_case ? "one case of mtls-gen scenario" : "a whole corpus");
    }
    json_decref(manifest);
    return status;
}
