/* A key pair of the corpus. Everybody can derive it from the corpus's seed: it protects nothing, and nothing
 * here runs in constant time. */
#ifndef MTLS_GEN_KEY_H
#define MTLS_GEN_KEY_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/seed.h"

typedef enum {
    MTLSGEN_KEY_NONE = 0, /* not stated: the language's default is p256 */
#define KEY_ALGORITHM(id, spelling, kind, bits, pool) MTLSGEN_KEY_##id,
#include "gen/key_algorithm.def"
    MTLSGEN_NUM_KEY_ALGORITHMS
} mtlsgen_key_algorithm;

typedef enum { MTLSGEN_KIND_EC, MTLSGEN_KIND_ED, MTLSGEN_KIND_RSA } mtlsgen_key_kind;

typedef struct {
    const char *spelling; /* "p256" */
    mtlsgen_key_kind kind;
    unsigned bits;
    unsigned pool; /* how many keys a corpus chooses among; a case that needs more takes the ones after */
} mtlsgen_key_algorithm_info;

/* A past-the-end pool index: no key has it. */
#define MTLSGEN_KEY_INDEX_MAX 4096u

/* Static; never NULL for a valid algorithm (not MTLSGEN_KEY_NONE). */
const mtlsgen_key_algorithm_info *mtlsgen_key_algorithm_describe(mtlsgen_key_algorithm algorithm);

/* mtlsgen_key_algorithm_find answers whether `text` is a spelling and sets `*out` if it is. */
bool mtlsgen_key_algorithm_find(const char *text, mtlsgen_key_algorithm *out);

/* Immutable once made, and so shared between threads. */
typedef struct mtlsgen_key mtlsgen_key;

/* mtlsgen_key_derive makes the key named by (seed, algorithm, index). The caller frees it; mtlsgen_key_pool
 * does so for the keys that it gives. */
MTLS_MUST_CHECK mtls_status mtlsgen_key_derive(const mtlsgen_seed *seed, mtlsgen_key_algorithm algorithm,
                                               unsigned index, mtlsgen_key **out_key);
void mtlsgen_key_free(mtlsgen_key *key);

mtlsgen_key_algorithm mtlsgen_key_get_algorithm(const mtlsgen_key *key);

/* The key's SubjectPublicKeyInfo (RFC 5280 4.1) with a named curve, and its key identifier: the SHA-1 of the
 * public key's bits (4.2.1.2 (1)). The views live as long as the key. */
mtls_view mtlsgen_key_spki(const mtlsgen_key *key);
mtls_view mtlsgen_key_id(const mtlsgen_key *key);

#endif
