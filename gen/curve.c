/* A plain multiplication of the generator is libcrypto's slow, constant-time one on curves without code of
 * their own; with the generator's multiples at hand and two points asked for it takes the fast one. The call
 * that prepares them is deprecated, and does nothing where it is no longer needed. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/obj_mac.h>
#include <pthread.h>

#include "gen/key_material.h"
#include "gen/spki.h"

static const struct {
    mtlsgen_key_algorithm algorithm;
    bool generic; /* libcrypto 3.0 has no code for this curve alone */
    int nid;
    size_t scalar_len, oid_len;
    uint8_t oid[8];
} rows[] = {
    {MTLSGEN_KEY_P256,      false, NID_X9_62_prime256v1, 32, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}},
    {MTLSGEN_KEY_P384,      true,  NID_secp384r1,        48, 5, {0x2b, 0x81, 0x04, 0x00, 0x22}                  },
    {MTLSGEN_KEY_P521,      false, NID_secp521r1,        66, 5, {0x2b, 0x81, 0x04, 0x00, 0x23}                  },
    {MTLSGEN_KEY_SECP256K1, true,  NID_secp256k1,        32, 5, {0x2b, 0x81, 0x04, 0x00, 0x0a}                  },
};
enum { NUM_CURVES = sizeof rows / sizeof rows[0] };

static mtlsgen_curve curves[NUM_CURVES];
static mtlsgen_arena memory = {.max = 16 * 1024}; /* of what they hold, for as long as the process lives */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

/* curve_make fills one curve; its group stays NULL on failure. */
static void curve_make(size_t i, BN_CTX *ctx) {
    mtlsgen_curve *curve = &curves[i];
    EC_GROUP *group = EC_GROUP_new_by_curve_name(rows[i].nid);
    BN_MONT_CTX *mont = BN_MONT_CTX_new();
    if (group == NULL || mont == NULL || BN_MONT_CTX_set(mont, EC_GROUP_get0_order(group), ctx) != 1) {
        EC_GROUP_free(group);
        BN_MONT_CTX_free(mont);
        return;
    }
    *curve = (mtlsgen_curve){
        .algorithm = rows[i].algorithm,
        .group = group,
        .order = EC_GROUP_get0_order(group),
        .order_mont = mont,
        .scalar_len = rows[i].scalar_len,
        .field_len = rows[i].scalar_len,
        .oid = rows[i].oid,
        .oid_len = rows[i].oid_len,
        .prepared = rows[i].generic && EC_GROUP_precompute_mult(group, ctx) == 1,
    };
    curve->has_order_modulus = mtlsgen_modulus_init(curve->order, &curve->order_modulus);
    if (mtlsgen_curve_write(curve, &memory, &curve->explicit_algorithm_id) != MTLS_OK) {
        EC_GROUP_free(group);
        BN_MONT_CTX_free(mont);
        *curve = (mtlsgen_curve){0};
    }
}

/* One that could not be made, for lack of memory, is tried again. */
const mtlsgen_curve *mtlsgen_curve_get(mtlsgen_key_algorithm algorithm) {
    size_t i = 0;
    while (i < NUM_CURVES && rows[i].algorithm != algorithm) {
        i++;
    }
    if (i == NUM_CURVES) {
        return NULL;
    }
    (void)pthread_mutex_lock(&making);
    if (curves[i].group == NULL) {
        BN_CTX *ctx = BN_CTX_new();
        if (ctx != NULL) {
            curve_make(i, ctx);
        }
        BN_CTX_free(ctx);
    }
    const bool is_made = curves[i].group != NULL;
    (void)pthread_mutex_unlock(&making);
    return is_made ? &curves[i] : NULL;
}

bool mtlsgen_curve_multiply(const mtlsgen_curve *curve, BIGNUM *scalar, BN_CTX *ctx, EC_POINT *out_point) {
    const EC_GROUP *group = curve->group;
    if (!curve->prepared) {
        return EC_POINT_mul(group, out_point, scalar, NULL, NULL, ctx) == 1;
    }
    /* (scalar - 1) G + 1 G */
    bool ok =
        BN_sub_word(scalar, 1) == 1 &&
        EC_POINT_mul(group, out_point, scalar, EC_GROUP_get0_generator(group), BN_value_one(), ctx) == 1;
    return BN_add_word(scalar, 1) == 1 && ok;
}
