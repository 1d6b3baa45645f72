#include "validator/difference.h"

const mtlsval_difference mtlsval_differences[] = {
#define WE_REFUSE(finding, cite, why) {MTLSVAL_##finding, MTLSVAL_WE_REFUSE, cite, why},
#define WE_ACCEPT(finding, cite, why) {MTLSVAL_##finding, MTLSVAL_WE_ACCEPT, cite, why},
#include "validator/difference.def"
};
const size_t mtlsval_num_differences = sizeof mtlsval_differences / sizeof mtlsval_differences[0];

const mtlsval_difference *mtlsval_difference_find(mtlsval_difference_side side, mtlsval_finding finding) {
    for (size_t i = 0; i < mtlsval_num_differences; i++) {
        if (mtlsval_differences[i].side == side && mtlsval_differences[i].finding == finding) {
            return &mtlsval_differences[i];
        }
    }
    return NULL;
}
