#include "gen/name.h"

#include <string.h>

#include "gen/attribute.h"

mtls_status mtlsgen_name_default(const char *label, mtlsgen_arena *arena, mtlsgen_name *out) {
    mtlsgen_attribute *attributes = mtlsgen_arena_zalloc(arena, 2, sizeof *attributes);
    mtlsgen_rdn *rdns = mtlsgen_arena_zalloc(arena, 2, sizeof *rdns);
    char *common_name = mtlsgen_arena_text(arena, label);
    if (attributes == NULL || rdns == NULL || common_name == NULL) {
        return MTLS_ERR_NOMEM;
    }
    attributes[0] = (mtlsgen_attribute){.type = "O", .value = mtls_view_of_text(MTLSGEN_DEFAULT_O)};
    attributes[1] = (mtlsgen_attribute){.type = "CN", .value = mtls_view_of_text(common_name)};
    rdns[0] = (mtlsgen_rdn){&attributes[0], 1};
    rdns[1] = (mtlsgen_rdn){&attributes[1], 1};
    *out = (mtlsgen_name){.rdns = rdns, .num_rdns = 2};
    return MTLS_OK;
}

static mtls_status rdn_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_rdn *rdn,
                           mtls_error *error) {
    const mtlsgen_attribute *single = rdn->attributes, **sorted = &single;
    mtls_status status =
        rdn->num_attributes == 1 ? MTLS_OK : mtlsgen_rdn_sort(rdn, tree->arena, &sorted, error);
    mtlsgen_der_node *set = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SET, NULL);
    for (size_t i = 0; i < rdn->num_attributes && status == MTLS_OK; i++) {
        status = mtlsgen_attribute_add(tree, set, sorted[i], error);
    }
    return status;
}

mtls_status mtlsgen_name_encode(const mtlsgen_name *name, mtlsgen_arena *arena, mtls_view *out_der,
                                mtls_error *error) {
    if (name->der.len > 0) {
        return mtlsgen_arena_copy(arena, name->der, out_der)
                   ? MTLS_OK
                   : mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    if (name->num_rdns > MTLSGEN_NAME_RDNS_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "a name has at most %d RDNs, not %zu", MTLSGEN_NAME_RDNS_MAX,
                         name->num_rdns);
    }
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, arena);
    mtlsgen_der_node *sequence = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < name->num_rdns && status == MTLS_OK; i++) {
        status = rdn_add(&tree, sequence, &name->rdns[i], error);
    }
    if (status == MTLS_OK && (status = mtlsgen_der_encode(&tree, sequence, arena, out_der)) != MTLS_OK) {
        return mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    return status;
}
