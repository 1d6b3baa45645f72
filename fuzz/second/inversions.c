#include "fuzz/second/inversions.h"

#include "fuzz/oracle.h"

#include <stdio.h>
#include <string.h>

enum { ROW_REASONS_MAX = 12 };

enum {
    OPENSSL = 1 << MTLSFUZZ_OPENSSL,
    GNUTLS = 1 << MTLSFUZZ_GNUTLS,
    MBEDTLS = 1 << MTLSFUZZ_MBEDTLS,
    WOLFSSL = 1 << MTLSFUZZ_WOLFSSL,
    NSS = 1 << MTLSFUZZ_NSS
};

#define FEATURE(name) static const mtlsfuzz_features name = MTLSFUZZ_FEATURE(name);
#include "fuzz/second/features.def"

typedef struct {
    unsigned lets_in, keeps_out;
    mtlsfuzz_features features;
    const char *reasons[ROW_REASONS_MAX]; /* ended by NULL */
} row;

/* clang-format off */
static const row rows[] = {
#define INVERSION(cause, in, out, has, ...) {in, out, has, {__VA_ARGS__, NULL}},
#include "fuzz/second/inversions.def"
};

/* A row counts as reached when no other one explains the same, so that --require-reached finds rows that nobody
 * needs. That takes every library. */
static mtlsfuzz_point points[] = {
#define INVERSION(cause, in, out, has, ...) {cause " (" #in " in, " #out " out, " #has ")", false, 0},
#include "fuzz/second/inversions.def"
};
/* clang-format on */

#if defined MTLSFUZZ_WITH_OPENSSL && defined MTLSFUZZ_WITH_GNUTLS && defined MTLSFUZZ_WITH_MBEDTLS &&        \
    defined MTLSFUZZ_WITH_WOLFSSL && defined MTLSFUZZ_WITH_NSS
/* Aligned as single pointers are: a compiler likes arrays better aligned, and would leave gaps in the
 * section. */
static mtlsfuzz_point *const entries[]
    __attribute__((section("mtlsfuzz_points"), used, aligned(sizeof(mtlsfuzz_point *)))) = {
#define INVERSION(cause, in, out, has, ...) &points[__COUNTER__],
#define FIXED(...)
#include "fuzz/second/inversions.def"
};
#endif

static bool has_reason(const row *r, const char *reason) {
    for (size_t i = 0; r->reasons[i] != NULL; i++) {
        if (strcmp(r->reasons[i], reason) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_explained(unsigned lets_in, unsigned keeps_out, const char *reason,
                         mtlsfuzz_features features) {
    size_t num_explain = 0, last = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *r = &rows[i];
        if ((r->lets_in & lets_in) != 0 && (r->keeps_out & keeps_out) != 0 &&
            (features & r->features) == r->features && has_reason(r, reason)) {
            num_explain++;
            last = i;
        }
    }
    points[last].count += num_explain == 1;
    return num_explain > 0;
}

const char *mtlsfuzz_inversion_unexplained(mtlsfuzz_library lets_in, mtlsfuzz_library keeps_out,
                                           const adapter_answer *refusal, mtlsfuzz_features features) {
    static char word[64];
    unsigned in = 1u << lets_in, out = 1u << keeps_out;
    for (size_t i = 0; i < refusal->num_reasons; i++) {
        if (!is_explained(in, out, refusal->reasons[i], features)) {
            return refusal->reasons[i];
        }
    }
    if (refusal->num_reasons == 0) {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(refusal->raw, ": "), refusal->raw);
        return is_explained(in, out, word, features) ? NULL : word;
    }
    return NULL;
}
