/* Certificate extensions (RFC 5280 4.2) as a scenario states them: all of the RFC's by name, any other raw.
 */
#ifndef MTLS_GEN_EXTENSION_H
#define MTLS_GEN_EXTENSION_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/name.h"

typedef enum {
    MTLSGEN_EXT_RAW = 0, /* `oid` and `value` as they are given */
#define EXTENSION(id, name, critical, oid) MTLSGEN_EXT_##id,
#include "gen/extension.def"
    MTLSGEN_NUM_EXTENSIONS
} mtlsgen_extension_kind;

/* The RFC's name ("basicConstraints"), NULL for MTLSGEN_EXT_RAW. */
const char *mtlsgen_extension_name(mtlsgen_extension_kind kind);

typedef enum { MTLSGEN_CRITICAL_DEFAULT = 0, MTLSGEN_CRITICAL_NO, MTLSGEN_CRITICAL_YES } mtlsgen_critical;

/* The bits of keyUsage, bit N of the RFC's BIT STRING as 1 << N. */
enum {
    MTLSGEN_KU_DIGITAL_SIGNATURE = 1 << 0,
    MTLSGEN_KU_NON_REPUDIATION = 1 << 1,
    MTLSGEN_KU_KEY_ENCIPHERMENT = 1 << 2,
    MTLSGEN_KU_DATA_ENCIPHERMENT = 1 << 3,
    MTLSGEN_KU_KEY_AGREEMENT = 1 << 4,
    MTLSGEN_KU_KEY_CERT_SIGN = 1 << 5,
    MTLSGEN_KU_CRL_SIGN = 1 << 6,
    MTLSGEN_KU_ENCIPHER_ONLY = 1 << 7,
    MTLSGEN_KU_DECIPHER_ONLY = 1 << 8
};

/* The words of keyUsage in the order of the bits, and those of extKeyUsage (the last is "any"). */
extern const char *const mtlsgen_key_usage_words[];
extern const size_t mtlsgen_num_key_usage_words;
extern const char *const mtlsgen_purpose_words[];
extern const size_t mtlsgen_num_purpose_words;

typedef enum {
    MTLSGEN_NAME_DNS,
    MTLSGEN_NAME_EMAIL,
    MTLSGEN_NAME_IP, /* "192.0.2.1" or "2001:db8::1"; "192.0.2.0/24" in name constraints */
    MTLSGEN_NAME_URI,
    MTLSGEN_NAME_DN,   /* `name` */
    MTLSGEN_NAME_RID,  /* `text` is a dotted OID */
    MTLSGEN_NAME_OTHER /* `oid`, and `text` as a UTF8String */
} mtlsgen_general_name_kind;

typedef struct {
    mtlsgen_general_name_kind kind;
    mtls_view text;
    const mtlsgen_name *name;
    const char *oid;
} mtlsgen_general_name;

typedef struct {
    const mtlsgen_general_name *items;
    size_t num_items;
} mtlsgen_general_names;

typedef struct {
    const char *oid; /* dotted, or "any" for anyPolicy */
    const char *cps; /* URI of a certification practice statement, or NULL */
} mtlsgen_policy;

typedef struct {
    const char *issuer_domain, *subject_domain; /* dotted OIDs */
} mtlsgen_policy_mapping;

typedef struct {
    const char *method; /* "ocsp", "ca-issuers", "ca-repository", "time-stamping" or a dotted OID */
    const char *uri;
} mtlsgen_access;

typedef struct {
    mtlsgen_extension_kind kind;
    bool absent; /* not written: takes away a default one */
    bool copy;   /* a second time: the one of this kind that is written already, byte for byte */
    mtlsgen_critical critical;
    union {
        struct {
            const char *oid; /* dotted */
            mtls_view value; /* the OCTET STRING's content */
        } raw;
        struct {
            bool ca;
            bool has_path_len;
            long path_len; /* any sign */
        } basic_constraints;
        unsigned key_usage; /* MTLSGEN_KU_* */
        struct {
            const char *const *items; /* words of mtlsgen_purpose_words, or dotted OIDs */
            size_t num_items;
        } purposes;
        mtls_view key_id; /* subjectKeyIdentifier: empty means the key's own */
        struct {
            bool has_key_id;
            mtls_view key_id; /* empty means the issuing key's own */
            mtlsgen_general_names issuers;
            bool has_serial;
            mtls_view serial; /* the INTEGER's content */
        } authority;
        mtlsgen_general_names names; /* subjectAltName, issuerAltName */
        struct {
            mtlsgen_general_names permitted, excluded; /* an empty list is not written */
        } constraints;
        struct {
            const mtlsgen_policy *items;
            size_t num_items;
        } policies;
        struct {
            const mtlsgen_policy_mapping *items;
            size_t num_items;
        } mappings;
        struct {
            bool has_require_explicit, has_inhibit_mapping;
            long require_explicit, inhibit_mapping;
        } policy_constraints;
        long skip_certs; /* inhibitAnyPolicy */
        struct {
            const mtlsgen_access *items;
            size_t num_items;
        } access; /* authorityInfoAccess, subjectInfoAccess */
        struct {
            const char *const *items; /* one DistributionPoint with a fullName for each URI */
            size_t num_items;
        } uris;               /* cRLDistributionPoints, freshestCRL */
        mtls_view attributes; /* subjectDirectoryAttributes: the value's DER */
    } u;
} mtlsgen_extension;

#endif
