/* Who issued a certificate, and its signature made again. */
#ifndef MTLS_FUZZ_MUTATOR_SIGN_H
#define MTLS_FUZZ_MUTATOR_SIGN_H

#include "fuzz/mutator/job.h"
#include "fuzz/mutator/site.h"

/* What tells certificates apart and ties them together; empty where it is missing. */
typedef struct {
    mtls_view subject, issuer, spki;     /* whole elements */
    mtls_view own_key_id, issuer_key_id; /* of subjectKeyIdentifier and authorityKeyIdentifier */
} mtlsmut_identity;

/* mtlsmut_identity_read encodes the parts into the tree's arena. */
void mtlsmut_identity_read(mtlsgen_der_tree *tree, const mtlsmut_sites *sites, mtlsmut_identity *out);

/* mtlsmut_issuer_key gives the key that should have signed `of`: that of one of `among` with the issuer's
 * name, where there are several the one that the key identifier says, and without any the key with that
 * identifier. NULL where no key is known. */
const mtlsgen_key *mtlsmut_issuer_key(mtlsmut_keys *keys, const mtlsmut_identity *of,
                                      const mtlsmut_identity *among, size_t num_among);

/* mtlsmut_set_part gives a field of tbsCertificate, such as "issuer", as a whole element. The sites of the
 * old one are no longer in the tree. False where it has no place for it. */
bool mtlsmut_set_part(mtlsgen_der_tree *tree, const mtlsmut_sites *sites, const char *name,
                      mtls_view element);

/* mtlsmut_set_key_ids sets subjectKeyIdentifier and the key identifier of authorityKeyIdentifier, where they
 * are there and the new one is not empty. */
void mtlsmut_set_key_ids(const mtlsmut_sites *sites, mtls_view own, mtls_view issuers);

/* mtlsmut_sign signs what the tree says now. An AlgorithmIdentifier by which `key` cannot sign becomes the
 * key's own, in both places. False where the tree has no place for a signature. */
bool mtlsmut_sign(mtlsmut_job *job, const mtlsmut_sites *sites, const mtlsgen_key *key);

#endif
