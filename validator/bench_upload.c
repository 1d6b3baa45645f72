#include <stdio.h>
#include <stdlib.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "validator/bench.h"
#include "validator/upload.h"

enum { CHAIN = 4 };

/* A root and three intermediates. */
typedef struct {
    mtls_buf pem;
    bench_certificates ders;
    mtlsval_certificate certificates[CHAIN];
    EVP_PKEY *keys[CHAIN];
} chain;

static void add_extension(X509 *certificate, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, nid, value);
    if (extension == NULL || X509_add_ext(certificate, extension, -1) != 1) {
        bench_fail("X509_add_ext");
    }
    X509_EXTENSION_free(extension);
}

X509 *bench_issue(int index, bool is_ca, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key) {
    char name[32];
    X509 *certificate = X509_new();
    snprintf(name, sizeof name, "TEST DO NOT TRUST %d", index);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), index + 1);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "C", MBSTRING_ASC,
                               (const unsigned char *)"AU", -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_UTF8,
                               (const unsigned char *)"Example", -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer == NULL ? certificate : issuer));
    ASN1_TIME_set(X509_getm_notBefore(certificate), 1577836800); /* 2020 to 2040 */
    ASN1_TIME_set(X509_getm_notAfter(certificate), 2208988800);
    X509_set_pubkey(certificate, key);
    add_extension(certificate, NID_basic_constraints, is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(certificate, NID_key_usage,
                  is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    if (!is_ca) {
        add_extension(certificate, NID_ext_key_usage, "clientAuth");
    }
    add_extension(certificate, NID_subject_key_identifier, "hash");
    if (X509_sign(certificate, issuer_key, EVP_sha256()) <= 0) {
        bench_fail("X509_sign");
    }
    return certificate;
}

static void make_chain(chain *out, bool rsa) {
    X509 *issuer = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    for (int i = 0; i < CHAIN; i++) {
        out->keys[i] = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
        X509 *certificate = bench_issue(i, true, out->keys[i], issuer, out->keys[i == 0 ? 0 : i - 1]);
        PEM_write_bio_X509(bio, certificate);
        X509_free(issuer);
        issuer = certificate;
    }
    X509_free(issuer);
    char *text;
    long len = BIO_get_mem_data(bio, &text);
    out->pem = (mtls_buf){.max = 1 << 20};
    if (mtls_buf_append(&out->pem, (mtls_view){(const uint8_t *)text, (size_t)len}) != MTLS_OK) {
        bench_fail("memory");
    }
    BIO_free(bio);
    bench_read(mtls_buf_view(&out->pem), &out->ders);
    for (int i = 0; i < CHAIN; i++) {
        mtlsval_fault fault;
        if (!mtlsval_certificate_parse(out->ders.ders[i], &out->certificates[i], &fault)) {
            bench_fail("mtlsval_certificate_parse");
        }
    }
}

static mtls_status say_good(void *context, const mtlsval_certificate *certificate,
                            const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    (void)context;
    (void)certificate;
    (void)issuer;
    *out_answer = MTLSVAL_SIGNATURE_GOOD;
    return MTLS_OK;
}

static void upload(const chain *input, size_t count, const mtlsval_upload_settings *settings) {
    for (size_t i = 0; i < count; i++) {
        mtlsval_upload *answer = NULL;
        if (mtlsval_upload_run(mtls_buf_view(&input->pem), settings, &answer) != MTLS_OK ||
            answer->code != MTLS_UPLOAD_ACCEPTED || answer->num_signature_checks != CHAIN) {
            bench_fail("mtlsval_upload_run");
        }
        mtlsval_upload_free(answer);
    }
}

static void upload_without_signatures(const void *input, size_t count) {
    upload(input, count, &(mtlsval_upload_settings){.time = 1893456000, .check_signature = say_good});
}

static void upload_whole(const void *input, size_t count) {
    upload(input, count, &(mtlsval_upload_settings){.time = 1893456000});
}

static void read_theirs(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        BIO *bio = BIO_new_mem_buf(all->pem.data, (int)all->pem.len);
        for (int c = 0; c < CHAIN; c++) {
            X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
            if (certificate == NULL) {
                bench_fail("PEM_read_bio_X509");
            }
            X509_free(certificate);
        }
        BIO_free(bio);
    }
}

/* The signature checks of an upload: the root by itself, each of the others by the one above. */

static const mtlsval_certificate *issuer_of(const chain *all, int c) {
    return &all->certificates[c == 0 ? 0 : c - 1];
}

static void check_one(const chain *all, int c, mtlsval_signature_cache *cache) {
    mtlsval_signature_answer answer;
    if (mtlsval_signature_check(cache, &all->certificates[c], issuer_of(all, c), &answer) != MTLS_OK ||
        answer != MTLSVAL_SIGNATURE_GOOD) {
        bench_fail("mtlsval_signature_check");
    }
}

static void check_ours(const void *input, size_t count) {
    for (size_t i = 0; i < count; i++) {
        mtlsval_signature_cache cache = {.key = NULL};
        for (int c = 0; c < CHAIN; c++) {
            check_one(input, c, &cache);
        }
        mtlsval_signature_cache_clear(&cache);
    }
}

/* check_ours_again has each issuer's key at hand. */
static void check_ours_again(const void *input, size_t count) {
    mtlsval_signature_cache caches[CHAIN] = {{.key = NULL}};
    for (size_t i = 0; i < count; i++) {
        for (int c = 0; c < CHAIN; c++) {
            check_one(input, c, &caches[c]);
        }
    }
    for (int c = 0; c < CHAIN; c++) {
        mtlsval_signature_cache_clear(&caches[c]);
    }
}

static void verify_theirs(const mtlsval_certificate *certificate, EVP_PKEY *key) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestVerify(ctx, certificate->signature.data, certificate->signature.len, certificate->tbs.data,
                         certificate->tbs.len) != 1) {
        bench_fail("EVP_DigestVerify");
    }
    EVP_MD_CTX_free(ctx);
}

/* check_theirs reads each issuer's key once, as ours does. */
static void check_theirs(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        EVP_PKEY *key = NULL;
        for (int c = 0; c < CHAIN; c++) {
            if (c != 1) {
                const unsigned char *at = issuer_of(all, c)->spki.data;
                EVP_PKEY_free(key);
                key = d2i_PUBKEY(NULL, &at, (long)issuer_of(all, c)->spki.len);
            }
            verify_theirs(&all->certificates[c], key);
        }
        EVP_PKEY_free(key);
    }
}

static void check_theirs_again(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        for (int c = 0; c < CHAIN; c++) {
            verify_theirs(&all->certificates[c], all->keys[c == 0 ? 0 : c - 1]);
        }
    }
}

/* The file as PEM to the answer for each signature, as a user of libcrypto writes it. */
static void whole_theirs(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        BIO *bio = BIO_new_mem_buf(all->pem.data, (int)all->pem.len);
        X509 *issuer = NULL;
        for (int c = 0; c < CHAIN; c++) {
            X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
            if (certificate == NULL ||
                X509_verify(certificate, X509_get0_pubkey(c == 0 ? certificate : issuer)) != 1) {
                bench_fail("X509_verify");
            }
            X509_free(issuer);
            issuer = certificate;
        }
        X509_free(issuer);
        BIO_free(bio);
    }
}

void bench_upload(const char *kind, bool rsa) {
    static chain all;
    char name[64];
    all = (chain){.pem = {.max = 0}};
    make_chain(&all, rsa);
    snprintf(name, sizeof name, "%s: upload without signatures", kind);
    bench_compare(name, upload_without_signatures, 2000, read_theirs, 60, &all, 20);
    snprintf(name, sizeof name, "%s: whole upload to reading and X509_verify", kind);
    bench_compare(name, upload_whole, 100, whole_theirs, 60, &all, 1 / 1.1);
    snprintf(name, sizeof name, "%s: four signatures, keys from the file", kind);
    bench_compare(name, check_ours, 100, check_theirs, 60, &all, 1 / 1.1);
    snprintf(name, sizeof name, "%s: four signatures, keys at hand", kind);
    bench_compare(name, check_ours_again, 100, check_theirs_again, 100, &all, 1 / 1.1);
    snprintf(name, sizeof name, "%s: four signatures, only ours reads keys", kind);
    bench_compare(name, check_ours, 100, check_theirs_again, 100, &all, 0);
    for (int i = 0; i < CHAIN; i++) {
        EVP_PKEY_free(all.keys[i]);
    }
    free(all.ders.memory);
    mtls_buf_clear(&all.pem);
}
