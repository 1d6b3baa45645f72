/* Where to find what belongs to a certificate: access descriptions and distribution points. */
#include <string.h>

#include "gen/read_extension.h"

/* authorityInfoAccess and subjectInfoAccess (4.2.2.1, 4.2.2.2): {METHOD: URI or list of URIs, critical:
 * bool}. */
static mtls_status read_access(mtlsgen_reader *reader, const yaml_node_t *node, void *into,
                               mtlsgen_extension_kind kind, const char *const *methods, size_t num_methods,
                               const char *what) {
    mtlsgen_extension *extension = NULL;
    mtlsgen_entry *entries;
    size_t num_entries, num_accesses = 0, len = 0;
    mtls_status status = mtlsgen_extension_list_add(reader, into, kind, &extension);
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
            status = mtlsgen_read_critical(reader, entries[i].value, &extension->critical);
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

mtls_status mtlsgen_read_aia(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const char *const methods[] = {"ocsp", "ca-issuers"};
    return read_access(reader, node, into, MTLSGEN_EXT_AUTHORITY_INFO_ACCESS, methods, NUM_ROWS(methods),
                       "an `aia` such as {ocsp: URI}");
}

mtls_status mtlsgen_read_sia(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
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

mtls_status mtlsgen_read_distribution_points(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_CRL_DISTRIBUTION_POINTS,
                                  "crl-distribution-points", uri_keys, NUM_ROWS(uri_keys), true);
}

mtls_status mtlsgen_read_freshest_crl(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_FRESHEST_CRL, "freshest-crl", uri_keys,
                                  NUM_ROWS(uri_keys), true);
}
