/* What certificates, requests, CRLs and OCSP answers share: SEQUENCE { to be signed, signatureAlgorithm,
 * signatureValue } (RFC 5280 4.1). */
#ifndef MTLS_GEN_SIGNED_OBJECT_H
#define MTLS_GEN_SIGNED_OBJECT_H

#include "gen/certificate.h"
#include "gen/der_write.h"
#include "gen/maker_state.h"

/* How one object is signed and made wrong. */
typedef struct {
    const char *address;
    const mtlsgen_key *key; /* the issuer's; `signature` may name another */
    mtlsgen_digest digest;
    const mtlsgen_signature *signature;
    const mtlsgen_fault *faults;
    size_t num_faults;
    mtls_view inner, outer; /* AlgorithmIdentifiers, set by mtlsgen_signing_start */
} mtlsgen_signing;

/* mtlsgen_signing_start finds the AlgorithmIdentifiers of the two places. */
MTLS_MUST_CHECK mtls_status mtlsgen_signing_start(mtlsgen_maker *maker, mtlsgen_signing *signing,
                                                  mtls_error *error);

/* mtlsgen_signing_finish makes the faults in `to_be_signed`, signs it, adds algorithm and signature to its
 * parent, makes the other faults, and writes the whole tree into `arena`. */
MTLS_MUST_CHECK mtls_status mtlsgen_signing_finish(mtlsgen_maker *maker, const mtlsgen_signing *signing,
                                                   mtlsgen_der_tree *tree, mtlsgen_der_node *to_be_signed,
                                                   mtlsgen_arena *arena, mtls_view *out_der,
                                                   mtls_error *error);

#endif
