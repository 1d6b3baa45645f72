/* What one mutation works with. */
#ifndef MTLS_FUZZ_MUTATOR_JOB_H
#define MTLS_FUZZ_MUTATOR_JOB_H

#include "fuzz/mutator/keys.h"
#include "fuzz/mutator/random.h"
#include "gen/der_write.h"

typedef struct {
    mtlsmut_random random;
    mtlsmut_keys *keys;
    mtlsgen_arena *arena;
    mtlsgen_der_tree *tree; /* of the certificate at work */
} mtlsmut_job;

#endif
