#include "validator/letter_extension.h"

#include <string.h>

#include "validator/extension_value.h"
#include "validator/name_rule.h"
#include "validator/name_value.h"

/* Where general names stand decides what they may be. */
typedef enum { SOMEBODY, CERTIFIED, CONSTRAINT } names_use;

/* Policies are compared with so many of the first. */
enum { POLICIES_COMPARED = 256 };

static bool fail(const mtlsval_der *in, mtlsval_finding finding) {
    return mtlsval_der_fail(in, finding, in->at);
}

/* enter_list is for SEQUENCE SIZE (1..MAX) OF. */
static bool enter_list(mtlsval_der *in, uint8_t tag, mtlsval_der *out_inside) {
    return mtlsval_der_enter(in, tag, out_inside) &&
           (!mtlsval_der_at_end(out_inside) || fail(out_inside, MTLSVAL_CERTIFICATE_LIST_EMPTY));
}

static bool read_any(mtlsval_der *in) {
    uint8_t tag;
    mtls_view content, element;
    return mtlsval_der_any(in, &tag, &content, &element);
}

static mtls_view rest_of(const mtlsval_der *in) {
    return (mtls_view){in->at, (size_t)(in->end - in->at)};
}

static bool is_ia5(mtls_view text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* scheme ":" and something (RFC 3986 3). */
static bool is_absolute(mtls_view uri) {
    size_t i = 0;
    for (; i < uri.len && uri.data[i] != ':'; i++) {
        uint8_t c = uri.data[i], letter = c | 0x20;
        bool is_letter = letter >= 'a' && letter <= 'z';
        if (!is_letter && (i == 0 || (c != '+' && c != '-' && c != '.' && (c < '0' || c > '9')))) {
            return false;
        }
    }
    return i > 0 && i + 1 < uri.len;
}

/* "Conforming CAs MUST NOT issue certificates with subjectAltNames containing empty GeneralName fields"; and
 * " " is no name of a host (RFC 5280 4.2.1.6). */
static bool is_blank(const mtlsval_general_name *name, const mtlsval_name *directory) {
    return name->kind == 4 ? directory->num_attributes == 0
                           : name->value.len == 0 ||
                                 (name->kind == 2 && name->value.len == 1 && name->value.data[0] == ' ');
}

static mtlsval_finding name_broken(const mtlsval_general_name *name, names_use use) {
    mtlsval_name directory = {0};
    mtlsval_fault fault;
    size_t len = name->value.len, least = use == CONSTRAINT ? 8 : 4, most = use == CONSTRAINT ? 32 : 16;
    if (name->kind == 4 && !mtlsval_name_read_element(name->value, &directory, &fault)) {
        return fault.finding;
    }
    if (use == CERTIFIED && is_blank(name, &directory)) {
        return MTLSVAL_CERTIFICATE_GENERAL_NAME_EMPTY;
    }
    switch (name->kind) {
    case 1:
    case 2:
        return is_ia5(name->value) ? MTLSVAL_FINDING_NONE : MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER;
    case 4:
        return directory.bad_text ? MTLSVAL_CERTIFICATE_NAME_ENCODING : mtlsval_name_rule_broken(&directory);
    case 6:
        return !is_ia5(name->value)                             ? MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER
               : use != CONSTRAINT && !is_absolute(name->value) ? MTLSVAL_CERTIFICATE_URI_RELATIVE
                                                                : MTLSVAL_FINDING_NONE;
    case 7:
        return len == least || len == most ? MTLSVAL_FINDING_NONE : MTLSVAL_CERTIFICATE_ADDRESS_LENGTH;
    default:
        return MTLSVAL_FINDING_NONE;
    }
}

/* read_names takes all that is left of `in` as the content of a GeneralNames. */
static bool read_names(mtlsval_der *in, names_use use) {
    mtls_view rest = rest_of(in);
    mtlsval_general_name name;
    unsigned num_names;
    if (!mtlsval_general_names_read(in, &num_names)) {
        return false;
    }
    while (mtlsval_general_name_next(&rest, &name)) {
        mtlsval_finding broken = name_broken(&name, use);
        if (broken != MTLSVAL_FINDING_NONE) {
            return mtlsval_der_fail(in, broken, name.value.data);
        }
    }
    return true;
}

static bool read_alt_names(mtlsval_der *in) {
    mtlsval_der inside;
    return mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) && read_names(&inside, CERTIFIED);
}

static bool read_authority_key_id(mtlsval_der *in) {
    mtlsval_der inside, names;
    mtls_view key_id;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) ||
        (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT(0)) &&
         !mtlsval_der_read(&inside, MTLSVAL_TAG_CONTEXT(0), &key_id))) {
        return false;
    }
    return !mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1)) ||
           (mtlsval_der_enter(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1), &names) &&
            read_names(&names, SOMEBODY));
}

/* "the minimum MUST be zero, and maximum MUST be absent" (RFC 5280 4.2.1.10): a zero is not written. */
static bool read_subtrees(mtlsval_der *in) {
    while (!mtlsval_der_at_end(in)) {
        mtlsval_der inside;
        mtlsval_general_name base;
        mtls_view rest;
        if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
            return false;
        }
        rest = rest_of(&inside);
        if (!read_any(&inside) || !mtlsval_general_name_next(&rest, &base)) {
            return false;
        }
        mtlsval_finding broken = name_broken(&base, CONSTRAINT);
        if (broken != MTLSVAL_FINDING_NONE) {
            return mtlsval_der_fail(in, broken, base.value.data);
        }
        if (!mtlsval_der_at_end(&inside)) {
            return fail(&inside, MTLSVAL_CERTIFICATE_SUBTREE_DISTANCE);
        }
    }
    return true;
}

static bool read_name_constraints(mtlsval_der *in) {
    mtlsval_der inside, subtrees;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    for (unsigned number = 0; number < 2; number++) {
        uint8_t tag = MTLSVAL_TAG_CONTEXT_CONSTRUCTED(number);
        if (mtlsval_der_peek(&inside, tag) &&
            (!mtlsval_der_enter(&inside, tag, &subtrees) || !read_subtrees(&subtrees))) {
            return false;
        }
    }
    return true;
}

/* SEQUENCE SIZE (1..MAX) OF AccessDescription (RFC 5280 4.2.2) */
static bool read_access(mtlsval_der *in) {
    mtlsval_der inside, description;
    mtls_view method;
    if (!enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &description) ||
            !mtlsval_der_oid(&description, &method)) {
            return false;
        }
        mtlsval_der location = description;
        if (!read_any(&description) || !mtlsval_der_finish(&description) ||
            !read_names(&location, SOMEBODY)) {
            return false;
        }
    }
    return true;
}

/* DisplayText ::= CHOICE { IA5String, VisibleString, BMPString, UTF8String }, each SIZE (1..200) */
static bool read_display_text(mtlsval_der *in) {
    const uint8_t *at = in->at;
    uint8_t tag;
    mtls_view text, element;
    if (!mtlsval_der_any(in, &tag, &text, &element)) {
        return false;
    }
    bool is_display_text = tag == MTLSVAL_TAG_IA5_STRING || tag == MTLSVAL_TAG_VISIBLE_STRING ||
                           tag == MTLSVAL_TAG_BMP_STRING || tag == MTLSVAL_TAG_UTF8_STRING;
    return (is_display_text && mtlsval_value_is_text(tag, text) &&
            mtlsval_name_rule_text(tag, text, 1, 200) == MTLSVAL_FINDING_NONE) ||
           mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_TEXT, at);
}

/* UserNotice ::= SEQUENCE { noticeRef SEQUENCE { organization DisplayText, noticeNumbers SEQUENCE OF INTEGER
 * } OPTIONAL, explicitText DisplayText OPTIONAL } */
static bool read_user_notice(mtlsval_der *in) {
    mtlsval_der notice, reference, numbers;
    mtls_view number;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &notice)) {
        return false;
    }
    if (mtlsval_der_peek(&notice, MTLSVAL_TAG_SEQUENCE)) {
        if (!mtlsval_der_enter(&notice, MTLSVAL_TAG_SEQUENCE, &reference) || !read_display_text(&reference) ||
            !mtlsval_der_enter(&reference, MTLSVAL_TAG_SEQUENCE, &numbers) ||
            !mtlsval_der_finish(&reference)) {
            return false;
        }
        while (!mtlsval_der_at_end(&numbers)) {
            if (!mtlsval_der_integer(&numbers, MTLSVAL_TAG_INTEGER, &number)) {
                return false;
            }
        }
    }
    return (mtlsval_der_at_end(&notice) || read_display_text(&notice)) && mtlsval_der_finish(&notice);
}

/* PolicyQualifierInfo ::= SEQUENCE { policyQualifierId, qualifier ANY DEFINED BY it }: id-qt-cps and
 * id-qt-unotice are 1.3.6.1.5.5.7.2.1 and 2. */
static bool read_qualifier(mtlsval_der *in) {
    static const uint8_t id_qt[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02};
    mtlsval_der inside;
    mtls_view oid, uri;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) || !mtlsval_der_oid(&inside, &oid)) {
        return false;
    }
    bool known = oid.len == sizeof id_qt + 1 && memcmp(oid.data, id_qt, sizeof id_qt) == 0;
    if (known && oid.data[sizeof id_qt] == 1) {
        return mtlsval_der_read(&inside, MTLSVAL_TAG_IA5_STRING, &uri) && mtlsval_der_finish(&inside) &&
               (is_ia5(uri) || mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_TEXT, uri.data));
    }
    if (known && oid.data[sizeof id_qt] == 2) {
        return read_user_notice(&inside) && mtlsval_der_finish(&inside);
    }
    return read_any(&inside) && mtlsval_der_finish(&inside);
}

static bool read_policies(mtlsval_der *in) {
    mtls_view seen[POLICIES_COMPARED];
    size_t num_seen = 0;
    mtlsval_der inside, policy, qualifiers;
    mtls_view oid;
    if (!enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &policy) || !mtlsval_der_oid(&policy, &oid)) {
            return false;
        }
        for (size_t i = 0; i < num_seen; i++) {
            if (mtls_view_equal(seen[i], oid)) {
                return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_TWICE, oid.data);
            }
        }
        if (num_seen < POLICIES_COMPARED) {
            seen[num_seen++] = oid;
        }
        if (mtlsval_der_at_end(&policy)) {
            continue;
        }
        if (!enter_list(&policy, MTLSVAL_TAG_SEQUENCE, &qualifiers) || !mtlsval_der_finish(&policy)) {
            return false;
        }
        while (!mtlsval_der_at_end(&qualifiers)) {
            if (!read_qualifier(&qualifiers)) {
                return false;
            }
        }
    }
    return true;
}

static bool read_policy_mappings(mtlsval_der *in) {
    static const uint8_t any_policy[] = {0x55, 0x1d, 0x20, 0x00};
    mtlsval_der inside, pair;
    if (!enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &pair)) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            mtls_view oid;
            if (!mtlsval_der_oid(&pair, &oid)) {
                return false;
            }
            if (mtls_view_equal(oid, (mtls_view){any_policy, sizeof any_policy})) {
                return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_ANY_MAPPED, oid.data);
            }
        }
        if (!mtlsval_der_finish(&pair)) {
            return false;
        }
    }
    return true;
}

/* SEQUENCE SIZE (1..MAX) OF Attribute, which is a type and SET SIZE (1..MAX) OF values */
static bool read_directory_attributes(mtlsval_der *in) {
    mtlsval_der inside, attribute, values;
    mtls_view oid;
    if (!enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &attribute) ||
            !mtlsval_der_oid(&attribute, &oid) || !enter_list(&attribute, MTLSVAL_TAG_SET, &values) ||
            !mtlsval_der_finish(&attribute)) {
            return false;
        }
        while (!mtlsval_der_at_end(&values)) {
            if (!read_any(&values)) {
                return false;
            }
        }
    }
    return true;
}

/* PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0], inhibitPolicyMapping [1] }, one of them at
 * least: "MUST NOT issue certificates where policy constraints is an empty sequence" */
static bool read_policy_constraints(mtlsval_der *in) {
    mtlsval_der inside;
    if (!enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    for (unsigned number = 0; number < 2; number++) {
        uint32_t skip;
        if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT(number)) &&
            !mtlsval_der_unsigned(&inside, MTLSVAL_TAG_CONTEXT(number), &skip)) {
            return false;
        }
    }
    return mtlsval_der_finish(&inside);
}

/* DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1]
 * RelativeDistinguishedName } */
static bool read_point_name(mtlsval_der *in) {
    mtlsval_der inside, names;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0), &inside)) {
        return false;
    }
    if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1))) {
        return enter_list(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1), &names) && mtlsval_der_finish(&inside);
    }
    return mtlsval_der_enter(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0), &names) &&
           read_names(&names, SOMEBODY) && mtlsval_der_finish(&inside);
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0], reasons [1], cRLIssuer [2] }; it "MUST NOT consist
 * of only the reasons field" and without a cRLIssuer has to have the name. */
static bool read_point(mtlsval_der *in) {
    mtlsval_der point, names;
    mtls_view octets;
    unsigned unused;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &point)) {
        return false;
    }
    const uint8_t *start = point.at;
    bool is_named = mtlsval_der_peek(&point, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0));
    if (is_named && !read_point_name(&point)) {
        return false;
    }
    if (mtlsval_der_peek(&point, MTLSVAL_TAG_CONTEXT(1))) {
        if (!mtlsval_der_bit_string(&point, MTLSVAL_TAG_CONTEXT(1), &octets, &unused)) {
            return false;
        }
        if (octets.len > 0 && (octets.data[octets.len - 1] >> unused & 1) == 0) { /* X.690 11.2.2 */
            return mtlsval_der_fail(&point, MTLSVAL_DER_NAMED_BITS, octets.data);
        }
    }
    if (mtlsval_der_peek(&point, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(2))) {
        return mtlsval_der_enter(&point, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(2), &names) &&
               read_names(&names, SOMEBODY) && mtlsval_der_finish(&point);
    }
    return mtlsval_der_finish(&point) &&
           (is_named || mtlsval_der_fail(&point, MTLSVAL_CERTIFICATE_POINT_REASONS_ONLY, start));
}

static bool read_points(mtlsval_der *in) {
    mtlsval_der inside;
    if (!enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!read_point(&inside)) {
            return false;
        }
    }
    return true;
}

static bool read_skip(mtlsval_der *in) {
    uint32_t certificates;
    return mtlsval_der_unsigned(in, MTLSVAL_TAG_INTEGER, &certificates);
}

/* Of what the reader has read already, such as basicConstraints. */
static bool read_nothing(mtlsval_der *in) {
    in->at = in->end;
    return true;
}

/* An extension of another standard: some DER. What is past our bounds may be that. */
static bool read_other(mtlsval_der *in) {
    mtlsval_fault fault;
    mtlsval_der value;
    mtlsval_der_start(&value, rest_of(in), &fault);
    if (!(read_any(&value) && mtlsval_der_finish(&value)) && fault.finding != MTLSVAL_DER_NESTING &&
        fault.finding != MTLSVAL_DER_TAG_LONG) {
        return mtlsval_der_fail(in, fault.finding, in->at + fault.at);
    }
    return read_nothing(in);
}

typedef struct {
    uint8_t oid[8];
    uint8_t oid_len;
    enum { FREE, NEVER, ALWAYS } critical;
    bool (*read)(mtlsval_der *in);
} rule;

#define ID_CE(number) {0x55, 0x1d, number}, 3
#define ID_PE(number) {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, number}, 8

/* RFC 5280 4.2.1 and 4.2.2. What only SHOULD be is free, and what depends on the rest of the certificate is
 * validator/letter.c's. */
static const rule rules[] = {
    {ID_CE(9),  NEVER,  read_directory_attributes},
    {ID_CE(14), NEVER,  read_nothing             }, /* subjectKeyIdentifier */
    {ID_CE(15), FREE,   read_nothing             }, /* keyUsage */
    {ID_CE(17), FREE,   read_alt_names           },
    {ID_CE(18), FREE,   read_alt_names           }, /* issuerAltName */
    {ID_CE(19), FREE,   read_nothing             }, /* basicConstraints */
    {ID_CE(30), ALWAYS, read_name_constraints    },
    {ID_CE(31), FREE,   read_points              }, /* cRLDistributionPoints */
    {ID_CE(32), FREE,   read_policies            },
    {ID_CE(33), FREE,   read_policy_mappings     },
    {ID_CE(35), NEVER,  read_authority_key_id    },
    {ID_CE(36), ALWAYS, read_policy_constraints  },
    {ID_CE(37), FREE,   read_nothing             }, /* extKeyUsage */
    {ID_CE(46), NEVER,  read_points              }, /* freshestCRL */
    {ID_CE(54), ALWAYS, read_skip                }, /* inhibitAnyPolicy */
    {ID_PE(1),  NEVER,  read_access              }, /* authorityInfoAccess */
    {ID_PE(11), NEVER,  read_access              }, /* subjectInfoAccess */
};

static const rule *rule_of(mtls_view oid) {
    static const rule other = {{0}, 0, FREE, read_other};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t len = rules[i].oid_len;
        if (oid.len == len && oid.data[len - 1] == rules[i].oid[len - 1] &&
            memcmp(oid.data, rules[i].oid, len) == 0) {
            return &rules[i];
        }
    }
    return &other;
}

bool mtlsval_letter_extensions_check(const mtlsval_certificate *certificate, mtlsval_fault *out_fault) {
    mtls_view rest = certificate->extensions;
    mtlsval_extension extension;
    *out_fault = (mtlsval_fault){MTLSVAL_FINDING_NONE, 0};
    while (mtlsval_extension_next(&rest, &extension)) {
        const rule *r = rule_of(extension.oid);
        mtlsval_der in = {extension.value.data, extension.value.data + extension.value.len,
                          certificate->der.data, out_fault};
        if (r->critical == NEVER && extension.critical) {
            return mtlsval_der_fail(&in, MTLSVAL_CERTIFICATE_CRITICAL, extension.oid.data);
        }
        if (r->critical == ALWAYS && !extension.critical) {
            return mtlsval_der_fail(&in, MTLSVAL_CERTIFICATE_NOT_CRITICAL, extension.oid.data);
        }
        if (!r->read(&in) || !mtlsval_der_finish(&in)) {
            return false;
        }
    }
    return true;
}
