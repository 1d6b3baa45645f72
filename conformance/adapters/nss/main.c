/* NSS as its servers use it: every certificate of the file goes into the certificate database as certutil
 * puts it there, roots with the trust "CT,," and the rest with ",,"; the chain gets what SSL_AuthCertificate
 * does for a client: CERT_VerifyCertificate with certificateUsageSSLClient. The database is one in memory. */
#include "c/adapter.h"

#include <cert.h>
#include <certdb.h>
#include <nss.h>
#include <prerror.h>
#include <secerr.h>
#include <secitem.h>
#include <stdio.h>
#include <string.h>

enum { TRUSTED_MAX = 4096 };

static CERTCertificate *trusted[TRUSTED_MAX];
static size_t num_trusted;

static const char *version(void) {
    return NSS_GetVersion();
}

/* NSS does not set an error for every failure, so PORT_SetError(0) comes before each call: else the last
 * case's shows. Of a certificate that does not decode, CERT_MapStanError takes one of two errors from a stack
 * that nobody outside can clear: which one depends on the cases before, so both read alike here. */
static void say_error(adapter_answer *answer) {
    PRErrorCode error = PORT_GetError();
    if (error == 0 || error == SEC_ERROR_LIBRARY_FAILURE || error == SEC_ERROR_INVALID_ARGS) {
        adapter_say(answer, "SEC_ERROR_LIBRARY_FAILURE or SEC_ERROR_INVALID_ARGS");
    } else {
        adapter_say(answer, "%s: %s", PR_ErrorToName(error), PR_ErrorToString(error, PR_LANGUAGE_I_DEFAULT));
    }
}

static bool trust(CERTCertificate *certificate) {
    CERTCertTrust flags;
    bool is_root = SECITEM_ItemsAreEqual(&certificate->derSubject, &certificate->derIssuer);
    return CERT_DecodeTrustString(&flags, is_root ? "CT,," : ",,") == SECSuccess &&
           CERT_ChangeCertTrust(CERT_GetDefaultCertDB(), certificate, &flags) == SECSuccess;
}

static bool add_trusted(const char *text, size_t len, adapter_answer *answer) {
    PORT_SetError(0);
    CERTCertificate *certificate = CERT_DecodeCertFromPackage((char *)(uintptr_t)text, (int)len);
    if (certificate == NULL) {
        say_error(answer);
        return false;
    }
    if (num_trusted == TRUSTED_MAX) {
        CERT_DestroyCertificate(certificate);
        adapter_say(answer, "more than %d certificates", TRUSTED_MAX);
        return false;
    }
    trusted[num_trusted++] = certificate;
    if (!trust(certificate)) {
        say_error(answer);
        return false;
    }
    return true;
}

/* next_certificate finds the line with the next BEGIN CERTIFICATE at or after `at`, or NULL. */
static const char *next_certificate(const char *file, const char *at, const char *end) {
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    const char *found = at < end ? memmem(at, (size_t)(end - at), begin, sizeof begin - 1) : NULL;
    while (found != NULL && found > file && found[-1] != '\n') {
        found--;
    }
    return found != NULL && found < at ? at : found;
}

/* certutil takes one certificate at a time, so the file is cut before every line with a BEGIN CERTIFICATE, as
 * csplit would; what is before the first is dropped. A file without one goes to NSS whole. */
static void load(adapter_bytes bundle, time_t now, adapter_answer *answer) {
    const char *file = (const char *)bundle.data, *end = file + bundle.len;
    const char *at = next_certificate(file, file, end);
    bool is_good = true;
    (void)now;
    if (at == NULL) {
        is_good = add_trusted(file, bundle.len, answer);
    }
    while (is_good && at != NULL) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        const char *next = line_end == NULL ? NULL : next_certificate(file, line_end + 1, end);
        is_good = add_trusted(at, (size_t)((next == NULL ? end : next) - at), answer);
        at = next;
    }
    answer->result = is_good ? ADAPTER_OK : ADAPTER_REFUSED;
}

static void add_reasons(PRErrorCode error, adapter_answer *answer) {
    switch (error) {
    case SEC_ERROR_UNKNOWN_ISSUER:
    case SEC_ERROR_UNTRUSTED_ISSUER:
    case SEC_ERROR_UNTRUSTED_CERT:
        adapter_reason(answer, ADAPTER_NO_TRUSTED_ISSUER, NULL);
        break;
    case SEC_ERROR_CA_CERT_INVALID:
        adapter_reason(answer, "invalid-ca", "no-cert-sign", "self-signed", NULL);
        break;
    case SEC_ERROR_EXPIRED_CERTIFICATE:
    case SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE: /* NSS says so of what is not yet valid, too */
        adapter_reason(answer, "expired", "not-yet-valid", NULL);
        break;
    case SEC_ERROR_BAD_SIGNATURE:
        adapter_reason(answer, "signature-invalid", NULL);
        break;
    case SEC_ERROR_INADEQUATE_CERT_TYPE:
    case SEC_ERROR_INADEQUATE_KEY_USAGE:
        adapter_reason(answer, "purpose-client-auth", "no-cert-sign", NULL);
        break;
    case SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID:
        adapter_reason(answer, "path-length-exceeded", NULL);
        break;
    case SEC_ERROR_CERT_NOT_IN_NAME_SPACE:
        adapter_reason(answer, "permitted-subtree", "excluded-subtree", NULL);
        break;
    case SEC_ERROR_UNKNOWN_CRITICAL_EXTENSION:
        adapter_reason(answer, "critical-extension", NULL);
        break;
    case SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED:
        adapter_reason(answer, "digest-too-weak", NULL);
        break;
    default:
        break;
    }
}

static void verify_leaf(CERTCertificate *leaf, time_t now, adapter_answer *answer) {
    PORT_SetError(0);
    SECStatus result =
        CERT_VerifyCertificate(CERT_GetDefaultCertDB(), leaf, PR_TRUE, certificateUsageSSLClient,
                               (PRTime)now * PR_USEC_PER_SEC, NULL, NULL, NULL);
    answer->result = result == SECSuccess ? ADAPTER_OK : ADAPTER_REFUSED;
    if (result != SECSuccess) {
        add_reasons(PORT_GetError(), answer);
        say_error(answer);
    }
}

static void verify(const adapter_bytes *certificates, size_t count, time_t now, adapter_answer *answer) {
    CERTCertificate *chain[ADAPTER_CHAIN_MAX] = {NULL};
    size_t read = 0;
    bool decodes = true;
    while (read < count && decodes) {
        SECItem der = {siDERCertBuffer, (unsigned char *)(uintptr_t)certificates[read].data,
                       (unsigned)certificates[read].len};
        PORT_SetError(0);
        chain[read] = CERT_NewTempCertificate(CERT_GetDefaultCertDB(), &der, NULL, PR_FALSE, PR_TRUE);
        decodes = chain[read] != NULL;
        read += decodes ? 1 : 0;
    }
    if (decodes) {
        verify_leaf(chain[0], now, answer);
    } else {
        answer->result = ADAPTER_UNDECODED;
        say_error(answer);
    }
    while (read > 0) {
        CERT_DestroyCertificate(chain[--read]);
    }
}

static void unload(void) {
    while (num_trusted > 0) {
        CERT_DestroyCertificate(trusted[--num_trusted]);
    }
}

int main(void) {
    static const char *const features[] = {
        "clock", "rsa-pss", "p521", "sha1", "weak-key", "malformed-client-certificate", NULL};
    static const adapter_library library = {"nss", features, version, load, verify, unload};
    if (NSS_NoDB_Init(NULL) != SECSuccess) {
        fprintf(stderr, "nss: NSS_NoDB_Init failed\n");
        return 2;
    }
    return adapter_main(&library);
}
