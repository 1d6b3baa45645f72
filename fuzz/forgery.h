/* What must be true of a client that succeeds, established without the validator's chain verification. */
#ifndef MTLS_FUZZ_FORGERY_H
#define MTLS_FUZZ_FORGERY_H

#include <mtls/bytes.h>

/* mtlsfuzz_chain_is_signed answers whether signatures that really verify lead from the first certificate of
 * `chain`, by way of any of the two files, to a root of `bundle`: one whose subject is its issuer. Its own
 * signature would prove nothing, and nobody looks at it. With `as_nginx` libcrypto reads the bundle, and else
 * our scanner. */
bool mtlsfuzz_chain_is_signed(mtls_view bundle, mtls_view chain, bool as_nginx);

/* mtlsfuzz_chain_is_anchored answers the same with any uploaded certificate for a root, and by the keys
 * alone: some libraries trust an intermediate, and some find an issuer without its name. */
bool mtlsfuzz_chain_is_anchored(mtls_view bundle, mtls_view chain);

/* The first certificate of `chain`, by our own reader. */
typedef struct {
    int64_t not_before, not_after;
    bool has_purposes, client_auth;
    bool has_responder; /* authorityInfoAccess names an OCSP responder that nginx would ask */
    const char *issuer; /* in the gateway's form; good until the next call */
} mtlsfuzz_leaf;

/* mtlsfuzz_leaf_read answers false where our reader does not take it. */
bool mtlsfuzz_leaf_read(mtls_view chain, mtlsfuzz_leaf *out);

#endif
