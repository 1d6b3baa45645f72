#include "gen/pbes2.h"

#include <openssl/evp.h>

#define LITERAL(bytes) ((mtls_view){(const uint8_t *)(bytes), sizeof(bytes) - 1})

#define OID_PBES2 LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")
#define OID_PBKDF2 LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")
#define OID_HMAC_SHA256 LITERAL("\x2a\x86\x48\x86\xf7\x0d\x02\x09")
#define OID_AES_256_CBC LITERAL("\x60\x86\x48\x01\x65\x03\x04\x01\x2a")

enum { SALT_LEN = 16, IV_LEN = 16, KEY_LEN = 32, BLOCK_LEN = 16 };

mtls_status mtlsgen_aes_256_cbc(const uint8_t key[32], const uint8_t iv[16], mtls_view plain,
                                mtlsgen_arena *arena, mtls_view *out_cipher) {
    if (plain.len > MTLSGEN_DER_MAX) {
        return MTLS_ERR_LIMIT;
    }
    uint8_t *bytes = mtlsgen_arena_alloc(arena, plain.len + BLOCK_LEN);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int len = 0, last = 0;
    bool ok = bytes != NULL && ctx != NULL &&
              EVP_EncryptInit_ex(ctx, EVP_aes_256_cbc(), NULL, key, iv) == 1 &&
              EVP_EncryptUpdate(ctx, bytes, &len, plain.data, (int)plain.len) == 1 &&
              EVP_EncryptFinal_ex(ctx, bytes + len, &last) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!ok) {
        return bytes == NULL ? MTLS_ERR_NOMEM : MTLS_ERR_CRYPTO;
    }
    *out_cipher = (mtls_view){bytes, (size_t)len + (size_t)last};
    return MTLS_OK;
}

static void add_algorithm(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_encryption *how,
                          mtls_view salt, mtls_view iv) {
    mtlsgen_der_node *id = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OID, NULL, OID_PBES2);
    mtlsgen_der_node *parameters = mtlsgen_der_add(tree, id, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_node *derivation = mtlsgen_der_add(tree, parameters, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(tree, derivation, MTLSGEN_DER_OID, NULL, OID_PBKDF2);
    mtlsgen_der_node *pbkdf2 = mtlsgen_der_add(tree, derivation, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(tree, pbkdf2, MTLSGEN_DER_OCTET_STRING, NULL, salt);
    mtlsgen_der_add_integer(tree, pbkdf2, MTLSGEN_DER_INTEGER, NULL, (long)how->iterations);
    mtlsgen_der_node *prf = mtlsgen_der_add(tree, pbkdf2, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(tree, prf, MTLSGEN_DER_OID, NULL, OID_HMAC_SHA256);
    mtlsgen_der_add_bytes(tree, prf, MTLSGEN_DER_NULL, NULL, (mtls_view){0});
    mtlsgen_der_node *scheme = mtlsgen_der_add(tree, parameters, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(tree, scheme, MTLSGEN_DER_OID, NULL, OID_AES_256_CBC);
    mtlsgen_der_add_bytes(tree, scheme, MTLSGEN_DER_OCTET_STRING, NULL, iv);
}

mtls_status mtlsgen_pbes2_encrypt(mtlsgen_maker *maker, const mtlsgen_encryption *how, mtls_view plain,
                                  mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view *out_cipher) {
    mtls_view salt, iv;
    uint8_t key[KEY_LEN];
    mtls_view password = mtls_view_of_text(how->password);
    mtls_status status = mtlsgen_maker_expand(maker, how->address, "salt", SALT_LEN, tree->arena, &salt);
    if (status == MTLS_OK) {
        status = mtlsgen_maker_expand(maker, how->address, "iv", IV_LEN, tree->arena, &iv);
    }
    if (status != MTLS_OK) {
        return status;
    }
    if (PKCS5_PBKDF2_HMAC(how->password, (int)password.len, salt.data, (int)salt.len, (int)how->iterations,
                          EVP_sha256(), KEY_LEN, key) != 1) {
        return MTLS_ERR_CRYPTO;
    }
    add_algorithm(tree, parent, how, salt, iv);
    return mtlsgen_aes_256_cbc(key, iv.data, plain, tree->arena, out_cipher);
}
