#include "core/tests/cmocka_includes.h"

#include <string.h>

#include "gen/key_pool.h"
#include "gen/sign.h"
#include "gen/sign_memo.h"

/* A signer that remembers gives what a fresh one gives, and never one message's or key's signature for
 * another. */
static void signer_with_a_memory_signs_as_a_fresh_one(void **state) {
    (void)state;
    static const mtlsgen_key_algorithm algorithms[] = {MTLSGEN_KEY_P384, MTLSGEN_KEY_P521, MTLSGEN_KEY_ED448,
                                                       MTLSGEN_KEY_RSA2048};
    static const char *const messages[] = {"a", "b", "a"};
    mtlsgen_seed seed;
    mtlsgen_key_pool *pool;
    mtlsgen_signer *old;
    mtlsgen_seed_init("memo", &seed);
    assert_int_equal(mtlsgen_key_pool_new(&seed, &pool), MTLS_OK);
    assert_int_equal(mtlsgen_signer_new(&old), MTLS_OK);
    for (size_t i = 0; i < 24; i++) {
        const mtlsgen_sign_options options = {.digest =
                                                  i % 2 == 0 ? MTLSGEN_DIGEST_SHA256 : MTLSGEN_DIGEST_SHA512};
        const mtls_view message = mtls_view_of_text(messages[i % 3]);
        uint8_t ours[MTLSGEN_SIGNATURE_MAX], theirs[MTLSGEN_SIGNATURE_MAX];
        size_t ours_len, theirs_len;
        const mtlsgen_key *key;
        mtlsgen_signer *fresh;
        assert_int_equal(mtlsgen_key_pool_get(pool, algorithms[i % 4], (unsigned)(i / 12), &key), MTLS_OK);
        assert_int_equal(mtlsgen_signer_new(&fresh), MTLS_OK);
        assert_int_equal(mtlsgen_sign(old, key, &options, message, ours, &ours_len), MTLS_OK);
        assert_int_equal(mtlsgen_sign(fresh, key, &options, message, theirs, &theirs_len), MTLS_OK);
        assert_int_equal(ours_len, theirs_len);
        assert_memory_equal(ours, theirs, ours_len);
        mtlsgen_signer_free(fresh);
    }
    mtlsgen_signer_free(old);
    mtlsgen_key_pool_free(pool);
}

static void memo_gives_back_what_was_put_and_nothing_else(void **state) {
    (void)state;
    mtlsgen_sign_memo *memo = NULL;
    mtlsgen_sign_memo_key key = {{1}}, other = {{1}};
    uint8_t out[MTLSGEN_SIGNATURE_MAX];
    size_t len = 0;
    other.bytes[31] = 1; /* the same place, another key */
    assert_false(mtlsgen_sign_memo_find(memo, &key, out, &len));
    mtlsgen_sign_memo_put(&memo, &key, (const uint8_t *)"abc", 3);
    assert_true(mtlsgen_sign_memo_find(memo, &key, out, &len));
    assert_int_equal(len, 3);
    assert_memory_equal(out, "abc", 3);
    assert_false(mtlsgen_sign_memo_find(memo, &other, out, &len));
    mtlsgen_sign_memo_free(memo);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signer_with_a_memory_signs_as_a_fresh_one),
        cmocka_unit_test(memo_gives_back_what_was_put_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
