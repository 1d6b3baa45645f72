#include <string.h>

#include "gen/scenario_read.h"

enum { EXTENSION_SIZE_MAX = 16 * 1024 * 1024 };

static mtls_status extension_add(mtlsgen_reader *reader, void *into, mtlsgen_extension_kind kind,
                                 mtlsgen_extension **out) {
    mtlsgen_extension_list *list = into;
    if (list->num_items == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        mtlsgen_extension *items = mtlsgen_arena_zalloc(reader->arena, capacity, sizeof *items);
        if (items == NULL) {
            return mtlsgen_reader_memory(reader);
        }
        if (list->num_items > 0) {
            memcpy(items, list->items, list->num_items * sizeof *items);
        }
        list->items = items;
        list->capacity = capacity;
    }
    *out = &list->items[list->num_items++];
    (*out)->kind = kind;
    return MTLS_OK;
}

static mtls_status read_critical(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    bool critical = false;
    const mtls_status status = mtlsgen_read_bool(reader, node, &critical);
    *(mtlsgen_critical *)into = critical ? MTLSGEN_CRITICAL_YES : MTLSGEN_CRITICAL_NO;
    return status;
}

#define CRITICAL                                                                                             \
    { "critical", read_critical, offsetof(mtlsgen_extension, critical) }

/* Most extensions are `absent`, a list, or a mapping with the list under one key and `critical`. */
static mtls_status read_one(mtlsgen_reader *reader, const yaml_node_t *node, void *into,
                            mtlsgen_extension_kind kind, const char *what, const mtlsgen_row *keys,
                            size_t num_keys, bool bare_value) {
    mtlsgen_extension *extension = NULL;
    mtls_status status = extension_add(reader, into, kind, &extension);
    if (status != MTLS_OK) {
        return status;
    }
    if (mtlsgen_is_word(node, "absent")) {
        extension->absent = true;
        return MTLS_OK;
    }
    if (bare_value && !mtlsgen_is_mapping(node)) {
        return keys[0].read(reader, node, (char *)extension + keys[0].offset);
    }
    return mtlsgen_read_mapping(reader, node, what, keys, num_keys, extension);
}

/* basicConstraints (RFC 5280 4.2.1.9) */
static mtls_status read_path_len(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    int64_t path_len = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, INT32_MIN, INT32_MAX, &path_len);
    extension->u.basic_constraints.has_path_len = true;
    extension->u.basic_constraints.path_len = (long)path_len;
    return status;
}

static mtls_status read_basic_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"ca", mtlsgen_read_bool, offsetof(mtlsgen_extension, u.basic_constraints.ca)},
        {"path-len",    read_path_len,            0                     },
        CRITICAL,
    };
    mtlsgen_extension_list *list = into;
    const size_t at = list->num_items;
    const mtls_status status = read_one(reader, node, into, MTLSGEN_EXT_BASIC_CONSTRAINTS,
                                        "basic-constraints", keys, NUM_ROWS(keys), false);
    if (status == MTLS_OK && mtlsgen_is_mapping(node) && mtlsgen_find(reader, node, "ca") == NULL) {
        list->items[at].u.basic_constraints.ca = list->ca;
    }
    return status;
}

static mtls_status read_short_path_len(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension_list *list = into;
    int64_t path_len = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, INT32_MIN, INT32_MAX, &path_len);
    list->path_len = (long)path_len;
    list->path_len_at = node;
    return status;
}

/* keyUsage (4.2.1.3) */
static mtls_status read_bits(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "key usages", &items, &num_items);
    mtlsgen_word words[16];
    for (size_t i = 0; i < mtlsgen_num_key_usage_words && i < NUM_ROWS(words); i++) {
        words[i] = (mtlsgen_word){mtlsgen_key_usage_words[i], 1 << i};
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        int bit = 0;
        status = mtlsgen_read_word(reader, items[i], "a key usage", words, mtlsgen_num_key_usage_words, &bit);
        *(unsigned *)into |= (unsigned)bit;
    }
    return status;
}

static mtls_status read_key_usage(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"bits", read_bits, offsetof(mtlsgen_extension, u.key_usage)},
        CRITICAL,
    };
    return read_one(reader, node, into, MTLSGEN_EXT_KEY_USAGE, "key-usage", keys, NUM_ROWS(keys), true);
}

/* extKeyUsage (4.2.1.12) */
static mtls_status read_purposes(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "purposes", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    const char **purposes = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *purposes);
    if (purposes == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        char *word = NULL;
        bool known = false;
        status = mtlsgen_read_text(reader, items[i], &word);
        for (size_t j = 0; status == MTLS_OK && j < mtlsgen_num_purpose_words; j++) {
            known |= strcmp(mtlsgen_purpose_words[j], word) == 0;
        }
        if (status == MTLS_OK && !known) {
            status = strspn(word, "0123456789.") == strlen(word)
                         ? mtlsgen_read_oid(reader, items[i], &word)
                         : mtlsgen_reader_unknown(reader, items[i], "a purpose or a dotted OID",
                                                  mtlsgen_purpose_words, mtlsgen_num_purpose_words);
        }
        purposes[i] = word;
    }
    extension->u.purposes.items = purposes;
    extension->u.purposes.num_items = num_items;
    return status;
}

static mtls_status read_eku(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"purposes", read_purposes, 0},
        CRITICAL
    };
    return read_one(reader, node, into, MTLSGEN_EXT_EXT_KEY_USAGE, "eku", keys, NUM_ROWS(keys), true);
}

/* subjectAltName and issuerAltName (4.2.1.6, 4.2.1.7) */
static const mtlsgen_row alt_name_keys[] = {
    {"names", mtlsgen_read_general_names, offsetof(mtlsgen_extension, u.names)},
    CRITICAL,
};

static mtls_status read_san(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return read_one(reader, node, into, MTLSGEN_EXT_SUBJECT_ALT_NAME, "san", alt_name_keys,
                    NUM_ROWS(alt_name_keys), true);
}

static mtls_status read_ian(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return read_one(reader, node, into, MTLSGEN_EXT_ISSUER_ALT_NAME, "ian", alt_name_keys,
                    NUM_ROWS(alt_name_keys), true);
}

/* subjectKeyIdentifier and authorityKeyIdentifier (4.2.1.2, 4.2.1.1). The empty identifier is the key's own.
 */
static mtls_status read_key_id(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    if (mtlsgen_is_word(node, "auto")) {
        *(mtls_view *)into = (mtls_view){NULL, 0};
        return MTLS_OK;
    }
    const mtls_status status = mtlsgen_read_hex(reader, node, into);
    if (status == MTLS_OK && ((mtls_view *)into)->len == 0) {
        return mtlsgen_reader_fail(
            reader, node, "an empty key identifier; write such an extension as a raw one in `extensions`");
    }
    return status;
}

static mtls_status read_ski(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"key-id", read_key_id, offsetof(mtlsgen_extension, u.key_id)},
        CRITICAL,
    };
    return read_one(reader, node, into, MTLSGEN_EXT_SUBJECT_KEY_IDENTIFIER, "ski", keys, NUM_ROWS(keys),
                    true);
}

static mtls_status read_aki_key_id(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    extension->u.authority.has_key_id = true;
    return read_key_id(reader, node, &extension->u.authority.key_id);
}

/* authorityCertIssuer: a name, which becomes the one directoryName, or a list of names as in `san`. */
static mtls_status read_aki_issuer(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    if (mtlsgen_is_list(node)) {
        return mtlsgen_read_general_names(reader, node, &extension->u.authority.issuers);
    }
    mtlsgen_general_name *name = mtlsgen_arena_zalloc(reader->arena, 1, sizeof *name);
    if (name == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    name->kind = MTLSGEN_NAME_DN;
    extension->u.authority.issuers = (mtlsgen_general_names){name, 1};
    return mtlsgen_read_name(reader, node, &name->name);
}

static mtls_status read_aki_serial(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    extension->u.authority.has_serial = true;
    return mtlsgen_read_serial(reader, node, &extension->u.authority.serial);
}

static mtls_status read_aki(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"key-id", read_aki_key_id, 0},
        {"issuer", read_aki_issuer, 0},
        {"serial", read_aki_serial, 0},
        CRITICAL,
    };
    return read_one(reader, node, into, MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER, "aki", keys, NUM_ROWS(keys),
                    true);
}

/* nameConstraints (4.2.1.10) */
static mtls_status read_name_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"permitted", mtlsgen_read_general_names, offsetof(mtlsgen_extension, u.constraints.permitted)},
        {"excluded",  mtlsgen_read_general_names, offsetof(mtlsgen_extension, u.constraints.excluded) },
        CRITICAL,
    };
    return read_one(reader, node, into, MTLSGEN_EXT_NAME_CONSTRAINTS, "name-constraints", keys,
                    NUM_ROWS(keys), false);
}

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

static mtls_status read_policies(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"policies", read_policy_list, 0},
        CRITICAL
    };
    return read_one(reader, node, into, MTLSGEN_EXT_CERTIFICATE_POLICIES, "policies", keys, NUM_ROWS(keys),
                    true);
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

static mtls_status read_policy_mappings(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"mappings", read_mapping_list, 0},
        CRITICAL
    };
    return read_one(reader, node, into, MTLSGEN_EXT_POLICY_MAPPINGS, "policy-mappings", keys, NUM_ROWS(keys),
                    true);
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

static mtls_status read_policy_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"require-explicit", read_require_explicit, 0},
        {"inhibit-mapping",  read_inhibit_mapping,  0},
        CRITICAL,
    };
    return read_one(reader, node, into, MTLSGEN_EXT_POLICY_CONSTRAINTS, "policy-constraints", keys,
                    NUM_ROWS(keys), false);
}

static mtls_status read_inhibit_any_policy(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"skip", read_skip, offsetof(mtlsgen_extension, u.skip_certs)},
        CRITICAL,
    };
    return read_one(reader, node, into, MTLSGEN_EXT_INHIBIT_ANY_POLICY, "inhibit-any-policy", keys,
                    NUM_ROWS(keys), true);
}

/* authorityInfoAccess and subjectInfoAccess (4.2.2.1, 4.2.2.2): {METHOD: URI or list of URIs, critical:
 * bool}. */
static mtls_status read_access(mtlsgen_reader *reader, const yaml_node_t *node, void *into,
                               mtlsgen_extension_kind kind, const char *const *methods, size_t num_methods,
                               const char *what) {
    mtlsgen_extension *extension = NULL;
    mtlsgen_entry *entries;
    size_t num_entries, num_accesses = 0, len = 0;
    mtls_status status = extension_add(reader, into, kind, &extension);
    if (status != MTLS_OK) {
        return status;
    }
    if (mtlsgen_is_word(node, "absent")) {
        extension->absent = true;
        return MTLS_OK;
    }
    if ((status = mtlsgen_read_entries(reader, node, what, &entries, &num_entries)) != MTLS_OK) {
        return status;
    }
    for (size_t i = 0; i < num_entries; i++) {
        const yaml_node_t *value = entries[i].value;
        num_accesses += mtlsgen_is_list(value)
                            ? (size_t)(value->data.sequence.items.top - value->data.sequence.items.start)
                            : 1;
    }
    mtlsgen_access *accesses = mtlsgen_arena_zalloc(reader->arena, num_accesses + 1, sizeof *accesses);
    if (accesses == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_entries; i++) {
        if (strcmp(entries[i].name, "critical") == 0) {
            status = read_critical(reader, entries[i].value, &extension->critical);
            continue;
        }
        bool known = strspn(entries[i].name, "0123456789.") == strlen(entries[i].name);
        for (size_t j = 0; j < num_methods; j++) {
            known |= strcmp(methods[j], entries[i].name) == 0;
        }
        if (!known) {
            return mtlsgen_reader_unknown(reader, entries[i].key, "an access method or a dotted OID", methods,
                                          num_methods);
        }
        if (mtlsgen_is_scalar(entries[i].value)) {
            char *uri = NULL;
            status = mtlsgen_read_text(reader, entries[i].value, &uri);
            accesses[len++] = (mtlsgen_access){entries[i].name, uri};
            continue;
        }
        mtlsgen_texts uris = {0};
        status = mtlsgen_read_texts(reader, entries[i].value, &uris);
        for (size_t j = 0; status == MTLS_OK && j < uris.num_items; j++) {
            accesses[len++] = (mtlsgen_access){entries[i].name, uris.items[j]};
        }
    }
    extension->u.access.items = accesses;
    extension->u.access.num_items = len;
    return status;
}

static mtls_status read_aia(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const char *const methods[] = {"ocsp", "ca-issuers"};
    return read_access(reader, node, into, MTLSGEN_EXT_AUTHORITY_INFO_ACCESS, methods, NUM_ROWS(methods),
                       "an `aia` such as {ocsp: URI}");
}

static mtls_status read_sia(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const char *const methods[] = {"ca-repository", "time-stamping"};
    return read_access(reader, node, into, MTLSGEN_EXT_SUBJECT_INFO_ACCESS, methods, NUM_ROWS(methods),
                       "a `subject-info-access` such as {ca-repository: URI}");
}

/* cRLDistributionPoints and freshestCRL (4.2.1.13, 4.2.1.15) */
static mtls_status read_uris(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    mtlsgen_texts uris = {0};
    const mtls_status status = mtlsgen_read_texts(reader, node, &uris);
    extension->u.uris.items = uris.items;
    extension->u.uris.num_items = uris.num_items;
    return status;
}

static const mtlsgen_row uri_keys[] = {
    {"uris", read_uris, 0},
    CRITICAL
};

static mtls_status read_distribution_points(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return read_one(reader, node, into, MTLSGEN_EXT_CRL_DISTRIBUTION_POINTS, "crl-distribution-points",
                    uri_keys, NUM_ROWS(uri_keys), true);
}

static mtls_status read_freshest_crl(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return read_one(reader, node, into, MTLSGEN_EXT_FRESHEST_CRL, "freshest-crl", uri_keys,
                    NUM_ROWS(uri_keys), true);
}

/* subjectDirectoryAttributes (4.2.1.8) */
static mtls_status read_directory_attributes(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"hex", mtlsgen_read_hex, offsetof(mtlsgen_extension, u.attributes)},
        CRITICAL,
    };
    return read_one(reader, node, into, MTLSGEN_EXT_SUBJECT_DIRECTORY_ATTRIBUTES,
                    "subject-directory-attributes", keys, NUM_ROWS(keys), true);
}

/* Raw extensions, and copies of one that is written already. */
typedef struct {
    mtlsgen_extension extension;
    bool has_hex, has_size;
} raw_extension;

static mtls_status read_raw_hex(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    raw_extension *raw = into;
    raw->has_hex = true;
    return mtlsgen_read_hex(reader, node, &raw->extension.u.raw.value);
}

static mtls_status read_raw_size(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    raw_extension *raw = into;
    int64_t size = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, 0, EXTENSION_SIZE_MAX, &size);
    if (status != MTLS_OK) {
        return status;
    }
    uint8_t *bytes = mtlsgen_arena_alloc(reader->arena, (size_t)size + 1);
    if (bytes == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    memset(bytes, 'a', (size_t)size);
    raw->has_size = true;
    raw->extension.u.raw.value = (mtls_view){bytes, (size_t)size};
    return MTLS_OK;
}

static mtls_status read_raw_copy(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    raw_extension *raw = into;
    mtlsgen_word words[MTLSGEN_NUM_EXTENSIONS];
    size_t num_words = 0;
    int kind = 0;
    for (int i = MTLSGEN_EXT_RAW + 1; i < MTLSGEN_NUM_EXTENSIONS; i++) {
        words[num_words++] = (mtlsgen_word){mtlsgen_extension_name((mtlsgen_extension_kind)i), i};
    }
    const mtls_status status =
        mtlsgen_read_word(reader, node, "an extension's name in RFC 5280", words, num_words, &kind);
    raw->extension.kind = (mtlsgen_extension_kind)kind;
    raw->extension.copy = true;
    return status;
}

static mtls_status read_raw(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"oid",                mtlsgen_read_oid, offsetof(raw_extension, extension.u.raw.oid)},
        {"hex",                    read_raw_hex,                                0                      },
        {"size",                    read_raw_size,                               0},
        {"critical",                    read_critical,                           offsetof(raw_extension,                   extension.critical)},
        {"copy", read_raw_copy,                 0               },
    };
    raw_extension raw = {0};
    mtlsgen_extension *extension = NULL;
    mtls_status status = mtlsgen_read_mapping(reader, node, "an extension", keys, NUM_ROWS(keys), &raw);
    if (status != MTLS_OK) {
        return status;
    }
    if (raw.extension.copy ? raw.extension.u.raw.oid != NULL || raw.has_hex || raw.has_size
                           : raw.extension.u.raw.oid == NULL || raw.has_hex == raw.has_size) {
        return mtlsgen_reader_fail(reader, node,
                                   "an extension is {oid: , hex: }, {oid: , size: } or {copy: NAME}");
    }
    if ((status = extension_add(reader, into, MTLSGEN_EXT_RAW, &extension)) == MTLS_OK) {
        *extension = raw.extension;
    }
    return status;
}

static mtls_status read_extensions(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "extensions", &items, &num_items);
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status = read_raw(reader, items[i], into);
    }
    if (status == MTLS_OK && ((mtlsgen_extension_list *)into)->num_items > MTLSGEN_EXTENSIONS_MAX) {
        return mtlsgen_reader_fail(reader, node, "more than %d extensions", MTLSGEN_EXTENSIONS_MAX);
    }
    return status;
}

/* Rows without an offset: they all add to the one list. */
const mtlsgen_row mtlsgen_extension_keys[] = {
    {"basic-constraints",            read_basic_constraints,    0},
    {"path-len",                     read_short_path_len,       0},
    {"key-usage",                    read_key_usage,            0},
    {"eku",                          read_eku,                  0},
    {"san",                          read_san,                  0},
    {"ian",                          read_ian,                  0},
    {"ski",                          read_ski,                  0},
    {"aki",                          read_aki,                  0},
    {"name-constraints",             read_name_constraints,     0},
    {"policies",                     read_policies,             0},
    {"policy-mappings",              read_policy_mappings,      0},
    {"policy-constraints",           read_policy_constraints,   0},
    {"inhibit-any-policy",           read_inhibit_any_policy,   0},
    {"aia",                          read_aia,                  0},
    {"subject-info-access",          read_sia,                  0},
    {"crl-distribution-points",      read_distribution_points,  0},
    {"freshest-crl",                 read_freshest_crl,         0},
    {"subject-directory-attributes", read_directory_attributes, 0},
    {"extensions",                   read_extensions,           0},
};
const size_t mtlsgen_num_extension_keys = NUM_ROWS(mtlsgen_extension_keys);

/* `path-len` joins the basicConstraints that are there, or makes those of a CA; `aki: auto` names the
 * issuer's key. An AKI given as hex alone is its key identifier. */
mtls_status mtlsgen_extension_list_finish(mtlsgen_reader *reader, mtlsgen_extension_list *list) {
    if (list->path_len_at == NULL) {
        return MTLS_OK;
    }
    mtlsgen_extension *constraints = NULL;
    for (size_t i = 0; i < list->num_items; i++) {
        if (list->items[i].kind == MTLSGEN_EXT_BASIC_CONSTRAINTS && !list->items[i].copy) {
            constraints = &list->items[i];
        }
    }
    if (constraints == NULL && list->ca) {
        const mtls_status status = extension_add(reader, list, MTLSGEN_EXT_BASIC_CONSTRAINTS, &constraints);
        if (status != MTLS_OK) {
            return status;
        }
        constraints->u.basic_constraints.ca = true;
    }
    if (constraints == NULL || constraints->absent || constraints->u.basic_constraints.has_path_len) {
        return mtlsgen_reader_fail(
            reader, list->path_len_at,
            "`path-len` is for a CA; elsewhere write basic-constraints: {path-len: N}");
    }
    constraints->u.basic_constraints.has_path_len = true;
    constraints->u.basic_constraints.path_len = list->path_len;
    return MTLS_OK;
}
