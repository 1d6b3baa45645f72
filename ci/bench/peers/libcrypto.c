/* The same work by way of libcrypto's objects, as most C programs do it. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "ci/bench/peers/native.h"

static EVP_PKEY *ca_key, *key;
static X509 *ca;

static X509_NAME *name_of(const char *cn) {
    X509_NAME *name = X509_NAME_new();
    bench_require(
        X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                                   (const unsigned char *)"mtls-gauntlet TEST DO NOT TRUST", -1, -1, 0) &&
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0),
        "X509_NAME_add_entry_by_txt");
    return name;
}

static void extend(X509 *x, int nid, const char *text) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, ca, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, text);
    bench_require(extension != NULL && X509_add_ext(x, extension, -1), text);
    X509_EXTENSION_free(extension);
}

/* The CA is what an authority key identifier is copied from. */
static void create_start(void) {
    ca_key = EVP_EC_gen("P-256");
    key = EVP_EC_gen("P-256");
    ca = X509_new();
    bench_require(ca_key != NULL && key != NULL && ca != NULL && X509_set_pubkey(ca, ca_key), "EVP_EC_gen");
    extend(ca, NID_subject_key_identifier, "hash");
}

static void issue(EVP_PKEY *subject_key) {
    static unsigned counter;
    char label[32];
    snprintf(label, sizeof label, "leaf-%u", counter++);
    X509 *x = X509_new();
    BIGNUM *serial = BN_new();
    X509_NAME *issuer = name_of("root"), *subject = name_of(label);
    BIO *bio = BIO_new(BIO_s_mem());
    bench_require(X509_set_version(x, X509_VERSION_3) &&
                      BN_rand(serial, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
                      BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) != NULL &&
                      ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20200101000000Z") &&
                      ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "21191231235959Z") &&
                      X509_set_issuer_name(x, issuer) && X509_set_subject_name(x, subject) &&
                      X509_set_pubkey(x, subject_key),
                  "X509_new");
    extend(x, NID_key_usage, "critical,digitalSignature");
    extend(x, NID_ext_key_usage, "clientAuth");
    extend(x, NID_subject_key_identifier, "hash");
    extend(x, NID_authority_key_identifier, "keyid");
    bench_require(X509_sign(x, ca_key, EVP_sha256()) > 0 && PEM_write_bio_X509(bio, x), "X509_sign");
    BIO_free(bio);
    X509_NAME_free(issuer);
    X509_NAME_free(subject);
    BN_free(serial);
    X509_free(x);
}

static void create(void) {
    issue(key);
}

static void create_with_key(void) {
    EVP_PKEY *fresh = EVP_EC_gen("P-256");
    issue(fresh);
    EVP_PKEY_free(fresh);
}

static void parse(void) {
    mtls_view der = bench_certificate();
    const unsigned char *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    bench_require(x != NULL, "d2i_X509");
    X509_free(x);
}

static X509_STORE *store;
static mtls_view client_pem;

static STACK_OF(X509) * read_all(mtls_view file) {
    BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
    STACK_OF(X509) *all = sk_X509_new_null();
    for (X509 *x; (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL;) {
        sk_X509_push(all, x);
    }
    ERR_clear_error();
    BIO_free(bio);
    bench_require(sk_X509_num(all) > 0, "PEM_read_bio_X509");
    return all;
}

static void verify_start(void) {
    STACK_OF(X509) *trusted = read_all(bench_file("bundle.pem"));
    client_pem = bench_file("client.pem");
    store = X509_STORE_new();
    for (int i = 0; i < sk_X509_num(trusted); i++) {
        bench_require(X509_STORE_add_cert(store, sk_X509_value(trusted, i)), "X509_STORE_add_cert");
    }
    sk_X509_pop_free(trusted, X509_free);
}

/* With what nginx sets: the purpose of a client, and security level 2. */
static void verify(void) {
    STACK_OF(X509) *sent = read_all(client_pem);
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bench_require(X509_STORE_CTX_init(context, store, sk_X509_value(sent, 0), sent), "X509_STORE_CTX_init");
    X509_STORE_CTX_set_default(context, "ssl_client");
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context), 2);
    X509_STORE_CTX_set_time(context, 0, BENCH_NOW);
    bench_require(X509_verify_cert(context) == 1, "X509_verify_cert");
    X509_STORE_CTX_free(context);
    sk_X509_pop_free(sent, X509_free);
}

const bench_work bench_libcrypto[] = {
    {"create",          create_start, create},
    {"create-with-key",           create_start, create_with_key},
    {"parse", NULL, parse},
    {"verify",  verify_start, verify},
    {0          },
};
