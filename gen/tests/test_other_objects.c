#include "gen/tests/fixture.h"

#include <openssl/ocsp.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "gen/crl.h"
#include "gen/csr.h"
#include "gen/ocsp.h"
#include "gen/pkcs12.h"
#include "gen/pkcs7.h"
#include "gen/private_key.h"

/* A root and a leaf under it, ours and as libcrypto reads them. */
typedef struct {
    mtlsgen_name root_name;
    const mtlsgen_key *root_key, *leaf_key;
    mtlsgen_certificate root, leaf;
    X509 *root_x, *leaf_x;
} chain;

static X509 *parse(mtls_view der) {
    const unsigned char *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    assert_non_null(x);
    return x;
}

static chain chain_make(fixture *f) {
    chain c = {.root_key = fixture_key(f, MTLSGEN_KEY_P256, 0),
               .leaf_key = fixture_key(f, MTLSGEN_KEY_RSA2048, 0)};
    assert_int_equal(mtlsgen_name_default("root", &f->arena, &c.root_name), MTLS_OK);
    mtlsgen_issuer issuer = {.name = &c.root_name, .key = c.root_key};
    c.root = fixture_make(
        f, &(mtlsgen_certificate_spec){.address = "t#root", .label = "root", .ca = true, .key = c.root_key});
    c.leaf = fixture_make(f, &(mtlsgen_certificate_spec){
                                 .address = "t#leaf", .label = "leaf", .key = c.leaf_key, .issuer = &issuer});
    c.root_x = parse(c.root.der);
    c.leaf_x = parse(c.leaf.der);
    return c;
}

static void chain_free(chain *c) {
    X509_free(c->root_x);
    X509_free(c->leaf_x);
}

static void requests_verify(void **state) {
    fixture *f = *state;
    for (int a = MTLSGEN_KEY_P256; a <= MTLSGEN_KEY_RSA2048; a++) {
        mtls_view der;
        mtlsgen_csr_spec spec = {
            .address = "t#r", .label = "r", .key = fixture_key(f, (mtlsgen_key_algorithm)a, 0)};
        assert_int_equal(mtlsgen_csr_make(f->maker, &spec, &f->arena, &der, NULL), MTLS_OK);
        const unsigned char *at = der.data;
        X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)der.len);
        assert_non_null(request);
        assert_ptr_equal(at, der.data + der.len);
        assert_int_equal(X509_REQ_verify(request, X509_REQ_get0_pubkey(request)), 1);
        X509_REQ_free(request);
    }
}

static void crls_verify_and_revoke(void **state) {
    fixture *f = *state;
    chain c = chain_make(f);
    mtls_view der;
    mtlsgen_revoked revoked = {.serial = c.leaf.serial};
    mtlsgen_crl_spec spec = {
        .address = "t#crl", .issuer = &c.root_name, .key = c.root_key, .revoked = &revoked, .num_revoked = 1};
    for (size_t num = 0; num < 2; num++) {
        spec.num_revoked = num;
        assert_int_equal(mtlsgen_crl_make(f->maker, &spec, &f->arena, &der, NULL), MTLS_OK);
        const unsigned char *at = der.data;
        X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);
        X509_REVOKED *entry;
        assert_non_null(crl);
        assert_int_equal(X509_CRL_verify(crl, X509_get0_pubkey(c.root_x)), 1);
        assert_int_equal(X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(c.root_x)), 0);
        assert_int_equal(X509_CRL_get0_by_cert(crl, &entry, c.leaf_x), num);
        X509_CRL_free(crl);
    }
    chain_free(&c);
}

/* ocsp_ask gives libcrypto's reading of an answer: whether it verifies under the root, and its status. */
static bool ocsp_ask(fixture *f, const chain *c, const mtlsgen_ocsp_spec *spec, int *out_status) {
    mtls_view der;
    mtls_error error = {""};
    (void)!mtlsgen_ocsp_make(f->maker, spec, &f->arena, &der, &error);
    assert_string_equal(error.text, "");
    const unsigned char *at = der.data;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)der.len);
    assert_non_null(response);
    assert_ptr_equal(at, der.data + der.len);
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    assert_non_null(basic);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, c->root_x);
    bool verified = OCSP_basic_verify(basic, NULL, store, 0) == 1;
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, c->leaf_x, c->root_x);
    ASN1_GENERALIZEDTIME *this_update, *next_update;
    assert_int_equal(OCSP_resp_find_status(basic, id, out_status, NULL, NULL, &this_update, &next_update), 1);
    assert_int_equal(ASN1_GENERALIZEDTIME_check(this_update) & ASN1_GENERALIZEDTIME_check(next_update), 1);
    OCSP_CERTID_free(id);
    X509_STORE_free(store);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return verified;
}

static void ocsp_answers_say_what_they_should(void **state) {
    fixture *f = *state;
    chain c = chain_make(f);
    static const int expected[] = {V_OCSP_CERTSTATUS_GOOD, V_OCSP_CERTSTATUS_REVOKED,
                                   V_OCSP_CERTSTATUS_UNKNOWN};
    int status;
    for (int i = 0; i < 3; i++) {
        mtlsgen_ocsp_spec spec = {.address = "t#o", .subject = &c.leaf, .status = (mtlsgen_ocsp_status)i};
        spec.delegated = &c.root; /* so that libcrypto finds the signer */
        assert_true(ocsp_ask(f, &c, &spec, &status));
        assert_int_equal(status, expected[i]);
    }
    /* a responder with a certificate of its own */
    mtlsgen_issuer issuer = {.name = &c.root_name, .key = c.root_key};
    const char *const purposes[] = {"OCSPSigning"};
    mtlsgen_extension eku = {
        .kind = MTLSGEN_EXT_EXT_KEY_USAGE, .u.purposes = {purposes, 1}
    };
    const mtlsgen_key *responder_key = fixture_key(f, MTLSGEN_KEY_P384, 9);
    mtlsgen_certificate responder = fixture_make(f, &(mtlsgen_certificate_spec){.address = "t#responder",
                                                                                .label = "responder",
                                                                                .key = responder_key,
                                                                                .issuer = &issuer,
                                                                                .extensions = &eku,
                                                                                .num_extensions = 1});
    mtlsgen_ocsp_spec spec = {
        .address = "t#o", .subject = &c.leaf, .key = responder_key, .delegated = &responder};
    assert_true(ocsp_ask(f, &c, &spec, &status));
    /* the wrong signer */
    spec.signature.key = fixture_key(f, MTLSGEN_KEY_P384, 10);
    assert_false(ocsp_ask(f, &c, &spec, &status));
    chain_free(&c);
}

static void ocsp_refusals_have_no_body(void **state) {
    fixture *f = *state;
    chain c = chain_make(f);
    mtls_view der;
    mtlsgen_ocsp_spec spec = {.address = "t#o", .subject = &c.leaf};
    for (size_t i = 1; i < 6; i++) {
        assert_true(
            mtlsgen_ocsp_response_status_find(mtlsgen_ocsp_response_status_words[i], &spec.response_status));
        assert_int_equal(mtlsgen_ocsp_make(f->maker, &spec, &f->arena, &der, NULL), MTLS_OK);
        const uint8_t expected[] = {0x30, 0x03, 0x0a, 0x01, (uint8_t)spec.response_status};
        assert_true(mtls_view_equal(der, (mtls_view){expected, sizeof expected}));
    }
    chain_free(&c);
}

static void pkcs7_holds_its_certificates_in_order(void **state) {
    fixture *f = *state;
    chain c = chain_make(f);
    const mtls_view certificates[] = {c.leaf.der, c.root.der};
    mtls_view der;
    assert_int_equal(mtlsgen_pkcs7_make(f->maker, certificates, 2, NULL, 0, &f->arena, &der, NULL), MTLS_OK);
    const unsigned char *at = der.data;
    PKCS7 *p7 = d2i_PKCS7(NULL, &at, (long)der.len);
    assert_non_null(p7);
    assert_true(PKCS7_type_is_signed(p7));
    assert_int_equal(sk_X509_num(p7->d.sign->cert), 2);
    assert_int_equal(X509_cmp(sk_X509_value(p7->d.sign->cert, 0), c.leaf_x), 0);
    assert_int_equal(X509_cmp(sk_X509_value(p7->d.sign->cert, 1), c.root_x), 0);
    unsigned char *again = NULL;
    int len = i2d_PKCS7(p7, &again);
    assert_int_equal(len, der.len);
    assert_memory_equal(again, der.data, der.len);
    OPENSSL_free(again);
    PKCS7_free(p7);
    chain_free(&c);
}

static void pkcs12_opens_with_the_password_alone(void **state) {
    fixture *f = *state;
    chain c = chain_make(f);
    const mtls_view certificates[] = {c.leaf.der, c.root.der};
    mtlsgen_pkcs12_spec spec = {.address = "t#p12",
                                .certificates = certificates,
                                .num_certificates = 2,
                                .key = c.leaf_key,
                                .friendly_name = "leaf"};
    mtls_view der, again;
    assert_int_equal(mtlsgen_pkcs12_make(f->maker, &spec, &f->arena, &der, NULL), MTLS_OK);
    assert_int_equal(mtlsgen_pkcs12_make(f->maker, &spec, &f->arena, &again, NULL), MTLS_OK);
    assert_true(mtls_view_equal(der, again));
    const unsigned char *at = der.data;
    PKCS12 *p12 = d2i_PKCS12(NULL, &at, (long)der.len);
    EVP_PKEY *key = NULL;
    X509 *own = NULL;
    STACK_OF(X509) *others = NULL;
    assert_non_null(p12);
    assert_int_equal(PKCS12_verify_mac(p12, "tset", -1), 0);
    assert_int_equal(PKCS12_parse(p12, MTLSGEN_TEST_PASSWORD, &key, &own, &others), 1);
    assert_int_equal(X509_cmp(own, c.leaf_x), 0);
    assert_int_equal(sk_X509_num(others), 1);
    assert_int_equal(X509_cmp(sk_X509_value(others, 0), c.root_x), 0);
    assert_int_equal(X509_check_private_key(c.leaf_x, key), 1);
    assert_string_equal(X509_alias_get0(own, NULL), "leaf");
    EVP_PKEY_free(key);
    X509_free(own);
    sk_X509_pop_free(others, X509_free);
    PKCS12_free(p12);
    chain_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_verify),
        cmocka_unit_test(crls_verify_and_revoke),
        cmocka_unit_test(ocsp_answers_say_what_they_should),
        cmocka_unit_test(ocsp_refusals_have_no_body),
        cmocka_unit_test(pkcs7_holds_its_certificates_in_order),
        cmocka_unit_test(pkcs12_opens_with_the_password_alone),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
