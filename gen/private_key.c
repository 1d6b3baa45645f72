#include "gen/private_key.h"

#include <openssl/evp.h>
#include <string.h>

#include "gen/der_write.h"
#include "gen/key_material.h"
#include "gen/pbes2.h"
#include "gen/private_key_der.h"

static const char *const form_words[MTLSGEN_NUM_KEY_FORMS] = {
    [MTLSGEN_KEY_FORM_PKCS8] = "pkcs8", [MTLSGEN_KEY_FORM_ENCRYPTED_PKCS8] = "encrypted-pkcs8",
    [MTLSGEN_KEY_FORM_SEC1] = "sec1",   [MTLSGEN_KEY_FORM_SEC1_WITH_PARAMETERS] = "sec1-with-parameters",
    [MTLSGEN_KEY_FORM_PKCS1] = "pkcs1", [MTLSGEN_KEY_FORM_ENCRYPTED_TRADITIONAL] = "encrypted-traditional",
};

const char *mtlsgen_key_form_spelling(mtlsgen_key_form form) {
    return form_words[form];
}

/* RFC 5958 3: EncryptedPrivateKeyInfo */
static mtls_status encrypt_info(mtlsgen_maker *maker, const mtlsgen_key *key, const char *address,
                                mtlsgen_arena *arena, mtls_view *out_der) {
    mtlsgen_encryption how = {address, MTLSGEN_TEST_PASSWORD, MTLSGEN_PBKDF2_ITERATIONS};
    mtls_view plain, cipher;
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &maker->scratch);
    mtlsgen_der_node *info = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtls_status status = mtlsgen_private_key_info(key, &maker->scratch, &plain);
    if (status == MTLS_OK) {
        status = mtlsgen_pbes2_encrypt(maker, &how, plain, &tree, info, &cipher);
    }
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_der_add_bytes(&tree, info, MTLSGEN_DER_OCTET_STRING, NULL, cipher);
    return mtlsgen_der_encode(&tree, info, arena, out_der);
}

/* encrypt_traditional is what OpenSSL made of RFC 1421 4.6: the key is EVP_BytesToKey's, with MD5, one round,
 * and the first half of the IV as its salt. */
static mtls_status encrypt_traditional(mtlsgen_maker *maker, const mtlsgen_key *key, const char *address,
                                       mtlsgen_arena *arena, mtlsgen_key_block *out) {
    static const char prefix[] = "DEK-Info: AES-256-CBC,", digits[] = "0123456789ABCDEF";
    mtls_view plain, iv;
    uint8_t cipher_key[32];
    mtls_status status = mtlsgen_private_key_traditional(key, &maker->scratch, &plain);
    if (status == MTLS_OK) {
        status = mtlsgen_maker_expand(maker, address, "iv", 16, &maker->scratch, &iv);
    }
    if (status != MTLS_OK) {
        return status;
    }
    if (EVP_BytesToKey(EVP_aes_256_cbc(), EVP_md5(), iv.data, (const uint8_t *)MTLSGEN_TEST_PASSWORD,
                       (int)strlen(MTLSGEN_TEST_PASSWORD), 1, cipher_key, NULL) != 32) {
        return MTLS_ERR_CRYPTO;
    }
    char *header = mtlsgen_arena_alloc(arena, sizeof prefix + 2 * iv.len);
    if (header == NULL) {
        return MTLS_ERR_NOMEM;
    }
    memcpy(header, prefix, sizeof prefix);
    for (size_t i = 0; i < iv.len; i++) {
        header[sizeof prefix - 1 + 2 * i] = digits[iv.data[i] >> 4];
        header[sizeof prefix + 2 * i] = digits[iv.data[i] & 15];
    }
    header[sizeof prefix - 1 + 2 * iv.len] = '\0';
    out->headers[0] = "Proc-Type: 4,ENCRYPTED";
    out->headers[1] = header;
    return mtlsgen_aes_256_cbc(cipher_key, iv.data, plain, arena, &out->der);
}

/* parameters_block is what `openssl ecparam -name` writes: the curve's name alone. */
static mtls_status parameters_block(const mtlsgen_key *key, mtlsgen_arena *arena, mtlsgen_key_block *out) {
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, arena);
    mtlsgen_der_add_bytes(&tree, &tree.document, MTLSGEN_DER_OID, NULL,
                          (mtls_view){key->curve->oid, key->curve->oid_len});
    out->label = "EC PARAMETERS";
    return mtlsgen_der_encode(&tree, &tree.document, arena, &out->der);
}

/* has_form: SEC1 is for EC, PKCS#1 for RSA, and RFC 8410 gives Ed25519 and Ed448 PKCS#8 only. */
static bool has_form(const mtlsgen_key *key, mtlsgen_key_form form) {
    switch (form) {
    case MTLSGEN_KEY_FORM_SEC1:
    case MTLSGEN_KEY_FORM_SEC1_WITH_PARAMETERS:
        return key->kind == MTLSGEN_KIND_EC;
    case MTLSGEN_KEY_FORM_PKCS1:
        return key->kind == MTLSGEN_KIND_RSA;
    case MTLSGEN_KEY_FORM_ENCRYPTED_TRADITIONAL:
        return key->kind != MTLSGEN_KIND_ED;
    default:
        return true;
    }
}

mtls_status mtlsgen_private_key_write(mtlsgen_maker *maker, const mtlsgen_key *key, mtlsgen_key_form form,
                                      const char *address, mtlsgen_arena *arena,
                                      mtlsgen_key_block out_blocks[MTLSGEN_KEY_BLOCKS_MAX],
                                      size_t *out_num_blocks, mtls_error *error) {
    mtls_status status = MTLS_OK;
    mtlsgen_key_block *block = out_blocks;
    *out_num_blocks = 0;
    memset(out_blocks, 0, MTLSGEN_KEY_BLOCKS_MAX * sizeof *out_blocks);
    if (!has_form(key, form)) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "a %s key has no form %s; every key has pkcs8 and encrypted-pkcs8",
                         mtlsgen_key_algorithm_describe(key->algorithm)->spelling, form_words[form]);
    }
    mtlsgen_arena_reset(&maker->scratch);
    if (form == MTLSGEN_KEY_FORM_SEC1_WITH_PARAMETERS) {
        status = parameters_block(key, arena, block++);
    }
    if (status == MTLS_OK) {
        switch (form) {
        case MTLSGEN_KEY_FORM_ENCRYPTED_PKCS8:
            block->label = "ENCRYPTED PRIVATE KEY";
            status = encrypt_info(maker, key, address, arena, &block->der);
            break;
        case MTLSGEN_KEY_FORM_SEC1:
        case MTLSGEN_KEY_FORM_SEC1_WITH_PARAMETERS:
        case MTLSGEN_KEY_FORM_PKCS1:
            block->label = key->kind == MTLSGEN_KIND_EC ? "EC PRIVATE KEY" : "RSA PRIVATE KEY";
            status = mtlsgen_private_key_traditional(key, arena, &block->der);
            break;
        case MTLSGEN_KEY_FORM_ENCRYPTED_TRADITIONAL:
            block->label = key->kind == MTLSGEN_KIND_EC ? "EC PRIVATE KEY" : "RSA PRIVATE KEY";
            status = encrypt_traditional(maker, key, address, arena, block);
            break;
        case MTLSGEN_KEY_FORM_PKCS8:
        case MTLSGEN_NUM_KEY_FORMS:
            block->label = "PRIVATE KEY";
            status = mtlsgen_private_key_info(key, arena, &block->der);
            break;
        }
    }
    if (status != MTLS_OK) {
        return mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    *out_num_blocks = (size_t)(block - out_blocks) + 1;
    return MTLS_OK;
}
