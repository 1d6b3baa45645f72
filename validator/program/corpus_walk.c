#include "validator/program/corpus_walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/file.h"

enum { DEPTH_MAX = 16, PATH_BYTES_MAX = 4096 };

typedef struct {
    corpus_visit visit;
    void *context;
    mtls_error *error;
} walk;

static mtls_status visit_json(const walk *w, mtls_view json, const char *folder, const char *place) {
    mtls_case c;
    mtls_error why = {""};
    mtls_case_init(&c);
    mtls_status status = mtls_case_read(json, folder, &c, &why);
    status = status == MTLS_OK ? w->visit(&c, w->context, w->error)
                               : mtls_fail(status, w->error, "%.300s: %.600s", place, why.text);
    mtls_case_clear(&c);
    return status;
}

static mtls_status visit_file(const walk *w, const char *path, const char *folder) {
    mtls_buf json = {.max = MTLS_CASE_JSON_MAX};
    mtls_status status = mtls_file_read(path, &json, w->error);
    if (status == MTLS_OK) {
        status = visit_json(w, mtls_buf_view(&json), folder, path);
    }
    mtls_buf_clear(&json);
    return status;
}

static int is_listed(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static mtls_status walk_folder(const walk *w, const char *folder, int depth);

static mtls_status walk_entry(const walk *w, const char *folder, const char *name, int depth) {
    char path[PATH_BYTES_MAX];
    struct stat info;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return mtls_fail(MTLS_ERR_LIMIT, w->error, "%.300s: the path is too long", folder);
    }
    if (strcmp(name, MTLS_CASE_FILE) == 0) {
        return visit_file(w, path, folder);
    }
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        return walk_folder(w, path, depth + 1);
    }
    return MTLS_OK;
}

static mtls_status walk_folder(const walk *w, const char *folder, int depth) {
    struct dirent **entries = NULL;
    if (depth > DEPTH_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, w->error, "%.300s: folders are nested deeper than %d", folder,
                         DEPTH_MAX);
    }
    int num_entries = scandir(folder, &entries, is_listed, by_bytes);
    if (num_entries < 0) {
        return mtls_fail(MTLS_ERR_IO, w->error, "cannot read the folder %.300s: %s", folder, strerror(errno));
    }
    mtls_status status = MTLS_OK;
    for (int i = 0; i < num_entries; i++) {
        if (status == MTLS_OK) {
            status = walk_entry(w, folder, entries[i]->d_name, depth);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

mtls_status corpus_line_read(FILE *in, mtls_buf *line, bool *out_end) {
    uint8_t step[1 << 14];
    mtls_status status = MTLS_OK;
    size_t len = 0;
    int next = EOF;
    *out_end = true;
    /* Not fgets: a line may hold a NUL, and what stands behind it is no less a part of the corpus. */
    while (status == MTLS_OK && (next = getc_unlocked(in)) != EOF) {
        *out_end = false;
        if (next == '\n') {
            break;
        }
        step[len++] = (uint8_t)next;
        if (len == sizeof step) {
            status = mtls_buf_append(line, (mtls_view){step, len});
            len = 0;
        }
    }
    if (status == MTLS_OK) {
        status = mtls_buf_append(line, (mtls_view){step, len});
    }
    return status == MTLS_OK && ferror(in) ? MTLS_ERR_IO : status;
}

static mtls_status walk_lines(const walk *w, FILE *in, const char *path) {
    mtls_buf line = {.max = MTLS_CASE_JSON_MAX};
    mtls_status status = MTLS_OK;
    bool ended = false;
    for (size_t number = 1; status == MTLS_OK && !ended; number++) {
        char place[400];
        snprintf(place, sizeof place, "%.300s, line %zu", path, number);
        mtls_buf_reset(&line);
        status = corpus_line_read(in, &line, &ended);
        if (status != MTLS_OK) {
            mtls_fail(status, w->error, "%s: %s", place, mtls_status_text(status));
        } else if (line.len > 0) {
            status = visit_json(w, mtls_buf_view(&line), NULL, place);
        }
    }
    mtls_buf_clear(&line);
    return status;
}

static bool is_case_file(const char *path) {
    size_t len = strlen(path), name_len = strlen(MTLS_CASE_FILE);
    return len >= name_len && strcmp(path + len - name_len, MTLS_CASE_FILE) == 0;
}

static mtls_status walk_case_file(const walk *w, const char *path) {
    char folder[PATH_BYTES_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path),
             slash == NULL ? "." : path);
    return visit_file(w, path, folder);
}

mtls_status corpus_walk(const char *path, corpus_visit visit, void *context, mtls_error *error) {
    walk w = {.visit = visit, .context = context, .error = error};
    struct stat info;
    if (strcmp(path, "-") == 0) {
        return walk_lines(&w, stdin, "standard input");
    }
    if (stat(path, &info) != 0) {
        return mtls_fail(MTLS_ERR_IO, error, "cannot open %.300s: %s; name a corpus' folder or .jsonl file",
                         path, strerror(errno));
    }
    if (S_ISDIR(info.st_mode)) {
        return walk_folder(&w, path, 0);
    }
    if (is_case_file(path)) {
        return walk_case_file(&w, path);
    }
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        return mtls_fail(MTLS_ERR_IO, error, "cannot open %.300s: %s", path, strerror(errno));
    }
    mtls_status status = walk_lines(&w, in, path);
    fclose(in);
    return status;
}
