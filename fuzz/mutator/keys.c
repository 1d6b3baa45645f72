#include "fuzz/mutator/keys.h"

#include <stdlib.h>
#include <string.h>

#include "gen/key_pool.h"

/* The pools, and how long a SubjectPublicKeyInfo of each is. The first two are there from the start. */
static const struct {
    mtlsgen_key_algorithm algorithm;
    size_t spki_len;
} pools[] = {
    {MTLSGEN_KEY_P256,    91 },
    {MTLSGEN_KEY_ED25519, 44 },
    {MTLSGEN_KEY_P384,    120},
    {MTLSGEN_KEY_P521,    158},
    {MTLSGEN_KEY_RSA1024, 162},
    {MTLSGEN_KEY_RSA2048, 294},
};
enum { NUM_POOLS = sizeof pools / sizeof *pools, NUM_AT_START = 2, WEAK_POOL = 4 };

typedef struct {
    mtls_view spki, id;
    const mtlsgen_key *key;
} known_key;

struct mtlsmut_keys {
    mtlsgen_key_pool *pool;
    mtlsgen_signer *signer;
    known_key *by_spki, *by_id; /* the same keys, sorted */
    size_t num_keys;
    bool loaded[NUM_POOLS];
};

static int compare_views(mtls_view a, mtls_view b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.data, b.data, len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_spki(const void *a, const void *b) {
    return compare_views(((const known_key *)a)->spki, ((const known_key *)b)->spki);
}

static int compare_id(const void *a, const void *b) {
    return compare_views(((const known_key *)a)->id, ((const known_key *)b)->id);
}

static mtls_status grow(known_key **rows, size_t num_rows) {
    known_key *grown = realloc(*rows, num_rows * sizeof *grown);
    if (grown == NULL) {
        return MTLS_ERR_NOMEM;
    }
    *rows = grown;
    return MTLS_OK;
}

static mtls_status load(mtlsmut_keys *keys, size_t pool) {
    mtlsgen_key_algorithm algorithm = pools[pool].algorithm;
    size_t num_more = mtlsgen_key_algorithm_describe(algorithm)->pool;
    mtls_status status;
    if ((status = grow(&keys->by_spki, keys->num_keys + num_more)) != MTLS_OK ||
        (status = grow(&keys->by_id, keys->num_keys + num_more)) != MTLS_OK) {
        return status;
    }
    for (size_t i = 0; i < num_more; i++) {
        known_key row;
        status = mtlsgen_key_pool_get(keys->pool, algorithm, (unsigned)i, &row.key);
        if (status != MTLS_OK) {
            return status;
        }
        row.spki = mtlsgen_key_spki(row.key);
        row.id = mtlsgen_key_id(row.key);
        keys->by_spki[keys->num_keys + i] = keys->by_id[keys->num_keys + i] = row;
    }
    keys->num_keys += num_more;
    keys->loaded[pool] = true;
    qsort(keys->by_spki, keys->num_keys, sizeof *keys->by_spki, compare_spki);
    qsort(keys->by_id, keys->num_keys, sizeof *keys->by_id, compare_id);
    return MTLS_OK;
}

mtls_status mtlsmut_keys_new(const char *seed_text, mtlsmut_keys **out_keys) {
    mtlsgen_seed seed;
    mtlsmut_keys *keys = calloc(1, sizeof *keys);
    *out_keys = NULL;
    if (keys == NULL) {
        return MTLS_ERR_NOMEM;
    }
    mtlsgen_seed_init(seed_text, &seed);
    mtls_status status;
    if ((status = mtlsgen_key_pool_new(&seed, &keys->pool)) == MTLS_OK) {
        status = mtlsgen_signer_new(&keys->signer);
    }
    for (size_t i = 0; i < NUM_AT_START && status == MTLS_OK; i++) {
        status = load(keys, i);
    }
    if (status != MTLS_OK) {
        mtlsmut_keys_free(keys);
        return status;
    }
    *out_keys = keys;
    return MTLS_OK;
}

void mtlsmut_keys_free(mtlsmut_keys *keys) {
    if (keys != NULL) {
        free(keys->by_spki);
        free(keys->by_id);
        mtlsgen_signer_free(keys->signer);
        mtlsgen_key_pool_free(keys->pool);
        free(keys);
    }
}

const mtlsgen_key *mtlsmut_keys_by_spki(mtlsmut_keys *keys, mtls_view spki) {
    for (size_t i = 0; i < NUM_POOLS; i++) {
        if (pools[i].spki_len == spki.len && !keys->loaded[i] && load(keys, i) != MTLS_OK) {
            return NULL;
        }
    }
    const known_key wanted = {.spki = spki};
    const known_key *found = bsearch(&wanted, keys->by_spki, keys->num_keys, sizeof wanted, compare_spki);
    return found == NULL ? NULL : found->key;
}

const mtlsgen_key *mtlsmut_keys_by_id(const mtlsmut_keys *keys, mtls_view id) {
    const known_key wanted = {.id = id};
    const known_key *found = bsearch(&wanted, keys->by_id, keys->num_keys, sizeof wanted, compare_id);
    return found == NULL ? NULL : found->key;
}

const mtlsgen_key *mtlsmut_keys_pick(mtlsmut_keys *keys, mtlsmut_random *random) {
    const mtlsgen_key *key = NULL;
    size_t pool = mtlsmut_chance(random, 1, 16) ? WEAK_POOL : mtlsmut_below(random, NUM_AT_START);
    size_t index = mtlsmut_below(random, 4); /* few, so that two certificates come to share one */
    if (!keys->loaded[pool] && load(keys, pool) != MTLS_OK) {
        return NULL;
    }
    return mtlsgen_key_pool_get(keys->pool, pools[pool].algorithm, (unsigned)index, &key) == MTLS_OK ? key
                                                                                                     : NULL;
}

mtlsgen_signer *mtlsmut_keys_signer(mtlsmut_keys *keys) {
    return keys->signer;
}
