#include "validator/finding.h"

#include <string.h>

static const mtlsval_finding_info findings[MTLSVAL_NUM_FINDINGS] = {
#define FINDING(id, slug, severity, cite, text) [MTLSVAL_##id] = {slug, MTLSVAL_##severity, cite, text},
#include "validator/finding.def"
};

const mtlsval_finding_info *mtlsval_finding_describe(mtlsval_finding finding) {
    static const mtlsval_finding_info none = {"none", MTLSVAL_NOTE, "limit", "nothing is wrong"};
    bool is_one = (unsigned)finding < MTLSVAL_NUM_FINDINGS && finding != MTLSVAL_FINDING_NONE;
    return is_one ? &findings[finding] : &none;
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
