/* Mbed TLS as its ssl_server2 uses it: mbedtls_x509_crt_parse reads the file, and a client's chain gets what
 * mbedtls_ssl_parse_certificate does on a server: verification under the default profile, then key usage and
 * extended key usage of the leaf. Version 2.28 asks the C library for the time, so `time` below stands in for
 * that one. */
#include "c/adapter.h"

#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>

static mbedtls_x509_crt trusted;
static time_t clock_now;

__attribute__((visibility("default"))) time_t time(time_t *out) {
    if (out != NULL) {
        *out = clock_now;
    }
    return clock_now;
}

static const char *version(void) {
    static char text[18];
    mbedtls_version_get_string(text);
    return text;
}

static void say_error(int error, adapter_answer *answer) {
    char text[256];
    mbedtls_strerror(error, text, sizeof text);
    adapter_say(answer, "-0x%04x %s", (unsigned)-error, text);
}

static void load(adapter_bytes bundle, time_t now, adapter_answer *answer) {
    clock_now = now;
    /* The length of PEM counts its final 0 byte. */
    int result = mbedtls_x509_crt_parse(&trusted, bundle.data, bundle.len + 1);
    answer->result = result >= 0 ? ADAPTER_OK : ADAPTER_REFUSED;
    if (result < 0) {
        say_error(result, answer);
    } else if (result > 0) {
        adapter_say(answer, "%d certificates could not be read", result);
    }
}

static void add_reasons(uint32_t flags, adapter_answer *answer) {
    if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) { /* no candidate issuer's key verifies the signature, or
                                                       none is a CA */
        adapter_reason(answer, ADAPTER_NO_TRUSTED_ISSUER, "signature-invalid", "invalid-ca", "no-cert-sign",
                       "path-length-exceeded", NULL);
    }
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED) {
        adapter_reason(answer, "expired", NULL);
    }
    if (flags & MBEDTLS_X509_BADCERT_FUTURE) {
        adapter_reason(answer, "not-yet-valid", NULL);
    }
    if (flags & MBEDTLS_X509_BADCERT_BAD_MD) {
        adapter_reason(answer, "digest-too-weak", NULL);
    }
    if (flags & (MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)) {
        adapter_reason(answer, "ee-key-too-weak", "ca-key-too-weak", NULL);
    }
    if (flags & (MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_KEY_USAGE)) {
        adapter_reason(answer, "purpose-client-auth", NULL);
    }
}

static void verify_chain(mbedtls_x509_crt *chain, adapter_answer *answer) {
    uint32_t flags = 0;
    char text[1024];
    int result = mbedtls_x509_crt_verify_with_profile(
        chain, &trusted, NULL, &mbedtls_x509_crt_profile_default, NULL, &flags, NULL, NULL);
    if (mbedtls_x509_crt_check_key_usage(chain, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) != 0) {
        flags |= MBEDTLS_X509_BADCERT_KEY_USAGE;
    }
    if (mbedtls_x509_crt_check_extended_key_usage(chain, MBEDTLS_OID_CLIENT_AUTH,
                                                  MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)) != 0) {
        flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    }
    answer->result = result == 0 && flags == 0 ? ADAPTER_OK : ADAPTER_REFUSED;
    if (result != 0 && result != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        if (result == MBEDTLS_ERR_X509_FATAL_ERROR) { /* "the chain is too long or the vrfy callback failed":
                                                         there is none */
            adapter_reason(answer, "chain-too-long", NULL);
        }
        say_error(result, answer);
    } else if (flags != 0) {
        add_reasons(flags, answer);
        mbedtls_x509_crt_verify_info(text, sizeof text, "", flags);
        adapter_say(answer, "0x%x %s", flags, text);
    }
}

static void verify(const adapter_bytes *certificates, size_t count, time_t now, adapter_answer *answer) {
    mbedtls_x509_crt chain;
    int result = 0;
    clock_now = now;
    mbedtls_x509_crt_init(&chain);
    for (size_t i = 0; i < count && result == 0; i++) {
        result = mbedtls_x509_crt_parse_der(&chain, certificates[i].data, certificates[i].len);
    }
    if (result == 0) {
        verify_chain(&chain, answer);
    } else {
        answer->result = ADAPTER_UNDECODED;
        say_error(result, answer);
    }
    mbedtls_x509_crt_free(&chain);
}

static void unload(void) {
    mbedtls_x509_crt_free(&trusted);
    mbedtls_x509_crt_init(&trusted);
}

int main(void) {
    static const char *const features[] = {
        "clock", "rsa-pss", "p521", "secp256k1", "sha1", "weak-key", "malformed-client-certificate", NULL};
    static const adapter_library library = {"mbedtls", features, version, load, verify, unload};
    mbedtls_x509_crt_init(&trusted);
    return adapter_main(&library);
}
