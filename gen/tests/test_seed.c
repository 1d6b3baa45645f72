#include "core/tests/cmocka_includes.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "gen/arena.h"
#include "gen/seed.h"

/* HKDF by libcrypto: another implementation of the same RFC. */
static void hkdf_by_libcrypto(const char *seed, const char *info, uint8_t *out, size_t len) {
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    char digest[] = "SHA256", salt[] = "mtls-gauntlet corpus format 1", ikm[256] = "", text[256] = "";
    strncpy(ikm, seed, sizeof ikm - 1);
    strncpy(text, info, sizeof text - 1);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ikm, strlen(seed)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, strlen(salt)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, text, strlen(info)),
        OSSL_PARAM_construct_end(),
    };
    assert_int_equal(EVP_KDF_derive(ctx, out, len, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void seed_expand_agrees_with_libcrypto(void **state) {
    (void)state;
    static const size_t lens[] = {1, 16, 32, 33, 64, 1000, MTLSGEN_SEED_EXPAND_MAX};
    static uint8_t ours[MTLSGEN_SEED_EXPAND_MAX], theirs[MTLSGEN_SEED_EXPAND_MAX];
    mtlsgen_seed seed;
    mtlsgen_seed_init("a seed", &seed);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        hkdf_by_libcrypto("a seed", "upload/leaf-only#leaf.serial", theirs, lens[i]);
        assert_int_equal(mtlsgen_seed_expand(&seed, "upload/leaf-only#leaf.serial", ours, lens[i]), MTLS_OK);
        assert_memory_equal(ours, theirs, lens[i]);
    }
}

static void seed_expand_depends_on_the_seed_and_the_address(void **state) {
    (void)state;
    uint8_t a[32], b[32], c[32];
    mtlsgen_seed one, two;
    mtlsgen_seed_init("one", &one);
    mtlsgen_seed_init("two", &two);
    assert_int_equal(mtlsgen_seed_expand(&one, "x", a, sizeof a), MTLS_OK);
    assert_int_equal(mtlsgen_seed_expand(&one, "y", b, sizeof b), MTLS_OK);
    assert_int_equal(mtlsgen_seed_expand(&two, "x", c, sizeof c), MTLS_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
}

static void seed_expand_refuses_more_than_hkdf_gives(void **state) {
    (void)state;
    static uint8_t out[MTLSGEN_SEED_EXPAND_MAX + 1];
    mtlsgen_seed seed;
    mtlsgen_seed_init("", &seed);
    assert_int_equal(mtlsgen_seed_expand(&seed, "x", out, sizeof out), MTLS_ERR_LIMIT);
}

static void arena_gives_distinct_aligned_bytes_and_keeps_its_limit(void **state) {
    (void)state;
    mtlsgen_arena arena = {.max = 100000};
    for (int round = 0; round < 3; round++) {
        size_t given = 0;
        uint8_t *last = NULL, *at;
        for (size_t len = 0; (at = mtlsgen_arena_alloc(&arena, len % 777)) != NULL; len++) {
            assert_int_equal((uintptr_t)at % sizeof(void *), 0);
            assert_true(len % 777 == 1 || at != last);
            memset(at, (int)len, len % 777);
            given += len % 777;
            last = at;
        }
        assert_in_range(given, 50000, 100000);
        assert_in_range(arena.total, given, 100000);
        mtlsgen_arena_reset(&arena);
    }
    mtlsgen_arena_clear(&arena);
    mtlsgen_arena_clear(&arena);
    assert_int_equal(arena.total, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seed_expand_agrees_with_libcrypto),
        cmocka_unit_test(seed_expand_depends_on_the_seed_and_the_address),
        cmocka_unit_test(seed_expand_refuses_more_than_hkdf_gives),
        cmocka_unit_test(arena_gives_distinct_aligned_bytes_and_keeps_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
