/* The keys of a corpus, each named by (seed, algorithm, pool index) and made when first asked for. */
#ifndef MTLS_GEN_KEY_POOL_H
#define MTLS_GEN_KEY_POOL_H

#include <mtls/status.h>

#include "gen/key.h"
#include "gen/seed.h"

typedef struct mtlsgen_key_pool mtlsgen_key_pool;

/* mtlsgen_key_pool_new makes an empty pool; it copies the seed. One pool serves all threads. */
MTLS_MUST_CHECK mtls_status mtlsgen_key_pool_new(const mtlsgen_seed *seed, mtlsgen_key_pool **out_pool);
void mtlsgen_key_pool_free(mtlsgen_key_pool *pool);

/* mtlsgen_key_pool_get gives a key that the pool owns. While another thread makes the same
 * key, it looks for an RSA key's primes along with that one, and waits for other keys. MTLS_ERR_USAGE for an
 * index of MTLSGEN_KEY_INDEX_MAX or more. */
MTLS_MUST_CHECK mtls_status mtlsgen_key_pool_get(mtlsgen_key_pool *pool, mtlsgen_key_algorithm algorithm,
                                                 unsigned index, const mtlsgen_key **out_key);

/* mtlsgen_key_pool_help is for a thread that has nothing else to do: it looks along for the primes of a key
 * that another one makes now. False: there is none. */
bool mtlsgen_key_pool_help(mtlsgen_key_pool *pool);

/* One key that a case wants. */
typedef struct {
    const char *label;               /* the certificate's label, unique within the case */
    mtlsgen_key_algorithm algorithm; /* not MTLSGEN_KEY_NONE */
    bool index_given;                /* the scenario states the index; two may state the same one */
    unsigned index;                  /* given, or set by mtlsgen_key_indices_assign */
} mtlsgen_key_wish;

/* mtlsgen_key_indices_assign sets the index of each wish that states none, so that no two wishes of one
 * algorithm share a key unless both state it. The first choice is a hash of `scope` (the case's id) and the
 * label; RSA keys ignore the scope, so that few of the slow ones are made. A taken index moves on to the
 * next, in the byte order of the labels: the order of the wishes changes nothing. MTLS_ERR_LIMIT past
 * MTLSGEN_KEY_INDEX_MAX. */
MTLS_MUST_CHECK mtls_status mtlsgen_key_indices_assign(const char *scope, mtlsgen_key_wish *wishes,
                                                       size_t num_wishes);

#endif
