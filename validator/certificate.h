/* One certificate of RFC 5280 4.1, from DER, with every field and the extensions that verdicts need.
 * Zero-copy: all views borrow the DER, which must outlive the struct. No allocation, no libcrypto. It does
 * not check signatures (validator/signature.h) nor compare with a clock. */
#ifndef MTLS_VALIDATOR_CERTIFICATE_H
#define MTLS_VALIDATOR_CERTIFICATE_H

#include <mtls/bytes.h>

#include "validator/algorithm.h"
#include "validator/finding.h"
#include "validator/name.h"
#include "validator/time.h"

enum { MTLSVAL_EXTENSIONS_MAX = 128 };

/* AlgorithmIdentifier (RFC 5280 4.1.1.2). */
typedef struct {
    mtls_view der;        /* the whole element */
    mtls_view oid;        /* content octets */
    mtls_view parameters; /* the whole element; empty if absent */
} mtlsval_algorithm_identifier;

/* keyUsage: bit N of `bits` is bit N of RFC 5280 4.2.1.3. */
enum {
    MTLSVAL_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    MTLSVAL_USAGE_NON_REPUDIATION = 1 << 1,
    MTLSVAL_USAGE_KEY_ENCIPHERMENT = 1 << 2,
    MTLSVAL_USAGE_DATA_ENCIPHERMENT = 1 << 3,
    MTLSVAL_USAGE_KEY_AGREEMENT = 1 << 4,
    MTLSVAL_USAGE_KEY_CERT_SIGN = 1 << 5,
    MTLSVAL_USAGE_CRL_SIGN = 1 << 6,
    MTLSVAL_USAGE_ENCIPHER_ONLY = 1 << 7,
    MTLSVAL_USAGE_DECIPHER_ONLY = 1 << 8
};

/* extKeyUsage (RFC 5280 4.2.1.12): the purposes that have names; others are in the raw value. */
enum {
    MTLSVAL_PURPOSE_SERVER_AUTH = 1 << 0,
    MTLSVAL_PURPOSE_CLIENT_AUTH = 1 << 1,
    MTLSVAL_PURPOSE_CODE_SIGNING = 1 << 2,
    MTLSVAL_PURPOSE_EMAIL_PROTECTION = 1 << 3,
    MTLSVAL_PURPOSE_TIME_STAMPING = 1 << 4,
    MTLSVAL_PURPOSE_OCSP_SIGNING = 1 << 5,
    MTLSVAL_PURPOSE_ANY = 1 << 6,
    MTLSVAL_PURPOSE_OTHER = 1 << 7
};

/* An extension, known or not. */
typedef struct {
    mtls_view oid; /* content octets */
    bool critical;
    mtls_view value; /* the content of extnValue */
} mtlsval_extension;

/* GeneralName (RFC 5280 4.2.1.6). `kind` is the number of its context tag: 1 rfc822Name, 2 dNSName,
 * 4 directoryName (value: the Name's whole element), 6 URI, 7 iPAddress, 8 registeredID, ... */
typedef struct {
    unsigned kind;
    mtls_view value; /* content octets */
} mtlsval_general_name;

typedef struct {
    mtls_view der;                                    /* the whole certificate */
    mtls_view tbs;                                    /* TBSCertificate, the whole element: what is signed */
    unsigned version;                                 /* 1, 2 or 3 */
    mtls_view serial;                                 /* INTEGER's content octets, two's complement */
    mtlsval_algorithm_identifier tbs_signature;       /* inside TBSCertificate */
    mtlsval_algorithm_identifier signature_algorithm; /* outside */
    mtlsval_signature_algorithm signature_id;         /* which one that is */
    mtls_view signature;                              /* signatureValue's octets */
    unsigned signature_unused_bits;
    mtlsval_name issuer, subject;
    mtlsval_time not_before, not_after;

    mtls_view spki; /* SubjectPublicKeyInfo, the whole element */
    mtlsval_algorithm_identifier key_algorithm;
    mtls_view key; /* subjectPublicKey's octets */
    mtlsval_key_algorithm key_id;
    mtlsval_curve curve; /* of an EC key with a named curve */
    unsigned key_bits;   /* RSA and DSA modulus, EC field; 0 where unknown */

    mtls_view issuer_unique_id, subject_unique_id; /* octets; empty if absent */

    mtls_view extensions; /* the content of Extensions, for mtlsval_extension_next; empty if absent */
    unsigned num_extensions;

    struct {
        bool present, critical, ca, has_path_len;
        uint32_t path_len;
    } basic_constraints;
    struct {
        bool present, critical;
        uint16_t bits;
    } key_usage;
    struct {
        bool present, critical;
        uint8_t purposes;
        mtls_view value; /* the OIDs' elements */
    } ext_key_usage;
    struct {
        bool present;
        mtls_view key_id;
    } subject_key_id;
    struct {
        bool present, has_key_id, has_issuer, has_serial;
        mtls_view key_id, issuer, serial; /* issuer: GeneralNames' content; serial: INTEGER's octets */
    } authority_key_id;
    struct {
        bool present, critical;
        unsigned num_names;
        mtls_view names; /* for mtlsval_general_name_next */
    } subject_alt_name;
    struct {
        bool present, critical;
        mtls_view permitted, excluded; /* the GeneralSubtrees' content, for mtlsval_subtree_next */
    } name_constraints;
    struct {
        bool present;
        mtls_view value; /* the AccessDescriptions' elements */
        mtls_view ocsp;  /* the first OCSP responder's URI; empty if none */
    } authority_info_access;

    uint64_t notes[2]; /* a bit for each finding of severity MTLSVAL_NOTE: mtlsval_certificate_has_note */
} mtlsval_certificate;

/* mtlsval_certificate_parse decodes one DER certificate. The result borrows `der`, which must outlive it.
 * Bytes after the certificate are a fault. False: `*out_fault` is the finding with the byte offset in `der`,
 * and
 * `*out_certificate` is not to be used. */
bool mtlsval_certificate_parse(mtls_view der, mtlsval_certificate *out_certificate, mtlsval_fault *out_fault);

bool mtlsval_certificate_has_note(const mtlsval_certificate *certificate, mtlsval_finding note);

/* mtlsval_certificate_is_ca: basicConstraints says CA:TRUE. */
bool mtlsval_certificate_is_ca(const mtlsval_certificate *certificate);

/* mtlsval_certificate_is_self_issued: subject and issuer are the same name (RFC 5280 3.2). */
bool mtlsval_certificate_is_self_issued(const mtlsval_certificate *certificate);

/* The walks take from the front of `*rest`, which starts as the certificate's view; false at its end. */
bool mtlsval_extension_next(mtls_view *rest, mtlsval_extension *out_extension);
bool mtlsval_general_name_next(mtls_view *rest, mtlsval_general_name *out_name);
bool mtlsval_subtree_next(mtls_view *rest, mtlsval_general_name *out_base);
bool mtlsval_purpose_next(mtls_view *rest, mtls_view *out_oid);

#endif
