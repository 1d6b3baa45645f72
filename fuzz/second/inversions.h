/* Where two libraries contradict each other over a client: whether fuzz/second/inversions.def explains it. */
#ifndef MTLS_FUZZ_INVERSIONS_H
#define MTLS_FUZZ_INVERSIONS_H

#include "fuzz/libraries.h"

/* What a case has that libraries are known to differ on: bits of fuzz/second/inversions.c. */
typedef uint64_t mtlsfuzz_features;

/* mtlsfuzz_features_of looks at the uploaded file and at the chain as DER. `*out_comparable` is false where
 * our own reader cannot say what is in them, so that nothing can be claimed of who may get in. */
mtlsfuzz_features mtlsfuzz_features_of(mtls_view file, const adapter_bytes *chain, size_t num_certificates,
                                       int64_t time, bool *out_comparable);

/* mtlsfuzz_breaks_wolfssl: wolfSSL 5.5.4 frees what it never allocated when a trusted CA's common name is
 * empty (empty-common-name-crashes). */
bool mtlsfuzz_breaks_wolfssl(mtls_view file);

/* mtlsfuzz_inversion_cause gives the cause of the first row that explains why one library lets the client in
 * and the other does not; NULL if there is none. */
const char *mtlsfuzz_inversion_cause(mtlsfuzz_library lets_in, mtlsfuzz_library keeps_out,
                                     mtlsfuzz_features features);

/* mtlsfuzz_features_text names the features, for people; good until the next call. */
const char *mtlsfuzz_features_text(mtlsfuzz_features features);

#endif
