#include "fuzz/inputs.h"

#include "core/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static mtls_status out_of_memory(mtls_error *error) {
    return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory while reading the inputs");
}

static mtls_status add_bytes(mtlsfuzz_inputs *inputs, const char *path, mtls_view bytes, mtls_error *error) {
    if (inputs->num_items == inputs->capacity) {
        size_t capacity = inputs->capacity == 0 ? 256 : 2 * inputs->capacity;
        mtlsfuzz_input *items = realloc(inputs->items, capacity * sizeof *items);
        if (items == NULL) {
            return out_of_memory(error);
        }
        inputs->items = items;
        inputs->capacity = capacity;
    }
    mtlsfuzz_input *item = &inputs->items[inputs->num_items];
    *item = (mtlsfuzz_input){.path = strdup(path), .data = malloc(bytes.len), .size = bytes.len};
    if (item->path == NULL || (item->data == NULL && bytes.len > 0)) {
        free(item->path);
        free(item->data);
        return out_of_memory(error);
    }
    if (bytes.len > 0) {
        memcpy(item->data, bytes.data, bytes.len);
    }
    inputs->num_items++;
    return MTLS_OK;
}

static mtls_status add_file(mtlsfuzz_inputs *inputs, const char *path, mtls_error *error) {
    mtls_buf bytes = {.max = MTLSFUZZ_INPUT_MAX};
    mtls_status status = mtls_file_read(path, &bytes, error);
    if (status == MTLS_OK) {
        status = add_bytes(inputs, path, mtls_buf_view(&bytes), error);
    }
    mtls_buf_clear(&bytes);
    return status == MTLS_OK || status == MTLS_ERR_NOMEM ? status : MTLS_ERR_INPUT;
}

static int is_no_dot(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static mtls_status add_path(mtlsfuzz_inputs *inputs, const char *path, int depth, mtls_error *error);

static mtls_status add_folder(mtlsfuzz_inputs *inputs, const char *path, int depth, mtls_error *error) {
    struct dirent **entries = NULL;
    int num_entries = scandir(path, &entries, is_no_dot, alphasort);
    if (num_entries < 0) {
        return mtls_fail(MTLS_ERR_INPUT, error, "%s: the folder cannot be read", path);
    }
    mtls_status status = MTLS_OK;
    for (int i = 0; i < num_entries; i++) {
        char name[MTLSFUZZ_PATH_MAX];
        if (status == MTLS_OK &&
            snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name) >= (int)sizeof name) {
            status = mtls_fail(MTLS_ERR_INPUT, error, "%s: holds a path that is too long", path);
        }
        if (status == MTLS_OK) {
            status = add_path(inputs, name, depth + 1, error);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* The depth is bounded, so a folder that links to its own parent ends too. */
static mtls_status add_path(mtlsfuzz_inputs *inputs, const char *path, int depth, mtls_error *error) {
    struct stat status;
    if (depth > MTLSFUZZ_FOLDER_DEPTH_MAX) {
        return mtls_fail(MTLS_ERR_INPUT, error, "%s: lies deeper than %d folders", path,
                         MTLSFUZZ_FOLDER_DEPTH_MAX);
    }
    if (stat(path, &status) != 0) {
        return mtls_fail(MTLS_ERR_INPUT, error, "%s: no such file or folder", path);
    }
    return S_ISDIR(status.st_mode) ? add_folder(inputs, path, depth, error) : add_file(inputs, path, error);
}

mtls_status mtlsfuzz_inputs_add(mtlsfuzz_inputs *inputs, const char *path, mtls_error *error) {
    size_t before = inputs->num_items;
    mtls_status status = add_path(inputs, path, 0, error);
    if (status == MTLS_OK && inputs->num_items == before) {
        status = mtls_fail(MTLS_ERR_INPUT, error, "%s: holds no file", path);
    }
    return status;
}

void mtlsfuzz_inputs_clear(mtlsfuzz_inputs *inputs) {
    for (size_t i = 0; i < inputs->num_items; i++) {
        free(inputs->items[i].path);
        free(inputs->items[i].data);
    }
    free(inputs->items);
    *inputs = (mtlsfuzz_inputs){0};
}
