/* Inverses modulo an odd number of up to 256 bits. ECDSA needs one modulo the order and one modulo the
 * field's prime for each signature, and libcrypto's public function for it takes longer than all that makes a
 * certificate besides its signature. Not in constant time. */
#ifndef MTLS_GEN_MOD_INVERSE_H
#define MTLS_GEN_MOD_INVERSE_H

#include <openssl/bn.h>
#include <stdbool.h>
#include <stdint.h>

enum { MTLSGEN_MODULUS_LIMBS = 5 };

/* A modulus made ready. Read-only afterwards. */
typedef struct {
    int64_t limbs[MTLSGEN_MODULUS_LIMBS]; /* of 62 bits, the least significant first */
    uint64_t inverse;                     /* of the modulus modulo 2^62 */
} mtlsgen_modulus;

/* mtlsgen_modulus_init takes an odd number above 1. False for any other, or for one of more than 256 bits. */
bool mtlsgen_modulus_init(const BIGNUM *number, mtlsgen_modulus *out_modulus);

/* mtlsgen_mod_inverse gives 1 / number. False where there is none (a common factor, or 0), for a number of
 * more than 256 bits or below 0, and when an allocation fails. */
bool mtlsgen_mod_inverse(const mtlsgen_modulus *modulus, const BIGNUM *number, BIGNUM *out_inverse);

#endif
