#include "fuzz/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The linker's bounds of the section; weak, since a target without any point has no section. */
extern mtlsfuzz_point *const __start_mtlsfuzz_points[] __attribute__((weak));
extern mtlsfuzz_point *const __stop_mtlsfuzz_points[] __attribute__((weak));

bool mtlsfuzz_thorough = false;

__attribute__((constructor)) static void read_environment(void) {
    mtlsfuzz_thorough = getenv("MTLSFUZZ_THOROUGH") != NULL;
}

unsigned mtlsfuzz_draw(mtls_view input, unsigned bound) {
    uint64_t hash = input.len, word = 0;
    size_t i = 0;
    for (; i + sizeof word <= input.len; i += sizeof word) {
        memcpy(&word, input.data + i, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    for (word = 0; i < input.len; i++) {
        word = word << 8 | input.data[i];
    }
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return (unsigned)((hash >> 32) % bound);
}

mtlsfuzz_point *const *mtlsfuzz_points(size_t *out_num_points) {
    *out_num_points = (size_t)(__stop_mtlsfuzz_points - __start_mtlsfuzz_points);
    return __start_mtlsfuzz_points;
}

void mtlsfuzz_fail(const char *oracle, const char *format, ...) {
    va_list args;
    fprintf(stderr, "ORACLE %s: ", oracle);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    fflush(stderr);
    abort();
}

void mtlsfuzz_must(mtls_status status, const char *step) {
    if (status != MTLS_OK) {
        mtlsfuzz_fail("step", "%s: %s", step, mtls_status_text(status));
    }
}
