#include "validator/finding.h"

#include <string.h>

/* clang-format off: version 14 crashes on an include inside an initialiser */
static const mtlsval_finding_info findings[MTLSVAL_NUM_FINDINGS] = {
    [MTLSVAL_FINDING_NONE] = {"none", MTLSVAL_NOTE, "limit", "nothing is wrong"},
#define FINDING(id, slug, severity, cite, text) [MTLSVAL_##id] = {slug, MTLSVAL_##severity, cite, text},
#include "validator/finding.def"
};
/* clang-format on */

const mtlsval_finding_info *mtlsval_finding_describe(mtlsval_finding finding) {
    if ((unsigned)finding >= MTLSVAL_NUM_FINDINGS) {
        finding = MTLSVAL_FINDING_NONE;
    }
    return &findings[finding];
}

bool mtlsval_finding_find(const char *slug, mtlsval_finding *out) {
    for (int i = MTLSVAL_FINDING_NONE + 1; i < MTLSVAL_NUM_FINDINGS; i++) {
        if (strcmp(findings[i].slug, slug) == 0) {
            *out = (mtlsval_finding)i;
            return true;
        }
    }
    return false;
}
