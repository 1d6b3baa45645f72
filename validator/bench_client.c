#include <stdio.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <mtls/validate.h>

#include "validator/bench.h"

#define NOW INT64_C(1893456000)

enum { ROOT, MIDDLE, LEAF, NUM };

/* A leaf and its intermediate as a client sends them, and the trusted root, once for each side. */
typedef struct {
    BIO *chain;
    char *pem;
    size_t pem_len;
    mtlsval_gateway *gateway;
    X509_STORE *store;
} client_input;

static void check_ours(const void *input, size_t count) {
    const client_input *in = input;
    const mtlsval_client_options options = {.time = NOW};
    for (size_t i = 0; i < count; i++) {
        mtlsval_client *client = NULL;
        if (mtlsval_client_check(in->gateway, in->pem, in->pem_len, &options, &client, NULL) != MTLS_OK ||
            !mtlsval_client_goes_on(client)) {
            bench_fail("mtlsval_client_check");
        }
        mtlsval_client_free(client);
    }
}

static int go_on(int ok, X509_STORE_CTX *ctx) {
    (void)ok;
    (void)ctx;
    return 1;
}

static STACK_OF(X509) * read_theirs(const client_input *in) {
    BIO *bio = BIO_new_mem_buf(in->pem, (int)in->pem_len);
    STACK_OF(X509) *sent = sk_X509_new_null();
    for (X509 *certificate; (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL;) {
        sk_X509_push(sent, certificate);
    }
    ERR_clear_error();
    BIO_free(bio);
    return sent;
}

/* The same reused store, and the settings of a TLS server. */
static void check_theirs(const void *input, size_t count) {
    const client_input *in = input;
    for (size_t i = 0; i < count; i++) {
        STACK_OF(X509) *sent = read_theirs(in);
        X509_STORE_CTX *ctx = X509_STORE_CTX_new();
        if (!X509_STORE_CTX_init(ctx, in->store, sk_X509_value(sent, 0), sent)) {
            bench_fail("X509_STORE_CTX_init");
        }
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), 2);
        X509_STORE_CTX_set_default(ctx, "ssl_client");
        X509_STORE_CTX_set_depth(ctx, 10);
        X509_STORE_CTX_set_time(ctx, 0, NOW);
        X509_STORE_CTX_set_verify_cb(ctx, go_on);
        if (X509_verify_cert(ctx) != 1 || X509_STORE_CTX_get_error(ctx) != X509_V_OK) {
            bench_fail("X509_verify_cert");
        }
        X509_STORE_CTX_free(ctx);
        sk_X509_pop_free(sent, X509_free);
    }
}

static void trust(client_input *in, X509 *root) {
    char *pem = NULL;
    mtlsval_file_answer answer;
    BIO *bio = BIO_new(BIO_s_mem());
    in->store = X509_STORE_new();
    if (!PEM_write_bio_X509(bio, root) || !X509_STORE_add_cert(in->store, root)) {
        bench_fail("X509_STORE_add_cert");
    }
    long len = BIO_get_mem_data(bio, &pem);
    if (mtlsval_gateway_new("azure-appgw", &in->gateway, NULL) != MTLS_OK ||
        mtlsval_gateway_add_file(in->gateway, pem, (size_t)len, NOW, &answer) != MTLS_OK ||
        !answer.accepted) {
        bench_fail("mtlsval_gateway_add_file");
    }
    BIO_free(bio);
}

void bench_client(const char *kind, bool rsa) {
    EVP_PKEY *keys[NUM];
    X509 *certificates[NUM];
    char name[64];
    client_input in = {.chain = BIO_new(BIO_s_mem())};
    for (int i = 0; i < NUM; i++) {
        keys[i] = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
        certificates[i] = bench_issue(i, i != LEAF, keys[i], i == ROOT ? NULL : certificates[i - 1],
                                      keys[i == ROOT ? ROOT : i - 1]);
    }
    PEM_write_bio_X509(in.chain, certificates[LEAF]);
    PEM_write_bio_X509(in.chain, certificates[MIDDLE]);
    in.pem_len = (size_t)BIO_get_mem_data(in.chain, &in.pem);
    trust(&in, certificates[ROOT]);
    snprintf(name, sizeof name, "%s: client verdict from PEM", kind);
    bench_compare(name, check_ours, 200, check_theirs, 200, &in, 0.9);
    mtlsval_gateway_free(in.gateway);
    X509_STORE_free(in.store);
    BIO_free(in.chain);
    for (int i = 0; i < NUM; i++) {
        X509_free(certificates[i]);
        EVP_PKEY_free(keys[i]);
    }
}
