#include "gen/anchor.h"

#include <string.h>

enum { ANCHOR_MAX = 200 };

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"

/* Beside them there are the RFCs, by number. */
static const char *const sources[] = {"seed#", "facts#", "x680#", "x690#", "openssl#", "nginx#"};

bool mtlsgen_anchor_is_formed(const char *anchor) {
    const char *hash = strchr(anchor, '#');
    bool is_source = false;
    if (hash == NULL || strlen(anchor) > ANCHOR_MAX || hash[1] == '\0' ||
        strchr(LOWER DIGITS, hash[1]) == NULL || strspn(hash + 1, LOWER DIGITS "-_./") != strlen(hash + 1)) {
        return false;
    }
    const size_t len = (size_t)(hash + 1 - anchor);
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        is_source |= strlen(sources[i]) == len && memcmp(anchor, sources[i], len) == 0;
    }
    return is_source || (strncmp(anchor, "rfc", 3) == 0 && len > 4 && strspn(anchor + 3, DIGITS) == len - 4);
}

bool mtlsgen_anchor_is_known(const char *anchor) {
    if (strncmp(anchor, "seed#", 5) != 0 && strncmp(anchor, "facts#", 6) != 0) {
        return true;
    }
    for (size_t i = 0; i < mtlsgen_num_anchors; i++) {
        if (strcmp(mtlsgen_anchors[i], anchor) == 0) {
            return true;
        }
    }
    return false;
}

const char *const *mtlsgen_anchors_get(const char *anchor, size_t *out_num) {
    const size_t len = strcspn(anchor, "#");
    size_t first = 0, end;
    while (first < mtlsgen_num_anchors && strncmp(mtlsgen_anchors[first], anchor, len) != 0) {
        first++;
    }
    for (end = first; end < mtlsgen_num_anchors && strncmp(mtlsgen_anchors[end], anchor, len) == 0; end++) {
    }
    *out_num = end - first;
    return mtlsgen_anchors + first;
}
