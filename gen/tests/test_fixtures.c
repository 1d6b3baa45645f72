#include "core/tests/cmocka_includes.h"

#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <mtls/generate.h>

static X509 *certificate_of(const mtlsgen_fixtures *set, const char *label) {
    mtls_view der = mtlsgen_fixtures_der(set, label);
    const unsigned char *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    assert_non_null(x);
    return x;
}

static EVP_PKEY *key_of(const mtlsgen_fixtures *set, const char *label) {
    BIO *bio = BIO_new_mem_buf(mtlsgen_fixtures_key_pem(set, label), -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(key);
    return key;
}

static void a_chain_is_issued_and_each_key_fits(void **state) {
    (void)state;
    mtls_error error;
    mtlsgen_fixtures *set = NULL;
    assert_int_equal(mtlsgen_fixtures_new("test", &set), MTLS_OK);
    assert_int_equal(mtlsgen_fixtures_add(set, "root", &(mtlsgen_fixture){.ca = true}, &error), MTLS_OK);
    const mtlsgen_fixture alice = {
        .issuer = "root", .key = "ed25519", .subject = "C=AU, CN=Alice", .without_eku = true};
    assert_int_equal(mtlsgen_fixtures_add(set, "alice", &alice, &error), MTLS_OK);
    X509 *root = certificate_of(set, "root"), *leaf = certificate_of(set, "alice");
    EVP_PKEY *key = key_of(set, "alice");
    assert_int_equal(X509_verify(leaf, X509_get0_pubkey(root)), 1);
    assert_int_equal(X509_check_issued(root, leaf), X509_V_OK);
    assert_int_equal(X509_check_private_key(leaf, key), 1);
    assert_int_equal(X509_check_ca(root), 1);
    assert_int_equal(X509_check_ca(leaf), 0);
    assert_int_equal(X509_get_ext_by_NID(leaf, NID_ext_key_usage, -1), -1);
    assert_int_equal(X509_NAME_entry_count(X509_get_subject_name(leaf)), 2);
    assert_non_null(strstr(mtlsgen_fixtures_pem(set, "alice"), "-----BEGIN CERTIFICATE-----"));
    assert_null(mtlsgen_fixtures_pem(set, "nobody"));
    EVP_PKEY_free(key);
    X509_free(leaf);
    X509_free(root);
    mtlsgen_fixtures_free(set);
}

static void what_does_not_go_together_is_refused_and_changes_nothing(void **state) {
    (void)state;
    static const struct {
        const char *label;
        mtlsgen_fixture what;
        const char *message;
    } rows[] = {
        {"root", {.ca = true},           "already"                     },
        {"a",    {.issuer = "nobody"},   "\"nobody\" is not in the set"},
        {"a",    {.key = "rsa17"},       "no key algorithm \"rsa17\""  },
        {"a",    {.validity = "soon"},   "not \"soon\""                },
        {"a",    {.subject = "=x"},      ""                            },
        {"a",    {.subject = "CN=\xe9"}, "UTF-8"                       },
        {"\xe9", {.ca = true},           "UTF-8"                       },
    };
    mtls_error error;
    mtlsgen_fixtures *set = NULL;
    assert_int_equal(mtlsgen_fixtures_new("test", &set), MTLS_OK);
    assert_int_equal(mtlsgen_fixtures_add(set, "root", &(mtlsgen_fixture){.ca = true}, NULL), MTLS_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_not_equal(mtlsgen_fixtures_add(set, rows[i].label, &rows[i].what, &error), MTLS_OK);
        assert_non_null(strstr(error.text, rows[i].message));
        assert_true(error.text[0] != '\0');
        assert_null(mtlsgen_fixtures_pem(set, "a"));
    }
    assert_int_equal(mtlsgen_fixtures_add(set, "a", &(mtlsgen_fixture){.issuer = "root"}, &error), MTLS_OK);
    mtlsgen_fixtures_free(set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_is_issued_and_each_key_fits),
        cmocka_unit_test(what_does_not_go_together_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
