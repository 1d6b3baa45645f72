#include "core/tests/failing_malloc.h"

#include <stdlib.h>

#include <openssl/crypto.h>

failing_malloc failing_ours = {.left = SIZE_MAX}, failing_theirs = {.left = SIZE_MAX};

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void __real_free(void *at);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);
void __wrap_free(void *at);

static bool is_due(failing_malloc *a) {
    if (a->left == SIZE_MAX || (a->left > 0 && a->left-- > 0)) {
        return false;
    }
    a->left = a->for_good ? 0 : SIZE_MAX;
    a->failed = true;
    return true;
}

void *__wrap_malloc(size_t size) {
    if (is_due(&failing_ours)) {
        return NULL;
    }
    failing_ours.num_held++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    if (is_due(&failing_ours)) {
        return NULL;
    }
    failing_ours.num_held++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size) {
    if (is_due(&failing_ours)) {
        return NULL;
    }
    failing_ours.num_held += at == NULL;
    return __real_realloc(at, size);
}

void __wrap_free(void *at) {
    failing_ours.num_held -= at != NULL;
    __real_free(at);
}

static void *crypto_malloc(size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return is_due(&failing_theirs) ? NULL : __real_malloc(size);
}

static void *crypto_realloc(void *at, size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return is_due(&failing_theirs) ? NULL : __real_realloc(at, size);
}

static void crypto_free(void *at, const char *file, int line) {
    (void)file;
    (void)line;
    __real_free(at);
}

bool failing_crypto_hook(void) {
    return CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}
