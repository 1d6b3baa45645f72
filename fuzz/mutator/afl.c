/* The hooks of AFL++'s custom mutators (its docs/custom_mutators.md). Mutants are made unsigned; what is run,
 * ours and havoc's alike, is repaired and signed in post-processing. */
#include <mtls/mutate.h>

#include "core/file.h"
#include "fuzz/mutator/random.h"

#include <stdlib.h>
#include <string.h>

enum { PROCESSED_MAX = 1024 * 1024, ISSUERS_MAX = 16 * 1024 * 1024 };

typedef struct {
    mtlsmut *mutator;
    mtlsmut_random random;
    uint8_t *mutant, *processed;
    size_t mutant_max;
} afl_state;

/* afl-fuzz finds them by name: there is no header of AFL++'s to include. */
MTLS_PUBLIC void *afl_custom_init(void *afl, unsigned seed);
MTLS_PUBLIC size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                                   uint8_t *add_buf, size_t add_buf_size, size_t max_size);
MTLS_PUBLIC size_t afl_custom_post_process(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf);
MTLS_PUBLIC void afl_custom_deinit(void *data);

static mtlsmut_format format_of(const char *word) {
    if (word != NULL) {
        if (strcmp(word, "certificate") == 0) {
            return MTLSMUT_CERTIFICATE;
        }
        if (strcmp(word, "chain") == 0) {
            return MTLSMUT_CHAIN;
        }
        if (strcmp(word, "pem") == 0) {
            return MTLSMUT_PEM;
        }
    }
    return MTLSMUT_ANY;
}

static bool set_issuers(mtlsmut *mutator, const char *path) {
    mtls_buf file = {.max = ISSUERS_MAX};
    bool set = path == NULL || (mtls_file_read(path, &file, NULL) == MTLS_OK &&
                                mtlsmut_set_issuers(mutator, file.data, file.len) == MTLS_OK);
    mtls_buf_clear(&file);
    return set;
}

/* NULL ends afl-fuzz with its own message: an unreadable MTLS_MUTATE_ISSUERS, or no memory. */
void *afl_custom_init(void *afl, unsigned seed) {
    (void)afl;
    mtlsmut_options options = {.format = format_of(getenv("MTLS_MUTATE_FORMAT")), .unsigned_only = true};
    afl_state *state = calloc(1, sizeof *state);
    if (state == NULL || (state->processed = malloc(PROCESSED_MAX)) == NULL ||
        mtlsmut_new(&options, &state->mutator) != MTLS_OK ||
        !set_issuers(state->mutator, getenv("MTLS_MUTATE_ISSUERS"))) {
        afl_custom_deinit(state);
        return NULL;
    }
    state->random.state = seed;
    return state;
}

size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf, uint8_t *add_buf,
                       size_t add_buf_size, size_t max_size) {
    afl_state *state = data;
    unsigned seed = (unsigned)mtlsmut_random_next(&state->random);
    size_t size = 0;
    *out_buf = buf;
    if (state->mutant_max < max_size) {
        uint8_t *grown = realloc(state->mutant, max_size);
        if (grown == NULL) {
            return buf_size;
        }
        state->mutant = grown;
        state->mutant_max = max_size;
    }
    if (add_buf != NULL && seed % 4 == 0) {
        size = mtlsmut_crossover(state->mutator, buf, buf_size, add_buf, add_buf_size, state->mutant,
                                 max_size, seed);
    }
    if (size == 0 && buf_size <= max_size) {
        memcpy(state->mutant, buf, buf_size);
        size = mtlsmut_mutate(state->mutator, state->mutant, buf_size, max_size, seed);
    }
    if (size == 0) {
        return buf_size;
    }
    *out_buf = state->mutant;
    return size;
}

size_t afl_custom_post_process(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf) {
    afl_state *state = data;
    size_t size = mtlsmut_repair(state->mutator, buf, buf_size, state->processed, PROCESSED_MAX);
    *out_buf = size == 0 ? buf : state->processed;
    return size == 0 ? buf_size : size;
}

void afl_custom_deinit(void *data) {
    afl_state *state = data;
    if (state != NULL) {
        mtlsmut_free(state->mutator);
        free(state->mutant);
        free(state->processed);
        free(state);
    }
}
