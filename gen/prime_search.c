#include "gen/prime_search.h"

#include <pthread.h>
#include <stdlib.h>

#include "gen/primality.h"

enum { NUM_PRIMES = 2, WINDOW = MTLSGEN_SIEVE_WINDOW };

/* One of the two: the candidates start + 2i of a window, tested in order by whoever is free. The lowest that
 * passes is the prime, once every one below it has been tested. */
typedef struct {
    BIGNUM *start, *prime;
    int bits;
    bool sieved;
    uint8_t composite[WINDOW];
    uint32_t next;  /* the first candidate that nobody has taken */
    uint32_t found; /* the lowest one that passed; WINDOW: none has */
    unsigned num_testing;
    bool done;
} lane;

struct mtlsgen_prime_search {
    pthread_mutex_t mutex; /* not held while a candidate is tested */
    pthread_cond_t changed;
    lane lanes[NUM_PRIMES];
    mtls_status status;
};

mtls_status mtlsgen_prime_search_new(mtls_view first, mtls_view second, mtlsgen_prime_search **out_search) {
    const mtls_view points[NUM_PRIMES] = {first, second};
    mtlsgen_prime_search *search = calloc(1, sizeof *search);
    *out_search = NULL;
    if (search == NULL) {
        return MTLS_ERR_NOMEM;
    }
    (void)pthread_mutex_init(&search->mutex, NULL);
    (void)pthread_cond_init(&search->changed, NULL);
    for (size_t i = 0; i < NUM_PRIMES; i++) {
        lane *l = &search->lanes[i];
        l->bits = (int)points[i].len * 8;
        l->start = BN_bin2bn(points[i].data, (int)points[i].len, NULL);
        l->prime = BN_new();
        if (l->start == NULL || l->prime == NULL || !BN_set_bit(l->start, l->bits - 1) ||
            !BN_set_bit(l->start, l->bits - 2) || !BN_set_bit(l->start, 0)) {
            mtlsgen_prime_search_free(search);
            return MTLS_ERR_NOMEM;
        }
    }
    *out_search = search;
    return MTLS_OK;
}

void mtlsgen_prime_search_free(mtlsgen_prime_search *search) {
    if (search == NULL) {
        return;
    }
    for (size_t i = 0; i < NUM_PRIMES; i++) {
        BN_free(search->lanes[i].start);
        BN_free(search->lanes[i].prime);
    }
    (void)pthread_cond_destroy(&search->changed);
    (void)pthread_mutex_destroy(&search->mutex);
    free(search);
}

const BIGNUM *mtlsgen_prime_search_found(const mtlsgen_prime_search *search, int which) {
    return search->lanes[which].prime;
}

/* lane_finish settles a lane whose candidates up to the prime have all been tested. */
static mtls_status lane_finish(lane *l) {
    l->done = true;
    if (!BN_copy(l->prime, l->start) || !BN_add_word(l->prime, 2 * (BN_ULONG)l->found)) {
        return MTLS_ERR_NOMEM;
    }
    return BN_num_bits(l->prime) == l->bits ? MTLS_OK : MTLS_ERR_CRYPTO;
}

/* lane_advance moves `next` to an untested candidate that may be the prime, past the window where that has
 * none. False: there is none to take now, as others test the last ones, or the lane is done. */
static bool lane_advance(lane *l, mtls_status *status) {
    while (!l->done) {
        if (!l->sieved) {
            l->next = 0;
            l->found = WINDOW;
            l->sieved = mtlsgen_sieve(l->start, l->composite);
            if (!l->sieved) {
                *status = MTLS_ERR_NOMEM;
                return false;
            }
        }
        while (l->next < l->found && l->composite[l->next]) {
            l->next++;
        }
        if (l->next < l->found) {
            return true;
        }
        if (l->num_testing > 0) {
            return false;
        }
        if (l->found < WINDOW) {
            *status = lane_finish(l);
        } else if (BN_add_word(l->start, 2 * (BN_ULONG)WINDOW)) {
            l->sieved = false;
        } else {
            *status = MTLS_ERR_NOMEM;
            return false;
        }
    }
    return false;
}

/* candidate_test takes the lane's next candidate; the mutex is held on the way in and on the way out. */
static void candidate_test(mtlsgen_prime_search *search, lane *l, BIGNUM *candidate, BN_CTX *ctx) {
    const uint32_t at = l->next++;
    l->num_testing++;
    const bool ready = BN_copy(candidate, l->start) != NULL && BN_add_word(candidate, 2 * (BN_ULONG)at);
    (void)pthread_mutex_unlock(&search->mutex);
    const int verdict = ready ? mtlsgen_is_probable_prime(candidate, ctx) : -1;
    (void)pthread_mutex_lock(&search->mutex);
    l->num_testing--;
    if (verdict < 0) {
        search->status = MTLS_ERR_CRYPTO;
    } else if (verdict == 1 && at < l->found) {
        l->found = at;
    }
    if (l->num_testing == 0 || verdict < 0) {
        (void)pthread_cond_broadcast(&search->changed);
    }
}

/* lane_pick gives a lane with a candidate to test, NULL when there is none now; `*out_done`: nor will be. */
static lane *lane_pick(mtlsgen_prime_search *search, bool *out_done) {
    *out_done = true;
    for (size_t i = 0; i < NUM_PRIMES && search->status == MTLS_OK; i++) {
        lane *l = &search->lanes[i];
        if (lane_advance(l, &search->status)) {
            *out_done = false;
            return l;
        }
        *out_done = *out_done && l->done;
    }
    *out_done = *out_done || search->status != MTLS_OK;
    return NULL;
}

mtls_status mtlsgen_prime_search_join(mtlsgen_prime_search *search) {
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *candidate = BN_new();
    bool done = false;
    (void)pthread_mutex_lock(&search->mutex);
    if (ctx == NULL || candidate == NULL) {
        search->status = MTLS_ERR_NOMEM;
    }
    while (!done) {
        lane *l = lane_pick(search, &done);
        if (l != NULL) {
            candidate_test(search, l, candidate, ctx);
        } else if (!done) {
            (void)pthread_cond_wait(&search->changed, &search->mutex);
        }
    }
    (void)pthread_cond_broadcast(&search->changed);
    const mtls_status status = search->status;
    (void)pthread_mutex_unlock(&search->mutex);
    BN_free(candidate);
    BN_CTX_free(ctx);
    return status;
}
