#include "gen/spki.h"

#include "gen/der_write.h"

#define LITERAL(bytes) ((mtls_view){(const uint8_t *)(bytes), sizeof(bytes) - 1})

#define OID_EC_PUBLIC_KEY LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")          /* RFC 5480 2.1.1 */
#define OID_RSA_ENCRYPTION LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") /* RFC 3279 2.3.1 */
#define OID_ED25519 LITERAL("\x2b\x65\x70")                                /* RFC 8410 3 */
#define OID_ED448 LITERAL("\x2b\x65\x71")

static void add_algorithm(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_key *key) {
    mtlsgen_der_node *id = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
    switch (key->kind) {
    case MTLSGEN_KIND_EC:
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, NULL, OID_EC_PUBLIC_KEY);
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, NULL,
                              (mtls_view){key->curve->oid, key->curve->oid_len});
        break;
    case MTLSGEN_KIND_ED: /* RFC 8410 3: the parameters MUST be absent */
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, NULL,
                              key->algorithm == MTLSGEN_KEY_ED25519 ? OID_ED25519 : OID_ED448);
        break;
    case MTLSGEN_KIND_RSA: /* RFC 3279 2.3.1: the parameters MUST be NULL */
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, NULL, OID_RSA_ENCRYPTION);
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_NULL, NULL, (mtls_view){0});
        break;
    }
}

mtls_status mtlsgen_spki_make(mtlsgen_key *key) {
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &key->arena);
    mtlsgen_der_node *info = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    add_algorithm(&tree, info, key);
    mtlsgen_der_add_bits(&tree, info, NULL, key->public_bits);
    mtls_status status = mtlsgen_der_encode(&tree, info, &key->arena, &key->spki);
    if (status == MTLS_OK) {
        status = mtlsgen_der_encode(&tree, info->first_child, &key->arena, &key->algorithm_id);
    }
    if (status == MTLS_OK) {
        status = mtlsgen_der_encode(&tree, info->last_child, &key->arena, &key->public_key);
    }
    return status;
}
