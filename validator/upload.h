/* The upload check: would the gateway take this trusted client CA file, with which clientCertIssuerDN, and if
 * not, why. The rules are rows of a table in validator/upload_rules.c, in the order of docs/scenarios.md: no
 * data, private key, invalid data, no CA, not exactly one root. Libcrypto is met only behind
 * `check_signature`. */
#ifndef MTLS_VALIDATOR_UPLOAD_H
#define MTLS_VALIDATOR_UPLOAD_H

#include <mtls/bytes.h>

#include "core/vocabulary.h"
#include "validator/certificate.h"
#include "validator/signature.h"

/* Bounds; the README states them. */
enum {
    MTLSVAL_UPLOAD_CERTIFICATES_MAX = 65536, /* more are invalid data */
    MTLSVAL_UPLOAD_WARNINGS_MAX = 256,       /* warnings listed; all are counted */
    MTLSVAL_UPLOAD_SIGNATURES_MAX = 4096,    /* signature checks in one file; unusual keys count for more */
    MTLSVAL_UPLOAD_STEPS_MAX = 1 << 18       /* steps of the search among cross-signed CAs */
};

typedef enum {
#define WARNING(id, slug, cite, text) MTLSVAL_WARNING_##id,
#include "validator/warning.def"
    MTLSVAL_NUM_WARNINGS
} mtlsval_warning_id;

typedef struct {
    const char *slug, *cite, *text;
} mtlsval_warning_info;

const mtlsval_warning_info *mtlsval_warning_describe(mtlsval_warning_id id);

typedef enum {
    MTLSVAL_ROLE_LEAF,         /* no CA */
    MTLSVAL_ROLE_INTERMEDIATE, /* a CA that is no root */
    MTLSVAL_ROLE_ROOT, /* a CA whose subject equals its issuer and whose own key verifies its signature */
    MTLSVAL_NUM_ROLES
} mtlsval_role;

/* "leaf", "intermediate", "root". */
const char *mtlsval_role_text(mtlsval_role role);

/* A certificate of the file. `certificate` borrows from the upload; the texts are of the gateway's form
 * (validator/name.h), valid UTF-8, not escaped. */
typedef struct {
    unsigned number; /* of its PEM block in the file, from 1 */
    size_t line;     /* of its BEGIN */
    mtlsval_role role;
    const char *subject, *issuer;
    mtlsval_certificate certificate;
    uint32_t parent;  /* index of the CA above it in the chain that was found, or MTLSVAL_NO_CERTIFICATE */
    bool in_chain;    /* part of the chain that gives clientCertIssuerDN */
    bool self_issued; /* a CA that names itself as its issuer */
    mtlsval_signature_answer own; /* then: whether its own key verifies its signature */
    mtlsval_finding base64_note;  /* of its decoding, or MTLSVAL_FINDING_NONE */
    size_t block_at, block_end;   /* its block in the file, from BEGIN to END */
} mtlsval_upload_certificate;
#define MTLSVAL_NO_CERTIFICATE UINT32_MAX

/* Something that makes the file invalid. */
typedef struct {
    mtls_upload_code code;   /* the check that it fails */
    mtlsval_finding finding; /* of the readers, or MTLSVAL_FINDING_NONE */
    unsigned number;         /* of the block, 0 for the file as a whole */
    size_t line;
    size_t der_at; /* byte offset in the DER, where `in_der` */
    bool in_der;
} mtlsval_problem;

typedef struct {
    mtlsval_warning_id id;
    unsigned number;  /* of the block, 0 for the file as a whole */
    size_t line;      /* 0 for the file as a whole */
    const char *seen; /* a sentence, escaped for terminals */
} mtlsval_warning;

/* As mtlsval_signature_check, with a context of the caller's. */
typedef mtls_status (*mtlsval_signature_check_fn)(void *context, const mtlsval_certificate *certificate,
                                                  const mtlsval_certificate *issuer,
                                                  mtlsval_signature_answer *out_answer);

typedef struct {
    mtlsval_time time; /* for the warnings about dates, 0: none of them. Verdicts do not depend on it */
    mtlsval_signature_check_fn check_signature; /* NULL: mtlsval_signature_check */
    void *context;                              /* for check_signature */
    size_t signatures_max, steps_max;           /* 0: the bounds above */
} mtlsval_upload_settings;

/* The answer. Owns all that its members show; free with mtlsval_upload_free. */
typedef struct mtlsval_upload {
    mtls_upload_code code; /* MTLS_UPLOAD_ACCEPTED or why not */
    const char
        *detail; /* a sentence: which certificate, what was seen; escaped. Never NULL, "" if accepted */
    const char *client_cert_issuer_dn; /* NULL unless accepted */
    const char *validated_cert_data; /* NULL unless accepted; the certificates' blocks without line breaks */
    mtlsval_upload_certificate *certificates; /* those that could be read, also in a refused file */
    size_t num_certificates;
    /* The first in the file, and the first that is neither a key nor another kind of block; the code of
     * either is MTLS_UPLOAD_ACCEPTED if there is none. */
    mtlsval_problem problem, malformed;
    mtlsval_warning *warnings;
    size_t num_warnings;     /* listed */
    size_t num_all_warnings; /* found */
    size_t num_signature_checks;
    bool search_limited; /* a bound stopped the search: the DN may not be the longest chain's */
    struct mtlsval_upload_memory *memory;
} mtlsval_upload;

/* mtlsval_upload_run checks `file` as the gateway does (profile azure-appgw). A bad file is an answer; the
 * status tells of memory and libcrypto alone, and unless it is MTLS_OK `*out_upload` is NULL. A file past
 * MTLSVAL_PEM_FILE_MAX is invalid data. `file` is not needed afterwards. `settings` may be NULL: time 0. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_run(mtls_view file, const mtlsval_upload_settings *settings,
                                               mtlsval_upload **out_upload);

MTLS_PUBLIC void mtlsval_upload_free(mtlsval_upload *upload);

#endif
