/* Which algorithm an OID names, from validator/algorithm.def. No libcrypto. */
#ifndef MTLS_VALIDATOR_ALGORITHM_H
#define MTLS_VALIDATOR_ALGORITHM_H

#include <mtls/bytes.h>

typedef enum {
    MTLSVAL_KEY_UNKNOWN = 0,
#define KEY_ALGORITHM(id, text, oid) MTLSVAL_KEY_##id,
#include "validator/algorithm.def"
    MTLSVAL_NUM_KEY_ALGORITHMS
} mtlsval_key_algorithm;

typedef enum {
    MTLSVAL_SIGNATURE_UNKNOWN = 0,
#define SIGNATURE_ALGORITHM(id, text, oid, key, digest, weak) MTLSVAL_SIGNATURE_##id,
#include "validator/algorithm.def"
    MTLSVAL_NUM_SIGNATURE_ALGORITHMS
} mtlsval_signature_algorithm;

typedef enum {
    MTLSVAL_CURVE_UNKNOWN = 0, /* not named, explicit, or not in the table */
#define CURVE(id, text, oid, bits) MTLSVAL_CURVE_##id,
#include "validator/algorithm.def"
    MTLSVAL_NUM_CURVES
} mtlsval_curve;

typedef struct {
    const char *text;
    mtlsval_key_algorithm key;
    const char *digest; /* libcrypto's name, or NULL */
    bool weak_digest;   /* MD5 or SHA-1 */
} mtlsval_signature_algorithm_info;

/* The describes are static and never NULL. */
const mtlsval_signature_algorithm_info *
mtlsval_signature_algorithm_describe(mtlsval_signature_algorithm algorithm);
const char *mtlsval_key_algorithm_text(mtlsval_key_algorithm algorithm);
const char *mtlsval_curve_text(mtlsval_curve curve);
unsigned mtlsval_curve_bits(mtlsval_curve curve);

/* The finds take an OID's content octets; what they do not know is ..._UNKNOWN. */
mtlsval_signature_algorithm mtlsval_signature_algorithm_find(mtls_view oid);
mtlsval_key_algorithm mtlsval_key_algorithm_find(mtls_view oid);
mtlsval_curve mtlsval_curve_find(mtls_view oid);

#endif
