/* What a certificate's name constraints have that TLS libraries are known to differ on. */
#ifndef MTLS_FUZZ_CONSTRAINT_FEATURES_H
#define MTLS_FUZZ_CONSTRAINT_FEATURES_H

#include "fuzz/second/features.h"
#include "validator/certificate.h"

/* mtlsfuzz_constraint_features looks at the constraints of `ca`, and at the names of `client` (NULL: not
 * known) by their side. */
mtlsfuzz_features mtlsfuzz_constraint_features(const mtlsval_certificate *ca,
                                               const mtlsval_certificate *client);

#endif
