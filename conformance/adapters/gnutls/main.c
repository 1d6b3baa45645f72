/* GnuTLS as its servers use it: gnutls_certificate_set_x509_trust_mem, then the verification that
 * gnutls_certificate_verify_peers does for purpose clientAuth with the flags of the priority NORMAL. */
#include "c/adapter.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

static gnutls_certificate_credentials_t trusted;
static time_t clock_now;

static time_t clock_read(time_t *out) {
    if (out != NULL) {
        *out = clock_now;
    }
    return clock_now;
}

static const char *version(void) {
    return gnutls_check_version(NULL);
}

static void load(adapter_bytes bundle, time_t now, adapter_answer *answer) {
    gnutls_datum_t pem = {(unsigned char *)(uintptr_t)bundle.data, (unsigned)bundle.len};
    clock_now = now;
    gnutls_certificate_allocate_credentials(&trusted);
    int result = gnutls_certificate_set_x509_trust_mem(trusted, &pem, GNUTLS_X509_FMT_PEM);
    answer->result = result >= 0 ? ADAPTER_OK : ADAPTER_REFUSED;
    if (result < 0) {
        adapter_say(answer, "%s: %s", gnutls_strerror_name(result), gnutls_strerror(result));
    } else if (result == 0) {
        adapter_say(answer, "0 certificates");
    }
}

static void add_reasons(unsigned status, adapter_answer *answer) {
    if (status & GNUTLS_CERT_SIGNER_NOT_FOUND) {
        adapter_reason(answer, ADAPTER_NO_TRUSTED_ISSUER, NULL);
    }
    if (status & GNUTLS_CERT_SIGNER_NOT_CA) {
        adapter_reason(answer, "invalid-ca", "no-cert-sign", NULL);
    }
    if (status & GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE) {
        adapter_reason(answer, "path-length-exceeded", "permitted-subtree", "excluded-subtree",
                       "no-cert-sign", NULL);
    }
    if (status & GNUTLS_CERT_INSECURE_ALGORITHM) {
        adapter_reason(answer, "digest-too-weak", "ee-key-too-weak", "ca-key-too-weak", NULL);
    }
    if (status & GNUTLS_CERT_NOT_ACTIVATED) {
        adapter_reason(answer, "not-yet-valid", NULL);
    }
    if (status & GNUTLS_CERT_EXPIRED) {
        adapter_reason(answer, "expired", NULL);
    }
    if (status & GNUTLS_CERT_SIGNATURE_FAILURE) {
        adapter_reason(answer, "signature-invalid", NULL);
    }
    if (status & GNUTLS_CERT_PURPOSE_MISMATCH) {
        adapter_reason(answer, "purpose-client-auth", NULL);
    }
    if (status & GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS) {
        adapter_reason(answer, "critical-extension", NULL);
    }
}

static void verify_chain(gnutls_x509_crt_t *chain, unsigned count, adapter_answer *answer) {
    gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                     .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT};
    unsigned flags = GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_LOW), status = 0;
    gnutls_x509_trust_list_t list;
    gnutls_datum_t text = {NULL, 0};
    gnutls_certificate_get_trust_list(trusted, &list);
    int result = gnutls_x509_trust_list_verify_crt2(list, chain, count, &purpose, 1, flags, &status, NULL);
    if (result < 0) {
        answer->result = ADAPTER_REFUSED;
        adapter_say(answer, "%s: %s", gnutls_strerror_name(result), gnutls_strerror(result));
        return;
    }
    answer->result = status == 0 ? ADAPTER_OK : ADAPTER_REFUSED;
    add_reasons(status, answer);
    if (status != 0 && gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) == 0) {
        adapter_say(answer, "0x%x %s", status, (const char *)text.data);
    }
    gnutls_free(text.data);
}

static void verify(const adapter_bytes *certificates, size_t count, time_t now, adapter_answer *answer) {
    gnutls_x509_crt_t chain[ADAPTER_CHAIN_MAX];
    unsigned read = 0;
    int result = 0;
    clock_now = now;
    if (trusted == NULL) { /* nothing was uploaded */
        gnutls_certificate_allocate_credentials(&trusted);
    }
    while (read < count && result >= 0) {
        gnutls_datum_t der = {(unsigned char *)(uintptr_t)certificates[read].data,
                              (unsigned)certificates[read].len};
        gnutls_x509_crt_init(&chain[read]);
        result = gnutls_x509_crt_import(chain[read++], &der, GNUTLS_X509_FMT_DER);
    }
    if (result >= 0) {
        verify_chain(chain, read, answer);
    } else {
        answer->result = ADAPTER_UNDECODED;
        adapter_say(answer, "%s: %s", gnutls_strerror_name(result), gnutls_strerror(result));
    }
    while (read > 0) {
        gnutls_x509_crt_deinit(chain[--read]);
    }
}

static void unload(void) {
    if (trusted != NULL) {
        gnutls_certificate_free_credentials(trusted);
        trusted = NULL;
    }
}

int main(void) {
    static const char *const features[] = {"clock", "rsa-pss", "ed25519",  "ed448",
                                           "p521",  "sha1",    "weak-key", "malformed-client-certificate",
                                           NULL};
    static const adapter_library library = {"gnutls", features, version, load, verify, unload};
    gnutls_global_set_time_function(clock_read);
    return adapter_main(&library);
}
