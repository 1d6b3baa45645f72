/* OpenSSL as nginx and Apache httpd use it: the file goes to SSL_CTX_load_verify_locations and
 * SSL_load_client_CA_file, the chain through X509_verify_cert with a callback that lets it go on, so that the
 * last error stands. */
#include "c/adapter.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DEPTH = 10, SECURITY_LEVEL = 2 };

static SSL_CTX *trusted;

static const char *version(void) {
    return OpenSSL_version(OPENSSL_FULL_VERSION_STRING);
}

static void say_errors(adapter_answer *answer) {
    unsigned long error;
    char text[256];
    while ((error = ERR_get_error()) != 0) {
        ERR_error_string_n(error, text, sizeof text);
        adapter_say(answer, "%s", text);
    }
}

/* The two calls read files, so the bundle becomes one that exists in memory only. */
static int file_of(adapter_bytes bytes, char *path, size_t path_size) {
    int fd = memfd_create("bundle", MFD_CLOEXEC);
    size_t written = 0;
    while (fd >= 0 && written < bytes.len) {
        ssize_t n = write(fd, bytes.data + written, bytes.len - written);
        if (n <= 0) {
            close(fd);
            return -1;
        }
        written += (size_t)n;
    }
    snprintf(path, path_size, "/proc/self/fd/%d", fd);
    return fd;
}

static void load(adapter_bytes bundle, time_t now, adapter_answer *answer) {
    (void)now;
    char path[32];
    STACK_OF(X509_NAME) *names = NULL;
    int fd = file_of(bundle, path, sizeof path);
    if (fd < 0) {
        adapter_say(answer, "no memory for the file");
        return;
    }
    trusted = SSL_CTX_new(TLS_server_method());
    if (trusted == NULL) { /* its configuration may ask for a provider that is not there */
        say_errors(answer);
        close(fd);
        return;
    }
    if (SSL_CTX_load_verify_locations(trusted, path, NULL) == 1) {
        ERR_clear_error(); /* it may leave some although it succeeded */
        names = SSL_load_client_CA_file(path);
    }
    answer->result = names != NULL ? ADAPTER_OK : ADAPTER_REFUSED;
    say_errors(answer);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    close(fd);
}

static int go_on(int is_good, X509_STORE_CTX *context) {
    (void)is_good;
    (void)context;
    return 1;
}

/* The vocabulary's reasons are libcrypto's, by number. */
static const char *reason_of(int error) {
    switch (error) {
#define REASON(id, slug, x509_v_err, spelling, old_spelling, gateway_spelling, cite, advice)                 \
    case x509_v_err < 0 ? -__LINE__:                                                                         \
    x509_v_err:                                                                                              \
        return slug;
#include "core/vocabulary.def"
    default:
        return NULL;
    }
}

static void verify_chain(STACK_OF(X509) * chain, time_t now, adapter_answer *answer) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509 *leaf = sk_X509_value(chain, 0);
    if (context == NULL || X509_STORE_CTX_init(context, SSL_CTX_get_cert_store(trusted), leaf, chain) != 1 ||
        X509_STORE_CTX_set_default(context, "ssl_client") != 1) {
        say_errors(answer);
        X509_STORE_CTX_free(context);
        return;
    }
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_depth(param, DEPTH);
    X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
    X509_VERIFY_PARAM_set_time(param, now);
    X509_STORE_CTX_set_verify_cb(context, go_on);
    int result = X509_verify_cert(context), error = X509_STORE_CTX_get_error(context);
    if (result > 0 && error == X509_V_OK && X509_get0_pubkey(leaf) == NULL) {
        answer->result =
            ADAPTER_UNDECODED; /* libssl refuses such a certificate after the chain is verified */
        adapter_say(answer, "unknown certificate type");
    } else {
        answer->result = result > 0 && error == X509_V_OK ? ADAPTER_OK : ADAPTER_REFUSED;
    }
    if (answer->result == ADAPTER_REFUSED) {
        adapter_reason(answer, reason_of(error), NULL);
        adapter_say(answer, "%d %s", error, X509_verify_cert_error_string(error));
    }
    ERR_clear_error();
    X509_STORE_CTX_free(context);
}

static void verify(const adapter_bytes *certificates, size_t count, time_t now, adapter_answer *answer) {
    STACK_OF(X509) *chain = sk_X509_new_null();
    bool decodes = true;
    if (trusted == NULL) { /* nothing was uploaded */
        trusted = SSL_CTX_new(TLS_server_method());
    }
    if (trusted == NULL) {
        say_errors(answer);
        sk_X509_free(chain);
        return;
    }
    for (size_t i = 0; i < count && decodes; i++) {
        const unsigned char *at = certificates[i].data;
        X509 *certificate = d2i_X509(NULL, &at, (long)certificates[i].len);
        decodes = certificate != NULL && at == certificates[i].data + certificates[i].len;
        if (certificate != NULL && !decodes) {
            adapter_say(answer, "bytes after the certificate");
        }
        if (certificate != NULL && sk_X509_push(chain, certificate) == 0) {
            X509_free(certificate);
        }
    }
    if (decodes) {
        verify_chain(chain, now, answer);
    } else {
        answer->result = ADAPTER_UNDECODED;
        say_errors(answer);
    }
    sk_X509_pop_free(chain, X509_free);
}

static void unload(void) {
    SSL_CTX_free(trusted);
    trusted = NULL;
}

int main(void) {
    static const char *const features[] = {"clock",
                                           "rsa-pss",
                                           "ed25519",
                                           "ed448",
                                           "p521",
                                           "secp256k1",
                                           "weak-key",
                                           "sha1",
                                           "explicit-ec-parameters",
                                           "malformed-client-certificate",
                                           NULL};
    static const adapter_library library = {"openssl", features, version, load, verify, unload};
    return adapter_main(&library);
}
