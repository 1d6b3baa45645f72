/* What sets one verifier apart from another: a profile is a row of the table in validator/profile.c, beside
 * that of core/vocabulary.def. The checks read its members and never ask which profile it is. */
#ifndef MTLS_VALIDATOR_PROFILE_H
#define MTLS_VALIDATOR_PROFILE_H

#include <mtls/bytes.h>

#include "core/vocabulary.h"
#include "validator/trust.h"
#include "validator/upload.h"

enum { MTLSVAL_REFUSAL_MAX = 256 };

/* A profile's answer to a trusted file. */
typedef struct {
    bool accepted;
    mtls_upload_code code; /* MTLS_UPLOAD_ACCEPTED if accepted, and where the profile has no codes */
    const char *detail;    /* "" if accepted; of the upload, or `refusal` */
    const char *client_cert_issuer_dn; /* of the upload; NULL where the profile derives none */
    char refusal[MTLSVAL_REFUSAL_MAX];
} mtlsval_file_verdict;

typedef struct {
    mtls_profile_id id;

    /* Judges `file`, of which `upload` is the gateway's own check, and puts what it trusts of it into
     * `trust`, if the profile judges clients. */
    mtls_status (*file_load)(mtls_view file, const mtlsval_upload *upload, mtlsval_trust *trust,
                             mtlsval_file_verdict *out_verdict);

    bool needs_eku;        /* a client certificate without extKeyUsage clientAuth fails, also without any */
    bool checks_issuer_dn; /* there is a verifyClientCertIssuerDN */
    bool has_passthrough;  /* there is a verifyClientAuthMode Passthrough */
} mtlsval_profile;

/* mtlsval_profile_get gives the row; it is static. */
const mtlsval_profile *mtlsval_profile_get(mtls_profile_id id);

#endif
