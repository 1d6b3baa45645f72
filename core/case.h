/* A case: one test of the corpus, with its inputs and what each profile must answer (docs/case-format.md). */
#ifndef MTLS_CORE_CASE_H
#define MTLS_CORE_CASE_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "core/vocabulary.h"

/* Bounds of a case, stated in the format's documentation. */
enum {
    MTLS_CASE_INPUT_MAX = 256 * 1024 * 1024, /* bytes of a bundle, chain or key */
    MTLS_CASE_JSON_MAX = 512 * 1024 * 1024,  /* bytes of one case's JSON */
    MTLS_CASE_ALTERNATIVES_MAX = 8           /* alternatives of one stage */
};

typedef struct {
    char **items;
    size_t num_items;
} mtls_text_list;

/* One certificate of the case, as an aid to people. */
typedef struct {
    char *label;   /* the scenario's name for it */
    char *role;    /* "root", "intermediate" or "leaf" */
    char *subject; /* RFC 4514 string, but for text where a type has no name */
    char *issuer;
    char *key;    /* such as "p256" */
    char *sha256; /* of the DER, lower-case hex */
} mtls_case_certificate;

typedef struct {
    bool accepted;
    mtls_upload_code code;       /* MTLS_UPLOAD_ACCEPTED for "accepted", and for a rejection without a code */
    char *client_cert_issuer_dn; /* NULL: not stated */
} mtls_expect_upload;

typedef struct {
    mtls_verify_result result;
    mtls_reason reason; /* MTLS_REASON_NONE unless result is MTLS_VERIFY_FAILED */
    int http_status;    /* 0: not stated */
} mtls_expect_handshake;

/* A stage's expectation: any of the alternatives conforms. */
typedef struct {
    bool present;
    mtls_basis basis;
    char *note;
    size_t num_alternatives;
    union {
        mtls_expect_upload upload;
        mtls_expect_handshake handshake;
    } any_of[MTLS_CASE_ALTERNATIVES_MAX];
} mtls_expect_stage;

typedef struct {
    bool present;
    mtls_expect_stage upload;
    mtls_expect_stage handshake;
} mtls_expect;

typedef struct {
    bool present;
    bool has_chain; /* false: the client presents no certificate */
    mtls_buf chain; /* PEM as sent */
    bool has_key;
    mtls_buf key; /* PEM */
    bool has_ocsp_response;
    mtls_buf ocsp_response; /* DER; absent with revocation on: the responder does not answer */
    bool verify_issuer_dn;  /* verifyClientCertIssuerDN */
    bool passthrough;       /* verifyClientAuthMode is Passthrough */
    bool verify_ocsp;       /* verifyClientRevocation is OCSP */
} mtls_case_client;

typedef struct {
    char *id;
    char *summary;
    mtls_text_list cites, tags, features;
    bool has_bundle; /* false: nothing is uploaded (passthrough) */
    mtls_buf bundle;
    mtls_case_client client;
    char *time; /* RFC 3339, UTC */
    mtls_case_certificate *certificates;
    size_t num_certificates;
    mtls_expect expect[MTLS_NUM_PROFILES];
} mtls_case;

/* mtls_case_init makes an empty case; mtls_case_clear frees what it owns. Both are safe on a zeroed case. */
void mtls_case_init(mtls_case *c);
void mtls_case_clear(mtls_case *c);

/* mtls_text_list_add copies `text` to the list's end; mtls_text_copy copies a text or gives NULL. */
MTLS_MUST_CHECK mtls_status mtls_text_list_add(mtls_text_list *list, const char *text);
char *mtls_text_copy(const char *text);

/* Where the inputs of a written case are: inline (jsonl), or in files beside it (tree). */
typedef enum { MTLS_CASE_INLINE, MTLS_CASE_IN_FILES } mtls_case_form;

/* The file names of the tree form. */
#define MTLS_CASE_FILE "case.json"
#define MTLS_CASE_BUNDLE_FILE "bundle.pem"
#define MTLS_CASE_CHAIN_FILE "client.pem"
#define MTLS_CASE_KEY_FILE "client.key"
#define MTLS_CASE_OCSP_FILE "ocsp.der"

/* mtls_case_write appends the case's JSON and a newline: one line when inline, indented when in files. */
MTLS_MUST_CHECK mtls_status mtls_case_write(const mtls_case *c, mtls_case_form form, mtls_buf *out);

/* mtls_case_read reads a case from strict JSON: an unknown member, a missing one or a wrong type is
 * MTLS_ERR_INPUT with the member's path in `error`. Inputs in files are read from `folder`; NULL allows only
 * inline ones. `*out` must be initialised; unless this returns MTLS_OK it is cleared. */
MTLS_MUST_CHECK mtls_status mtls_case_read(mtls_view json, const char *folder, mtls_case *out,
                                           mtls_error *error);

#endif
