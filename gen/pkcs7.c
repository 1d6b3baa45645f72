#include "gen/pkcs7.h"

#include "gen/der_write.h"
#include "gen/maker_state.h"

#define LITERAL(bytes) ((mtls_view){(const uint8_t *)(bytes), sizeof(bytes) - 1})

/* RFC 2315 14 */
#define OID_DATA LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define OID_SIGNED_DATA LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")

static void add_all(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, unsigned tag, const mtls_view *elements,
                    size_t num_elements) {
    if (num_elements == 0) {
        return;
    }
    mtlsgen_der_node *set =
        mtlsgen_der_add(tree, parent, (uint8_t)(MTLSGEN_DER_CONTEXT_CONSTRUCTED | tag), NULL);
    for (size_t i = 0; i < num_elements; i++) {
        mtlsgen_der_add_encoded(tree, set, NULL, elements[i]);
    }
}

mtls_status mtlsgen_pkcs7_make(mtlsgen_maker *maker, const mtls_view *certificates, size_t num_certificates,
                               const mtls_view *crls, size_t num_crls, mtlsgen_arena *arena,
                               mtls_view *out_der, mtls_error *error) {
    mtlsgen_arena_reset(&maker->scratch);
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &maker->scratch);
    mtlsgen_der_node *info = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, info, MTLSGEN_DER_OID, NULL, OID_SIGNED_DATA);
    mtlsgen_der_node *data =
        mtlsgen_der_add(&tree, mtlsgen_der_add_explicit(&tree, info, 0), MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_integer(&tree, data, MTLSGEN_DER_INTEGER, NULL, 1);
    mtlsgen_der_add(&tree, data, MTLSGEN_DER_SET, NULL); /* digestAlgorithms: none */
    mtlsgen_der_node *content = mtlsgen_der_add(&tree, data, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, content, MTLSGEN_DER_OID, NULL, OID_DATA);
    add_all(&tree, data, 0, certificates, num_certificates);
    add_all(&tree, data, 1, crls, num_crls);
    mtlsgen_der_add(&tree, data, MTLSGEN_DER_SET, NULL); /* signerInfos: none */
    mtls_status status = mtlsgen_der_encode(&tree, info, arena, out_der);
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s", mtls_status_text(status));
}
