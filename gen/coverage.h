/* The sentences of the troubleshooting document that state a behaviour, and the scenarios that cite them. */
#ifndef MTLS_GEN_COVERAGE_H
#define MTLS_GEN_COVERAGE_H

#include <stddef.h>

typedef struct {
    const char *anchor, *sentence;
    const char *reason; /* why it cannot be a case; NULL: it needs one */
} mtlsgen_sentence;

extern const mtlsgen_sentence mtlsgen_sentences[];
extern const size_t mtlsgen_num_sentences;

#endif
