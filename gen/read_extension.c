#include "gen/read_extension.h"

#include <string.h>

enum { EXTENSION_SIZE_MAX = 16 * 1024 * 1024 };

mtls_status mtlsgen_extension_list_add(mtlsgen_reader *reader, void *into, mtlsgen_extension_kind kind,
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

mtls_status mtlsgen_read_critical(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    bool critical = false;
    const mtls_status status = mtlsgen_read_bool(reader, node, &critical);
    *(mtlsgen_critical *)into = critical ? MTLSGEN_CRITICAL_YES : MTLSGEN_CRITICAL_NO;
    return status;
}

mtls_status mtlsgen_read_extension(mtlsgen_reader *reader, const yaml_node_t *node, void *into,
                                   mtlsgen_extension_kind kind, const char *what, const mtlsgen_row *keys,
                                   size_t num_keys, bool bare_value) {
    mtlsgen_extension *extension = NULL;
    mtls_status status = mtlsgen_extension_list_add(reader, into, kind, &extension);
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

/* subjectDirectoryAttributes (4.2.1.8) */
static mtls_status read_directory_attributes(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"hex", mtlsgen_read_hex, offsetof(mtlsgen_extension, u.attributes)},
        CRITICAL,
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_SUBJECT_DIRECTORY_ATTRIBUTES,
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
        {"critical",                    mtlsgen_read_critical,                           offsetof(raw_extension,           extension.critical)},
        {"copy", read_raw_copy,                 0                       },
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
    if ((status = mtlsgen_extension_list_add(reader, into, MTLSGEN_EXT_RAW, &extension)) == MTLS_OK) {
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
    {"basic-constraints",            mtlsgen_read_basic_constraints,   0},
    {"path-len",                     mtlsgen_read_short_path_len,      0},
    {"key-usage",                    mtlsgen_read_key_usage,           0},
    {"eku",                          mtlsgen_read_eku,                 0},
    {"san",                          mtlsgen_read_san,                 0},
    {"ian",                          mtlsgen_read_ian,                 0},
    {"ski",                          mtlsgen_read_ski,                 0},
    {"aki",                          mtlsgen_read_aki,                 0},
    {"name-constraints",             mtlsgen_read_name_constraints,    0},
    {"policies",                     mtlsgen_read_policies,            0},
    {"policy-mappings",              mtlsgen_read_policy_mappings,     0},
    {"policy-constraints",           mtlsgen_read_policy_constraints,  0},
    {"inhibit-any-policy",           mtlsgen_read_inhibit_any_policy,  0},
    {"aia",                          mtlsgen_read_aia,                 0},
    {"subject-info-access",          mtlsgen_read_sia,                 0},
    {"crl-distribution-points",      mtlsgen_read_distribution_points, 0},
    {"freshest-crl",                 mtlsgen_read_freshest_crl,        0},
    {"subject-directory-attributes", read_directory_attributes,        0},
    {"extensions",                   read_extensions,                  0},
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
        const mtls_status status =
            mtlsgen_extension_list_add(reader, list, MTLSGEN_EXT_BASIC_CONSTRAINTS, &constraints);
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
