#include "gen/extension_value.h"

#include <string.h>

#include "gen/general_name.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A word of the language and the OID that it stands for. */
typedef struct {
    const char *word, *dotted;
} oid_word;

static const char *oid_of_word(const oid_word *words, size_t num_words, const char *text) {
    for (size_t i = 0; i < num_words; i++) {
        if (strcmp(text, words[i].word) == 0) {
            return words[i].dotted;
        }
    }
    return text;
}

const char *const mtlsgen_key_usage_words[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                               "dataEncipherment", "keyAgreement",   "keyCertSign",
                                               "cRLSign",          "encipherOnly",   "decipherOnly"};
const size_t mtlsgen_num_key_usage_words = COUNT(mtlsgen_key_usage_words);

/* RFC 5280 4.2.1.12 */
static const oid_word purposes[] = {
    {"clientAuth",      "1.3.6.1.5.5.7.3.2"},
    {"serverAuth",      "1.3.6.1.5.5.7.3.1"},
    {"codeSigning",     "1.3.6.1.5.5.7.3.3"},
    {"emailProtection", "1.3.6.1.5.5.7.3.4"},
    {"timeStamping",    "1.3.6.1.5.5.7.3.8"},
    {"OCSPSigning",     "1.3.6.1.5.5.7.3.9"},
    {"any",             "2.5.29.37.0"      },
};
const char *const mtlsgen_purpose_words[] = {"clientAuth",   "serverAuth",  "codeSigning", "emailProtection",
                                             "timeStamping", "OCSPSigning", "any"};
const size_t mtlsgen_num_purpose_words = COUNT(mtlsgen_purpose_words);

/* RFC 5280 4.2.2 */
static const oid_word access_methods[] = {
    {"ocsp",          "1.3.6.1.5.5.7.48.1"},
    {"ca-issuers",    "1.3.6.1.5.5.7.48.2"},
    {"time-stamping", "1.3.6.1.5.5.7.48.3"},
    {"ca-repository", "1.3.6.1.5.5.7.48.5"},
};

static const oid_word policy_words[] = {
    {"any", "2.5.29.32.0"}
};

#define OID_CPS "1.3.6.1.5.5.7.2.1" /* RFC 5280 4.2.1.4: id-qt-cps */

static mtlsgen_der_node *add_sequence(mtlsgen_der_tree *tree, mtlsgen_der_node *parent) {
    return mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
}

/* 4.2.1.9 */
static void add_basic_constraints(mtlsgen_der_tree *tree, mtlsgen_der_node *value,
                                  const mtlsgen_extension *e) {
    mtlsgen_der_node *node = add_sequence(tree, value);
    if (e->u.basic_constraints.ca) {
        mtlsgen_der_add_boolean(tree, node, MTLSGEN_DER_BOOLEAN, "cA", true);
    }
    if (e->u.basic_constraints.has_path_len) {
        mtlsgen_der_add_integer(tree, node, MTLSGEN_DER_INTEGER, "pathLenConstraint",
                                e->u.basic_constraints.path_len);
    }
}

/* 4.2.1.3; X.690 11.2.2: a named bit list has no trailing zero bits */
static mtls_status add_key_usage(mtlsgen_der_tree *tree, mtlsgen_der_node *value, unsigned usage) {
    uint8_t *bytes = mtlsgen_arena_zalloc(tree->arena, 1, 3);
    if (bytes == NULL) {
        return MTLS_ERR_NOMEM;
    }
    size_t num_bits = 0;
    for (size_t bit = 0; bit < COUNT(mtlsgen_key_usage_words); bit++) {
        if ((usage >> bit & 1) != 0) {
            bytes[1 + bit / 8] |= (uint8_t)(0x80 >> (bit % 8));
            num_bits = bit + 1;
        }
    }
    bytes[0] = (uint8_t)((8 - num_bits % 8) % 8);
    mtlsgen_der_add_bytes(tree, value, MTLSGEN_DER_BIT_STRING, NULL,
                          (mtls_view){bytes, 1 + (num_bits + 7) / 8});
    return MTLS_OK;
}

/* 4.2.1.12 */
static mtls_status add_purposes(mtlsgen_der_tree *tree, mtlsgen_der_node *value, const mtlsgen_extension *e,
                                mtls_error *error) {
    mtls_status status = MTLS_OK;
    mtlsgen_der_node *node = add_sequence(tree, value);
    for (size_t i = 0; i < e->u.purposes.num_items && status == MTLS_OK; i++) {
        status = mtlsgen_oid_add(tree, node, NULL,
                                 oid_of_word(purposes, COUNT(purposes), e->u.purposes.items[i]), error);
    }
    return status;
}

/* 4.2.1.1 */
static mtls_status add_authority(mtlsgen_der_tree *tree, mtlsgen_der_node *value, const mtlsgen_extension *e,
                                 const mtlsgen_key_ids *ids, mtls_error *error) {
    mtls_status status = MTLS_OK;
    mtlsgen_der_node *node = add_sequence(tree, value);
    if (e->u.authority.has_key_id) {
        mtlsgen_der_add_bytes(tree, node, MTLSGEN_DER_CONTEXT | 0, "keyIdentifier",
                              e->u.authority.key_id.len > 0 ? e->u.authority.key_id : ids->issuing);
    }
    if (e->u.authority.issuers.num_items > 0) {
        mtlsgen_der_node *issuers =
            mtlsgen_der_add(tree, node, MTLSGEN_DER_CONTEXT_CONSTRUCTED | 1, "authorityCertIssuer");
        status = mtlsgen_general_names_add(tree, issuers, &e->u.authority.issuers, error);
    }
    if (e->u.authority.has_serial) {
        mtlsgen_der_add_bytes(tree, node, MTLSGEN_DER_CONTEXT | 2, "authorityCertSerialNumber",
                              e->u.authority.serial);
    }
    return status;
}

/* 4.2.1.10: GeneralSubtrees, minimum 0 left out, maximum absent */
static mtls_status add_subtrees(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, unsigned tag,
                                const char *name, const mtlsgen_general_names *names, mtls_error *error) {
    mtls_status status = MTLS_OK;
    if (names->num_items == 0) {
        return status;
    }
    mtlsgen_der_node *subtrees =
        mtlsgen_der_add(tree, parent, (uint8_t)(MTLSGEN_DER_CONTEXT_CONSTRUCTED | tag), name);
    for (size_t i = 0; i < names->num_items && status == MTLS_OK; i++) {
        status = mtlsgen_general_name_add(tree, add_sequence(tree, subtrees), &names->items[i], error);
    }
    return status;
}

static mtls_status add_name_constraints(mtlsgen_der_tree *tree, mtlsgen_der_node *value,
                                        const mtlsgen_extension *e, mtls_error *error) {
    mtlsgen_der_node *node = add_sequence(tree, value);
    mtls_status status = add_subtrees(tree, node, 0, "permittedSubtrees", &e->u.constraints.permitted, error);
    return status == MTLS_OK
               ? add_subtrees(tree, node, 1, "excludedSubtrees", &e->u.constraints.excluded, error)
               : status;
}

/* 4.2.1.4 */
static mtls_status add_policies(mtlsgen_der_tree *tree, mtlsgen_der_node *value, const mtlsgen_extension *e,
                                mtls_error *error) {
    mtls_status status = MTLS_OK;
    mtlsgen_der_node *list = add_sequence(tree, value);
    for (size_t i = 0; i < e->u.policies.num_items && status == MTLS_OK; i++) {
        const mtlsgen_policy *policy = &e->u.policies.items[i];
        mtlsgen_der_node *information = add_sequence(tree, list);
        status = mtlsgen_oid_add(tree, information, "policyIdentifier",
                                 oid_of_word(policy_words, COUNT(policy_words), policy->oid), error);
        if (status == MTLS_OK && policy->cps != NULL) {
            mtlsgen_der_node *qualifiers =
                mtlsgen_der_add(tree, information, MTLSGEN_DER_SEQUENCE, "policyQualifiers");
            mtlsgen_der_node *qualifier = add_sequence(tree, qualifiers);
            status = mtlsgen_oid_add(tree, qualifier, NULL, OID_CPS, error);
            mtlsgen_der_add_bytes(tree, qualifier, MTLSGEN_DER_IA5_STRING, NULL,
                                  mtls_view_of_text(policy->cps));
        }
    }
    return status;
}

/* 4.2.1.5 */
static mtls_status add_mappings(mtlsgen_der_tree *tree, mtlsgen_der_node *value, const mtlsgen_extension *e,
                                mtls_error *error) {
    mtls_status status = MTLS_OK;
    mtlsgen_der_node *list = add_sequence(tree, value);
    for (size_t i = 0; i < e->u.mappings.num_items && status == MTLS_OK; i++) {
        const mtlsgen_policy_mapping *mapping = &e->u.mappings.items[i];
        mtlsgen_der_node *pair = add_sequence(tree, list);
        const char *issuer = oid_of_word(policy_words, COUNT(policy_words), mapping->issuer_domain);
        const char *subject = oid_of_word(policy_words, COUNT(policy_words), mapping->subject_domain);
        status = mtlsgen_oid_add(tree, pair, "issuerDomainPolicy", issuer, error);
        if (status == MTLS_OK) {
            status = mtlsgen_oid_add(tree, pair, "subjectDomainPolicy", subject, error);
        }
    }
    return status;
}

/* 4.2.1.11 */
static void add_policy_constraints(mtlsgen_der_tree *tree, mtlsgen_der_node *value,
                                   const mtlsgen_extension *e) {
    mtlsgen_der_node *node = add_sequence(tree, value);
    if (e->u.policy_constraints.has_require_explicit) {
        mtlsgen_der_add_integer(tree, node, MTLSGEN_DER_CONTEXT | 0, "requireExplicitPolicy",
                                e->u.policy_constraints.require_explicit);
    }
    if (e->u.policy_constraints.has_inhibit_mapping) {
        mtlsgen_der_add_integer(tree, node, MTLSGEN_DER_CONTEXT | 1, "inhibitPolicyMapping",
                                e->u.policy_constraints.inhibit_mapping);
    }
}

/* 4.2.2.1, 4.2.2.2 */
static mtls_status add_access(mtlsgen_der_tree *tree, mtlsgen_der_node *value, const mtlsgen_extension *e,
                              mtls_error *error) {
    mtls_status status = MTLS_OK;
    mtlsgen_der_node *list = add_sequence(tree, value);
    for (size_t i = 0; i < e->u.access.num_items && status == MTLS_OK; i++) {
        const mtlsgen_access *access = &e->u.access.items[i];
        mtlsgen_der_node *description = add_sequence(tree, list);
        status = mtlsgen_oid_add(tree, description, "accessMethod",
                                 oid_of_word(access_methods, COUNT(access_methods), access->method), error);
        mtlsgen_uri_add(tree, description, access->uri);
    }
    return status;
}

/* 4.2.1.13: DistributionPointName is a CHOICE, so its tag is explicit; fullName is [0] in it */
static void add_distribution_points(mtlsgen_der_tree *tree, mtlsgen_der_node *value,
                                    const mtlsgen_extension *e) {
    mtlsgen_der_node *list = add_sequence(tree, value);
    for (size_t i = 0; i < e->u.uris.num_items; i++) {
        mtlsgen_der_node *point = add_sequence(tree, list);
        mtlsgen_der_node *name =
            mtlsgen_der_add(tree, point, MTLSGEN_DER_CONTEXT_CONSTRUCTED | 0, "distributionPoint");
        mtlsgen_der_node *full = mtlsgen_der_add(tree, name, MTLSGEN_DER_CONTEXT_CONSTRUCTED | 0, "fullName");
        mtlsgen_uri_add(tree, full, e->u.uris.items[i]);
    }
}

mtls_status mtlsgen_extension_value_add(mtlsgen_der_tree *tree, mtlsgen_der_node *value,
                                        const mtlsgen_extension *e, const mtlsgen_key_ids *ids,
                                        mtls_error *error) {
    switch (e->kind) {
    case MTLSGEN_EXT_BASIC_CONSTRAINTS:
        add_basic_constraints(tree, value, e);
        break;
    case MTLSGEN_EXT_KEY_USAGE:
        return add_key_usage(tree, value, e->u.key_usage);
    case MTLSGEN_EXT_EXT_KEY_USAGE:
        return add_purposes(tree, value, e, error);
    case MTLSGEN_EXT_SUBJECT_KEY_IDENTIFIER:
        mtlsgen_der_add_bytes(tree, value, MTLSGEN_DER_OCTET_STRING, NULL,
                              e->u.key_id.len > 0 ? e->u.key_id : ids->own);
        break;
    case MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER:
        return add_authority(tree, value, e, ids, error);
    case MTLSGEN_EXT_SUBJECT_ALT_NAME:
    case MTLSGEN_EXT_ISSUER_ALT_NAME:
        return mtlsgen_general_names_add(tree, add_sequence(tree, value), &e->u.names, error);
    case MTLSGEN_EXT_NAME_CONSTRAINTS:
        return add_name_constraints(tree, value, e, error);
    case MTLSGEN_EXT_CERTIFICATE_POLICIES:
        return add_policies(tree, value, e, error);
    case MTLSGEN_EXT_POLICY_MAPPINGS:
        return add_mappings(tree, value, e, error);
    case MTLSGEN_EXT_POLICY_CONSTRAINTS:
        add_policy_constraints(tree, value, e);
        break;
    case MTLSGEN_EXT_INHIBIT_ANY_POLICY:
        mtlsgen_der_add_integer(tree, value, MTLSGEN_DER_INTEGER, NULL, e->u.skip_certs);
        break;
    case MTLSGEN_EXT_AUTHORITY_INFO_ACCESS:
    case MTLSGEN_EXT_SUBJECT_INFO_ACCESS:
        return add_access(tree, value, e, error);
    case MTLSGEN_EXT_CRL_DISTRIBUTION_POINTS:
    case MTLSGEN_EXT_FRESHEST_CRL:
        add_distribution_points(tree, value, e);
        break;
    case MTLSGEN_EXT_SUBJECT_DIRECTORY_ATTRIBUTES:
        mtlsgen_der_add_encoded(tree, value, NULL, e->u.attributes);
        break;
    case MTLSGEN_EXT_RAW:
    case MTLSGEN_NUM_EXTENSIONS:
        return mtls_fail(MTLS_ERR_USAGE, error, "an extension of no known kind");
    }
    return MTLS_OK;
}
