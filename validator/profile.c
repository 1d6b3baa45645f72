#include "validator/profile.h"

#include <stdio.h>

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

/* The first thing in the file that is no certificate by the letter of RFC 7468, X.690 and RFC 5280. What
 * stands beside the certificates, a key too, is another textual encoding (RFC 7468 section 2: "Files MAY
 * contain multiple textual encoding instances"). */
typedef struct {
    mtlsval_finding finding;
    unsigned number; /* of the block, 0 for the file as a whole */
    size_t line;
    size_t der_at;
    bool in_der;
} breach;

static void breach_take(breach *first, breach found) {
    if (first->finding == MTLSVAL_FINDING_NONE || found.line < first->line) {
        *first = found;
    }
}

static mtlsval_finding first_note(const mtlsval_certificate *certificate) {
    for (int id = 0; id < MTLSVAL_NUM_FINDINGS; id++) {
        if (mtlsval_certificate_has_note(certificate, (mtlsval_finding)id)) {
            return (mtlsval_finding)id;
        }
    }
    return MTLSVAL_FINDING_NONE;
}

static breach breach_find(const mtlsval_upload *upload) {
    breach first = {.finding = MTLSVAL_FINDING_NONE};
    size_t num_problems = upload->num_problems < MTLSVAL_UPLOAD_PROBLEMS_MAX ? upload->num_problems
                                                                             : MTLSVAL_UPLOAD_PROBLEMS_MAX;
    for (size_t i = 0; i < num_problems; i++) {
        const mtlsval_problem *p = &upload->problems[i];
        if (p->finding != MTLSVAL_PEM_PRIVATE_KEY && p->finding != MTLSVAL_PEM_LABEL_OTHER) {
            breach_take(&first, (breach){p->finding, p->number, p->line, p->der_at, p->in_der});
        }
    }
    for (size_t i = 0; i < upload->num_certificates; i++) {
        const mtlsval_upload_certificate *c = &upload->certificates[i];
        mtlsval_finding note = first_note(&c->certificate);
        if (note != MTLSVAL_FINDING_NONE) {
            breach_take(&first, (breach){.finding = note, .number = c->number, .line = c->line});
        }
    }
    return first;
}

static void breach_say(const breach *b, char out[MTLSVAL_REFUSAL_MAX]) {
    const mtlsval_finding_info *info = mtlsval_finding_describe(b->finding);
    char place[64] = "";
    if (b->in_der) {
        snprintf(place, sizeof place, ", byte %zu of its DER", b->der_at);
    }
    if (b->number > 0) {
        snprintf(out, MTLSVAL_REFUSAL_MAX, "block %u%s (line %zu): %s (%s)", b->number, place, b->line,
                 info->text, info->cite);
    } else {
        snprintf(out, MTLSVAL_REFUSAL_MAX, "line %zu: %s (%s)", b->line, info->text, info->cite);
    }
}

/* Every certificate of the file is one: of the syntax of RFC 5280 section 4, in the encoding of X.690, in the
 * text of RFC 7468. */
static mtls_status load_by_the_letter(mtls_view file, const mtlsval_upload *upload, mtlsval_trust *trust,
                                      mtlsval_file_verdict *out_verdict) {
    (void)file, (void)trust;
    char *refusal = out_verdict->refusal;
    breach first = breach_find(upload);
    if (first.finding != MTLSVAL_FINDING_NONE) {
        breach_say(&first, refusal);
    } else if (upload->num_problems > MTLSVAL_UPLOAD_PROBLEMS_MAX) {
        snprintf(refusal, sizeof out_verdict->refusal, "%zu blocks are no certificates: too many to look at",
                 upload->num_problems);
    } else if (upload->num_certificates == 0) {
        snprintf(refusal, sizeof out_verdict->refusal, "the file holds no certificate");
    }
    out_verdict->accepted = refusal[0] == '\0';
    out_verdict->code = MTLS_UPLOAD_ACCEPTED;
    out_verdict->detail = refusal;
    return MTLS_OK;
}

static const mtlsval_profile profiles[MTLS_NUM_PROFILES] = {
    [MTLS_PROFILE_AZURE_APPGW] = {.id = MTLS_PROFILE_AZURE_APPGW,
                                  .file_load = load_checked_cas,
                                  .needs_eku = true,
                                  .checks_issuer_dn = true,
                                  .has_passthrough = true},
    [MTLS_PROFILE_OPENSSL] = {.id = MTLS_PROFILE_OPENSSL,       .file_load = load_as_nginx                                     },
    [MTLS_PROFILE_RFC5280] = {.id = MTLS_PROFILE_RFC5280,     .file_load = load_by_the_letter},
};

const mtlsval_profile *mtlsval_profile_get(mtls_profile_id id) {
    return &profiles[id];
}
