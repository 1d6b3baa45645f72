#include "fuzz/second/chain_libcrypto.h"

#include "core/vocabulary.h"
#include "fuzz/decoded.h"
#include "fuzz/oracle.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { DEPTH = 10, AUTH_LEVEL = 2 };

static X509_STORE *store_of(mtls_view bundle) {
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *certificates = mtlsfuzz_decode_trusted(bundle);
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        X509_STORE_add_cert(store, sk_X509_value(certificates, i));
    }
    sk_X509_pop_free(certificates, X509_free);
    return store;
}

/* chain_of reads what a TLS client sends of a file, as SSL_CTX_use_certificate_chain_file does: its
 * certificates in their order. NULL if one cannot be sent. */
static STACK_OF(X509) * chain_of(mtls_view file) {
    BIO *bio = BIO_new_mem_buf(file.data, (int)(file.len < INT32_MAX ? file.len : INT32_MAX));
    STACK_OF(X509) *chain = sk_X509_new_null();
    char no_password[] = "";
    unsigned char *der = NULL;
    long len = 0;
    bool whole = true;
    ERR_clear_error();
    while (whole && PEM_bytes_read_bio(&der, &len, NULL, PEM_STRING_X509, bio, NULL, no_password) == 1) {
        X509 *x = mtlsfuzz_decode((mtls_view){der, (size_t)len});
        OPENSSL_free(der);
        whole = x != NULL && sk_X509_push(chain, x) > 0;
    }
    whole = whole && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    BIO_free(bio);
    if (!whole || sk_X509_num(chain) == 0) {
        sk_X509_pop_free(chain, X509_free);
        return NULL;
    }
    return chain;
}

static int say_yes(int ok, X509_STORE_CTX *context) {
    (void)ok;
    (void)context;
    return 1;
}

/* verify gives X509_verify_cert's last error, as SSL_get_verify_result tells it; false where it gives up. */
static bool verify(X509_STORE *store, STACK_OF(X509) * chain, int64_t time, int *out_error) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *settings = X509_VERIFY_PARAM_new();
    mtlsfuzz_must(context == NULL || settings == NULL ||
                          X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain) != 1
                      ? MTLS_ERR_NOMEM
                      : MTLS_OK,
                  "prepare a verification");
    X509_VERIFY_PARAM_set_depth(settings, DEPTH);
    X509_VERIFY_PARAM_set_auth_level(settings, AUTH_LEVEL);
    X509_VERIFY_PARAM_set_flags(settings,
                                X509_V_FLAG_TRUSTED_FIRST); /* libcrypto's default, which this replaces */
    X509_VERIFY_PARAM_set_time(settings, (time_t)time);
    X509_VERIFY_PARAM_set_purpose(settings, X509_PURPOSE_SSL_CLIENT);
    X509_VERIFY_PARAM_set_trust(settings, X509_TRUST_SSL_CLIENT);
    X509_STORE_CTX_set0_param(context, settings);
    X509_STORE_CTX_set_verify_cb(context, say_yes);
    bool completed = X509_verify_cert(context) > 0;
    *out_error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    return completed;
}

static void compare(const mtlsval_client *client, bool completed, int error) {
    const char *result = mtlsval_client_result(client), *reason = mtlsval_client_reason(client);
    bool success = strcmp(result, "SUCCESS") == 0, failed = strcmp(result, "FAILED") == 0;
    MTLSFUZZ_REACHED("verified twice");
    MTLSFUZZ_ORACLE("libcrypto-result",
                    completed ? success == (error == X509_V_OK) && success != failed : !success,
                    "%s, libcrypto ends with %d (%s)", result, error, X509_verify_cert_error_string(error));
    if (completed && failed) {
        const char *expected = mtls_reason_describe(mtls_reason_from_x509(error))->slug;
        MTLSFUZZ_ORACLE("libcrypto-reason", strcmp(reason, expected) == 0, "%s, libcrypto ends with %d (%s)",
                        reason, error, X509_verify_cert_error_string(error));
    }
}

void mtlsfuzz_chain_compare(const mtlsfuzz_handshake *handshake, const mtlsval_client *client) {
    const unsigned others = MTLSFUZZ_NO_BUNDLE | MTLSFUZZ_VERIFY_OCSP | MTLSFUZZ_PASSTHROUGH;
    if ((handshake->options & MTLSFUZZ_PROFILE_OPENSSL) == 0 || (handshake->options & others) != 0 ||
        strcmp(mtlsval_client_result(client), "ABORTED") == 0) {
        return;
    }
    STACK_OF(X509) *chain = chain_of(handshake->chain);
    if (chain != NULL) {
        X509_STORE *store = store_of(handshake->bundle);
        int error = X509_V_OK;
        bool completed = verify(store, chain, handshake->time, &error);
        compare(client, completed, error);
        X509_STORE_free(store);
    }
    sk_X509_pop_free(chain, X509_free);
    ERR_clear_error();
}
