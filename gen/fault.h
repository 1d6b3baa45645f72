/* DER faults, addressed by path (docs/scenarios.md, "DER faults"). */
#ifndef MTLS_GEN_FAULT_H
#define MTLS_GEN_FAULT_H

#include <mtls/bytes.h>
#include <mtls/status.h>

typedef enum {
    MTLSGEN_FAULT_RETAG,       /* `bytes`: other identifier octets */
    MTLSGEN_FAULT_SET,         /* `bytes`: another content */
    MTLSGEN_FAULT_DELETE,      /* the element goes */
    MTLSGEN_FAULT_DUPLICATE,   /* the element comes a second time, after itself */
    MTLSGEN_FAULT_REVERSE,     /* its children in reverse order */
    MTLSGEN_FAULT_TRUNCATE,    /* the content loses its last `number` bytes */
    MTLSGEN_FAULT_APPEND,      /* the content gains `bytes` at its end */
    MTLSGEN_FAULT_PREPEND,     /* the content gains `bytes` at its start */
    MTLSGEN_FAULT_NON_MINIMAL, /* `number` length octets after the first, 1 to 126 */
    MTLSGEN_FAULT_INDEFINITE,  /* indefinite length and end-of-contents octets */
    MTLSGEN_FAULT_LIE,         /* the length says `number` bytes more (or fewer) than there are */
    MTLSGEN_FAULT_TRAILING,    /* `bytes` after the element, inside its parent */
    MTLSGEN_NUM_FAULT_OPERATIONS
} mtlsgen_fault_operation;

/* What an operation needs beside the path: the members that its row in the language names. */
typedef struct {
    const char *word;     /* "non-minimal" */
    const char *argument; /* "tag", "hex", "by", "octets" or NULL */
    bool takes_bytes, takes_number;
} mtlsgen_fault_operation_info;

const mtlsgen_fault_operation_info *mtlsgen_fault_operation_describe(mtlsgen_fault_operation operation);
bool mtlsgen_fault_operation_find(const char *word, mtlsgen_fault_operation *out);

typedef struct {
    const char *at; /* "tbs.extensions[basicConstraints].value" */
    mtlsgen_fault_operation operation;
    mtls_view bytes;
    long number;
    bool stale; /* made after signing: the old signature stays */
} mtlsgen_fault;

/* Bounds: faults of one object, bytes of a path, and its depth. */
enum { MTLSGEN_FAULTS_MAX = 256, MTLSGEN_FAULT_PATH_MAX = 512, MTLSGEN_FAULT_DEPTH_MAX = 64 };

/* mtlsgen_fault_path_check answers whether `path` is well formed, whatever it may match: names joined by
 * dots, each followed by any number of [name], [OID] or [N]. On failure `*out_at` is the offset of the first
 * bad byte. */
bool mtlsgen_fault_path_check(const char *path, size_t *out_at);

#endif
