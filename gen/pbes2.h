/* Encryption under a password (RFC 8018), with salt and IV derived instead of drawn. */
#ifndef MTLS_GEN_PBES2_H
#define MTLS_GEN_PBES2_H

#include "gen/der_write.h"
#include "gen/maker_state.h"

/* Whose password, and what names its salt and IV. */
typedef struct {
    const char *address;
    const char *password;
    unsigned iterations;
} mtlsgen_encryption;

/* mtlsgen_pbes2_encrypt encrypts `plain` by PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC. It adds the
 * AlgorithmIdentifier (RFC 8018 A.4) to `parent` and gives the ciphertext in the tree's arena. */
MTLS_MUST_CHECK mtls_status mtlsgen_pbes2_encrypt(mtlsgen_maker *maker, const mtlsgen_encryption *how,
                                                  mtls_view plain, mtlsgen_der_tree *tree,
                                                  mtlsgen_der_node *parent, mtls_view *out_cipher);

/* mtlsgen_aes_256_cbc encrypts with PKCS#7 padding, in the arena. */
MTLS_MUST_CHECK mtls_status mtlsgen_aes_256_cbc(const uint8_t key[32], const uint8_t iv[16], mtls_view plain,
                                                mtlsgen_arena *arena, mtls_view *out_cipher);

#endif
