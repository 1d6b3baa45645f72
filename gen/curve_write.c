#include "gen/der_write.h"
#include "gen/spki.h"

#define LITERAL(bytes) ((mtls_view){(const uint8_t *)(bytes), sizeof(bytes) - 1})

#define OID_EC_PUBLIC_KEY LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_PRIME_FIELD LITERAL("\x2a\x86\x48\xce\x3d\x01\x01")

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

mtls_status mtlsgen_curve_write(const mtlsgen_curve *curve, mtlsgen_arena *arena,
                                mtls_view *out_algorithm_id) {
    curve_numbers numbers = {0};
    mtls_status status = curve_numbers_get(curve, arena, &numbers);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, arena);
    mtlsgen_der_node *id = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, id, MTLSGEN_DER_OID, NULL, OID_EC_PUBLIC_KEY);
    mtlsgen_der_node *root = mtlsgen_der_add(&tree, id, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_integer(&tree, root, MTLSGEN_DER_INTEGER, NULL, 1);
    mtlsgen_der_node *field = mtlsgen_der_add(&tree, root, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, field, MTLSGEN_DER_OID, NULL, OID_PRIME_FIELD);
    mtlsgen_der_add_unsigned(&tree, field, NULL, numbers.p);
    mtlsgen_der_node *equation = mtlsgen_der_add(&tree, root, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, equation, MTLSGEN_DER_OCTET_STRING, NULL, numbers.a);
    mtlsgen_der_add_bytes(&tree, equation, MTLSGEN_DER_OCTET_STRING, NULL, numbers.b);
    if (numbers.seed.len > 0) {
        mtlsgen_der_add_bits(&tree, equation, NULL, numbers.seed);
    }
    mtlsgen_der_add_bytes(&tree, root, MTLSGEN_DER_OCTET_STRING, NULL, numbers.generator);
    mtlsgen_der_add_unsigned(&tree, root, NULL, numbers.order);
    mtlsgen_der_add_unsigned(&tree, root, NULL, numbers.cofactor);
    return mtlsgen_der_encode(&tree, id, arena, out_algorithm_id);
}
