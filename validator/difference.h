/* The known differences between this reader and libcrypto's, from validator/difference.def. No libcrypto. */
#ifndef MTLS_VALIDATOR_DIFFERENCE_H
#define MTLS_VALIDATOR_DIFFERENCE_H

#include "validator/finding.h"

typedef enum {
    MTLSVAL_WE_REFUSE, /* with the finding; libcrypto takes it */
    MTLSVAL_WE_ACCEPT  /* with the finding as a note; libcrypto refuses it */
} mtlsval_difference_side;

typedef struct {
    mtlsval_finding finding;
    mtlsval_difference_side side;
    const char *cite, *why;
} mtlsval_difference;

extern const mtlsval_difference mtlsval_differences[];
extern const size_t mtlsval_num_differences;

/* mtlsval_difference_find gives the row that explains it, or NULL. */
const mtlsval_difference *mtlsval_difference_find(mtlsval_difference_side side, mtlsval_finding finding);

#endif
