/* The keys that mutants are signed with: those that mtls-gen derives from a seed. */
#ifndef MTLS_FUZZ_MUTATOR_KEYS_H
#define MTLS_FUZZ_MUTATOR_KEYS_H

#include "fuzz/mutator/random.h"
#include "gen/sign.h"

typedef struct mtlsmut_keys mtlsmut_keys;

/* mtlsmut_keys_new derives the pools of P-256 and Ed25519; those of other algorithms come when a public key
 * of their size is first looked for. */
MTLS_MUST_CHECK mtls_status mtlsmut_keys_new(const char *seed, mtlsmut_keys **out_keys);
void mtlsmut_keys_free(mtlsmut_keys *keys);

/* The key with this SubjectPublicKeyInfo, and the one with this key identifier; NULL where there is none. */
const mtlsgen_key *mtlsmut_keys_by_spki(mtlsmut_keys *keys, mtls_view spki);
const mtlsgen_key *mtlsmut_keys_by_id(const mtlsmut_keys *keys, mtls_view id);

/* mtlsmut_keys_pick gives any key: mostly P-256 and Ed25519, seldom one that is too weak. */
const mtlsgen_key *mtlsmut_keys_pick(mtlsmut_keys *keys, mtlsmut_random *random);

/* The signer that the keys are used with. */
mtlsgen_signer *mtlsmut_keys_signer(mtlsmut_keys *keys);

#endif
