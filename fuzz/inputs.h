/* The files that a target is run over, read before any of them is. */
#ifndef MTLS_FUZZ_INPUTS_H
#define MTLS_FUZZ_INPUTS_H

#include <mtls/bytes.h>

enum {
    MTLSFUZZ_INPUT_MAX = 256 * 1024 * 1024, /* bytes of one file */
    MTLSFUZZ_FOLDER_DEPTH_MAX = 16,
    MTLSFUZZ_PATH_MAX = 4096
};

typedef struct {
    char *path;
    uint8_t *data; /* a block of exactly `size` bytes, so that a sanitizer sees the first byte read past it */
    size_t size;
} mtlsfuzz_input;

typedef struct {
    mtlsfuzz_input *items;
    size_t num_items, capacity;
} mtlsfuzz_inputs;

/* mtlsfuzz_inputs_add adds a file, or every file in and under a folder in the order of their names. A path
 * that cannot be read and one that holds no file are MTLS_ERR_INPUT; `error` names it. */
MTLS_MUST_CHECK mtls_status mtlsfuzz_inputs_add(mtlsfuzz_inputs *inputs, const char *path, mtls_error *error);
void mtlsfuzz_inputs_clear(mtlsfuzz_inputs *inputs);

#endif
