#include "fuzz/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The linker's bounds of the section; weak, since a target without any point has no section. */
extern mtlsfuzz_point *const __start_mtlsfuzz_points[] __attribute__((weak));
extern mtlsfuzz_point *const __stop_mtlsfuzz_points[] __attribute__((weak));

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
