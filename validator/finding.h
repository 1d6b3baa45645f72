/* What the readers find wrong: one id per fault, expanded from validator/finding.def. No libcrypto. */
#ifndef MTLS_VALIDATOR_FINDING_H
#define MTLS_VALIDATOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    MTLSVAL_FINDING_NONE = 0,
#define FINDING(id, slug, severity, cite, text) MTLSVAL_##id,
#include "validator/finding.def"
    MTLSVAL_NUM_FINDINGS
} mtlsval_finding;

typedef enum {
    MTLSVAL_FAULT, /* the input is refused */
    MTLSVAL_NOTE,  /* a rule is broken, and there is still one way to read the input */
    MTLSVAL_LETTER /* a rule is broken that readers pass over: refused only by who goes by the letter */
} mtlsval_severity;

typedef struct {
    const char *slug;
    mtlsval_severity severity;
    const char *cite; /* an anchor of docs/sources.md, or "limit" for a bound of our own */
    const char *text; /* completes "line 3: ..." */
} mtlsval_finding_info;

/* A fault and the byte offset, in what was read, of the first byte that is not accepted. */
typedef struct {
    mtlsval_finding finding;
    size_t at;
} mtlsval_fault;

/* The info is static and never NULL, also for MTLSVAL_FINDING_NONE and for numbers out of range. */
const mtlsval_finding_info *mtlsval_finding_describe(mtlsval_finding finding);
bool mtlsval_finding_find(const char *slug, mtlsval_finding *out);

#endif
