#include <string.h>
#include <strings.h>

#include "gen/der_write.h"
#include "gen/key_material.h"
#include "gen/oid.h"
#include "gen/sign.h"
#include "gen/signer.h"

static const char *const digest_spellings[MTLSGEN_NUM_DIGESTS] = {NULL,     "sha1",   "sha224",
                                                                  "sha256", "sha384", "sha512"};

const char *mtlsgen_digest_spelling(mtlsgen_digest digest) {
    return digest_spellings[digest];
}

mtlsgen_digest mtlsgen_key_digest(const mtlsgen_key *key, mtlsgen_digest digest) {
    if (digest != MTLSGEN_DIGEST_DEFAULT) {
        return digest;
    }
    return key->algorithm == MTLSGEN_KEY_P384   ? MTLSGEN_DIGEST_SHA384
           : key->algorithm == MTLSGEN_KEY_P521 ? MTLSGEN_DIGEST_SHA512
                                                : MTLSGEN_DIGEST_SHA256;
}

typedef struct {
    const char *name;
    mtlsgen_key_kind kind;
    bool pss;
    mtlsgen_digest digest;
    const char *der;
    size_t der_len;
} algorithm_row;

static const algorithm_row rows[] = {
#define SIGNATURE_ALGORITHM(name, kind, pss, digest, der)                                                    \
    {name, MTLSGEN_KIND_##kind, pss, MTLSGEN_DIGEST_##digest, der, sizeof(der) - 1},
#include "gen/signature_algorithm.def"
};

const char *const mtlsgen_signature_algorithm_words[] = {
#define SIGNATURE_ALGORITHM(name, kind, pss, digest, der) name,
#include "gen/signature_algorithm.def"
};
const size_t mtlsgen_num_signature_algorithm_words =
    sizeof mtlsgen_signature_algorithm_words / sizeof mtlsgen_signature_algorithm_words[0];

static mtls_view row_der(const algorithm_row *row) {
    return (mtls_view){(const uint8_t *)row->der, row->der_len};
}

static bool row_fits(const algorithm_row *row, const mtlsgen_key *key, const mtlsgen_sign_options *options) {
    if (row->kind != key->kind) {
        return false;
    }
    if (key->kind == MTLSGEN_KIND_ED) {
        return strcmp(row->name, mtlsgen_key_algorithm_describe(key->algorithm)->spelling) == 0;
    }
    return row->pss == options->pss && row->digest == mtlsgen_key_digest(key, options->digest);
}

mtls_view mtlsgen_signature_algorithm(const mtlsgen_key *key, const mtlsgen_sign_options *options) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (row_fits(&rows[i], key, options)) {
            return row_der(&rows[i]);
        }
    }
    return (mtls_view){0};
}

mtls_status mtlsgen_signature_algorithm_named(const char *name, mtlsgen_arena *arena, mtls_view *out_der,
                                              mtls_error *error) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcasecmp(name, rows[i].name) == 0) {
            *out_der = row_der(&rows[i]);
            return MTLS_OK;
        }
    }
    mtlsgen_oid oid;
    if (!mtlsgen_oid_read(name, &oid)) {
        return mtls_fail(MTLS_ERR_INPUT, error,
                         "\"%.64s\" is no signature algorithm: write a name such as sha256WithRSAEncryption, "
                         "ecdsa-with-SHA256 or ed25519, or a dotted OID",
                         name);
    }
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, arena);
    mtlsgen_der_node *id = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(&tree, id, MTLSGEN_DER_OID, NULL, (mtls_view){oid.bytes, oid.len});
    mtls_status status = mtlsgen_der_encode(&tree, id, arena, out_der);
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s", mtls_status_text(status));
}
