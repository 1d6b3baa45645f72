#include "gen/tests/fixture.h"

#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>

/* parse reads the certificate with libcrypto, all of it. */
static X509 *parse(mtls_view der) {
    const unsigned char *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    assert_non_null(x);
    assert_ptr_equal(at, der.data + der.len);
    unsigned char *again = NULL;
    X509_get_version(x);
    int len = i2d_re_X509_tbs(x, &again); /* encoded anew: the writer's DER must be what libcrypto writes */
    assert_true(len > 0);
    OPENSSL_free(again);
    return x;
}

static const mtlsgen_key_algorithm all_algorithms[] = {
    MTLSGEN_KEY_P256,  MTLSGEN_KEY_P384,    MTLSGEN_KEY_P521,    MTLSGEN_KEY_SECP256K1, MTLSGEN_KEY_ED25519,
    MTLSGEN_KEY_ED448, MTLSGEN_KEY_RSA1024, MTLSGEN_KEY_RSA2048, MTLSGEN_KEY_RSA3072,   MTLSGEN_KEY_RSA4096};

static void good_certificates_of_every_key_verify(void **state) {
    fixture *f = *state;
    for (size_t i = 0; i < sizeof all_algorithms / sizeof all_algorithms[0]; i++) {
        mtlsgen_certificate_spec spec = {.address = "test/a#root",
                                         .label = "root",
                                         .ca = true,
                                         .key = fixture_key(f, all_algorithms[i], 0)};
        X509 *root = parse(fixture_make(f, &spec).der);
        assert_int_equal(X509_verify(root, X509_get0_pubkey(root)), 1);
        assert_int_equal(X509_get_version(root), 2);
        assert_int_equal(X509_check_ca(root), 1);
        assert_int_equal(X509_check_issued(root, root), X509_V_OK);
        X509_free(root);
    }
}

static void chains_verify(void **state) {
    fixture *f = *state;
    mtlsgen_name root_name, int_name;
    assert_int_equal(mtlsgen_name_default("root", &f->arena, &root_name), MTLS_OK);
    assert_int_equal(mtlsgen_name_default("int", &f->arena, &int_name), MTLS_OK);
    const mtlsgen_key *root_key = fixture_key(f, MTLSGEN_KEY_P256, 1),
                      *int_key = fixture_key(f, MTLSGEN_KEY_P384, 2);
    mtlsgen_issuer by_root = {.name = &root_name, .key = root_key},
                   by_int = {.name = &int_name, .key = int_key};
    X509 *root = parse(
        fixture_make(
            f, &(mtlsgen_certificate_spec){.address = "t#root", .label = "root", .ca = true, .key = root_key})
            .der);
    X509 *intermediate = parse(
        fixture_make(f,
                     &(mtlsgen_certificate_spec){
                         .address = "t#int", .label = "int", .ca = true, .key = int_key, .issuer = &by_root})
            .der);
    X509 *leaf =
        parse(fixture_make(f, &(mtlsgen_certificate_spec){.address = "t#leaf",
                                                          .label = "leaf",
                                                          .key = fixture_key(f, MTLSGEN_KEY_ED25519, 3),
                                                          .issuer = &by_int})
                  .der);
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    assert_int_equal(X509_STORE_add_cert(store, root), 1);
    sk_X509_push(others, intermediate);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_CTX_init(ctx, store, leaf, others), 1);
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_CLIENT);
    X509_STORE_CTX_set_time(ctx, 0, 1893456000); /* 2030-01-01 */
    assert_int_equal(X509_verify_cert(ctx), 1);
    char *subject = X509_NAME_oneline(X509_get_subject_name(leaf), NULL, 0);
    assert_string_equal(subject, "/O=mtls-gauntlet TEST DO NOT TRUST/CN=leaf");
    OPENSSL_free(subject);
    X509_STORE_CTX_free(ctx);
    sk_X509_free(others);
    X509_STORE_free(store);
    X509_free(leaf);
    X509_free(intermediate);
    X509_free(root);
}

static void rsa_pss_and_every_digest_verify(void **state) {
    fixture *f = *state;
    for (int digest = MTLSGEN_DIGEST_SHA1; digest < MTLSGEN_NUM_DIGESTS; digest++) {
        for (int pss = 0; pss < 2; pss++) {
            mtlsgen_certificate_spec spec = {.address = "test/pss#a",
                                             .label = "a",
                                             .key = fixture_key(f, MTLSGEN_KEY_RSA2048, 0),
                                             .digest = (mtlsgen_digest)digest,
                                             .signature = {.pss = pss == 1}};
            X509 *x = parse(fixture_make(f, &spec).der);
            assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
            X509_free(x);
        }
        mtlsgen_certificate_spec spec = {.address = "test/ec#a",
                                         .label = "a",
                                         .key = fixture_key(f, MTLSGEN_KEY_P521, 0),
                                         .digest = (mtlsgen_digest)digest};
        X509 *x = parse(fixture_make(f, &spec).der);
        assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
        X509_free(x);
    }
}

static void explicit_parameters_are_the_same_curve(void **state) {
    fixture *f = *state;
    for (mtlsgen_key_algorithm a = MTLSGEN_KEY_P256; a <= MTLSGEN_KEY_SECP256K1; a++) {
        mtlsgen_certificate_spec spec = {
            .address = "test/ec#a", .label = "a", .key = fixture_key(f, a, 0), .explicit_parameters = true};
        X509 *x = parse(fixture_make(f, &spec).der);
        assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
        X509_free(x);
    }
}

static void the_same_spec_gives_the_same_bytes(void **state) {
    fixture *f = *state, other;
    mtlsgen_key_pool *pool;
    memset(&other, 0, sizeof other);
    mtlsgen_seed_init("test", &other.seed);
    assert_int_equal(mtlsgen_key_pool_new(&other.seed, &pool), MTLS_OK);
    assert_int_equal(mtlsgen_maker_new(&other.seed, &other.maker), MTLS_OK);
    other.pool = pool;
    for (size_t i = 0; i < sizeof all_algorithms / sizeof all_algorithms[0] - 2; i++) {
        mtlsgen_certificate_spec spec = {.address = "test/same#a", .label = "a"};
        spec.key = fixture_key(f, all_algorithms[i], 0);
        spec.signature.pss = all_algorithms[i] == MTLSGEN_KEY_RSA2048;
        mtls_view first = fixture_make(f, &spec).der;
        spec.key = fixture_key(&other, all_algorithms[i], 0);
        mtls_view second = fixture_make(&other, &spec).der;
        assert_true(mtls_view_equal(first, second));
        spec.address = "test/same#b";
        assert_false(mtls_view_equal(first, fixture_make(&other, &spec).der));
    }
    mtlsgen_maker_free(other.maker);
    mtlsgen_key_pool_free(pool);
    mtlsgen_arena_clear(&other.arena);
}

typedef struct {
    fixture *f;
    uint8_t digest[32];
} work;

static void *work_run(void *argument) {
    work *w = argument;
    mtlsgen_maker *maker = NULL;
    mtlsgen_arena arena = {0};
    uint8_t all[40][32];
    if (mtlsgen_maker_new(&w->f->seed, &maker) == MTLS_OK) {
        for (unsigned i = 0; i < 40; i++) {
            const mtlsgen_key *key = NULL;
            mtlsgen_certificate made = {0};
            mtlsgen_certificate_spec spec = {.address = "test/threads#a", .label = "a"};
            mtlsgen_key_algorithm algorithm = i % 4 == 0   ? MTLSGEN_KEY_RSA1024
                                              : i % 4 == 1 ? MTLSGEN_KEY_ED25519
                                                           : MTLSGEN_KEY_P256;
            if (mtlsgen_key_pool_get(w->f->pool, algorithm, 100 + i, &key) == MTLS_OK) {
                spec.key = key;
                (void)!mtlsgen_certificate_make(maker, &spec, &arena, &made, NULL);
            }
            mtlsgen_sha256(made.der, all[i]);
        }
    }
    mtlsgen_sha256((mtls_view){all[0], sizeof all}, w->digest);
    mtlsgen_arena_clear(&arena);
    mtlsgen_maker_free(maker);
    return NULL;
}

static void threads_share_a_pool_and_give_the_same_bytes(void **state) {
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    work works[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        works[i].f = *state;
        assert_int_equal(pthread_create(&threads[i], NULL, work_run, &works[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    for (size_t i = 1; i < THREADS; i++) {
        assert_memory_equal(works[i].digest, works[0].digest, 32);
    }
    work failed = {.f = *state};
    uint8_t nothing[32], all[40][32];
    mtlsgen_sha256((mtls_view){0}, nothing);
    for (size_t i = 0; i < 40; i++) {
        memcpy(all[i], nothing, 32);
    }
    mtlsgen_sha256((mtls_view){all[0], sizeof all}, failed.digest);
    assert_memory_not_equal(works[0].digest, failed.digest, 32);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_certificates_of_every_key_verify),
        cmocka_unit_test(chains_verify),
        cmocka_unit_test(rsa_pss_and_every_digest_verify),
        cmocka_unit_test(explicit_parameters_are_the_same_curve),
        cmocka_unit_test(the_same_spec_gives_the_same_bytes),
        cmocka_unit_test(threads_share_a_pool_and_give_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
