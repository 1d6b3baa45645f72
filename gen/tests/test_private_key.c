#include "gen/tests/fixture.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "gen/pem_write.h"
#include "gen/private_key.h"

static int give_password(char *out, int size, int writing, void *data) {
    (void)size;
    (void)writing;
    (void)data;
    memcpy(out, MTLSGEN_TEST_PASSWORD, strlen(MTLSGEN_TEST_PASSWORD));
    return (int)strlen(MTLSGEN_TEST_PASSWORD);
}

/* write_pem gives a form's blocks as a file. */
static void write_pem(fixture *f, const mtlsgen_key *key, mtlsgen_key_form form, mtls_buf *out) {
    mtlsgen_key_block blocks[MTLSGEN_KEY_BLOCKS_MAX];
    size_t num_blocks;
    assert_int_equal(
        mtlsgen_private_key_write(f->maker, key, form, "test#key", &f->arena, blocks, &num_blocks, NULL),
        MTLS_OK);
    for (size_t i = 0; i < num_blocks; i++) {
        mtls_view headers[2] = {mtls_view_of_text(blocks[i].headers[0]),
                                mtls_view_of_text(blocks[i].headers[1])};
        mtlsgen_pem_options options = {.label = mtls_view_of_text(blocks[i].label),
                                       .headers = headers,
                                       .num_headers = blocks[i].headers[0] == NULL ? 0 : 2};
        assert_int_equal(mtlsgen_pem_write(blocks[i].der, &options, out), MTLS_OK);
    }
}

/* every form of every key is read by libcrypto, as the key whose certificate was made */
static void every_form_is_read_by_libcrypto(void **state) {
    fixture *f = *state;
    size_t num_read = 0;
    for (int a = MTLSGEN_KEY_NONE + 1; a < MTLSGEN_NUM_KEY_ALGORITHMS; a++) {
        if (a == MTLSGEN_KEY_RSA3072 || a == MTLSGEN_KEY_RSA4096) {
            continue;
        }
        const mtlsgen_key *key = fixture_key(f, (mtlsgen_key_algorithm)a, 0);
        const unsigned char *at = mtlsgen_key_spki(key).data;
        EVP_PKEY *expected = d2i_PUBKEY(NULL, &at, (long)mtlsgen_key_spki(key).len);
        assert_non_null(expected);
        for (int form = 0; form < MTLSGEN_NUM_KEY_FORMS; form++) {
            mtlsgen_key_block blocks[MTLSGEN_KEY_BLOCKS_MAX];
            size_t num_blocks;
            mtls_error error;
            mtlsgen_key_kind kind = mtlsgen_key_algorithm_describe((mtlsgen_key_algorithm)a)->kind;
            bool sec1 = form == MTLSGEN_KEY_FORM_SEC1 || form == MTLSGEN_KEY_FORM_SEC1_WITH_PARAMETERS;
            if ((sec1 && kind != MTLSGEN_KIND_EC) ||
                (form == MTLSGEN_KEY_FORM_PKCS1 && kind != MTLSGEN_KIND_RSA) ||
                (form == MTLSGEN_KEY_FORM_ENCRYPTED_TRADITIONAL && kind == MTLSGEN_KIND_ED)) {
                assert_int_equal(mtlsgen_private_key_write(f->maker, key, (mtlsgen_key_form)form, "t",
                                                           &f->arena, blocks, &num_blocks, &error),
                                 MTLS_ERR_USAGE);
                continue;
            }
            mtls_buf pem = {.max = 100000};
            write_pem(f, key, (mtlsgen_key_form)form, &pem);
            BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
            EVP_PKEY *read = PEM_read_bio_PrivateKey(bio, NULL, give_password, NULL);
            assert_non_null(read);
            assert_int_equal(EVP_PKEY_eq(read, expected), 1);
            EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(read, NULL);
            assert_int_equal(EVP_PKEY_check(ctx), 1);
            num_read++;
            EVP_PKEY_CTX_free(ctx);
            EVP_PKEY_free(read);
            BIO_free(bio);
            mtls_buf_clear(&pem);
        }
        EVP_PKEY_free(expected);
    }
    assert_int_equal(num_read, 4 * 5 + 2 * 2 + 2 * 4);
}

/* what libcrypto writes for the same key is what we wrote */
static void plain_forms_are_what_libcrypto_writes(void **state) {
    fixture *f = *state;
    static const mtlsgen_key_algorithm algorithms[] = {
        MTLSGEN_KEY_P256, MTLSGEN_KEY_P521, MTLSGEN_KEY_ED25519, MTLSGEN_KEY_ED448, MTLSGEN_KEY_RSA1024};
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        mtls_buf pem = {.max = 100000};
        write_pem(f, fixture_key(f, algorithms[i], 0), MTLSGEN_KEY_FORM_PKCS8, &pem);
        BIO *in = BIO_new_mem_buf(pem.data, (int)pem.len), *out = BIO_new(BIO_s_mem());
        EVP_PKEY *read = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
        assert_int_equal(PEM_write_bio_PrivateKey(out, read, NULL, NULL, 0, NULL, NULL), 1);
        char *text;
        long len = BIO_get_mem_data(out, &text);
        assert_int_equal(len, pem.len);
        assert_memory_equal(text, pem.data, pem.len);
        EVP_PKEY_free(read);
        BIO_free(out);
        BIO_free(in);
        mtls_buf_clear(&pem);
    }
}

static void encrypted_forms_are_deterministic(void **state) {
    fixture *f = *state;
    const mtlsgen_key *key = fixture_key(f, MTLSGEN_KEY_P256, 0);
    static const mtlsgen_key_form forms[] = {MTLSGEN_KEY_FORM_ENCRYPTED_PKCS8,
                                             MTLSGEN_KEY_FORM_ENCRYPTED_TRADITIONAL};
    for (size_t i = 0; i < 2; i++) {
        mtls_buf one = {.max = 100000}, two = {.max = 100000};
        write_pem(f, key, forms[i], &one);
        write_pem(f, key, forms[i], &two);
        assert_true(mtls_view_equal(mtls_buf_view(&one), mtls_buf_view(&two)));
        mtls_buf_clear(&one);
        mtls_buf_clear(&two);
    }
}

static void distinct_labels_of_a_case_get_distinct_keys(void **state) {
    (void)state;
    enum { NUM = 40 };
    static char labels[NUM][8];
    mtlsgen_key_wish forward[NUM], backward[NUM];
    for (int i = 0; i < NUM; i++) {
        snprintf(labels[i], sizeof labels[i], "c%d", i);
        mtlsgen_key_algorithm algorithm = i % 8 == 0 ? MTLSGEN_KEY_P256 : MTLSGEN_KEY_RSA1024;
        forward[i] = (mtlsgen_key_wish){.label = labels[i], .algorithm = algorithm};
        if (i < 3) { /* stated: 1 and 2 share one on purpose, and nobody else gets it */
            forward[i] = (mtlsgen_key_wish){labels[i], MTLSGEN_KEY_RSA1024, true, i == 0 ? 5 : 6};
        }
        backward[NUM - 1 - i] = forward[i];
    }
    assert_int_equal(mtlsgen_key_indices_assign("upload/a", forward, NUM), MTLS_OK);
    assert_int_equal(mtlsgen_key_indices_assign("upload/a", backward, NUM), MTLS_OK);
    for (int i = 0; i < NUM; i++) {
        assert_int_equal(forward[i].index, backward[NUM - 1 - i].index);
        for (int j = 0; j < i; j++) {
            bool same = forward[i].algorithm == forward[j].algorithm && forward[i].index == forward[j].index;
            assert_int_equal(same, i == 2 && j == 1);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read_by_libcrypto),
        cmocka_unit_test(plain_forms_are_what_libcrypto_writes),
        cmocka_unit_test(encrypted_forms_are_deterministic),
        cmocka_unit_test(distinct_labels_of_a_case_get_distinct_keys),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
