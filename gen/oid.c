#include "gen/oid.h"

#include <string.h>

enum { ARC_SEPTETS_MAX = 19 }; /* 128 bits and the first arc's 80, seven at a time */

/* An arc as base-128 digits, the least significant first. */
typedef struct {
    uint8_t septets[ARC_SEPTETS_MAX];
    size_t num_septets;
} arc;

/* arc_scale makes the arc `arc * 10 + digit`, or with `times` 1 adds. */
static bool arc_scale(arc *a, unsigned times, unsigned carry) {
    for (size_t i = 0; i < a->num_septets; i++) {
        unsigned value = a->septets[i] * times + carry;
        a->septets[i] = (uint8_t)(value & 0x7f);
        carry = value >> 7;
    }
    if (carry > 0) {
        if (a->num_septets == ARC_SEPTETS_MAX) {
            return false;
        }
        a->septets[a->num_septets++] = (uint8_t)carry;
    }
    return true;
}

/* arc_read reads digits up to a dot or the end. */
static bool arc_read(const char **at, arc *out) {
    const char *start = *at;
    *out = (arc){0};
    for (; **at >= '0' && **at <= '9'; ++*at) {
        if (!arc_scale(out, 10, (unsigned)(**at - '0'))) {
            return false;
        }
    }
    size_t len = (size_t)(*at - start);
    return len > 0 && (len == 1 || *start != '0');
}

static bool arc_append(const arc *a, mtlsgen_oid *oid) {
    size_t num = a->num_septets == 0 ? 1 : a->num_septets;
    if (num > MTLSGEN_OID_MAX - oid->len) {
        return false;
    }
    for (size_t i = num; i > 0; i--) {
        oid->bytes[oid->len++] = (uint8_t)(a->septets[i - 1] | (i > 1 ? 0x80 : 0));
    }
    return true;
}

bool mtlsgen_oid_read(const char *dotted, mtlsgen_oid *out) {
    out->len = 0;
    if (dotted[0] < '0' || dotted[0] > '2' || dotted[1] != '.') {
        return false;
    }
    unsigned first = (unsigned)(dotted[0] - '0');
    const char *at = dotted + 2;
    arc a;
    if (!arc_read(&at, &a) || (first < 2 && (a.num_septets > 1 || a.septets[0] >= 40))) {
        return false;
    }
    /* X.690 8.19.4: the first two arcs are one subidentifier, (X * 40) + Y */
    if (!arc_scale(&a, 1, first * 40) || !arc_append(&a, out)) {
        return false;
    }
    while (*at == '.') {
        at++;
        if (!arc_read(&at, &a) || !arc_append(&a, out)) {
            return false;
        }
    }
    return *at == '\0';
}
