/* What a case has that TLS libraries are known to differ on, by our own reader. */
#ifndef MTLS_FUZZ_FEATURES_H
#define MTLS_FUZZ_FEATURES_H

#include <mtls/bytes.h>

#include "conformance/adapters/c/adapter.h"

/* A set of the features of fuzz/second/features.def: bit MTLSFUZZ_FEATURE_NUMBER_x is x. */
typedef uint64_t mtlsfuzz_features;

enum {
#define FEATURE(name) MTLSFUZZ_FEATURE_NUMBER_##name,
#include "fuzz/second/features.def"
    MTLSFUZZ_NUM_FEATURES
};

_Static_assert(MTLSFUZZ_NUM_FEATURES <= 8 * sizeof(mtlsfuzz_features), "a bit for each feature");

#define MTLSFUZZ_FEATURE(name) ((mtlsfuzz_features)1 << MTLSFUZZ_FEATURE_NUMBER_##name)

/* mtlsfuzz_features_of looks at the uploaded file and at the chain, one certificate or more as DER. False:
 * there are too many certificates to look at all of them, and `*out_features` lacks some. */
bool mtlsfuzz_features_of(mtls_view file, const adapter_bytes *chain, size_t num_certificates, int64_t time,
                          mtlsfuzz_features *out_features);

/* mtlsfuzz_features_text names the features, for people; good until the next call. */
const char *mtlsfuzz_features_text(mtlsfuzz_features features);

/* mtlsfuzz_breaks_wolfssl: wolfSSL 5.5.4 frees what it never allocated when a trusted CA's common name is
 * empty (empty-common-name-crashes), and, as Debian builds it, knows an uploaded certificate again by the
 * octets of its signature alone. */
bool mtlsfuzz_breaks_wolfssl(mtls_view file, const adapter_bytes *chain, size_t num_certificates);

#endif
