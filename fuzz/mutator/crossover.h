/* Crossing two certificates. */
#ifndef MTLS_FUZZ_MUTATOR_CROSSOVER_H
#define MTLS_FUZZ_MUTATOR_CROSSOVER_H

#include "fuzz/mutator/job.h"
#include "fuzz/mutator/site.h"

/* mtlsmut_transfer puts a copy of an element of `from` in the place of one of `to` that is the same field, or
 * beside it in a list. False where the two have no field in common. The copy borrows what `from` borrows. */
bool mtlsmut_transfer(mtlsmut_job *job, const mtlsmut_sites *to, const mtlsmut_sites *from);

#endif
