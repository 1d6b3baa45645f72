#include "gen/private_key_der.h"

#include "gen/der_write.h"
#include "gen/key_material.h"

/* RFC 5915 3. In PKCS#8 the curve stands in the algorithm, and is left out here. */
static void add_ec(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_key *key,
                   bool with_parameters) {
    mtlsgen_der_node *sequence = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_integer(tree, sequence, MTLSGEN_DER_INTEGER, NULL, 1);
    mtlsgen_der_add_bytes(tree, sequence, MTLSGEN_DER_OCTET_STRING, NULL,
                          (mtls_view){key->scalar_bytes, key->curve->scalar_len});
    if (with_parameters) {
        mtlsgen_der_add_bytes(tree, mtlsgen_der_add_explicit(tree, sequence, 0), MTLSGEN_DER_OID, NULL,
                              (mtls_view){key->curve->oid, key->curve->oid_len});
    }
    mtlsgen_der_add_encoded(tree, mtlsgen_der_add_explicit(tree, sequence, 1), NULL, key->public_key);
}

/* RFC 8017 A.1.2 */
static mtls_status add_rsa(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_key *key) {
    mtlsgen_der_node *sequence = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_integer(tree, sequence, MTLSGEN_DER_INTEGER, NULL, 0);
    for (size_t i = 0; i < MTLSGEN_NUM_RSA_NUMBERS; i++) {
        mtls_view bytes;
        mtls_status status = mtlsgen_bn_bytes(key->rsa[i], tree->arena, &bytes);
        if (status != MTLS_OK) {
            return status;
        }
        mtlsgen_der_add_unsigned(tree, sequence, NULL, bytes);
    }
    return MTLS_OK;
}

static mtls_status add_key(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_key *key) {
    switch (key->kind) {
    case MTLSGEN_KIND_EC:
        add_ec(tree, parent, key, false);
        break;
    case MTLSGEN_KIND_ED: /* RFC 8410 7: CurvePrivateKey ::= OCTET STRING */
        mtlsgen_der_add_bytes(tree, parent, MTLSGEN_DER_OCTET_STRING, NULL,
                              (mtls_view){key->ed_bytes, key->public_bits.len});
        break;
    case MTLSGEN_KIND_RSA:
        return add_rsa(tree, parent, key);
    }
    return MTLS_OK;
}

mtls_status mtlsgen_private_key_info(const mtlsgen_key *key, mtlsgen_arena *arena, mtls_view *out_der) {
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, arena);
    mtlsgen_der_node *info = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_integer(&tree, info, MTLSGEN_DER_INTEGER, NULL, 0);
    mtlsgen_der_add_encoded(&tree, info, NULL, key->algorithm_id);
    mtlsgen_der_node *octets = mtlsgen_der_add(&tree, info, MTLSGEN_DER_OCTET_STRING, NULL);
    mtls_status status = add_key(&tree, octets, key);
    return status == MTLS_OK ? mtlsgen_der_encode(&tree, info, arena, out_der) : status;
}

mtls_status mtlsgen_private_key_traditional(const mtlsgen_key *key, mtlsgen_arena *arena,
                                            mtls_view *out_der) {
    mtlsgen_der_tree tree;
    mtls_status status = MTLS_OK;
    mtlsgen_der_tree_init(&tree, arena);
    if (key->kind == MTLSGEN_KIND_ED) {
        return MTLS_ERR_USAGE;
    }
    if (key->kind == MTLSGEN_KIND_EC) {
        add_ec(&tree, &tree.document, key, true);
    } else {
        status = add_rsa(&tree, &tree.document, key);
    }
    return status == MTLS_OK ? mtlsgen_der_encode(&tree, &tree.document, arena, out_der) : status;
}
