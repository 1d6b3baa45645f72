#include "core/tests/cmocka_includes.h"

#include <mtls/generate.h>
#include <mtls/mutate.h>

#include "gen/corpus.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

/* What afl-fuzz looks up in the library. */
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf, uint8_t *add_buf,
                       size_t add_buf_size, size_t max_size);
size_t afl_custom_post_process(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf);
void afl_custom_deinit(void *data);

enum { ROOM = 4096 };

static bool signed_by(mtls_view leaf, mtls_view issuer) {
    const uint8_t *at = leaf.data, *above_at = issuer.data;
    X509 *x = d2i_X509(NULL, &at, (long)leaf.len), *above = d2i_X509(NULL, &above_at, (long)issuer.len);
    bool good = x != NULL && X509_verify(x, X509_get0_pubkey(above)) == 1;
    X509_free(x);
    X509_free(above);
    ERR_clear_error();
    return good;
}

static void mutants_are_signed_in_post_processing(void **state) {
    (void)state;
    mtlsgen_fixtures *set;
    mtlsgen_fixture root = {.ca = true}, leaf = {.issuer = "root"};
    size_t num_before = 0, num_after = 0;
    uint8_t buf[ROOM];
    assert_int_equal(mtlsgen_fixtures_new(MTLSGEN_DEFAULT_SEED, &set), MTLS_OK);
    assert_int_equal(mtlsgen_fixtures_add(set, "root", &root, NULL), MTLS_OK);
    assert_int_equal(mtlsgen_fixtures_add(set, "leaf", &leaf, NULL), MTLS_OK);
    mtls_view der = mtlsgen_fixtures_der(set, "leaf"), issuer = mtlsgen_fixtures_der(set, "root");
    void *afl = afl_custom_init(NULL, 1);
    assert_non_null(afl);
    for (int i = 0; i < 200; i++) {
        uint8_t *mutant, *processed;
        memcpy(buf, der.data, der.len);
        size_t len = afl_custom_fuzz(afl, buf, der.len, &mutant, i % 2 == 0 ? buf : NULL, der.len, ROOM);
        assert_in_range(len, 1, ROOM);
        num_before += signed_by((mtls_view){mutant, len}, issuer);
        size_t processed_len = afl_custom_post_process(afl, mutant, len, &processed);
        num_after += signed_by((mtls_view){processed, processed_len}, issuer);
    }
    assert_in_range(num_after, num_before + 80, 200);
    afl_custom_deinit(afl);
    mtlsgen_fixtures_free(set);
}

static void a_file_of_issuers_that_is_not_there_ends_it(void **state) {
    (void)state;
    assert_int_equal(setenv("MTLS_MUTATE_ISSUERS", "/nonexistent/issuers.pem", 1), 0);
    assert_null(afl_custom_init(NULL, 1));
    assert_int_equal(unsetenv("MTLS_MUTATE_ISSUERS"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutants_are_signed_in_post_processing),
        cmocka_unit_test(a_file_of_issuers_that_is_not_there_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
