/* Alternative names, key identifiers and name constraints. */
#include "gen/read_extension.h"

/* subjectAltName and issuerAltName (4.2.1.6, 4.2.1.7) */
static const mtlsgen_row alt_name_keys[] = {
    {"names", mtlsgen_read_general_names, offsetof(mtlsgen_extension, u.names)},
    CRITICAL,
};

mtls_status mtlsgen_read_san(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_SUBJECT_ALT_NAME, "san", alt_name_keys,
                                  NUM_ROWS(alt_name_keys), true);
}

mtls_status mtlsgen_read_ian(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_ISSUER_ALT_NAME, "ian", alt_name_keys,
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

mtls_status mtlsgen_read_ski(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"key-id", read_key_id, offsetof(mtlsgen_extension, u.key_id)},
        CRITICAL,
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_SUBJECT_KEY_IDENTIFIER, "ski", keys,
                                  NUM_ROWS(keys), true);
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

mtls_status mtlsgen_read_aki(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"key-id", read_aki_key_id, 0},
        {"issuer", read_aki_issuer, 0},
        {"serial", read_aki_serial, 0},
        CRITICAL,
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER, "aki", keys,
                                  NUM_ROWS(keys), true);
}

/* nameConstraints (4.2.1.10) */
mtls_status mtlsgen_read_name_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"permitted", mtlsgen_read_general_names, offsetof(mtlsgen_extension, u.constraints.permitted)},
        {"excluded",  mtlsgen_read_general_names, offsetof(mtlsgen_extension, u.constraints.excluded) },
        CRITICAL,
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_NAME_CONSTRAINTS, "name-constraints", keys,
                                  NUM_ROWS(keys), false);
}
