#include "validator/profile.h"

#include <stdio.h>

#include "validator/letter.h"

/* The gateway takes a file by its upload check, and of it trusts the CAs: a leaf "would just be ignored"
 * (seed#doesnotcontainanycacertificate). A CA that libcrypto cannot decode cannot verify anything there. */
static mtls_status load_checked_cas(mtls_view file, const mtlsval_upload *upload, mtlsval_trust *trust,
                                    mtlsval_file_verdict *out_verdict) {
    (void)file;
    mtls_status status = MTLS_OK;
    out_verdict->accepted = upload->code == MTLS_UPLOAD_ACCEPTED;
    out_verdict->code = upload->code;
    out_verdict->detail = upload->detail;
    out_verdict->client_cert_issuer_dn = upload->client_cert_issuer_dn;
    for (size_t i = 0; out_verdict->accepted && status == MTLS_OK && i < upload->num_certificates; i++) {
        const mtlsval_upload_certificate *certificate = &upload->certificates[i];
        bool decoded = false;
        if (certificate->role != MTLSVAL_ROLE_LEAF) {
            status = mtlsval_trust_add_der(trust, certificate->certificate.der, &decoded);
        }
    }
    return status;
}

/* nginx takes a file if its ssl_client_certificate loads, and trusts every certificate in it. */
static mtls_status load_as_nginx(mtls_view file, const mtlsval_upload *upload, mtlsval_trust *trust,
                                 mtlsval_file_verdict *out_verdict) {
    (void)upload;
    mtlsval_trust_refusal refusal;
    mtls_status status = mtlsval_trust_add_file(trust, file, &refusal);
    out_verdict->accepted = status == MTLS_OK && refusal.step == NULL;
    out_verdict->code = MTLS_UPLOAD_ACCEPTED;
    out_verdict->detail = "";
    if (status == MTLS_OK && !out_verdict->accepted) {
        snprintf(out_verdict->refusal, sizeof out_verdict->refusal,
                 "nginx does not start with it: %s() fails: %s", refusal.step, refusal.reason);
        out_verdict->detail = out_verdict->refusal;
    }
    return status;
}

/* What it says of a file is all that the standards say: nothing is trusted, nobody is let in. */
static mtls_status load_by_the_letter(mtls_view file, const mtlsval_upload *upload, mtlsval_trust *trust,
                                      mtlsval_file_verdict *out_verdict) {
    (void)file;
    (void)trust;
    out_verdict->refusal[0] = '\0';
    out_verdict->accepted = mtlsval_letter_judge(upload, out_verdict->refusal, sizeof out_verdict->refusal);
    out_verdict->code = MTLS_UPLOAD_ACCEPTED;
    out_verdict->detail = out_verdict->refusal;
    return MTLS_OK;
}

/* clang-format off */
static const mtlsval_profile profiles[MTLS_NUM_PROFILES] = {
    [MTLS_PROFILE_AZURE_APPGW] = {
        .id = MTLS_PROFILE_AZURE_APPGW,
        .file_load = load_checked_cas,
        .needs_eku = true,
        .checks_issuer_dn = true,
        .has_passthrough = true,
    },
    [MTLS_PROFILE_OPENSSL] = {
        .id = MTLS_PROFILE_OPENSSL,
        .file_load = load_as_nginx,
        .needs_eku = false,
        .checks_issuer_dn = false,
        .has_passthrough = false,
    },
    [MTLS_PROFILE_RFC5280] = {
        .id = MTLS_PROFILE_RFC5280,
        .file_load = load_by_the_letter,
    },
};
/* clang-format on */

const mtlsval_profile *mtlsval_profile_get(mtls_profile_id id) {
    return &profiles[id];
}
