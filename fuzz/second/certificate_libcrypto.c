#include "fuzz/second/certificate_libcrypto.h"

#include "fuzz/oracle.h"
#include "fuzz/second/certificate_differences.h"
#include "fuzz/second/letter_libcrypto.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

/* Our bits and libcrypto's, in pairs. */
typedef struct {
    unsigned ours;
    uint32_t theirs;
} bit_pair;

static bool bits_agree(unsigned ours, uint32_t theirs, const bit_pair *pairs, size_t num_pairs) {
    for (size_t i = 0; i < num_pairs; i++) {
        if (((ours & pairs[i].ours) != 0) != ((theirs & pairs[i].theirs) != 0)) {
            return false;
        }
    }
    return true;
}

static mtls_view string_view(const ASN1_STRING *string) {
    return string == NULL ? (mtls_view){NULL, 0}
                          : (mtls_view){ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string)};
}

/* Ends with the content that `encoded` has behind its header: an element compared without a reader of its
 * own. */
static bool content_is(unsigned char *encoded, int len, mtls_view content) {
    bool same = len > 0 && (size_t)len >= content.len + 2 &&
                mtls_view_equal((mtls_view){encoded + (size_t)len - content.len, content.len}, content) &&
                ((size_t)len - content.len == 2 || content.len > 127);
    OPENSSL_free(encoded);
    return same;
}

static bool integer_is(const ASN1_INTEGER *integer, mtls_view octets) {
    unsigned char *encoded = NULL;
    int len = integer == NULL ? -1 : i2d_ASN1_INTEGER(integer, &encoded);
    return content_is(encoded, len, octets);
}

static bool oid_is(const ASN1_OBJECT *object, mtls_view octets) {
    return mtls_view_equal((mtls_view){OBJ_get0_data(object), OBJ_length(object)}, octets);
}

static bool name_is(const X509_NAME *name, mtls_view element) {
    const unsigned char *der = NULL;
    size_t len = 0;
    return X509_NAME_get0_der(name, &der, &len) == 1 && mtls_view_equal((mtls_view){der, len}, element);
}

static bool public_key_is(const X509 *x, const mtlsval_certificate *c) {
    unsigned char *encoded = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &encoded);
    bool same = len > 0 && (size_t)len == c->spki.len &&
                (mtlsfuzz_parameters_are_written_otherwise(c->key_algorithm.parameters) ||
                 memcmp(encoded, c->spki.data, c->spki.len) == 0);
    OPENSSL_free(encoded);
    return same;
}

static void compare_fields(const mtlsval_certificate *c, const X509 *x) {
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    const ASN1_OBJECT *oid;
    X509_get0_signature(&signature, &algorithm, x);
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    MTLSFUZZ_ORACLE("libcrypto-version", (long)c->version == X509_get_version(x) + 1, "version %u or %ld",
                    c->version, X509_get_version(x) + 1);
    MTLSFUZZ_ORACLE("libcrypto-serial", integer_is(X509_get0_serialNumber(x), c->serial), "serial numbers");
    MTLSFUZZ_ORACLE("libcrypto-names",
                    name_is(X509_get_subject_name(x), c->subject.der) &&
                        name_is(X509_get_issuer_name(x), c->issuer.der),
                    "subject or issuer");
    MTLSFUZZ_ORACLE("libcrypto-self-issued",
                    (X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0) ==
                        mtlsval_certificate_is_self_issued(c),
                    "whether subject and issuer are the same name");
    MTLSFUZZ_ORACLE("libcrypto-times",
                    ASN1_TIME_cmp_time_t(X509_get0_notBefore(x), c->not_before) == 0 &&
                        ASN1_TIME_cmp_time_t(X509_get0_notAfter(x), c->not_after) == 0,
                    "notBefore %lld, notAfter %lld", (long long)c->not_before, (long long)c->not_after);
    MTLSFUZZ_ORACLE("libcrypto-key", public_key_is(x, c), "subjectPublicKeyInfo");
    MTLSFUZZ_ORACLE("libcrypto-signature",
                    mtls_view_equal(string_view(signature), c->signature) &&
                        oid_is(oid, c->signature_algorithm.oid),
                    "signature or its algorithm");
}

/* compare_extension_list gives whether one is there that libcrypto decodes and our reader keeps raw. */
static bool compare_extension_list(const mtlsval_certificate *c, const X509 *x) {
    static const int raw_nids[] = {NID_netscape_cert_type, NID_crl_distribution_points, NID_freshest_crl,
                                   NID_sbgp_ipAddrBlock,   NID_sbgp_autonomousSysNum,   NID_proxyCertInfo,
                                   NID_issuer_alt_name};
    mtls_view rest = c->extensions;
    mtlsval_extension ours;
    bool has_raw = false;
    int at = 0;
    for (; mtlsval_extension_next(&rest, &ours) && at < X509_get_ext_count(x); at++) {
        X509_EXTENSION *theirs = X509_get_ext(x, at);
        const ASN1_OBJECT *oid = X509_EXTENSION_get_object(theirs);
        MTLSFUZZ_ORACLE("libcrypto-extensions",
                        oid_is(oid, ours.oid) &&
                            (X509_EXTENSION_get_critical(theirs) == 1) == ours.critical &&
                            mtls_view_equal(string_view(X509_EXTENSION_get_data(theirs)), ours.value),
                        "extension %d", at);
        for (size_t i = 0; i < sizeof raw_nids / sizeof *raw_nids; i++) {
            has_raw = has_raw || OBJ_obj2nid(oid) == raw_nids[i];
        }
    }
    MTLSFUZZ_ORACLE("libcrypto-extension-count",
                    at == X509_get_ext_count(x) && (unsigned)at == c->num_extensions, "%u extensions or %d",
                    c->num_extensions, X509_get_ext_count(x));
    return has_raw;
}

static void compare_constraints(const mtlsval_certificate *c, X509 *x, uint32_t flags) {
    long path_len = X509_get_pathlen(x);
    bool is_ca = (flags & EXFLAG_CA) != 0;
    MTLSFUZZ_ORACLE("libcrypto-ca",
                    c->basic_constraints.present == ((flags & EXFLAG_BCONS) != 0) &&
                        mtlsval_certificate_is_ca(c) == is_ca,
                    "CA:%d or %d", mtlsval_certificate_is_ca(c), is_ca);
    MTLSFUZZ_ORACLE("libcrypto-path-length",
                    c->basic_constraints.has_path_len ? path_len == (long)c->basic_constraints.path_len ||
                                                            c->basic_constraints.path_len > INT32_MAX
                                                      : path_len == -1,
                    "path length %u or %ld", c->basic_constraints.path_len, path_len);
}

static void compare_usages(const mtlsval_certificate *c, X509 *x) {
    static const bit_pair usages[] = {
        {MTLSVAL_USAGE_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE},
        {MTLSVAL_USAGE_NON_REPUDIATION,   KU_NON_REPUDIATION  },
        {MTLSVAL_USAGE_KEY_ENCIPHERMENT,  KU_KEY_ENCIPHERMENT },
        {MTLSVAL_USAGE_DATA_ENCIPHERMENT, KU_DATA_ENCIPHERMENT},
        {MTLSVAL_USAGE_KEY_AGREEMENT,     KU_KEY_AGREEMENT    },
        {MTLSVAL_USAGE_KEY_CERT_SIGN,     KU_KEY_CERT_SIGN    },
        {MTLSVAL_USAGE_CRL_SIGN,          KU_CRL_SIGN         },
        {MTLSVAL_USAGE_ENCIPHER_ONLY,     KU_ENCIPHER_ONLY    },
        {MTLSVAL_USAGE_DECIPHER_ONLY,     KU_DECIPHER_ONLY    }
    };
    static const bit_pair purposes[] = {
        {MTLSVAL_PURPOSE_SERVER_AUTH,      XKU_SSL_SERVER},
        {MTLSVAL_PURPOSE_CLIENT_AUTH,      XKU_SSL_CLIENT},
        {MTLSVAL_PURPOSE_CODE_SIGNING,     XKU_CODE_SIGN },
        {MTLSVAL_PURPOSE_EMAIL_PROTECTION, XKU_SMIME     },
        {MTLSVAL_PURPOSE_TIME_STAMPING,    XKU_TIMESTAMP },
        {MTLSVAL_PURPOSE_OCSP_SIGNING,     XKU_OCSP_SIGN },
        {MTLSVAL_PURPOSE_ANY,              XKU_ANYEKU    }
    };
    uint32_t usage = X509_get_key_usage(x), purpose = X509_get_extended_key_usage(x);
    MTLSFUZZ_ORACLE("libcrypto-key-usage",
                    c->key_usage.present
                        ? bits_agree(c->key_usage.bits, usage, usages, sizeof usages / sizeof *usages)
                        : usage == UINT32_MAX,
                    "key usage %x or %x", c->key_usage.bits, usage);
    MTLSFUZZ_ORACLE("libcrypto-purposes",
                    c->ext_key_usage.present ? bits_agree(c->ext_key_usage.purposes, purpose, purposes,
                                                          sizeof purposes / sizeof *purposes)
                                             : purpose == UINT32_MAX,
                    "extended key usage %x or %x", c->ext_key_usage.purposes, purpose);
}

static void compare_key_ids(const mtlsval_certificate *c, X509 *x) {
    const ASN1_OCTET_STRING *subject = X509_get0_subject_key_id(x),
                            *authority = X509_get0_authority_key_id(x);
    const ASN1_INTEGER *serial = X509_get0_authority_serial(x);
    MTLSFUZZ_ORACLE("libcrypto-key-ids",
                    (subject != NULL) == c->subject_key_id.present &&
                        mtls_view_equal(string_view(subject), c->subject_key_id.key_id) &&
                        (authority != NULL) == c->authority_key_id.has_key_id &&
                        mtls_view_equal(string_view(authority), c->authority_key_id.key_id) &&
                        (serial == NULL ? !c->authority_key_id.has_serial
                                        : integer_is(serial, c->authority_key_id.serial)),
                    "subject or authority key identifier");
}

static void compare_alt_names(const mtlsval_certificate *c, const X509 *x) {
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    MTLSFUZZ_ORACLE(
        "libcrypto-alt-names",
        (names != NULL) == c->subject_alt_name.present &&
            (names == NULL || (unsigned)sk_GENERAL_NAME_num(names) == c->subject_alt_name.num_names),
        "%u subject alternative names or %d", c->subject_alt_name.num_names,
        names == NULL ? -1 : sk_GENERAL_NAME_num(names));
    GENERAL_NAMES_free(names);
}

static void compare_extensions(const mtlsval_certificate *c, X509 *x) {
    bool has_raw = compare_extension_list(c, x);
    X509_check_purpose(x, -1, 0); /* decodes the extensions */
    uint32_t flags = X509_get_extension_flags(x);
    bool invalid = (flags & EXFLAG_INVALID) != 0;
    MTLSFUZZ_ORACLE("libcrypto-extension-valid",
                    !invalid || has_raw || mtlsfuzz_certificate_may_be_invalid(c),
                    "libcrypto finds an extension invalid that our reader has taken apart");
    if (invalid) {
        return;
    }
    MTLSFUZZ_REACHED("extensions compared");
    compare_constraints(c, x, flags);
    compare_usages(c, x);
    compare_key_ids(c, x);
    compare_alt_names(c, x);
}

void mtlsfuzz_certificate_compare(mtls_view der, const mtlsval_certificate *accepted, mtlsval_fault fault) {
    const unsigned char *at = der.data;
    X509 *x = der.len > INT32_MAX ? NULL : d2i_X509(NULL, &at, (long)der.len);
    bool whole = x != NULL && at == der.data + der.len;
    if (accepted != NULL) {
        MTLSFUZZ_ORACLE("libcrypto-accepts", whole || mtlsfuzz_certificate_may_be_refused(accepted),
                        "libcrypto refuses what our reader accepts: %s",
                        ERR_reason_error_string(ERR_peek_error()));
        if (whole) {
            MTLSFUZZ_REACHED("both accept");
            compare_fields(accepted, x);
            compare_extensions(accepted, x);
            mtlsfuzz_letter_compare(accepted, x);
        }
    } else if (whole) {
        MTLSFUZZ_REACHED("libcrypto is lenient");
        MTLSFUZZ_ORACLE("libcrypto-refuses", mtlsfuzz_certificate_may_be_taken(x, der, fault),
                        "libcrypto accepts what our reader refuses at byte %zu: %s", fault.at,
                        mtlsval_finding_describe(fault.finding)->text);
    }
    X509_free(x);
    ERR_clear_error();
}
