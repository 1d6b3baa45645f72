#include "core/tests/cmocka_includes.h"

#include "fuzz/resign.h"
#include "gen/certificate.h"
#include "gen/corpus.h"
#include "gen/key_pool.h"
#include "gen/pem_write.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* A root and a leaf under it. */
typedef struct {
    mtlsgen_key_pool *pool;
    mtlsgen_maker *maker;
    mtlsgen_arena arena;
    mtlsgen_certificate root, leaf;
    mtls_buf bundle, chain, out_bundle, out_chain;
} fixture;

static void make(fixture *f, const char *label, mtlsgen_key_algorithm algorithm, unsigned index,
                 const mtlsgen_key *issuer_key, mtlsgen_certificate *out) {
    mtlsgen_certificate_spec spec = {.address = label, .label = label, .ca = issuer_key == NULL};
    mtlsgen_name issuer_name;
    mtlsgen_issuer issuer = {.name = &issuer_name, .key = issuer_key};
    mtls_error error;
    assert_int_equal(mtlsgen_key_pool_get(f->pool, algorithm, index, &spec.key), MTLS_OK);
    assert_int_equal(mtlsgen_name_default("root", &f->arena, &issuer_name), MTLS_OK);
    spec.issuer = issuer_key == NULL ? NULL : &issuer;
    assert_int_equal(mtlsgen_certificate_make(f->maker, &spec, &f->arena, out, &error), MTLS_OK);
}

static void setup(fixture *f, const char *seed_text, mtlsgen_key_algorithm root_key) {
    mtlsgen_seed seed;
    *f = (fixture){.bundle = {.max = 1 << 20},
                   .chain = {.max = 1 << 20},
                   .out_bundle = {.max = 1 << 20},
                   .out_chain = {.max = 1 << 20}};
    mtlsgen_seed_init(seed_text, &seed);
    assert_int_equal(mtlsgen_key_pool_new(&seed, &f->pool), MTLS_OK);
    assert_int_equal(mtlsgen_maker_new(&seed, &f->maker), MTLS_OK);
    make(f, "root", root_key, 7, NULL, &f->root);
    make(f, "leaf", MTLSGEN_KEY_P256, 9, f->root.key, &f->leaf);
    assert_int_equal(mtlsgen_pem_write(f->root.der, NULL, &f->bundle), MTLS_OK);
}

static void teardown(fixture *f) {
    mtls_buf *bufs[] = {&f->bundle, &f->chain, &f->out_bundle, &f->out_chain};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
        mtls_buf_clear(bufs[i]);
    }
    mtlsgen_arena_clear(&f->arena);
    mtlsgen_maker_free(f->maker);
    mtlsgen_key_pool_free(f->pool);
}

/* write_leaf writes the leaf into the chain between two texts, with `name` for its common name `leaf`. */
static void write_leaf(fixture *f, const char *name) {
    static const uint8_t common_name[] = {0x0c, 4, 'l', 'e', 'a', 'f'};
    uint8_t der[4096];
    int num_found = 0;
    assert_in_range(f->leaf.der.len, 1, sizeof der);
    memcpy(der, f->leaf.der.data, f->leaf.der.len);
    for (size_t i = 0; i + sizeof common_name < f->leaf.der.len; i++) {
        if (memcmp(der + i, common_name, sizeof common_name) == 0) {
            memcpy(der + i + 2, name, 4);
            num_found++;
        }
    }
    assert_int_equal(num_found, 1);
    assert_int_equal(mtls_buf_append_text(&f->chain, "text before\n"), MTLS_OK);
    assert_int_equal(mtlsgen_pem_write((mtls_view){der, f->leaf.der.len}, NULL, &f->chain), MTLS_OK);
    assert_int_equal(mtls_buf_append_text(&f->chain, "text after"), MTLS_OK);
}

static X509 *read_certificate(const mtls_buf *file) {
    BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(certificate);
    return certificate;
}

static bool verifies(const mtls_buf *chain, const mtls_buf *bundle) {
    X509 *leaf = read_certificate(chain), *root = read_certificate(bundle);
    bool good = X509_verify(leaf, X509_get0_pubkey(root)) == 1;
    X509_free(leaf);
    X509_free(root);
    return good;
}

static void sign_again(fixture *f) {
    mtlsfuzz_resign(mtls_buf_view(&f->bundle), mtls_buf_view(&f->chain), &f->out_bundle, &f->out_chain);
    assert_true(mtls_view_equal(mtls_buf_view(&f->out_bundle), mtls_buf_view(&f->bundle)));
}

static void a_changed_certificate_is_signed_again(void **state) {
    static const mtlsgen_key_algorithm algorithms[] = {MTLSGEN_KEY_P256, MTLSGEN_KEY_ED25519,
                                                       MTLSGEN_KEY_P384};
    (void)state;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        fixture f;
        setup(&f, MTLSGEN_DEFAULT_SEED, algorithms[i]);
        write_leaf(&f, "leag");
        assert_false(verifies(&f.chain, &f.bundle));
        sign_again(&f);
        assert_true(verifies(&f.out_chain, &f.out_bundle));
        assert_memory_equal(f.out_chain.data, "text before\n", 12);
        assert_memory_equal(f.out_chain.data + f.out_chain.len - 10, "text after", 10);
        teardown(&f);
    }
}

static void a_signature_that_fits_stays(void **state) {
    (void)state;
    fixture f;
    setup(&f, MTLSGEN_DEFAULT_SEED, MTLSGEN_KEY_P256);
    write_leaf(&f, "leaf");
    sign_again(&f);
    assert_true(mtls_view_equal(mtls_buf_view(&f.out_chain), mtls_buf_view(&f.chain)));
    teardown(&f);
}

static void what_no_known_key_can_sign_stays(void **state) {
    (void)state;
    fixture f;
    setup(&f, "another", MTLSGEN_KEY_P256);
    write_leaf(&f, "leag");
    sign_again(&f);
    assert_true(mtls_view_equal(mtls_buf_view(&f.out_chain), mtls_buf_view(&f.chain)));
    assert_false(verifies(&f.out_chain, &f.out_bundle));
    teardown(&f);
}

static void empty_files_stay_empty(void **state) {
    (void)state;
    mtls_buf bundle = {.max = 16}, chain = {.max = 16};
    mtlsfuzz_resign((mtls_view){NULL, 0}, (mtls_view){NULL, 0}, &bundle, &chain);
    assert_int_equal(bundle.len + chain.len, 0);
    mtls_buf_clear(&bundle);
    mtls_buf_clear(&chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_certificate_is_signed_again),
        cmocka_unit_test(a_signature_that_fits_stays),
        cmocka_unit_test(what_no_known_key_can_sign_stays),
        cmocka_unit_test(empty_files_stay_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
