/* A stream of random numbers that a seed names: the same on every machine (SplitMix64). */
#ifndef MTLS_FUZZ_MUTATOR_RANDOM_H
#define MTLS_FUZZ_MUTATOR_RANDOM_H

#include <mtls/bytes.h>

typedef struct {
    uint64_t state;
} mtlsmut_random;

static inline uint64_t mtlsmut_random_next(mtlsmut_random *random) {
    uint64_t z = (random->state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* mtlsmut_below gives a number from 0 to `limit` less 1; 0 for a limit of 0. */
static inline size_t mtlsmut_below(mtlsmut_random *random, size_t limit) {
    uint64_t next = mtlsmut_random_next(random) >> 11;
    return limit == 0 ? 0 : (size_t)(next % limit);
}

/* mtlsmut_chance is true `num` times in `of`. */
static inline bool mtlsmut_chance(mtlsmut_random *random, size_t num, size_t of) {
    return mtlsmut_below(random, of) < num;
}

/* mtlsmut_bytes_hash is FNV-1a, for choices that depend on bytes alone. */
static inline uint64_t mtlsmut_bytes_hash(uint64_t start, mtls_view bytes) {
    uint64_t hash = start ^ 0xcbf29ce484222325u;
    for (size_t i = 0; i < bytes.len; i++) {
        hash = (hash ^ bytes.data[i]) * 0x100000001b3u;
    }
    return hash;
}

#endif
