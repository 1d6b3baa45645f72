#include "validator/letter_policy.h"

#include <string.h>

#include "validator/letter_read.h"
#include "validator/name_rule.h"
#include "validator/name_value.h"

enum { POLICIES_MAX = 256 }; /* each is compared with all before it */

static const uint8_t any_policy[] = {0x55, 0x1d, 0x20, 0x00};

static bool is_any(mtls_view policy) {
    return mtls_view_equal(policy, (mtls_view){any_policy, sizeof any_policy});
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
 * id-qt-unotice are 1.3.6.1.5.5.7.2.1 and 2, and anyPolicy "MUST" have no others. */
static bool read_qualifier(mtlsval_der *in, mtls_view policy) {
    static const uint8_t id_qt[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02};
    mtlsval_der inside;
    mtls_view oid, uri;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) || !mtlsval_der_oid(&inside, &oid)) {
        return false;
    }
    bool known = oid.len == sizeof id_qt + 1 && memcmp(oid.data, id_qt, sizeof id_qt) == 0;
    if (known && oid.data[sizeof id_qt] == 1) {
        return mtlsval_der_read(&inside, MTLSVAL_TAG_IA5_STRING, &uri) && mtlsval_der_finish(&inside) &&
               (mtlsval_letter_is_ia5(uri) ||
                mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_TEXT, uri.data));
    }
    if (known && oid.data[sizeof id_qt] == 2) {
        return read_user_notice(&inside) && mtlsval_der_finish(&inside);
    }
    return mtlsval_letter_any(&inside) && mtlsval_der_finish(&inside) &&
           (!is_any(policy) || mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_ANY_QUALIFIER, oid.data));
}

bool mtlsval_letter_policies(mtlsval_der *in) {
    mtls_view seen[POLICIES_MAX];
    size_t num_seen = 0;
    mtlsval_der inside, policy, qualifiers;
    mtls_view oid;
    if (!mtlsval_letter_enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
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
        if (num_seen == POLICIES_MAX) {
            return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_LIMIT, oid.data);
        }
        seen[num_seen++] = oid;
        if (mtlsval_der_at_end(&policy)) {
            continue;
        }
        if (!mtlsval_letter_enter_list(&policy, MTLSVAL_TAG_SEQUENCE, &qualifiers) ||
            !mtlsval_der_finish(&policy)) {
            return false;
        }
        while (!mtlsval_der_at_end(&qualifiers)) {
            if (!read_qualifier(&qualifiers, oid)) {
                return false;
            }
        }
    }
    return true;
}

bool mtlsval_letter_policy_mappings(mtlsval_der *in) {
    mtlsval_der inside, pair;
    if (!mtlsval_letter_enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
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
            if (is_any(oid)) {
                return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_POLICY_ANY_MAPPED, oid.data);
            }
        }
        if (!mtlsval_der_finish(&pair)) {
            return false;
        }
    }
    return true;
}

/* PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0], inhibitPolicyMapping [1] }, one of them at
 * least: "MUST NOT issue certificates where policy constraints is an empty sequence" */
bool mtlsval_letter_policy_constraints(mtlsval_der *in) {
    mtlsval_der inside;
    if (!mtlsval_letter_enter_list(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
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

bool mtlsval_letter_skip_certificates(mtlsval_der *in) {
    uint32_t certificates;
    return mtlsval_der_unsigned(in, MTLSVAL_TAG_INTEGER, &certificates);
}
