#include "gen/spki.h"

#include <string.h>

#include "gen/der_write.h"

#define LITERAL(bytes) ((mtls_view){(const uint8_t *)(bytes), sizeof(bytes) - 1})

#define OID_EC_PUBLIC_KEY LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")          /* RFC 5480 2.1.1 */
#define OID_RSA_ENCRYPTION LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") /* RFC 3279 2.3.1 */
#define OID_ED25519 LITERAL("\x2b\x65\x70")                                /* RFC 8410 3 */
#define OID_ED448 LITERAL("\x2b\x65\x71")
#define OID_PRIME_FIELD LITERAL("\x2a\x86\x48\xce\x3d\x01\x01") /* RFC 3279 2.3.5 */

static void add_algorithm(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_key *key,
                          bool explicit_parameters) {
    mtlsgen_der_node *id = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, "algorithm");
    switch (key->kind) {
    case MTLSGEN_KIND_EC:
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, "algorithm", OID_EC_PUBLIC_KEY);
        if (explicit_parameters) {
            mtlsgen_der_add_encoded(tree, id, "parameters", key->explicit_parameters);
        } else {
            mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, "parameters",
                                  (mtls_view){key->curve->oid, key->curve->oid_len});
        }
        break;
    case MTLSGEN_KIND_ED: /* RFC 8410 3: the parameters MUST be absent */
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, "algorithm",
                              key->algorithm == MTLSGEN_KEY_ED25519 ? OID_ED25519 : OID_ED448);
        break;
    case MTLSGEN_KIND_RSA: /* RFC 3279 2.3.1: the parameters MUST be NULL */
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, "algorithm", OID_RSA_ENCRYPTION);
        mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_NULL, "parameters", (mtls_view){0});
        break;
    }
}

/* number_padded gives a field element's bytes, as long as the field. */
static mtls_status number_padded(const BIGNUM *number, size_t len, mtlsgen_arena *arena, mtls_view *out) {
    uint8_t *bytes = mtlsgen_arena_alloc(arena, len);
    if (bytes == NULL) {
        return MTLS_ERR_NOMEM;
    }
    *out = (mtls_view){bytes, len};
    return BN_bn2binpad(number, bytes, (int)len) < 0 ? MTLS_ERR_CRYPTO : MTLS_OK;
}

/* What an ECParameters says of a curve, as bytes. */
typedef struct {
    mtls_view p, a, b, seed, generator, order, cofactor;
} curve_numbers;

static mtls_status curve_numbers_get(const mtlsgen_curve *curve, mtlsgen_arena *arena, curve_numbers *out) {
    mtls_status status = MTLS_ERR_CRYPTO;
    const EC_GROUP *group = curve->group;
    BIGNUM *p = BN_new(), *a = BN_new(), *b = BN_new();
    size_t len = 1 + 2 * curve->field_len;
    uint8_t *generator = mtlsgen_arena_alloc(arena, len);
    if (b != NULL && a != NULL && p != NULL && generator != NULL &&
        EC_GROUP_get_curve(group, p, a, b, NULL) == 1 &&
        EC_POINT_point2oct(group, EC_GROUP_get0_generator(group), POINT_CONVERSION_UNCOMPRESSED, generator,
                           len, NULL) == len &&
        (status = mtlsgen_bn_bytes(p, arena, &out->p)) == MTLS_OK &&
        (status = number_padded(a, curve->field_len, arena, &out->a)) == MTLS_OK &&
        (status = number_padded(b, curve->field_len, arena, &out->b)) == MTLS_OK &&
        (status = mtlsgen_bn_bytes(curve->order, arena, &out->order)) == MTLS_OK) {
        status = mtlsgen_bn_bytes(EC_GROUP_get0_cofactor(group), arena, &out->cofactor);
    }
    out->generator = (mtls_view){generator, len};
    out->seed = (mtls_view){EC_GROUP_get0_seed(group), EC_GROUP_get_seed_len(group)};
    BN_free(p);
    BN_free(a);
    BN_free(b);
    return status;
}

/* RFC 3279 2.3.5 (X9.62): ECParameters, what RFC 5480 2.1.1 forbids and some software still reads. */
static mtls_status explicit_parameters_write(mtlsgen_key *key) {
    curve_numbers numbers = {0};
    mtls_status status = curve_numbers_get(key->curve, &key->arena, &numbers);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &key->arena);
    mtlsgen_der_node *root = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_integer(&tree, root, MTLSGEN_DER_INTEGER, NULL, 1);
    mtlsgen_der_node *field = mtlsgen_der_add(&tree, root, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, field, MTLSGEN_DER_OID, NULL, OID_PRIME_FIELD);
    mtlsgen_der_add_unsigned(&tree, field, NULL, numbers.p);
    mtlsgen_der_node *curve = mtlsgen_der_add(&tree, root, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, curve, MTLSGEN_DER_OCTET_STRING, NULL, numbers.a);
    mtlsgen_der_add_bytes(&tree, curve, MTLSGEN_DER_OCTET_STRING, NULL, numbers.b);
    if (numbers.seed.len > 0) {
        mtlsgen_der_add_bits(&tree, curve, NULL, numbers.seed);
    }
    mtlsgen_der_add_bytes(&tree, root, MTLSGEN_DER_OCTET_STRING, NULL, numbers.generator);
    mtlsgen_der_add_unsigned(&tree, root, NULL, numbers.order);
    mtlsgen_der_add_unsigned(&tree, root, NULL, numbers.cofactor);
    return mtlsgen_der_encode(&tree, root, &key->arena, &key->explicit_parameters);
}

static mtls_status info_write(mtlsgen_key *key, bool explicit_parameters, mtls_view *out_algorithm,
                              mtls_view *out_spki) {
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &key->arena);
    mtlsgen_der_node *info = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    add_algorithm(&tree, info, key, explicit_parameters);
    mtlsgen_der_add_bits(&tree, info, "subjectPublicKey", key->public_bits);
    mtls_status status = mtlsgen_der_encode(&tree, info, &key->arena, out_spki);
    if (status == MTLS_OK) {
        status = mtlsgen_der_encode(&tree, info->first_child, &key->arena, out_algorithm);
    }
    if (status == MTLS_OK) {
        status = mtlsgen_der_encode(&tree, info->last_child, &key->arena, &key->public_key);
    }
    return status;
}

mtls_status mtlsgen_spki_make(mtlsgen_key *key) {
    mtls_status status = info_write(key, false, &key->algorithm_id, &key->spki);
    if (status == MTLS_OK && key->kind == MTLSGEN_KIND_EC &&
        (status = explicit_parameters_write(key)) == MTLS_OK) {
        status = info_write(key, true, &key->explicit_algorithm_id, &key->explicit_spki);
    }
    return status;
}
