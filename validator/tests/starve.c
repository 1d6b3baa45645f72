#include "validator/tests/starve.h"

#include <stdlib.h>

#include <openssl/crypto.h>

static size_t left; /* allocations until the one that fails; 0: none fails */
static bool was_hit;

static bool fails(void) {
    if (left == 0 || --left > 0) {
        return false;
    }
    was_hit = true;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t num, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t num, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t num, size_t size) {
    return fails() ? NULL : __real_calloc(num, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return fails() ? NULL : __real_realloc(old, size);
}

static void *crypto_malloc(size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return fails() ? NULL : __real_malloc(size);
}

static void *crypto_realloc(void *old, size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return fails() ? NULL : __real_realloc(old, size);
}

static void crypto_free(void *old, const char *file, int line) {
    (void)file;
    (void)line;
    free(old);
}

bool starve_hook(void) {
    return CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}

void starve_at(size_t nth) {
    left = nth;
    was_hit = false;
}

bool starve_end(void) {
    left = 0;
    return was_hit;
}
