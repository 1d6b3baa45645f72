#include "gen/key_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gen/hash.h"
#include "gen/key_material.h"

typedef enum { SLOT_EMPTY = 0, SLOT_BEING_MADE, SLOT_READY } slot_state;

typedef struct {
    slot_state state;
    mtlsgen_key *key;
    mtlsgen_prime_search *search; /* an RSA key's, while whoever waits for the key may look along */
    unsigned num_looking;         /* who does, beside the one who makes the key */
} slot;

struct mtlsgen_key_pool {
    mtlsgen_seed seed;
    pthread_mutex_t mutex; /* guards the slots; not held while a key is made */
    pthread_cond_t changed;
    slot *searched; /* the last one whose search has begun and is not known to be over */
    slot slots[MTLSGEN_NUM_KEY_ALGORITHMS][MTLSGEN_KEY_INDEX_MAX];
};

mtls_status mtlsgen_key_pool_new(const mtlsgen_seed *seed, mtlsgen_key_pool **out_pool) {
    mtlsgen_key_pool *pool = calloc(1, sizeof *pool);
    *out_pool = pool;
    if (pool == NULL) {
        return MTLS_ERR_NOMEM;
    }
    pool->seed = *seed;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    return MTLS_OK;
}

void mtlsgen_key_pool_free(mtlsgen_key_pool *pool) {
    if (pool == NULL) {
        return;
    }
    for (size_t algorithm = 0; algorithm < MTLSGEN_NUM_KEY_ALGORITHMS; algorithm++) {
        for (size_t index = 0; index < MTLSGEN_KEY_INDEX_MAX; index++) {
            mtlsgen_key_free(pool->slots[algorithm][index].key);
        }
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

static void search_close(mtlsgen_key_pool *pool, slot *s) {
    s->search = NULL;
    if (pool->searched == s) {
        pool->searched = NULL;
    }
}

/* search_help looks along for a slot's primes. What goes wrong is for the thread that makes the key to tell.
 */
static void search_help(mtlsgen_key_pool *pool, slot *s) {
    mtlsgen_prime_search *search = s->search;
    s->num_looking++;
    (void)pthread_mutex_unlock(&pool->mutex);
    const mtls_status status = mtlsgen_prime_search_join(search);
    (void)status;
    (void)pthread_mutex_lock(&pool->mutex);
    search_close(pool, s); /* it is over */
    s->num_looking--;
    (void)pthread_cond_broadcast(&pool->changed);
}

/* rsa_make makes a key together with those who wait for it. The mutex is held on the way in and out. */
static mtls_status rsa_make(mtlsgen_key_pool *pool, slot *s, mtlsgen_key_algorithm algorithm, unsigned index,
                            mtlsgen_key **out_key) {
    mtlsgen_prime_search *search;
    (void)pthread_mutex_unlock(&pool->mutex);
    mtls_status status = mtlsgen_key_search_new(&pool->seed, algorithm, index, &search);
    if (status == MTLS_OK) {
        (void)pthread_mutex_lock(&pool->mutex);
        s->search = search;
        pool->searched = s;
        (void)pthread_cond_broadcast(&pool->changed);
        (void)pthread_mutex_unlock(&pool->mutex);
        if ((status = mtlsgen_prime_search_join(search)) == MTLS_OK) {
            status = mtlsgen_key_from_search(search, algorithm, index, out_key);
        }
    }
    (void)pthread_mutex_lock(&pool->mutex);
    search_close(pool, s);
    while (s->num_looking > 0) {
        (void)pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    mtlsgen_prime_search_free(search);
    return status;
}

/* key_make fills an empty slot. The mutex is held on the way in and out. */
static mtls_status key_make(mtlsgen_key_pool *pool, slot *s, mtlsgen_key_algorithm algorithm,
                            unsigned index) {
    mtlsgen_key *key = NULL;
    mtls_status status;
    s->state = SLOT_BEING_MADE;
    if (mtlsgen_key_algorithm_describe(algorithm)->kind == MTLSGEN_KIND_RSA) {
        status = rsa_make(pool, s, algorithm, index, &key);
    } else {
        (void)pthread_mutex_unlock(&pool->mutex);
        status = mtlsgen_key_derive(&pool->seed, algorithm, index, &key);
        (void)pthread_mutex_lock(&pool->mutex);
    }
    s->key = key;
    s->state = key == NULL ? SLOT_EMPTY : SLOT_READY;
    (void)pthread_cond_broadcast(&pool->changed);
    return status;
}

/* key_await looks along for the primes of a key that another thread makes, or waits. */
static void key_await(mtlsgen_key_pool *pool, slot *s) {
    if (s->search != NULL) {
        search_help(pool, s);
    } else {
        (void)pthread_cond_wait(&pool->changed, &pool->mutex);
    }
}

bool mtlsgen_key_pool_help(mtlsgen_key_pool *pool) {
    (void)pthread_mutex_lock(&pool->mutex);
    slot *s = pool->searched;
    if (s != NULL) {
        search_help(pool, s);
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    return s != NULL;
}

mtls_status mtlsgen_key_pool_get(mtlsgen_key_pool *pool, mtlsgen_key_algorithm algorithm, unsigned index,
                                 const mtlsgen_key **out_key) {
    mtls_status status = MTLS_OK;
    *out_key = NULL;
    if (algorithm <= MTLSGEN_KEY_NONE || algorithm >= MTLSGEN_NUM_KEY_ALGORITHMS ||
        index >= MTLSGEN_KEY_INDEX_MAX) {
        return MTLS_ERR_USAGE;
    }
    slot *s = &pool->slots[algorithm][index];
    (void)pthread_mutex_lock(&pool->mutex);
    while (s->state == SLOT_BEING_MADE) {
        key_await(pool, s);
    }
    if (s->state == SLOT_EMPTY) {
        status = key_make(pool, s, algorithm, index);
    }
    *out_key = s->key;
    (void)pthread_mutex_unlock(&pool->mutex);
    return status;
}

/* preferred_index hashes the label, and the scope where keys are cheap. */
static unsigned preferred_index(const char *scope, const mtlsgen_key_wish *wish) {
    const mtlsgen_key_algorithm_info *info = mtlsgen_key_algorithm_describe(wish->algorithm);
    uint8_t digest[32];
    mtlsgen_hash hash;
    mtlsgen_hash_init(&hash, MTLSGEN_HASH_SHA256);
    if (info->kind != MTLSGEN_KIND_RSA) {
        mtlsgen_hash_update(&hash, scope, strlen(scope));
    }
    mtlsgen_hash_update(&hash, "#", 1);
    mtlsgen_hash_update(&hash, wish->label, strlen(wish->label));
    mtlsgen_hash_final(&hash, digest);
    unsigned value =
        (unsigned)digest[0] << 24 | (unsigned)digest[1] << 16 | (unsigned)digest[2] << 8 | digest[3];
    return value % info->pool;
}

static int compare_labels(const void *left, const void *right) {
    const mtlsgen_key_wish *a = *(mtlsgen_key_wish *const *)left, *b = *(mtlsgen_key_wish *const *)right;
    return strcmp(a->label, b->label);
}

/* The indices that a case has taken, a bit each. */
typedef struct {
    uint8_t bits[MTLSGEN_NUM_KEY_ALGORITHMS][MTLSGEN_KEY_INDEX_MAX / 8];
} taken_set;

static bool is_taken(const taken_set *taken, mtlsgen_key_algorithm algorithm, unsigned index) {
    return (taken->bits[algorithm][index / 8] >> (index % 8) & 1) != 0;
}

static void take(taken_set *taken, const mtlsgen_key_wish *wish) {
    taken->bits[wish->algorithm][wish->index / 8] |= (uint8_t)(1 << (wish->index % 8));
}

/* wish_fulfil takes the first free index: round the pool from the preferred one, then the ones after the
 * pool. */
static bool wish_fulfil(const char *scope, mtlsgen_key_wish *wish, taken_set *taken) {
    unsigned pool = mtlsgen_key_algorithm_describe(wish->algorithm)->pool,
             first = preferred_index(scope, wish);
    for (unsigned i = 0; i < MTLSGEN_KEY_INDEX_MAX; i++) {
        wish->index = i < pool ? (first + i) % pool : i;
        if (!is_taken(taken, wish->algorithm, wish->index)) {
            take(taken, wish);
            return true;
        }
    }
    return false;
}

mtls_status mtlsgen_key_indices_assign(const char *scope, mtlsgen_key_wish *wishes, size_t num_wishes) {
    mtls_status status = MTLS_OK;
    taken_set *taken = calloc(1, sizeof *taken);
    mtlsgen_key_wish **sorted = calloc(num_wishes + 1, sizeof(mtlsgen_key_wish *));
    size_t num_sorted = 0;
    if (taken == NULL || sorted == NULL) {
        status = MTLS_ERR_NOMEM;
        goto out;
    }
    for (size_t i = 0; i < num_wishes; i++) {
        if (wishes[i].algorithm <= MTLSGEN_KEY_NONE || wishes[i].algorithm >= MTLSGEN_NUM_KEY_ALGORITHMS ||
            (wishes[i].index_given && wishes[i].index >= MTLSGEN_KEY_INDEX_MAX)) {
            status = MTLS_ERR_USAGE;
            goto out;
        }
        if (wishes[i].index_given) {
            take(taken, &wishes[i]);
        } else {
            sorted[num_sorted++] = &wishes[i];
        }
    }
    qsort(sorted, num_sorted, sizeof(mtlsgen_key_wish *), compare_labels);
    for (size_t i = 0; i < num_sorted && status == MTLS_OK; i++) {
        status = wish_fulfil(scope, sorted[i], taken) ? MTLS_OK : MTLS_ERR_LIMIT;
    }
out:
    free(sorted);
    free(taken);
    return status;
}
