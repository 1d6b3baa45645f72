#include "core/tests/cmocka_includes.h"

#include "validator/tests/issue.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static void add_extension(X509 *certificate, const X509 *issuer, int nid, const char *value) {
    if (value == NULL || value[0] == '\0') {
        return;
    }
    X509V3_CTX context;
    X509V3_set_ctx(&context, (X509 *)(uintptr_t)issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static void add_unknown_critical(X509 *certificate, const char *oid) {
    if (oid == NULL) {
        return;
    }
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    assert_int_equal(ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05\x00", 2), 1);
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, object, 1, value);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
}

static mtls_buf copy_out(BIO *bio) {
    mtls_buf buf = {.max = 1 << 20};
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    assert_int_equal(mtls_buf_append(&buf, (mtls_view){(const uint8_t *)data, (size_t)len}), MTLS_OK);
    BIO_free(bio);
    return buf;
}

static void set_times(X509 *certificate, const issue_spec *spec) {
    bool by_default = spec->start_days == 0 && spec->end_days == 0;
    int start = by_default ? -1000 : spec->start_days, end = by_default ? 1000 : spec->end_days;
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(certificate), TEST_TIME + (int64_t)start * DAY));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(certificate), TEST_TIME + (int64_t)end * DAY));
}

issued issue(issue_spec spec) {
    static long serial = 0;
    issued one = {0};
    one.key = spec.rsa_bits != 0 ? EVP_RSA_gen((size_t)spec.rsa_bits)
                                 : EVP_EC_gen(spec.curve == NULL ? "P-256" : spec.curve);
    assert_non_null(one.key);
    one.certificate = X509_new();
    X509 *c = one.certificate;
    assert_int_equal(X509_set_version(c, X509_VERSION_3), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(c), ++serial);
    X509_NAME *subject = X509_get_subject_name(c);
    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const unsigned char *)"TEST DO NOT TRUST", -1,
                               -1, 0);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)spec.common_name, -1, -1,
                               0);
    const issued *signer = spec.issuer != NULL ? spec.issuer : &one;
    const X509 *named = spec.named != NULL ? spec.named->certificate : signer->certificate;
    assert_int_equal(X509_set_issuer_name(c, X509_get_subject_name(named)), 1);
    assert_int_equal(X509_set_pubkey(c, one.key), 1);
    set_times(c, &spec);
    add_extension(c, c, NID_basic_constraints,
                  spec.basic_constraints != NULL ? spec.basic_constraints
                  : spec.ca                      ? "critical,CA:TRUE"
                                                 : NULL);
    add_extension(c, c, NID_key_usage,
                  spec.key_usage != NULL ? spec.key_usage
                  : spec.ca              ? "critical,keyCertSign,cRLSign"
                                         : "critical,digitalSignature");
    add_extension(c, c, NID_ext_key_usage, spec.eku);
    add_extension(c, c, NID_info_access, spec.aia);
    add_extension(c, c, NID_name_constraints, spec.name_constraints);
    add_unknown_critical(c, spec.unknown_critical_oid);
    const EVP_MD *digest = EVP_get_digestbyname(spec.digest == NULL ? "SHA256" : spec.digest);
    assert_true(X509_sign(c, signer->key, digest) > 0);

    BIO *der = BIO_new(BIO_s_mem()), *pem = BIO_new(BIO_s_mem());
    assert_int_equal(i2d_X509_bio(der, c), 1);
    assert_int_equal(PEM_write_bio_X509(pem, c), 1);
    one.der = copy_out(der);
    one.pem = copy_out(pem);
    return one;
}

void issued_clear(issued *one) {
    X509_free(one->certificate);
    EVP_PKEY_free(one->key);
    mtls_buf_clear(&one->der);
    mtls_buf_clear(&one->pem);
    *one = (issued){0};
}
