/* wolfSSL has no call that verifies a chain with its extended key usage, so a real server of it is asked: the
 * file goes to wolfSSL_CTX_load_verify_buffer, and a TLS 1.2 server in this process is sent a ClientHello and
 * a Certificate message with the chain's bytes as they are. It verifies the chain before it reads on, so the
 * client needs no key: when the server wants to read more, the chain has passed. The time is given through
 * wc_SetTimeCb. */
#include "c/adapter.h"

#include <wolfssl/options.h>

#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/version.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 10, RECORD_MAX = 16384 };

static WOLFSSL_CTX *trusted;
static time_t clock_now;
static uint8_t server_key[256], server_certificate[1024];
static int server_key_len, server_certificate_len;

static time_t clock_read(time_t *out) {
    if (out != NULL) {
        *out = clock_now;
    }
    return clock_now;
}

static const char *version(void) {
    return wolfSSL_lib_version();
}

/* The server needs a certificate of its own; nobody looks at it. */
static bool make_server_certificate(void) {
    WC_RNG random;
    ecc_key key;
    Cert certificate;
    int result = wc_InitRng(&random);
    if (result == 0 && (result = wc_ecc_init(&key)) == 0 &&
        (result = wc_ecc_make_key(&random, 32, &key)) == 0) {
        result = server_key_len = wc_EccKeyToDer(&key, server_key, sizeof server_key);
    }
    if (result > 0 && (result = wc_InitCert(&certificate)) == 0) {
        strcpy(certificate.subject.commonName, "TEST DO NOT TRUST");
        certificate.sigType = CTC_SHA256wECDSA;
        certificate.isCA = 0;
        result =
            wc_MakeCert(&certificate, server_certificate, sizeof server_certificate, NULL, &key, &random);
    }
    if (result > 0) {
        result = server_certificate_len =
            wc_SignCert(certificate.bodySz, certificate.sigType, server_certificate,
                        sizeof server_certificate, NULL, &key, &random);
    }
    wc_ecc_free(&key);
    wc_FreeRng(&random);
    return result > 0;
}

static void say_error(int error, adapter_answer *answer) {
    char text[WOLFSSL_MAX_ERROR_SZ];
    wolfSSL_ERR_error_string((unsigned long)error, text);
    adapter_say(answer, "%d %s", error, error == WOLFSSL_FAILURE ? "WOLFSSL_FAILURE" : text);
}

/* What the server reads, and how far it has read. */
typedef struct {
    uint8_t *data;
    size_t len, at;
} wire;

static int wire_read(WOLFSSL *ssl, char *buffer, int size, void *context) {
    wire *in = context;
    size_t n = in->len - in->at < (size_t)size ? in->len - in->at : (size_t)size;
    (void)ssl;
    if (n == 0) {
        return WOLFSSL_CBIO_ERR_WANT_READ;
    }
    memcpy(buffer, in->data + in->at, n);
    in->at += n;
    return (int)n;
}

static int wire_discard(WOLFSSL *ssl, char *buffer, int size, void *context) {
    (void)ssl;
    (void)buffer;
    (void)context;
    return size;
}

static WOLFSSL_CTX *server_new(void) {
    WOLFSSL_CTX *server = wolfSSL_CTX_new(wolfTLSv1_2_server_method());
    if (server == NULL ||
        wolfSSL_CTX_use_certificate_buffer(server, server_certificate, server_certificate_len,
                                           WOLFSSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_use_PrivateKey_buffer(server, server_key, server_key_len, WOLFSSL_FILETYPE_ASN1) !=
            WOLFSSL_SUCCESS) {
        fprintf(stderr, "wolfssl: the server could not be set up\n");
        exit(2);
    }
    wolfSSL_CTX_set_verify(server, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    wolfSSL_CTX_set_verify_depth(server, DEPTH);
    wolfSSL_CTX_SetIORecv(server, wire_read);
    wolfSSL_CTX_SetIOSend(server, wire_discard);
    return server;
}

static void load(adapter_bytes bundle, time_t now, adapter_answer *answer) {
    clock_now = now;
    trusted = server_new();
    int result = wolfSSL_CTX_load_verify_buffer(trusted, bundle.data, (long)bundle.len, WOLFSSL_FILETYPE_PEM);
    answer->result = result == WOLFSSL_SUCCESS ? ADAPTER_OK : ADAPTER_REFUSED;
    if (result != WOLFSSL_SUCCESS) {
        say_error(result, answer);
    }
}

static void put(wire *out, const void *bytes, size_t len) {
    memcpy(out->data + out->len, bytes, len);
    out->len += len;
}

static void put_number(wire *out, size_t number, unsigned num_bytes) {
    while (num_bytes-- > 0) {
        out->data[out->len++] = (uint8_t)(number >> 8 * num_bytes);
    }
}

/* RFC 5246 section 7.4.1.2: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 on P-256. */
static void put_client_hello(wire *out) {
    static const char random[] = "TEST client, no need of a random"; /* 32 bytes */
    static const uint8_t extensions[] = {0, 10, 0, 4,  0, 2,  0, 23, /* supported_groups: secp256r1 */
                                         0, 11, 0, 2,  1, 0,         /* ec_point_formats: uncompressed */
                                         0, 13, 0, 26, 0, 24,        /* signature_algorithms */
                                         4, 3,  5, 3,  6, 3,  2, 3,  8, 7, 8, 8,
                                         8, 4,  8, 5,  8, 6,  4, 1,  5, 1, 2, 1};
    size_t body = 2 + 32 + 1 + 4 + 2 + 2 + sizeof extensions;
    put_number(out, 0x160301, 3);
    put_number(out, body + 4, 2);
    put_number(out, 1, 1);
    put_number(out, body, 3);
    put_number(out, 0x0303, 2);
    put(out, random, 32);
    put_number(out, 0, 1);          /* no session */
    put_number(out, 0x0002c02b, 4); /* one cipher suite */
    put_number(out, 0x0100, 2);     /* no compression */
    put_number(out, sizeof extensions, 2);
    put(out, extensions, sizeof extensions);
}

/* RFC 5246 section 7.4.6: one Certificate message, over as many records as it needs. */
static void put_certificates(wire *out, const adapter_bytes *chain, size_t count) {
    wire message = {.len = 0};
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += 3 + chain[i].len;
    }
    message.data = malloc(total + 7);
    if (message.data == NULL) {
        exit(2);
    }
    put_number(&message, 11, 1);
    put_number(&message, total + 3, 3);
    put_number(&message, total, 3);
    for (size_t i = 0; i < count; i++) {
        put_number(&message, chain[i].len, 3);
        put(&message, chain[i].data, chain[i].len);
    }
    for (size_t at = 0; at < message.len; at += RECORD_MAX) {
        size_t len = message.len - at < RECORD_MAX ? message.len - at : RECORD_MAX;
        put_number(out, 0x160303, 3);
        put_number(out, len, 2);
        put(out, message.data + at, len);
    }
    free(message.data);
}

static void add_reasons(int error, adapter_answer *answer) {
    switch (error) {
    case ASN_NO_SIGNER_E:
    case ASN_SELF_SIGNED_E:
        adapter_reason(answer, ADAPTER_NO_TRUSTED_ISSUER, "invalid-ca", "no-cert-sign", NULL);
        break;
    case ASN_AFTER_DATE_E:
        adapter_reason(answer, "expired", NULL);
        break;
    case ASN_BEFORE_DATE_E:
        adapter_reason(answer, "not-yet-valid", NULL);
        break;
    case ASN_SIG_CONFIRM_E:
    case ASN_SIG_HASH_E:
    case ASN_SIG_KEY_E:
        adapter_reason(answer, "signature-invalid", NULL);
        break;
    case EXTKEYUSAGE_E:
    case KEYUSAGE_E:
    case KEYUSE_SIGNATURE_E:
    case EXTKEYUSE_AUTH_E:
        adapter_reason(answer, "purpose-client-auth", NULL);
        break;
    case ASN_PATHLEN_SIZE_E:
    case ASN_PATHLEN_INV_E:
        adapter_reason(answer, "path-length-exceeded", NULL);
        break;
    case ASN_NAME_INVALID_E:
        adapter_reason(answer, "permitted-subtree", "excluded-subtree", NULL);
        break;
    case ASN_CRIT_EXT_E:
        adapter_reason(answer, "critical-extension", NULL);
        break;
    case RSA_KEY_SIZE_E:
    case ECC_KEY_SIZE_E:
        adapter_reason(answer, "ee-key-too-weak", "ca-key-too-weak", NULL);
        break;
    case MAX_CHAIN_ERROR:
        adapter_reason(answer, "chain-too-long", NULL);
        break;
    default:
        break;
    }
}

static bool is_decoding_error(int error) {
    return error == ASN_PARSE_E || error == ASN_VERSION_E || error == ASN_GETINT_E ||
           error == ASN_RSA_KEY_E || error == ASN_OBJECT_ID_E || error == ASN_TAG_NULL_E ||
           error == ASN_EXPECT_0_E || error == ASN_BITSTR_E || error == ASN_UNKNOWN_OID_E ||
           error == ASN_DATE_SZ_E || error == ASN_TIME_E || error == ASN_INPUT_E || error == ASN_DH_KEY_E ||
           error == ASN_ECC_KEY_E || error == BUFFER_ERROR || error == BUFFER_E || error == DECODE_E;
}

static void verify(const adapter_bytes *certificates, size_t count, time_t now, adapter_answer *answer) {
    clock_now = now;
    if (trusted == NULL) { /* nothing was uploaded */
        trusted = server_new();
    }
    size_t size = 1024;
    for (size_t i = 0; i < count; i++) {
        size += certificates[i].len + 16;
    }
    wire in = {.data = malloc(size)};
    WOLFSSL *ssl = wolfSSL_new(trusted);
    if (in.data == NULL || ssl == NULL) {
        exit(2);
    }
    put_client_hello(&in);
    put_certificates(&in, certificates, count);
    wolfSSL_SetIOReadCtx(ssl, &in);
    int result = wolfSSL_accept(ssl), error = wolfSSL_get_error(ssl, result);
    if (error == WOLFSSL_ERROR_WANT_READ && in.at == in.len) {
        answer->result = ADAPTER_OK; /* it waits for the ClientKeyExchange */
    } else {
        answer->result = is_decoding_error(error) ? ADAPTER_UNDECODED : ADAPTER_REFUSED;
        add_reasons(error, answer);
        say_error(error, answer);
    }
    wolfSSL_free(ssl);
    free(in.data);
}

static void unload(void) {
    wolfSSL_CTX_free(trusted);
    trusted = NULL;
}

int main(void) {
    static const char *const features[] = {"clock", "rsa-pss",  "ed25519",
                                           "ed448", "p521",     "secp256k1",
                                           "sha1",  "weak-key", "malformed-client-certificate",
                                           NULL};
    static const adapter_library library = {"wolfssl", features, version, load, verify, unload};
    wolfSSL_Init();
    wc_SetTimeCb(clock_read);
    clock_now = 1893456000; /* 2030, when the server's own certificate is made; nobody looks at that */
    if (!make_server_certificate()) {
        fprintf(stderr, "wolfssl: the server's certificate could not be made\n");
        return 2;
    }
    return adapter_main(&library);
}
