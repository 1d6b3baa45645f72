#include "gen/pkcs12.h"

#include <openssl/pkcs12.h>
#include <string.h>

#include "gen/der_write.h"
#include "gen/hash.h"
#include "gen/maker_state.h"
#include "gen/pbes2.h"
#include "gen/private_key.h"
#include "gen/private_key_der.h"

#define LITERAL(bytes) ((mtls_view){(const uint8_t *)(bytes), sizeof(bytes) - 1})

#define OID_DATA LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define OID_ENCRYPTED_DATA LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06")
#define OID_SHROUDED_KEY_BAG LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02") /* RFC 7292 4.2.2 */
#define OID_CERT_BAG LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03")
#define OID_X509_CERTIFICATE LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01")
#define OID_FRIENDLY_NAME LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14")
#define OID_LOCAL_KEY_ID LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15")
#define SHA256_ALGORITHM LITERAL("\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00")

enum { MAC_SALT_LEN = 16, MAC_LEN = 32, PART_ADDRESS_MAX = 512 };

/* A file being made. */
typedef struct {
    mtlsgen_maker *maker;
    const mtlsgen_pkcs12_spec *spec;
    mtlsgen_arena *scratch;
    const char *password;
    unsigned iterations;
} file;

static mtlsgen_der_node *add_sequence(mtlsgen_der_tree *tree, mtlsgen_der_node *parent) {
    return mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
}

/* add_attributes ties key and certificate together (RFC 7292 4.2). */
static mtls_status add_attributes(const file *f, mtlsgen_der_tree *tree, mtlsgen_der_node *bag) {
    static const uint8_t first[] = {1};
    mtlsgen_der_node *attributes = mtlsgen_der_add(tree, bag, MTLSGEN_DER_SET, NULL);
    if (f->spec->friendly_name != NULL) {
        size_t len = strlen(f->spec->friendly_name);
        uint8_t *wide = mtlsgen_arena_zalloc(tree->arena, len, 2);
        if (wide == NULL) {
            return MTLS_ERR_NOMEM;
        }
        for (size_t i = 0; i < len; i++) {
            wide[2 * i + 1] = (uint8_t)f->spec->friendly_name[i];
        }
        mtlsgen_der_node *attribute = add_sequence(tree, attributes);
        mtlsgen_der_add_bytes(tree, attribute, MTLSGEN_DER_OID, NULL, OID_FRIENDLY_NAME);
        mtlsgen_der_node *values = mtlsgen_der_add(tree, attribute, MTLSGEN_DER_SET, NULL);
        mtlsgen_der_add_bytes(tree, values, MTLSGEN_DER_BMP_STRING, NULL, (mtls_view){wide, 2 * len});
    }
    mtlsgen_der_node *attribute = add_sequence(tree, attributes);
    mtlsgen_der_add_bytes(tree, attribute, MTLSGEN_DER_OID, NULL, OID_LOCAL_KEY_ID);
    mtlsgen_der_node *values = mtlsgen_der_add(tree, attribute, MTLSGEN_DER_SET, NULL);
    mtlsgen_der_add_bytes(tree, values, MTLSGEN_DER_OCTET_STRING, NULL, (mtls_view){first, sizeof first});
    return MTLS_OK;
}

/* encryption_of names the salt and IV of one part of the file. */
static bool encryption_of(const file *f, const char *part, char address[PART_ADDRESS_MAX],
                          mtlsgen_encryption *out) {
    size_t len = strlen(f->spec->address), part_len = strlen(part);
    if (len + part_len + 1 > PART_ADDRESS_MAX) {
        return false;
    }
    memcpy(address, f->spec->address, len);
    memcpy(address + len, part, part_len + 1);
    *out = (mtlsgen_encryption){address, f->password, f->iterations};
    return true;
}

/* key_contents writes a SafeContents with the key. */
static mtls_status key_contents(const file *f, mtls_view *out) {
    char address[PART_ADDRESS_MAX];
    mtlsgen_encryption how;
    mtls_view plain, cipher;
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, f->scratch);
    if (!encryption_of(f, ".key", address, &how)) {
        return MTLS_ERR_LIMIT;
    }
    mtlsgen_der_node *contents = add_sequence(&tree, &tree.document), *bag = add_sequence(&tree, contents);
    mtlsgen_der_add_bytes(&tree, bag, MTLSGEN_DER_OID, NULL, OID_SHROUDED_KEY_BAG);
    mtlsgen_der_node *info = add_sequence(&tree, mtlsgen_der_add_explicit(&tree, bag, 0));
    mtls_status status = mtlsgen_private_key_info(f->spec->key, f->scratch, &plain);
    if (status == MTLS_OK) {
        status = mtlsgen_pbes2_encrypt(f->maker, &how, plain, &tree, info, &cipher);
    }
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_der_add_bytes(&tree, info, MTLSGEN_DER_OCTET_STRING, NULL, cipher);
    status = add_attributes(f, &tree, bag);
    return status == MTLS_OK ? mtlsgen_der_encode(&tree, contents, f->scratch, out) : status;
}

/* certificate_contents writes a SafeContents with the certificates. */
static mtls_status certificate_contents(const file *f, mtls_view *out) {
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, f->scratch);
    mtls_status status = MTLS_OK;
    mtlsgen_der_node *contents = add_sequence(&tree, &tree.document);
    for (size_t i = 0; i < f->spec->num_certificates && status == MTLS_OK; i++) {
        mtlsgen_der_node *bag = add_sequence(&tree, contents);
        mtlsgen_der_add_bytes(&tree, bag, MTLSGEN_DER_OID, NULL, OID_CERT_BAG);
        mtlsgen_der_node *value = add_sequence(&tree, mtlsgen_der_add_explicit(&tree, bag, 0));
        mtlsgen_der_add_bytes(&tree, value, MTLSGEN_DER_OID, NULL, OID_X509_CERTIFICATE);
        mtlsgen_der_add_bytes(&tree, mtlsgen_der_add_explicit(&tree, value, 0), MTLSGEN_DER_OCTET_STRING,
                              NULL, f->spec->certificates[i]);
        if (i == 0 && f->spec->key != NULL) {
            status = add_attributes(f, &tree, bag);
        }
    }
    return status == MTLS_OK ? mtlsgen_der_encode(&tree, contents, f->scratch, out) : status;
}

/* add_encrypted adds a ContentInfo of EncryptedData (RFC 2315 13). */
static mtls_status add_encrypted(const file *f, mtlsgen_der_tree *tree, mtlsgen_der_node *safe,
                                 mtls_view contents) {
    char address[PART_ADDRESS_MAX];
    mtlsgen_encryption how;
    mtls_view cipher;
    if (!encryption_of(f, ".certificates", address, &how)) {
        return MTLS_ERR_LIMIT;
    }
    mtlsgen_der_node *info = add_sequence(tree, safe);
    mtlsgen_der_add_bytes(tree, info, MTLSGEN_DER_OID, NULL, OID_ENCRYPTED_DATA);
    mtlsgen_der_node *data = add_sequence(tree, mtlsgen_der_add_explicit(tree, info, 0));
    mtlsgen_der_add_integer(tree, data, MTLSGEN_DER_INTEGER, NULL, 0);
    mtlsgen_der_node *content = add_sequence(tree, data);
    mtlsgen_der_add_bytes(tree, content, MTLSGEN_DER_OID, NULL, OID_DATA);
    mtls_status status = mtlsgen_pbes2_encrypt(f->maker, &how, contents, tree, content, &cipher);
    if (status == MTLS_OK) {
        mtlsgen_der_add_bytes(tree, content, MTLSGEN_DER_CONTEXT | 0, NULL, cipher);
    }
    return status;
}

/* add_data adds a ContentInfo of Data. */
static void add_data(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view contents) {
    mtlsgen_der_node *info = add_sequence(tree, parent);
    mtlsgen_der_add_bytes(tree, info, MTLSGEN_DER_OID, NULL, OID_DATA);
    mtlsgen_der_add_bytes(tree, mtlsgen_der_add_explicit(tree, info, 0), MTLSGEN_DER_OCTET_STRING, NULL,
                          contents);
}

/* safe_make writes the AuthenticatedSafe (RFC 7292 4.1). */
static mtls_status safe_make(const file *f, mtls_view *out) {
    mtls_view certificates, key;
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, f->scratch);
    mtlsgen_der_node *safe = add_sequence(&tree, &tree.document);
    mtls_status status = certificate_contents(f, &certificates);
    if (status == MTLS_OK && f->spec->num_certificates > 0) {
        status = add_encrypted(f, &tree, safe, certificates);
    }
    if (status == MTLS_OK && f->spec->key != NULL && (status = key_contents(f, &key)) == MTLS_OK) {
        add_data(&tree, safe, key);
    }
    return status == MTLS_OK ? mtlsgen_der_encode(&tree, safe, f->scratch, out) : status;
}

/* add_mac adds MacData (RFC 7292 4): an HMAC whose key comes from the password by appendix B. */
static mtls_status add_mac(const file *f, mtlsgen_der_tree *tree, mtlsgen_der_node *pfx, mtls_view safe) {
    mtls_view salt, none = {0};
    uint8_t key[MAC_LEN], *mac = mtlsgen_arena_alloc(tree->arena, MAC_LEN);
    mtls_status status =
        mtlsgen_maker_expand(f->maker, f->spec->address, "mac", MAC_SALT_LEN, tree->arena, &salt);
    if (status != MTLS_OK || mac == NULL) {
        return MTLS_ERR_NOMEM;
    }
    uint8_t salt_copy[MAC_SALT_LEN]; /* libcrypto asks for bytes that it may change, and does not */
    memcpy(salt_copy, salt.data, sizeof salt_copy);
    if (PKCS12_key_gen_utf8(f->password, (int)strlen(f->password), salt_copy, MAC_SALT_LEN, PKCS12_MAC_ID,
                            (int)f->iterations, MAC_LEN, key, EVP_sha256()) != 1) {
        return MTLS_ERR_CRYPTO;
    }
    mtlsgen_hmac hmac;
    mtlsgen_hmac_init(&hmac, MTLSGEN_HASH_SHA256, (mtls_view){key, sizeof key});
    mtlsgen_hmac_once(&hmac, safe, none, none, mac);
    mtlsgen_der_node *data = add_sequence(tree, pfx), *info = add_sequence(tree, data);
    mtlsgen_der_add_encoded(tree, info, NULL, SHA256_ALGORITHM);
    mtlsgen_der_add_bytes(tree, info, MTLSGEN_DER_OCTET_STRING, NULL, (mtls_view){mac, MAC_LEN});
    mtlsgen_der_add_bytes(tree, data, MTLSGEN_DER_OCTET_STRING, NULL, salt);
    mtlsgen_der_add_integer(tree, data, MTLSGEN_DER_INTEGER, NULL, (long)f->iterations);
    return MTLS_OK;
}

mtls_status mtlsgen_pkcs12_make(mtlsgen_maker *maker, const mtlsgen_pkcs12_spec *spec, mtlsgen_arena *arena,
                                mtls_view *out_der, mtls_error *error) {
    mtls_view safe;
    file f = {.maker = maker,
              .spec = spec,
              .scratch = &maker->scratch,
              .password = spec->password != NULL ? spec->password : MTLSGEN_TEST_PASSWORD,
              .iterations = spec->iterations != 0 ? spec->iterations : MTLSGEN_PBKDF2_ITERATIONS};
    mtlsgen_arena_reset(&maker->scratch);
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &maker->scratch);
    mtlsgen_der_node *pfx = add_sequence(&tree, &tree.document);
    mtlsgen_der_add_integer(&tree, pfx, MTLSGEN_DER_INTEGER, NULL, 3);
    mtls_status status = safe_make(&f, &safe);
    if (status == MTLS_OK) {
        add_data(&tree, pfx, safe);
        if ((status = add_mac(&f, &tree, pfx, safe)) == MTLS_OK) {
            status = mtlsgen_der_encode(&tree, pfx, arena, out_der);
        }
    }
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s", mtls_status_text(status));
}
