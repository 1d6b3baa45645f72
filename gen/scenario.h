/* A scenario as its author wrote it: certificates, the two inputs, what must come back, and the variants
 * (docs/scenarios.md). Nothing is generated yet. */
#ifndef MTLS_GEN_SCENARIO_H
#define MTLS_GEN_SCENARIO_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "core/case.h"
#include "gen/certificate.h"
#include "gen/crl.h"
#include "gen/csr.h"
#include "gen/document.h"
#include "gen/key_pool.h"
#include "gen/ocsp.h"
#include "gen/pem_write.h"
#include "gen/private_key.h"
#include "gen/reader.h"
#include "gen/variant.h"

/* Bounds of a scenario. */
enum {
    MTLSGEN_CERTIFICATES_MAX = 1000, /* certificates; CSRs, CRLs and OCSP answers alike */
    MTLSGEN_PARTS_MAX = 2000,        /* parts of one input */
    MTLSGEN_REPEAT_MAX = 100000,
    MTLSGEN_INPUT_MAX = 64 * 1024 * 1024, /* bytes of one input */
    MTLSGEN_LABEL_MAX = 64                /* characters of a label */
};

/* A certificate of the scenario by its place in `certificates`; SELF is the one that refers. */
typedef size_t mtlsgen_ref;
#define MTLSGEN_SELF SIZE_MAX

/* Whose key it is: a certificate's own, or another's. */
typedef struct {
    mtlsgen_key_algorithm algorithm; /* MTLSGEN_KEY_NONE: not stated */
    mtlsgen_ref of;                  /* the certificate that has the key; SELF: its own */
    bool explicit_parameters;
    bool has_index;
    unsigned index;
} mtlsgen_key_choice;

/* A signature whose key is that of a certificate. */
typedef struct {
    mtlsgen_signature options; /* all but `key` */
    bool has_key;
    mtlsgen_ref key_of;
} mtlsgen_signature_choice;

typedef struct {
    const char *label;
    const yaml_node_t *at;
    mtlsgen_certificate_spec spec;   /* all but address, issuer, keys */
    mtlsgen_ref issuer_name_of;      /* whose subject is the issuer's name */
    const mtlsgen_name *issuer_name; /* not NULL: this name instead */
    mtlsgen_ref issuer_key_of;       /* whose key signs, and names the authority key */
    mtlsgen_key_choice key;
    mtlsgen_signature_choice signature;
    bool states_validity;
    bool deepen; /* the variant `depth` puts a chain in its place */
} mtlsgen_scenario_certificate;

typedef struct {
    const char *label;
    const yaml_node_t *at;
    mtlsgen_csr_spec spec; /* all but address and key */
    mtlsgen_key_choice key;
} mtlsgen_scenario_csr;

typedef struct {
    const char *label;
    const yaml_node_t *at;
    mtlsgen_crl_spec spec; /* all but address, issuer, key, revoked */
    mtlsgen_ref issuer;
    mtlsgen_signature_choice signature;
    mtlsgen_ref *revoked;
    size_t num_revoked;
} mtlsgen_scenario_crl;

typedef struct {
    const char *label;
    const yaml_node_t *at;
    mtlsgen_ocsp_spec spec; /* all but address, subject, key, delegated */
    mtlsgen_ref subject;
    bool has_responder;
    mtlsgen_ref responder;
    mtlsgen_signature_choice signature;
} mtlsgen_scenario_ocsp;

typedef enum {
    MTLSGEN_PART_CERT,
    MTLSGEN_PART_CERTS, /* DER of several, in one block */
    MTLSGEN_PART_CSR,
    MTLSGEN_PART_CRL,
    MTLSGEN_PART_KEY,
    MTLSGEN_PART_PKCS7,
    MTLSGEN_PART_BYTES, /* as they are */
    MTLSGEN_PART_BLOB   /* as if they were DER */
} mtlsgen_part_kind;

typedef struct {
    mtlsgen_part_kind kind;
    const yaml_node_t *at;
    size_t object; /* place in certificates, csrs or crls */
    mtlsgen_ref *objects;
    size_t num_objects;
    mtls_view bytes;
    mtlsgen_key_form key_form;
    bool der; /* `form: der` */
    bool has_eol, has_label;
    mtlsgen_pem_options pem;
    size_t der_truncate;
    mtls_view der_append;
} mtlsgen_part;

typedef enum { MTLSGEN_ENCODING_AS_IS, MTLSGEN_UTF8, MTLSGEN_UTF16LE, MTLSGEN_UTF16BE } mtlsgen_encoding;

/* One input: its parts in order, and what happens to the whole. */
typedef struct {
    bool present;
    const yaml_node_t *at;
    mtlsgen_part *parts;
    size_t num_parts;
    mtlsgen_eol eol;
    bool has_width; /* the default width of its blocks */
    size_t width;
    mtlsgen_encoding encoding, bom;
    mtlsgen_between between;
    bool no_final_eol, second_final_eol;
    mtls_view append, prepend;
    size_t repeat; /* 0: once */
    size_t pad_to;
} mtlsgen_input;

typedef struct {
    bool present;
    const yaml_node_t *at;
    mtlsgen_input chain;
    bool has_key;
    mtlsgen_ref key;
    bool verify_issuer_dn, passthrough, verify_ocsp;
    bool has_ocsp;
    size_t ocsp;
} mtlsgen_client;

/* One alternative of a stage. `issuer_dn_of` and `issuer_dn` state clientCertIssuerDN: a subject, or a text.
 */
typedef struct {
    mtls_expect_upload upload;
    bool has_issuer_dn_of;
    mtlsgen_ref issuer_dn_of;
    mtls_expect_handshake handshake;
} mtlsgen_alternative;

typedef struct {
    bool present;
    const yaml_node_t *at;
    mtls_basis basis;
    const char *note;
    mtlsgen_alternative any_of[MTLS_CASE_ALTERNATIVES_MAX];
    size_t num_alternatives;
} mtlsgen_stage;

/* What the profiles must answer. Stages by MTLSGEN_STAGE_*. */
enum { MTLSGEN_STAGE_UPLOAD, MTLSGEN_STAGE_HANDSHAKE, MTLSGEN_NUM_STAGES };

typedef struct {
    mtlsgen_stage *stages[MTLS_NUM_PROFILES][MTLSGEN_NUM_STAGES]; /* NULL: not stated */
} mtlsgen_expectations;

/* A choice of a variant: its name is the row's, its number the dimension's own. */
typedef struct {
    const char *name;
    const yaml_node_t *at;
    int value;
    bool base;                   /* belongs to the suite `base` too */
    unsigned excluded;           /* dimensions that it does not combine with, as 1 << dimension */
    mtlsgen_expectations expect; /* what it restates */
} mtlsgen_choice;

typedef struct {
    const yaml_node_t *at;
    mtlsgen_choice *choices;
    size_t num_choices;
} mtlsgen_variant;

/* What a consumer must support (docs/case-format.md). */
typedef enum {
#define FEATURE(id, word) MTLSGEN_FEATURE_##id,
#include "gen/feature.def"
    MTLSGEN_NUM_FEATURES
} mtlsgen_feature;
extern const char *const mtlsgen_feature_words[MTLSGEN_NUM_FEATURES];

/* A name that was written as a label: that certificate's subject, filled in when the certificates are made,
 * since a variant may change it. */
typedef struct mtlsgen_name_ref {
    struct mtlsgen_name_ref *next;
    const yaml_node_t *at;
    mtlsgen_name *name;
    mtlsgen_ref certificate;
} mtlsgen_name_ref;

typedef struct mtlsgen_scenario {
    const char *id;
    const char *summary;
    mtlsgen_texts cites, tags, features;
    const char *time;
    mtlsgen_scenario_certificate *certificates;
    size_t num_certificates;
    mtlsgen_name_ref *name_refs;
    mtlsgen_scenario_csr *csrs;
    size_t num_csrs;
    mtlsgen_scenario_crl *crls;
    size_t num_crls;
    mtlsgen_scenario_ocsp *ocsp;
    size_t num_ocsp;
    mtlsgen_input upload;
    mtlsgen_client client;
    mtlsgen_expectations expect;
    mtlsgen_variant variants[MTLSGEN_NUM_DIMENSIONS];
    /* The variants of each suite, in order, as codes of gen/variant.c. The scenario as written comes before
     * them. */
    uint32_t *base_codes, *full_codes;
    size_t num_base_codes, num_full_codes;
    mtlsgen_document document; /* for the places of mistakes found later */
    mtlsgen_arena arena;       /* holds all of the above */
} mtlsgen_scenario;

/* mtlsgen_scenario_read parses and checks one scenario. `id` and `text` must outlive it; `name` is what
 * messages call the file. MTLS_ERR_INPUT with the place for every mistake that can be seen without
 * generating. The caller frees it with mtlsgen_scenario_free. */
MTLS_MUST_CHECK mtls_status mtlsgen_scenario_read(const char *name, const char *id, mtls_view text,
                                                  mtlsgen_scenario **out, mtls_error *error);
void mtlsgen_scenario_free(mtlsgen_scenario *scenario);

/* mtlsgen_scenario_id_check answers whether `id` is made of groups and a name of [a-z0-9-], apart by "/". */
bool mtlsgen_scenario_id_check(const char *id);

#endif
