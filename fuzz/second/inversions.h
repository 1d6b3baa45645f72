/* Where two libraries contradict each other over a client: whether fuzz/second/inversions.def explains it. */
#ifndef MTLS_FUZZ_INVERSIONS_H
#define MTLS_FUZZ_INVERSIONS_H

#include "fuzz/libraries.h"
#include "fuzz/second/features.h"

/* mtlsfuzz_inversion_unexplained gives the first of the reasons in `refusal`, which `keeps_out` gave, that no
 * row explains where `lets_in` lets the client in; NULL if there is none. Where the adapter has no reason of
 * ours it is the library's own word, good until the next call. */
const char *mtlsfuzz_inversion_unexplained(mtlsfuzz_library lets_in, mtlsfuzz_library keeps_out,
                                           const adapter_answer *refusal, mtlsfuzz_features features);

#endif
