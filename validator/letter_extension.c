#include "validator/letter_extension.h"

#include <string.h>

#include "validator/letter_policy.h"
#include "validator/letter_read.h"
#include "validator/name_rule.h"
#include "validator/name_value.h"

static bool read_alt_names(mtlsval_der *in) {
    mtlsval_der inside;
    return mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) &&
           mtlsval_letter_names(&inside, MTLSVAL_NAMES_CERTIFIED);
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
            mtlsval_letter_names(&names, MTLSVAL_NAMES_OF_ANYBODY));
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
        rest = mtlsval_letter_rest(&inside);
        if (!mtlsval_letter_any(&inside) || !mtlsval_general_name_next(&rest, &base)) {
            return false;
        }
        mtlsval_finding broken = mtlsval_letter_name_broken(&base, MTLSVAL_NAMES_CONSTRAINED);
        if (broken != MTLSVAL_FINDING_NONE) {
            return mtlsval_der_fail(in, broken, base.value.data);
        }
        if (!mtlsval_der_at_end(&inside)) {
            return mtlsval_letter_fail(&inside, MTLSVAL_CERTIFICATE_SUBTREE_DISTANCE);
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
    if (!mtlsval_letter_enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &description) ||
            !mtlsval_der_oid(&description, &method)) {
            return false;
        }
        mtlsval_der location = description;
        if (!mtlsval_letter_any(&description) || !mtlsval_der_finish(&description) ||
            !mtlsval_letter_names(&location, MTLSVAL_NAMES_OF_ANYBODY)) {
            return false;
        }
    }
    return true;
}

/* SEQUENCE SIZE (1..MAX) OF Attribute, which is a type and SET SIZE (1..MAX) OF values */
static bool read_directory_attributes(mtlsval_der *in) {
    mtlsval_der inside, attribute, values;
    mtls_view oid;
    if (!mtlsval_letter_enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &attribute) ||
            !mtlsval_der_oid(&attribute, &oid) ||
            !mtlsval_letter_enter_list(&attribute, MTLSVAL_TAG_SET, &values) ||
            !mtlsval_der_finish(&attribute)) {
            return false;
        }
        mtls_view before = {NULL, 0};
        while (!mtlsval_der_at_end(&values)) {
            const uint8_t *value = values.at;
            if (!mtlsval_letter_any(&values) || !mtlsval_der_in_order(&values, value, &before)) {
                return false;
            }
        }
    }
    return true;
}

/* RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue, under an implicit tag */
static bool read_relative_name(mtlsval_der *in, uint8_t tag) {
    mtlsval_der inside, attribute;
    mtls_view type, value, element, before = {NULL, 0};
    const uint8_t *start = in->at;
    uint8_t value_tag;
    if (!mtlsval_letter_enter_list(in, tag, &inside)) {
        return false;
    }
    mtlsval_name name = {
        .rdns = {start, (size_t)(in->at - start)}
    };
    while (!mtlsval_der_at_end(&inside)) {
        const uint8_t *at = inside.at;
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &attribute) ||
            !mtlsval_der_oid(&attribute, &type) ||
            !mtlsval_der_any(&attribute, &value_tag, &value, &element) || !mtlsval_der_finish(&attribute) ||
            !mtlsval_der_in_order(&inside, at, &before)) {
            return false;
        }
        if (!mtlsval_value_is_text(value_tag, value)) {
            return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_NAME_ENCODING, value.data);
        }
    }
    mtlsval_finding broken = mtlsval_name_rule_broken(&name);
    return broken == MTLSVAL_FINDING_NONE || mtlsval_der_fail(in, broken, start);
}

/* DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1]
 * RelativeDistinguishedName } */
static bool read_point_name(mtlsval_der *in) {
    mtlsval_der inside, names;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0), &inside)) {
        return false;
    }
    if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1))) {
        return read_relative_name(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1)) && mtlsval_der_finish(&inside);
    }
    return mtlsval_der_enter(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0), &names) &&
           mtlsval_letter_names(&names, MTLSVAL_NAMES_OF_ANYBODY) && mtlsval_der_finish(&inside);
}

static bool is_directory_name(mtlsval_der names) {
    mtls_view rest = mtlsval_letter_rest(&names);
    mtlsval_general_name name;
    return mtlsval_general_name_next(&rest, &name) && name.kind == 4 && rest.len == 0;
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0], reasons [1], cRLIssuer [2] }; it "MUST NOT consist
 * of only the reasons field" and without a cRLIssuer has to have the name; and that "MUST only contain the
 * distinguished name" of the CRL's issuer. */
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
        if (!mtlsval_der_enter(&point, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(2), &names)) {
            return false;
        }
        mtlsval_der issuer = names;
        return mtlsval_letter_names(&names, MTLSVAL_NAMES_OF_ANYBODY) && mtlsval_der_finish(&point) &&
               (is_directory_name(issuer) || mtlsval_letter_fail(&issuer, MTLSVAL_CERTIFICATE_POINT_ISSUER));
    }
    return mtlsval_der_finish(&point) &&
           (is_named || mtlsval_der_fail(&point, MTLSVAL_CERTIFICATE_POINT_REASONS_ONLY, start));
}

static bool read_points(mtlsval_der *in) {
    mtlsval_der inside;
    if (!mtlsval_letter_enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    while (!mtlsval_der_at_end(&inside)) {
        if (!read_point(&inside)) {
            return false;
        }
    }
    return true;
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
    mtlsval_der_start(&value, mtlsval_letter_rest(in), &fault);
    if (!(mtlsval_letter_any(&value) && mtlsval_der_finish(&value)) && fault.finding != MTLSVAL_DER_NESTING &&
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
    {ID_CE(9),  NEVER,  read_directory_attributes        },
    {ID_CE(14), NEVER,  read_nothing                     }, /* subjectKeyIdentifier */
    {ID_CE(15), FREE,   read_nothing                     }, /* keyUsage */
    {ID_CE(17), FREE,   read_alt_names                   },
    {ID_CE(18), FREE,   read_alt_names                   }, /* issuerAltName */
    {ID_CE(19), FREE,   read_nothing                     }, /* basicConstraints */
    {ID_CE(30), ALWAYS, read_name_constraints            },
    {ID_CE(31), FREE,   read_points                      }, /* cRLDistributionPoints */
    {ID_CE(32), FREE,   mtlsval_letter_policies          },
    {ID_CE(33), FREE,   mtlsval_letter_policy_mappings   },
    {ID_CE(35), NEVER,  read_authority_key_id            },
    {ID_CE(36), ALWAYS, mtlsval_letter_policy_constraints},
    {ID_CE(37), FREE,   read_nothing                     }, /* extKeyUsage */
    {ID_CE(46), NEVER,  read_points                      }, /* freshestCRL */
    {ID_CE(54), ALWAYS, mtlsval_letter_skip_certificates }, /* inhibitAnyPolicy */
    {ID_PE(1),  NEVER,  read_access                      }, /* authorityInfoAccess */
    {ID_PE(11), NEVER,  read_access                      }, /* subjectInfoAccess */
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
