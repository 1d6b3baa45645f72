#include "gen/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/file.h"
#include "gen/arena.h"
#include "gen/document.h"
#include "gen/scenario.h"

#define SUFFIX ".yaml"

enum { ENTRIES_MAX = 100000, FOLDERS_DEEP_MAX = 32, PATH_MAX_HERE = 4096 };

typedef struct {
    mtlsgen_catalog *catalog;
    mtlsgen_arena *arena;
    size_t capacity;
    mtls_error *error;
} collection;

static mtls_status entry_add(collection *c, const mtlsgen_catalog_entry *entry) {
    mtlsgen_catalog *catalog = c->catalog;
    if (catalog->num_entries == c->capacity) {
        const size_t capacity = c->capacity == 0 ? 512 : c->capacity * 2;
        mtlsgen_catalog_entry *entries =
            capacity > ENTRIES_MAX * 2 ? NULL : realloc(catalog->entries, capacity * sizeof *entries);
        if (entries == NULL) {
            return mtls_fail(MTLS_ERR_NOMEM, c->error, "no memory for so many scenarios");
        }
        catalog->entries = entries;
        c->capacity = capacity;
    }
    catalog->entries[catalog->num_entries++] = *entry;
    return MTLS_OK;
}

static bool has_suffix(const char *name) {
    const size_t len = strlen(name);
    return len > strlen(SUFFIX) && strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0;
}

/* `relative` is the file's path below the folder that was named, or its bare name. */
static mtls_status file_add(collection *c, const char *path, const char *relative) {
    mtls_buf text = {.max = MTLSGEN_DOCUMENT_SIZE_MAX};
    mtls_status status = mtls_file_read(path, &text, c->error);
    if (status == MTLS_ERR_LIMIT) {
        status = mtls_fail(MTLS_ERR_INPUT, c->error, "%s: a scenario has at most %d bytes", path,
                           MTLSGEN_DOCUMENT_SIZE_MAX);
    }
    char *id = mtlsgen_arena_text(c->arena, relative);
    mtlsgen_catalog_entry entry = {.id = id, .name = mtlsgen_arena_text(c->arena, path)};
    if (status == MTLS_OK && (id == NULL || entry.name == NULL ||
                              !mtlsgen_arena_copy(c->arena, mtls_buf_view(&text), &entry.text))) {
        status = mtls_fail(MTLS_ERR_NOMEM, c->error, "%s: no memory to read it", path);
    }
    mtls_buf_clear(&text);
    if (status != MTLS_OK) {
        return status;
    }
    if (has_suffix(id)) {
        id[strlen(id) - strlen(SUFFIX)] = '\0';
    }
    if (!mtlsgen_scenario_id_check(id)) {
        return mtls_fail(MTLS_ERR_INPUT, c->error,
                         "%s: \"%s\" is no id of a scenario: a-z, 0-9 and `-`, folders apart by `/`", path,
                         id);
    }
    return entry_add(c, &entry);
}

static mtls_status folder_add(collection *c, const char *path, const char *relative, size_t depth) {
    DIR *folder = depth < FOLDERS_DEEP_MAX ? opendir(path) : NULL;
    mtls_status status = MTLS_OK;
    if (folder == NULL) {
        return mtls_fail(MTLS_ERR_IO, c->error, "%s: %s", path,
                         depth < FOLDERS_DEEP_MAX ? strerror(errno) : "folders in folders without end");
    }
    for (const struct dirent *item = readdir(folder); status == MTLS_OK && item != NULL;
         item = readdir(folder)) {
        char below[PATH_MAX_HERE], name[PATH_MAX_HERE];
        struct stat info;
        if (item->d_name[0] == '.') {
            continue;
        }
        if (snprintf(below, sizeof below, "%s/%s", path, item->d_name) >= (int)sizeof below ||
            snprintf(name, sizeof name, "%s%s%s", relative, relative[0] != '\0' ? "/" : "", item->d_name) >=
                (int)sizeof name) {
            status = mtls_fail(MTLS_ERR_IO, c->error, "%s: the path is too long", path);
        } else if (stat(below, &info) != 0) {
            status = mtls_fail(MTLS_ERR_IO, c->error, "%s: %s", below, strerror(errno));
        } else if (S_ISDIR(info.st_mode)) {
            status = folder_add(c, below, name, depth + 1);
        } else if (has_suffix(item->d_name)) {
            status = file_add(c, below, name);
        }
    }
    (void)closedir(folder);
    return status;
}

/* A file that is named alone may be called anything: its id is made of what of its name can be in one. */
static void id_make(const char *name, char *out, size_t out_len) {
    size_t len = 0;
    const size_t end = strlen(name) - (has_suffix(name) ? strlen(SUFFIX) : 0);
    for (size_t i = 0; i < end && len + 1 < out_len; i++) {
        char c = name[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c - 'A' + 'a');
        }
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out[len++] = c;
        } else if (len > 0 && out[len - 1] != '-') {
            out[len++] = '-';
        }
    }
    while (len > 0 && out[len - 1] == '-') {
        len--;
    }
    (void)snprintf(out + len, out_len - len, "%s", len == 0 ? "scenario" : "");
}

static mtls_status path_add(collection *c, const char *path) {
    struct stat info;
    if (stat(path, &info) != 0) {
        return mtls_fail(MTLS_ERR_IO, c->error, "%s: %s", path, strerror(errno));
    }
    if (!S_ISDIR(info.st_mode)) {
        const char *slash = strrchr(path, '/');
        char id[128];
        id_make(slash == NULL ? path : slash + 1, id, sizeof id);
        return file_add(c, path, id);
    }
    const size_t before = c->catalog->num_entries;
    const mtls_status status = folder_add(c, path, "", 0);
    if (status == MTLS_OK && c->catalog->num_entries == before) {
        return mtls_fail(MTLS_ERR_INPUT, c->error, "%s: no scenario (a file named *" SUFFIX ") is in it",
                         path);
    }
    return status;
}

static int entry_compare(const void *a, const void *b) {
    return strcmp(((const mtlsgen_catalog_entry *)a)->id, ((const mtlsgen_catalog_entry *)b)->id);
}

static mtls_status builtin_add(collection *c) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < mtlsgen_num_builtin_scenarios; i++) {
        mtlsgen_catalog_entry entry = mtlsgen_builtin_scenarios[i];
        char name[PATH_MAX_HERE];
        (void)snprintf(name, sizeof name, "%s" SUFFIX, entry.id);
        entry.name = mtlsgen_arena_text(c->arena, name);
        status = entry.name == NULL ? mtls_fail(MTLS_ERR_NOMEM, c->error, "no memory") : entry_add(c, &entry);
    }
    return status;
}

mtls_status mtlsgen_catalog_open(const char *const *paths, size_t num_paths, bool only_paths,
                                 mtlsgen_catalog *out, mtls_error *error) {
    *out = (mtlsgen_catalog){0};
    mtlsgen_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "no memory");
    }
    out->owned = arena;
    collection c = {out, arena, 0, error};
    mtls_status status = only_paths ? MTLS_OK : builtin_add(&c);
    for (size_t i = 0; status == MTLS_OK && i < num_paths; i++) {
        status = path_add(&c, paths[i]);
    }
    if (status == MTLS_OK && out->num_entries > 1) {
        qsort(out->entries, out->num_entries, sizeof *out->entries, entry_compare);
    }
    for (size_t i = 1; status == MTLS_OK && i < out->num_entries; i++) {
        if (strcmp(out->entries[i - 1].id, out->entries[i].id) == 0) {
            status = mtls_fail(MTLS_ERR_INPUT, error, "two scenarios have the id %s: %s and %s",
                               out->entries[i].id, out->entries[i - 1].name, out->entries[i].name);
        }
    }
    if (status != MTLS_OK) {
        mtlsgen_catalog_clear(out);
    }
    return status;
}

void mtlsgen_catalog_clear(mtlsgen_catalog *catalog) {
    free(catalog->entries);
    if (catalog->owned != NULL) {
        mtlsgen_arena_clear(catalog->owned);
        free(catalog->owned);
    }
    *catalog = (mtlsgen_catalog){0};
}

const mtlsgen_catalog_entry *mtlsgen_catalog_find(const mtlsgen_catalog *catalog, const char *id) {
    const mtlsgen_catalog_entry key = {.id = id};
    if (catalog->num_entries == 0) {
        return NULL;
    }
    return bsearch(&key, catalog->entries, catalog->num_entries, sizeof key, entry_compare);
}
