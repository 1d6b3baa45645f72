#include "fuzz/tls_server.h"

#include "fuzz/oracle.h"

#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <string.h>

enum {
    DEPTH = 10,
    SECURITY_LEVEL = 2,
    RECORD_MAX = 16384,
    HANDSHAKE = 22,
    CERTIFICATE = 11,
    SECRET_LEN = 32, /* TLS_AES_128_GCM_SHA256 */
    KEY_LEN = 16,
    IV_LEN = 12,
    TAG_LEN = 16,
    HEADER_LEN = 5
};

static void must(bool good, const char *step) {
    mtlsfuzz_must(good ? MTLS_OK : MTLS_ERR_CRYPTO, step);
}

/* The client's handshake traffic secret, which the server tells as it would to a key log (RFC 8446 7.1). */
static uint8_t client_secret[SECRET_LEN];

static void keep_secret(const SSL *ssl, const char *line) {
    static const char label[] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET ";
    const char *hex = strrchr(line, ' ');
    (void)ssl;
    if (strncmp(line, label, sizeof label - 1) == 0 && hex != NULL) {
        size_t len = 0;
        must(OPENSSL_hexstr2buf_ex(client_secret, sizeof client_secret, &len, hex + 1, '\0') == 1,
             "read a secret");
    }
}

static int say_yes(int ok, X509_STORE_CTX *context) {
    (void)ok;
    (void)context;
    return 1;
}

/* The server needs a certificate of its own; nobody looks at it. */
static void give_certificate(SSL_CTX *server) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    must(key != NULL && x != NULL, "make a server key");
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)"TEST DO NOT TRUST", -1, -1, 0);
    must(X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 && X509_set_pubkey(x, key) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(x), 0) != NULL &&
             X509_gmtime_adj(X509_getm_notAfter(x), 86400) != NULL && X509_sign(x, key, EVP_sha256()) > 0 &&
             SSL_CTX_use_certificate(server, x) == 1 && SSL_CTX_use_PrivateKey(server, key) == 1,
         "make a server certificate");
    X509_free(x);
    EVP_PKEY_free(key);
}

static SSL_CTX *make_server(void) {
    SSL_CTX *server = SSL_CTX_new(TLS_server_method());
    must(server != NULL, "make a server");
    SSL_CTX_set_security_level(server, SECURITY_LEVEL);
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER, say_yes); /* nginx's ssl_verify_client */
    SSL_CTX_set_verify_depth(server, DEPTH);
    SSL_CTX_set_keylog_callback(server, keep_secret);
    SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_OFF);
    must(SSL_CTX_set_ciphersuites(server, "TLS_AES_128_GCM_SHA256") == 1, "choose a cipher suite");
    give_certificate(server);
    return server;
}

/* make_hello writes the ClientHello that libssl's own client sends; its other messages are never needed. */
static void make_hello(int version, mtls_buf *out) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    must(context != NULL && SSL_CTX_set_min_proto_version(context, version) == 1 &&
             SSL_CTX_set_max_proto_version(context, version) == 1,
         "make a client");
    SSL *client = SSL_new(context);
    BIO *in = BIO_new(BIO_s_mem()), *sent = BIO_new(BIO_s_mem());
    must(client != NULL && in != NULL && sent != NULL, "make a client");
    SSL_set_bio(client, in, sent);
    SSL_connect(client);
    char *bytes = NULL;
    long len = BIO_get_mem_data(sent, &bytes);
    must(len > 0, "write a ClientHello");
    mtlsfuzz_must(mtls_buf_append(out, (mtls_view){(const uint8_t *)bytes, (size_t)len}),
                  "keep a ClientHello");
    SSL_free(client);
    SSL_CTX_free(context);
    ERR_clear_error();
}

/* HKDF-Expand-Label (RFC 8446 7.1) with an empty context. */
static void expand_label(const char *label, uint8_t *out, size_t len) {
    uint8_t info[64];
    size_t label_len = strlen(label), at = 0;
    info[at++] = 0;
    info[at++] = (uint8_t)len;
    info[at++] = (uint8_t)(6 + label_len);
    memcpy(info + at, "tls13 ", 6);
    memcpy(info + at + 6, label, label_len);
    at += 6 + label_len;
    info[at++] = 0;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    must(context != NULL && EVP_PKEY_derive_init(context) == 1 &&
             EVP_PKEY_CTX_set_hkdf_mode(context, EVP_PKEY_HKDEF_MODE_EXPAND_ONLY) == 1 &&
             EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1 &&
             EVP_PKEY_CTX_set1_hkdf_key(context, client_secret, SECRET_LEN) == 1 &&
             EVP_PKEY_CTX_add1_hkdf_info(context, info, (int)at) == 1 &&
             EVP_PKEY_derive(context, out, &len) == 1,
         "derive a key");
    EVP_PKEY_CTX_free(context);
}

static void put(BIO *out, const void *bytes, size_t len) {
    must(len == 0 || BIO_write(out, bytes, (int)len) == (int)len, "write a record");
}

/* put_plain writes a TLS 1.2 record. */
static void put_plain(BIO *out, mtls_view fragment) {
    const uint8_t header[HEADER_LEN] = {HANDSHAKE, 3, 3, (uint8_t)(fragment.len >> 8), (uint8_t)fragment.len};
    put(out, header, sizeof header);
    put(out, fragment.data, fragment.len);
}

/* put_sealed writes a TLS 1.3 record (RFC 8446 5.2): the fragment, its content type, and the tag. */
static void put_sealed(BIO *out, const uint8_t *key, const uint8_t *iv, uint64_t sequence,
                       mtls_view fragment) {
    static uint8_t sealed[RECORD_MAX + 1 + TAG_LEN];
    const uint8_t type = HANDSHAKE;
    size_t len = fragment.len + 1 + TAG_LEN;
    const uint8_t header[HEADER_LEN] = {23, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};
    uint8_t nonce[IV_LEN];
    int done = 0, part = 0;
    memcpy(nonce, iv, sizeof nonce);
    for (size_t i = 0; i < 8; i++) {
        nonce[IV_LEN - 1 - i] ^= (uint8_t)(sequence >> 8 * i);
    }
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    must(cipher != NULL && EVP_EncryptInit_ex(cipher, EVP_aes_128_gcm(), NULL, key, nonce) == 1 &&
             EVP_EncryptUpdate(cipher, NULL, &part, header, HEADER_LEN) == 1 &&
             EVP_EncryptUpdate(cipher, sealed, &done, fragment.data, (int)fragment.len) == 1 &&
             EVP_EncryptUpdate(cipher, sealed + done, &part, &type, 1) == 1 &&
             EVP_EncryptFinal_ex(cipher, sealed + done + part, &part) == 1 &&
             EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_LEN, sealed + fragment.len + 1) == 1,
         "seal a record");
    EVP_CIPHER_CTX_free(cipher);
    put(out, header, sizeof header);
    put(out, sealed, len);
}

static void put_message(BIO *out, bool tls12, mtls_view body) {
    static mtls_buf message = {.max = 64 * 1024 * 1024};
    const uint8_t header[] = {CERTIFICATE, (uint8_t)(body.len >> 16), (uint8_t)(body.len >> 8),
                              (uint8_t)body.len};
    uint8_t key[KEY_LEN], iv[IV_LEN];
    uint64_t sequence = 0;
    mtls_buf_reset(&message);
    mtlsfuzz_must(mtls_buf_append(&message, (mtls_view){header, sizeof header}), "write a message");
    mtlsfuzz_must(mtls_buf_append(&message, body), "write a message");
    if (!tls12) {
        expand_label("key", key, sizeof key);
        expand_label("iv", iv, sizeof iv);
    }
    for (size_t at = 0; at < message.len; at += RECORD_MAX) {
        size_t len = message.len - at < RECORD_MAX ? message.len - at : RECORD_MAX;
        mtls_view fragment = {message.data + at, len};
        if (tls12) {
            put_plain(out, fragment);
        } else {
            put_sealed(out, key, iv, sequence++, fragment);
        }
    }
}

void mtlsfuzz_tls_ask(X509_STORE *store, int64_t time, bool tls12, mtls_view body, mtlsfuzz_tls_answer *out) {
    static SSL_CTX *server = NULL;
    static mtls_buf hellos[2] = {{.max = 4096}, {.max = 4096}};
    if (server == NULL) {
        server = make_server();
        make_hello(TLS1_3_VERSION, &hellos[0]);
        make_hello(TLS1_2_VERSION, &hellos[1]);
    }
    SSL *ssl = SSL_new(server);
    BIO *in = BIO_new(BIO_s_mem()), *sent = BIO_new(BIO_s_mem());
    must(ssl != NULL && in != NULL && sent != NULL && SSL_set1_verify_cert_store(ssl, store) == 1,
         "make a server");
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl, in, sent);
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), (time_t)time);
    put(in, hellos[tls12].data, hellos[tls12].len);
    int result = SSL_accept(ssl);
    must(result != 1 && SSL_want_read(ssl), "answer a ClientHello");
    put_message(in, tls12, body);
    result = SSL_accept(ssl);
    X509 *peer = SSL_get0_peer_certificate(ssl);
    *out = (mtlsfuzz_tls_answer){
        .aborted = result != 1 &&
                   !SSL_want_read(ssl), /* SSL_get_error looks at what verification left in its queue */
        .has_peer = peer != NULL,
        .finished = SSL_is_init_finished(ssl) == 1,
        .x509_v_err = (int)SSL_get_verify_result(ssl),
    };
    SSL_free(ssl);
    ERR_clear_error();
}
