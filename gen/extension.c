#include "gen/extension.h"

#include <string.h>

#include "gen/extension_add.h"
#include "gen/extension_value.h"
#include "gen/general_name.h"

static const struct {
    const char *name;
    bool critical;
    const char *oid;
    size_t oid_len;
} infos[MTLSGEN_NUM_EXTENSIONS] = {
#define EXTENSION(id, name, critical, oid) [MTLSGEN_EXT_##id] = {name, critical, oid, sizeof(oid) - 1},
#include "gen/extension.def"
};

const char *mtlsgen_extension_name(mtlsgen_extension_kind kind) {
    return infos[kind].name;
}

/* is_critical: RFC 5280 wants basicConstraints critical in a CA's certificate only (4.2.1.9). */
static bool is_critical(const mtlsgen_extension *extension) {
    if (extension->critical != MTLSGEN_CRITICAL_DEFAULT) {
        return extension->critical == MTLSGEN_CRITICAL_YES;
    }
    if (extension->kind == MTLSGEN_EXT_BASIC_CONSTRAINTS && !extension->u.basic_constraints.ca) {
        return false;
    }
    return infos[extension->kind].critical;
}

static mtls_status add_copy(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                            mtls_error *error) {
    for (const mtlsgen_der_node *child = parent->first_child; child != NULL; child = child->next) {
        if (child->name != NULL && strcmp(child->name, name) == 0) {
            mtlsgen_der_node *copy = mtlsgen_der_copy(tree, child);
            if (tree->status == MTLS_OK) {
                mtlsgen_der_insert(parent, parent->last_child, copy);
            }
            return MTLS_OK;
        }
    }
    return mtls_fail(MTLS_ERR_USAGE, error, "cannot copy %s: the certificate has none before it", name);
}

mtls_status mtlsgen_extension_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                  const mtlsgen_extension *extension, const mtlsgen_key_ids *ids,
                                  mtls_error *error) {
    const char *name = infos[extension->kind].name;
    if (extension->copy) {
        return add_copy(tree, parent, name == NULL ? "a raw extension" : name, error);
    }
    mtls_status status = MTLS_OK;
    mtlsgen_der_node *node = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, name);
    if (extension->kind == MTLSGEN_EXT_RAW) {
        status = mtlsgen_oid_add(tree, node, "extnID", extension->u.raw.oid, error);
    } else {
        mtlsgen_der_add_bytes(
            tree, node, MTLSGEN_DER_OID, "extnID",
            (mtls_view){(const uint8_t *)infos[extension->kind].oid, infos[extension->kind].oid_len});
    }
    if (is_critical(extension)) { /* DEFAULT FALSE, which DER leaves out (X.690 11.5) */
        mtlsgen_der_add_boolean(tree, node, MTLSGEN_DER_BOOLEAN, "critical", true);
    }
    if (status == MTLS_OK && extension->kind == MTLSGEN_EXT_RAW) {
        mtlsgen_der_add_bytes(tree, node, MTLSGEN_DER_OCTET_STRING, "value", extension->u.raw.value);
    } else if (status == MTLS_OK) {
        mtlsgen_der_node *value = mtlsgen_der_add(tree, node, MTLSGEN_DER_OCTET_STRING, "value");
        status = mtlsgen_extension_value_add(tree, value, extension, ids, error);
    }
    return status;
}
