/* Certificate policies and their constraints. */
#include "gen/read_extension.h"

/* certificatePolicies, policyMappings, policyConstraints, inhibitAnyPolicy
 * (4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14) */
static mtls_status read_policy_oid(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_is_word(node, "any") ? mtlsgen_read_text(reader, node, into)
                                        : mtlsgen_read_oid(reader, node, into);
}

static mtls_status read_policy_list(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"oid", read_policy_oid,   offsetof(mtlsgen_policy, oid)},
        {"cps", mtlsgen_read_text, offsetof(mtlsgen_policy, cps)},
    };
    mtlsgen_extension *extension = into;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "policies", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_policy *policies = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *policies);
    if (policies == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        if (mtlsgen_is_scalar(items[i])) {
            status = read_policy_oid(reader, items[i], &policies[i].oid);
            continue;
        }
        status = mtlsgen_read_mapping(reader, items[i], "a policy", keys, NUM_ROWS(keys), &policies[i]);
        if (status == MTLS_OK && policies[i].oid == NULL) {
            return mtlsgen_reader_fail(reader, items[i], "a policy has an `oid`");
        }
    }
    extension->u.policies.items = policies;
    extension->u.policies.num_items = num_items;
    return status;
}

mtls_status mtlsgen_read_policies(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"policies", read_policy_list, 0},
        CRITICAL
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_CERTIFICATE_POLICIES, "policies", keys,
                                  NUM_ROWS(keys), true);
}

static mtls_status read_mapping_list(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"issuer",  read_policy_oid, offsetof(mtlsgen_policy_mapping, issuer_domain) },
        {"subject", read_policy_oid, offsetof(mtlsgen_policy_mapping, subject_domain)},
    };
    mtlsgen_extension *extension = into;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "policy mappings", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_policy_mapping *mappings = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *mappings);
    if (mappings == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status =
            mtlsgen_read_mapping(reader, items[i], "a policy mapping", keys, NUM_ROWS(keys), &mappings[i]);
        if (status == MTLS_OK && (mappings[i].issuer_domain == NULL || mappings[i].subject_domain == NULL)) {
            return mtlsgen_reader_fail(reader, items[i], "a policy mapping is {issuer: OID, subject: OID}");
        }
    }
    extension->u.mappings.items = mappings;
    extension->u.mappings.num_items = num_items;
    return status;
}

mtls_status mtlsgen_read_policy_mappings(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"mappings", read_mapping_list, 0},
        CRITICAL
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_POLICY_MAPPINGS, "policy-mappings", keys,
                                  NUM_ROWS(keys), true);
}

static mtls_status read_skip(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    int64_t skip = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, INT32_MIN, INT32_MAX, &skip);
    *(long *)into = (long)skip;
    return status;
}

static mtls_status read_require_explicit(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    extension->u.policy_constraints.has_require_explicit = true;
    return read_skip(reader, node, &extension->u.policy_constraints.require_explicit);
}

static mtls_status read_inhibit_mapping(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    extension->u.policy_constraints.has_inhibit_mapping = true;
    return read_skip(reader, node, &extension->u.policy_constraints.inhibit_mapping);
}

mtls_status mtlsgen_read_policy_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"require-explicit", read_require_explicit, 0},
        {"inhibit-mapping",  read_inhibit_mapping,  0},
        CRITICAL,
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_POLICY_CONSTRAINTS, "policy-constraints",
                                  keys, NUM_ROWS(keys), false);
}

mtls_status mtlsgen_read_inhibit_any_policy(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"skip", read_skip, offsetof(mtlsgen_extension, u.skip_certs)},
        CRITICAL,
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_INHIBIT_ANY_POLICY, "inhibit-any-policy",
                                  keys, NUM_ROWS(keys), true);
}
