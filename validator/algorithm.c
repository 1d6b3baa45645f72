#include "validator/algorithm.h"

#include <string.h>

/* OIDs as content octets; the length leaves out the literal's NUL. */
#define OID(literal)                                                                                         \
    { (const uint8_t *)(literal), sizeof(literal) - 1 }

static const mtls_view signature_oids[MTLSVAL_NUM_SIGNATURE_ALGORITHMS] = {
#define SIGNATURE_ALGORITHM(id, text, oid, key, digest, weak) [MTLSVAL_SIGNATURE_##id] = OID(oid),
#include "validator/algorithm.def"
};

static const mtlsval_signature_algorithm_info signatures[MTLSVAL_NUM_SIGNATURE_ALGORITHMS] = {
#define SIGNATURE_ALGORITHM(id, text, oid, key, digest, weak)                                                \
    [MTLSVAL_SIGNATURE_##id] = {text, MTLSVAL_KEY_##key, digest, weak},
#include "validator/algorithm.def"
};

static const struct {
    mtls_view oid;
    const char *text;
} keys[MTLSVAL_NUM_KEY_ALGORITHMS] = {
#define KEY_ALGORITHM(id, text, oid) [MTLSVAL_KEY_##id] = {OID(oid), text},
#include "validator/algorithm.def"
};

static const struct {
    mtls_view oid;
    const char *text;
    unsigned bits;
} curves[MTLSVAL_NUM_CURVES] = {
#define CURVE(id, text, oid, bits) [MTLSVAL_CURVE_##id] = {OID(oid), text, bits},
#include "validator/algorithm.def"
};

static bool same(mtls_view a, mtls_view b) {
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

const mtlsval_signature_algorithm_info *
mtlsval_signature_algorithm_describe(mtlsval_signature_algorithm algorithm) {
    static const mtlsval_signature_algorithm_info unknown = {"unknown", MTLSVAL_KEY_UNKNOWN, NULL, false};
    bool is_known =
        algorithm != MTLSVAL_SIGNATURE_UNKNOWN && (unsigned)algorithm < MTLSVAL_NUM_SIGNATURE_ALGORITHMS;
    return is_known ? &signatures[algorithm] : &unknown;
}

const char *mtlsval_key_algorithm_text(mtlsval_key_algorithm algorithm) {
    bool is_known = algorithm != MTLSVAL_KEY_UNKNOWN && (unsigned)algorithm < MTLSVAL_NUM_KEY_ALGORITHMS;
    return is_known ? keys[algorithm].text : "unknown";
}

const char *mtlsval_curve_text(mtlsval_curve curve) {
    bool is_known = curve != MTLSVAL_CURVE_UNKNOWN && (unsigned)curve < MTLSVAL_NUM_CURVES;
    return is_known ? curves[curve].text : "unknown";
}

unsigned mtlsval_curve_bits(mtlsval_curve curve) {
    return curves[(unsigned)curve < MTLSVAL_NUM_CURVES ? curve : 0].bits;
}

mtlsval_signature_algorithm mtlsval_signature_algorithm_find(mtls_view oid) {
    for (int i = 1; i < MTLSVAL_NUM_SIGNATURE_ALGORITHMS; i++) {
        if (same(signature_oids[i], oid)) {
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
