/* The search for the primes of RSA keys: libcrypto's own test walks the same numbers, one after the other;
 * and several threads that look together, or ask one pool for one key, find what one finds. */
#include "core/tests/cmocka_includes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gen/key_material.h"
#include "gen/key_pool.h"
#include "gen/prime_search.h"

enum { THREADS = 4, PRIME_BYTES = 64 };

static mtlsgen_prime_search *search_of(const char *seed_text) {
    uint8_t points[2 * PRIME_BYTES];
    mtlsgen_seed seed;
    mtlsgen_prime_search *search;
    mtlsgen_seed_init(seed_text, &seed);
    assert_int_equal(mtlsgen_seed_expand(&seed, "points", points, sizeof points), MTLS_OK);
    assert_int_equal(mtlsgen_prime_search_new((mtls_view){points, PRIME_BYTES},
                                              (mtls_view){points + PRIME_BYTES, PRIME_BYTES}, &search),
                     MTLS_OK);
    return search;
}

static void *join(void *search) {
    return mtlsgen_prime_search_join(search) == MTLS_OK ? search : NULL;
}

static void join_together(mtlsgen_prime_search *search, size_t num_threads) {
    pthread_t threads[THREADS];
    for (size_t i = 0; i < num_threads; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, join, search), 0);
    }
    for (size_t i = 0; i < num_threads; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, search);
    }
}

static void search_finds_the_first_prime_from_a_point_on(void **state) {
    (void)state;
    static const char *const texts[] = {"a", "b", "c", "d", "e", "f"};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        uint8_t points[2 * PRIME_BYTES];
        mtlsgen_seed seed;
        mtlsgen_seed_init(texts[t], &seed);
        assert_int_equal(mtlsgen_seed_expand(&seed, "points", points, sizeof points), MTLS_OK);
        mtlsgen_prime_search *search = search_of(texts[t]);
        BN_CTX *ctx = BN_CTX_new();
        join_together(search, 1);
        for (int which = 0; which < 2; which++) {
            BIGNUM *n = BN_bin2bn(points + (size_t)which * PRIME_BYTES, PRIME_BYTES, NULL);
            assert_true(BN_set_bit(n, 511) && BN_set_bit(n, 510) && BN_set_bit(n, 0));
            while (BN_mod_word(n, MTLSGEN_RSA_E) == 1 || BN_check_prime(n, ctx, NULL) != 1) {
                assert_true(BN_add_word(n, 2));
            }
            assert_int_equal(BN_cmp(n, mtlsgen_prime_search_found(search, which)), 0);
            BN_free(n);
        }
        BN_CTX_free(ctx);
        mtlsgen_prime_search_free(search);
    }
}

static void search_is_the_same_for_any_number_of_threads(void **state) {
    (void)state;
    for (char seed[] = "0"; seed[0] < '8'; seed[0]++) {
        mtlsgen_prime_search *alone = search_of(seed), *together = search_of(seed);
        join_together(alone, 1);
        join_together(together, THREADS);
        for (int which = 0; which < 2; which++) {
            assert_int_equal(
                BN_cmp(mtlsgen_prime_search_found(alone, which), mtlsgen_prime_search_found(together, which)),
                0);
        }
        join_together(together, 1); /* who comes late finds the work done */
        mtlsgen_prime_search_free(alone);
        mtlsgen_prime_search_free(together);
    }
}

/* Two keys with a pool of their own each: in the one, four threads wait for the same two keys. */
typedef struct {
    mtlsgen_key_pool *pool;
    uint8_t ids[2][20];
    mtls_status status;
} asker;

static void *ask(void *argument) {
    asker *a = argument;
    for (unsigned index = 0; index < 2 && a->status == MTLS_OK; index++) {
        const mtlsgen_key *key;
        a->status = mtlsgen_key_pool_get(a->pool, MTLSGEN_KEY_RSA1024, index, &key);
        if (a->status == MTLS_OK) {
            memcpy(a->ids[index], mtlsgen_key_id(key).data, sizeof a->ids[index]);
        }
    }
    return NULL;
}

typedef struct {
    mtlsgen_key_pool *pool;
    atomic_bool stop;
    unsigned long helped;
} helper;

static void *help(void *argument) {
    helper *h = argument;
    while (!atomic_load(&h->stop)) {
        h->helped += mtlsgen_key_pool_help(h->pool);
    }
    return NULL;
}

static void idle_threads_help_and_change_nothing(void **state) {
    (void)state;
    unsigned long helped = 0;
    for (int n = 0; n < 4 || (helped == 0 && n < 200); n++) { /* a busy machine may keep the helper waiting */
        char text[16];
        (void)snprintf(text, sizeof text, "%d", n);
        mtlsgen_seed seed;
        pthread_t threads[2];
        asker a = {0};
        helper h = {0};
        mtlsgen_seed_init(text, &seed);
        assert_int_equal(mtlsgen_key_pool_new(&seed, &a.pool), MTLS_OK);
        h.pool = a.pool;
        assert_false(mtlsgen_key_pool_help(a.pool)); /* there is nothing to do */
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, i == 0 ? ask : help, i == 0 ? (void *)&a : &h),
                             0);
        }
        assert_int_equal(pthread_join(threads[0], NULL), 0);
        atomic_store(&h.stop, true);
        assert_int_equal(pthread_join(threads[1], NULL), 0);
        assert_int_equal(a.status, MTLS_OK);
        helped += h.helped;
        for (unsigned index = 0; index < 2; index++) {
            mtlsgen_key *alone;
            assert_int_equal(mtlsgen_key_derive(&seed, MTLSGEN_KEY_RSA1024, index, &alone), MTLS_OK);
            assert_memory_equal(a.ids[index], mtlsgen_key_id(alone).data, 20);
            mtlsgen_key_free(alone);
        }
        mtlsgen_key_pool_free(a.pool);
    }
    assert_true(helped > 0);
}

static void pool_gives_all_threads_the_key_that_derive_makes(void **state) {
    (void)state;
    for (char text[] = "0"; text[0] < '8'; text[0]++) {
        mtlsgen_seed seed;
        mtlsgen_key_pool *pool;
        pthread_t threads[THREADS];
        asker askers[THREADS] = {{0}};
        mtlsgen_seed_init(text, &seed);
        assert_int_equal(mtlsgen_key_pool_new(&seed, &pool), MTLS_OK);
        for (size_t i = 0; i < THREADS; i++) {
            askers[i].pool = pool;
            assert_int_equal(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            assert_int_equal(askers[i].status, MTLS_OK);
        }
        for (unsigned index = 0; index < 2; index++) {
            mtlsgen_key *alone;
            assert_int_equal(mtlsgen_key_derive(&seed, MTLSGEN_KEY_RSA1024, index, &alone), MTLS_OK);
            for (size_t i = 0; i < THREADS; i++) {
                assert_memory_equal(askers[i].ids[index], mtlsgen_key_id(alone).data, 20);
            }
            mtlsgen_key_free(alone);
        }
        mtlsgen_key_pool_free(pool);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_finds_the_first_prime_from_a_point_on),
        cmocka_unit_test(search_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(pool_gives_all_threads_the_key_that_derive_makes),
        cmocka_unit_test(idle_threads_help_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
