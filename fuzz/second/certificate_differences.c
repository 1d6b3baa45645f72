#include "fuzz/second/certificate_differences.h"

#include <openssl/x509v3.h>
#include <string.h>

static mtls_view string_view(const ASN1_STRING *string) {
    return (mtls_view){ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string)};
}

/* X509_NAME_ENTRY's value is ASN1_PRINTABLE, whose mask leaves out most types; for RFC 5280 (4.1.2.4,
 * appendix A.1) an AttributeValue is ANY. */
static bool has_value_of_odd_type(const mtlsval_name *name) {
    static const uint8_t taken[] = {3, 7, 8, 9, 11, 12, 13, 14, 15, 18, 19, 20, 22, 28, 29, 30, 0x30};
    mtlsval_name_walk walk;
    mtlsval_attribute attribute;
    mtlsval_name_walk_start(&walk, name);
    while (mtlsval_name_walk_next(&walk, &attribute)) {
        if (memchr(taken, attribute.tag, sizeof taken) == NULL) {
            return true;
        }
    }
    return false;
}

/* libcrypto asks of a BMPString and a UniversalString that they hold whole characters, also where any type
 * may stand; our reader does not take such an element apart. */
static bool is_torn(mtls_view element) {
    return element.len >= 2 && element.data[1] < 0x80 &&
           ((element.data[0] == V_ASN1_BMPSTRING && element.data[1] % 2 != 0) ||
            (element.data[0] == V_ASN1_UNIVERSALSTRING && element.data[1] % 4 != 0));
}

/* An algorithm's parameters (RFC 5280 4.1.1.2). */
static bool has_torn_parameters(const mtlsval_algorithm_identifier *algorithm) {
    return is_torn(algorithm->parameters);
}

bool mtlsfuzz_certificate_may_be_refused(const mtlsval_certificate *c) {
    return mtlsval_certificate_has_note(c, MTLSVAL_CERTIFICATE_NAME_ENCODING) ||
           has_torn_parameters(&c->tbs_signature) || has_torn_parameters(&c->signature_algorithm) ||
           has_torn_parameters(&c->key_algorithm) || has_value_of_odd_type(&c->issuer) ||
           has_value_of_odd_type(&c->subject);
}

/* holds answers whether `value`, which libcrypto has copied out of `der`, stands there around the byte `at`
 * or ends at it. */
static bool holds(mtls_view der, mtls_view value, size_t at) {
    size_t first = at > value.len ? at - value.len : 0;
    for (size_t i = first; i <= at && i + value.len <= der.len; i++) {
        if (value.len == 0 ? i == at : memcmp(der.data + i, value.data, value.len) == 0) {
            return true;
        }
    }
    return false;
}

/* libcrypto reads the value of an extension when it is used. A fault in one that it then refuses is no
 * difference. */
static bool refuses_extension_at(const X509 *x, mtls_view der, size_t at) {
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        X509_EXTENSION *extension = X509_get_ext(x, i);
        if (holds(der, string_view(X509_EXTENSION_get_data(extension)), at)) {
            const X509V3_EXT_METHOD *method = X509V3_EXT_get(extension);
            void *decoded = X509V3_EXT_d2i(extension);
            if (decoded == NULL) {
                return true;
            }
            if (method->it != NULL) {
                ASN1_item_free(decoded, ASN1_ITEM_ptr(method->it));
            } else {
                method->ext_free(decoded);
            }
        }
    }
    return false;
}

/* The predicates of fuzz/differences.def: whether a row speaks of this place. */
static bool anywhere(const X509 *x, mtls_view der, size_t at) {
    (void)x;
    (void)der;
    (void)at;
    return true;
}

static bool at_primitive_list(const X509 *x, mtls_view der, size_t at) {
    (void)x;
    return at < der.len && (der.data[at] == V_ASN1_SEQUENCE || der.data[at] == V_ASN1_SET);
}

/* Both are sequences (X.690 8.17, 8.18), so always constructed. */
static bool at_primitive_external(const X509 *x, mtls_view der, size_t at) {
    enum { EMBEDDED_PDV = 11 };
    (void)x;
    return at < der.len && (der.data[at] == V_ASN1_EXTERNAL || der.data[at] == EMBEDDED_PDV);
}

/* The types that are neither strings nor sequences, ASN.1's reserved 15 (X.680 8.4) among them, constructed.
 */
static bool at_constructed_value(const X509 *x, mtls_view der, size_t at) {
    enum { UNIVERSAL_CONSTRUCTED = 0x20, TAG_NUMBER = 0x1f };
    (void)x;
    return at < der.len && (der.data[at] & ~TAG_NUMBER) == UNIVERSAL_CONSTRUCTED &&
           (der.data[at] & TAG_NUMBER) != V_ASN1_SEQUENCE && (der.data[at] & TAG_NUMBER) != V_ASN1_SET;
}

static bool in_extension(const X509 *x, mtls_view der, size_t at) {
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        if (holds(der, string_view(X509_EXTENSION_get_data(X509_get_ext(x, i))), at)) {
            return true;
        }
    }
    return false;
}

/* Within an element of an extension that has this tag and begins with `first`; any octet if that is negative.
 */
static bool in_element(const X509 *x, mtls_view der, size_t at, uint8_t tag, int first) {
    enum { SHORT_FORM_MAX = 0x7f };
    for (size_t i = 0; in_extension(x, der, at) && i + 2 <= at && i + 2 < der.len; i++) {
        if (der.data[i] == tag && der.data[i + 1] <= SHORT_FORM_MAX && at <= i + 2 + der.data[i + 1] &&
            (first < 0 || der.data[i + 2] == first)) {
            return true;
        }
    }
    return false;
}

/* RFC 5280 4.2.1.6: [3], constructed. */
static bool in_x400_address(const X509 *x, mtls_view der, size_t at) {
    return in_element(x, der, at, 0xa3, -1);
}

/* RFC 5280 4.2.1.6: [0], constructed, a type and then any value of it. */
static bool in_other_name(const X509 *x, mtls_view der, size_t at) {
    return in_element(x, der, at, 0xa0, V_ASN1_OBJECT);
}

static bool in_name_value(const X509 *x, mtls_view der, size_t at) {
    const X509_NAME *names[] = {X509_get_issuer_name(x), X509_get_subject_name(x)};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        for (int i = 0; i < X509_NAME_entry_count(names[n]); i++) {
            const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(names[n], i));
            if (ASN1_STRING_type(value) == V_ASN1_SEQUENCE && holds(der, string_view(value), at)) {
                return true;
            }
        }
    }
    return false;
}

/* The value that `at` is in, or the value behind the header that stands at `at`. */
static bool stands_at(mtls_view der, mtls_view value, size_t at) {
    enum { HEADER_MAX = 6 };
    for (size_t header = 0; header <= HEADER_MAX && at + header <= der.len; header++) {
        if (holds(der, value, at + header)) {
            return true;
        }
    }
    return false;
}

/* ANY DEFINED BY: libcrypto keeps what is no simple type as the bytes that came. */
static bool parameters_hold(const X509_ALGOR *algorithm, mtls_view der, size_t at) {
    int type = V_ASN1_UNDEF;
    const void *value = NULL;
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    bool is_string =
        type != V_ASN1_UNDEF && type != V_ASN1_NULL && type != V_ASN1_OBJECT && type != V_ASN1_BOOLEAN;
    return is_string && value != NULL && stands_at(der, string_view(value), at);
}

static bool in_parameters(const X509 *x, mtls_view der, size_t at) {
    const X509_ALGOR *outer = NULL;
    X509_ALGOR *of_key = NULL;
    X509_get0_signature(NULL, &outer, x);
    X509_PUBKEY_get0_param(NULL, NULL, NULL, &of_key, X509_get_X509_PUBKEY(x));
    return parameters_hold(outer, der, at) || parameters_hold(X509_get0_tbs_sigalg(x), der, at) ||
           parameters_hold(of_key, der, at);
}

/* The value of an otherName (RFC 5280 4.2.1.6: any, in an explicit tag). */
static bool is_torn_other_name(mtls_view other_name) {
    mtlsval_der in;
    mtlsval_fault fault;
    uint8_t tag;
    mtls_view content, whole;
    mtlsval_der_start(&in, other_name, &fault);
    bool has_type = mtlsval_der_any(&in, &tag, &content, &whole);
    return has_type && mtlsval_der_any(&in, &tag, &content, &whole) && is_torn(content);
}

/* A directoryName among general names that libcrypto refuses as it would a subject, or a torn otherName. */
static bool has_bad_name(mtls_view general_names) {
    mtlsval_general_name general_name;
    mtlsval_name name;
    mtlsval_fault fault;
    while (mtlsval_general_name_next(&general_names, &general_name)) {
        if (general_name.kind == 0 && is_torn_other_name(general_name.value)) {
            return true;
        }
        if (general_name.kind == 4 && mtlsval_name_read_element(general_name.value, &name, &fault) &&
            (name.bad_text || has_value_of_odd_type(&name))) {
            return true;
        }
    }
    return false;
}

static bool has_bad_subtree(mtls_view subtrees) {
    mtlsval_general_name base;
    mtlsval_name name;
    mtlsval_fault fault;
    while (mtlsval_subtree_next(&subtrees, &base)) {
        if (base.kind == 4 && mtlsval_name_read_element(base.value, &name, &fault) &&
            (name.bad_text || has_value_of_odd_type(&name))) {
            return true;
        }
    }
    return false;
}

bool mtlsfuzz_parameters_are_written_otherwise(mtls_view parameters) {
    enum { CLASS_AND_FORM = 0xe0, UNIVERSAL_CONSTRUCTED = 0x20, SEQUENCE = 0x30, SET = 0x31 };
    return parameters.len > 0 && (parameters.data[0] & CLASS_AND_FORM) == UNIVERSAL_CONSTRUCTED &&
           parameters.data[0] != SEQUENCE && parameters.data[0] != SET;
}

/* RFC 5280 4.2.1.3: "When the keyUsage extension appears in a certificate, at least one of the bits MUST be
 * set to 1." libcrypto refuses the empty BIT STRING when it uses the certificate; to our reader it is a usage
 * for nothing. */
bool mtlsfuzz_certificate_may_be_invalid(const mtlsval_certificate *c) {
    return (c->key_usage.present && c->key_usage.bits == 0) || has_bad_name(c->authority_key_id.issuer) ||
           has_bad_name(c->subject_alt_name.names) || has_bad_subtree(c->name_constraints.permitted) ||
           has_bad_subtree(c->name_constraints.excluded);
}

bool mtlsfuzz_certificate_may_be_taken(const X509 *x, mtls_view der, mtlsval_fault fault) {
    static const struct {
        mtlsval_finding finding;
        bool (*where)(const X509 *x, mtls_view der, size_t at);
    } rows[] = {
#define DIFFERENCE(finding, where, what, cite) {MTLSVAL_##finding, where},
#include "fuzz/differences.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((rows[i].finding == MTLSVAL_FINDING_NONE || rows[i].finding == fault.finding) &&
            rows[i].where(x, der, fault.at)) {
            return true;
        }
    }
    return refuses_extension_at(x, der, fault.at);
}
