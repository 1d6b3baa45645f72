#include "fuzz/second/letter_libcrypto.h"

#include "fuzz/oracle.h"
#include "fuzz/second/certificate_differences.h"
#include "validator/letter.h"

#include <openssl/x509v3.h>

/* Ends with `encoded` freed. */
static bool encoded_is(unsigned char *encoded, int len, mtls_view der) {
    bool same = len >= 0 && mtls_view_equal((mtls_view){encoded, (size_t)len}, der);
    OPENSSL_free(encoded);
    return same;
}

/* Those of RFC 5280 section 4.2, as far as libcrypto has a template for them. */
static bool is_of_certificates(X509_EXTENSION *extension) {
    static const int nids[] = {NID_subject_key_identifier,
                               NID_key_usage,
                               NID_subject_alt_name,
                               NID_issuer_alt_name,
                               NID_basic_constraints,
                               NID_name_constraints,
                               NID_crl_distribution_points,
                               NID_freshest_crl,
                               NID_certificate_policies,
                               NID_policy_mappings,
                               NID_policy_constraints,
                               NID_inhibit_any_policy,
                               NID_authority_key_identifier,
                               NID_ext_key_usage,
                               NID_info_access,
                               NID_sinfo_access};
    int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    for (size_t i = 0; i < sizeof nids / sizeof *nids; i++) {
        if (nid == nids[i]) {
            return true;
        }
    }
    return false;
}

/* Whether libcrypto writes the value of an extension as it has read it; true where it cannot read it. */
static bool value_is_kept(X509_EXTENSION *extension) {
    const X509V3_EXT_METHOD *method = X509V3_EXT_get(extension);
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    mtls_view der = {ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)};
    bool is_known = is_of_certificates(extension) && method != NULL && method->it != NULL;
    void *read = is_known ? X509V3_EXT_d2i(extension) : NULL;
    unsigned char *encoded = NULL;
    if (read == NULL) {
        return true;
    }
    int len = ASN1_item_i2d(read, &encoded, ASN1_ITEM_ptr(method->it));
    ASN1_item_free(read, ASN1_ITEM_ptr(method->it));
    return encoded_is(encoded, len, der);
}

/* The number of characters; negative for what is no text of its type. */
static int num_characters(const ASN1_STRING *value) {
    unsigned char *text = NULL;
    int len = ASN1_STRING_to_UTF8(&text, value), num = 0;
    for (int i = 0; i < len; i++) {
        num += (text[i] & 0xc0) != 0x80;
    }
    OPENSSL_free(text);
    return len < 0 ? len : num;
}

/* An e-mail address had 128 characters at most in RFC 3280, a domain component may be empty by RFC 5280
 * alone, and a UniversalString is none of libcrypto's. */
static bool is_by_table(const X509_NAME_ENTRY *entry) {
    int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
    const ASN1_STRING_TABLE *row = ASN1_STRING_TABLE_get(nid);
    unsigned long type = ASN1_tag2bit(ASN1_STRING_type(value));
    if (row == NULL) {
        return true;
    }
    int num = num_characters(value);
    long least = nid == NID_domainComponent ? 0 : row->minsize;
    long most = nid == NID_pkcs9_emailAddress ? 255 : row->maxsize;
    most *= ASN1_STRING_type(value) == V_ASN1_T61STRING ? 2 : 1; /* with accents of their own */
    return num >= 0 && (type & (row->mask | B_ASN1_UNIVERSALSTRING)) != 0 && num >= least &&
           (most < 0 || num <= most);
}

static bool name_is_by_table(const X509_NAME *name) {
    for (int i = 0; i < X509_NAME_entry_count(name); i++) {
        if (!is_by_table(X509_NAME_get_entry(name, i))) {
            return false;
        }
    }
    return true;
}

void mtlsfuzz_letter_compare(const mtlsval_certificate *c, X509 *x) {
    unsigned char *tbs = NULL;
    mtlsval_fault place;
    if (mtlsval_letter_broken(c, &place) != MTLSVAL_FINDING_NONE) {
        MTLSFUZZ_REACHED("not by the letter");
        return;
    }
    MTLSFUZZ_REACHED("by the letter");
    MTLSFUZZ_ORACLE("libcrypto-name-table",
                    name_is_by_table(X509_get_issuer_name(x)) && name_is_by_table(X509_get_subject_name(x)),
                    "an attribute of a name has another type or length");
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        MTLSFUZZ_ORACLE("libcrypto-extension-again", value_is_kept(X509_get_ext(x, i)),
                        "libcrypto writes the value of extension %d otherwise", i);
    }
    int len = i2d_re_X509_tbs(x, &tbs);
    bool is_same = encoded_is(tbs, len, c->tbs);
    MTLSFUZZ_ORACLE("libcrypto-again",
                    is_same || mtlsfuzz_parameters_are_written_otherwise(c->key_algorithm.parameters) ||
                        mtlsfuzz_parameters_are_written_otherwise(c->tbs_signature.parameters),
                    "libcrypto writes the certificate otherwise");
}
