#include "validator/algorithm.h"

#include <string.h>

/* OIDs as content octets; the length leaves out the literal's NUL. */
#define OID(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

/* clang-format off: version 14 crashes on an include inside an initialiser */
static const struct {
    mtls_view oid;
    mtlsval_signature_algorithm_info info;
} signatures[MTLSVAL_NUM_SIGNATURE_ALGORITHMS] = {
    [MTLSVAL_SIGNATURE_UNKNOWN] = {{NULL, 0}, {"unknown", MTLSVAL_KEY_UNKNOWN, NULL, false}},
#define SIGNATURE_ALGORITHM(id, text, oid, key, digest, weak)                                                \
    [MTLSVAL_SIGNATURE_##id] = {OID(oid), {text, MTLSVAL_KEY_##key, digest, weak}},
#include "validator/algorithm.def"
};

static const struct {
    mtls_view oid;
    const char *text;
} keys[MTLSVAL_NUM_KEY_ALGORITHMS] = {
    [MTLSVAL_KEY_UNKNOWN] = {{NULL, 0}, "unknown"},
#define KEY_ALGORITHM(id, text, oid) [MTLSVAL_KEY_##id] = {OID(oid), text},
#include "validator/algorithm.def"
};

static const struct {
    mtls_view oid;
    const char *text;
    unsigned bits;
} curves[MTLSVAL_NUM_CURVES] = {
    [MTLSVAL_CURVE_UNKNOWN] = {{NULL, 0}, "unknown", 0},
#define CURVE(id, text, oid, bits) [MTLSVAL_CURVE_##id] = {OID(oid), text, bits},
#include "validator/algorithm.def"
};
/* clang-format on */

static bool same(mtls_view a, mtls_view b) {
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

const mtlsval_signature_algorithm_info *
mtlsval_signature_algorithm_describe(mtlsval_signature_algorithm algorithm) {
    return &signatures[(unsigned)algorithm < MTLSVAL_NUM_SIGNATURE_ALGORITHMS ? algorithm : 0].info;
}

const char *mtlsval_key_algorithm_text(mtlsval_key_algorithm algorithm) {
    return keys[(unsigned)algorithm < MTLSVAL_NUM_KEY_ALGORITHMS ? algorithm : 0].text;
}

const char *mtlsval_curve_text(mtlsval_curve curve) {
    return curves[(unsigned)curve < MTLSVAL_NUM_CURVES ? curve : 0].text;
}

unsigned mtlsval_curve_bits(mtlsval_curve curve) {
    return curves[(unsigned)curve < MTLSVAL_NUM_CURVES ? curve : 0].bits;
}

mtlsval_signature_algorithm mtlsval_signature_algorithm_find(mtls_view oid) {
    for (int i = 1; i < MTLSVAL_NUM_SIGNATURE_ALGORITHMS; i++) {
        if (same(signatures[i].oid, oid)) {
            return (mtlsval_signature_algorithm)i;
        }
    }
    return MTLSVAL_SIGNATURE_UNKNOWN;
}

mtlsval_key_algorithm mtlsval_key_algorithm_find(mtls_view oid) {
    for (int i = 1; i < MTLSVAL_NUM_KEY_ALGORITHMS; i++) {
        if (same(keys[i].oid, oid)) {
            return (mtlsval_key_algorithm)i;
        }
    }
    return MTLSVAL_KEY_UNKNOWN;
}

mtlsval_curve mtlsval_curve_find(mtls_view oid) {
    for (int i = 1; i < MTLSVAL_NUM_CURVES; i++) {
        if (same(curves[i].oid, oid)) {
            return (mtlsval_curve)i;
        }
    }
    return MTLSVAL_CURVE_UNKNOWN;
}
