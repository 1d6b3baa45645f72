#include "fuzz/mutator/sign.h"

#include "gen/sign.h"

#include <string.h>

static mtls_view encode(mtlsgen_der_tree *tree, mtlsgen_der_node *node) {
    mtls_view der = {NULL, 0};
    return node != NULL && mtlsgen_der_encode(tree, node, tree->arena, &der) == MTLS_OK
               ? der
               : (mtls_view){NULL, 0};
}

static mtls_view encode_field(mtlsgen_der_tree *tree, const mtlsmut_sites *sites, const mtlsmut_site *parent,
                              const char *name) {
    const mtlsmut_site *site = mtlsmut_sites_field(sites, parent, name);
    return site == NULL ? (mtls_view){NULL, 0} : encode(tree, site->node);
}

static bool is_issuer_key_id(const mtlsmut_site *site) {
    return site->field != NULL && site->node->form == MTLSGEN_NODE_PRIMITIVE &&
           strcmp(site->field->name, "keyIdentifier") == 0;
}

void mtlsmut_identity_read(mtlsgen_der_tree *tree, const mtlsmut_sites *sites, mtlsmut_identity *out) {
    static const uint8_t subject_key_id_oid[] = {0x55, 0x1d, 0x0e};
    const mtlsmut_site *tbs = mtlsmut_sites_field(sites, sites->items, "tbsCertificate");
    *out = (mtlsmut_identity){
        .subject = encode_field(tree, sites, tbs, "subject"),
        .issuer = encode_field(tree, sites, tbs, "issuer"),
        .spki = encode_field(tree, sites, tbs, "subjectPublicKeyInfo"),
    };
    for (size_t i = 0; i + 1 < sites->num_items; i++) {
        const mtlsmut_site *site = &sites->items[i];
        const mtlsgen_der_node *first = site->node->parent == NULL ? NULL : site->node->parent->first_child;
        if (is_issuer_key_id(site)) {
            out->issuer_key_id = site->node->bytes;
        }
        if (site->type->kind == MTLSMUT_KIND_VALUE && first != NULL &&
            first->form == MTLSGEN_NODE_PRIMITIVE &&
            mtls_view_equal(first->bytes, (mtls_view){subject_key_id_oid, sizeof subject_key_id_oid}) &&
            site[1].parent == i && site[1].node->form == MTLSGEN_NODE_PRIMITIVE) {
            out->own_key_id = site[1].node->bytes;
        }
    }
}

const mtlsgen_key *mtlsmut_issuer_key(mtlsmut_keys *keys, const mtlsmut_identity *of,
                                      const mtlsmut_identity *among, size_t num_among) {
    const mtlsgen_key *found = NULL;
    for (size_t i = 0; i < num_among; i++) {
        if (of->issuer.len > 0 && mtls_view_equal(among[i].subject, of->issuer)) {
            const mtlsgen_key *key = mtlsmut_keys_by_spki(keys, among[i].spki);
            found = found == NULL ? key : found;
            if (key != NULL && of->issuer_key_id.len > 0 &&
                mtls_view_equal(of->issuer_key_id, among[i].own_key_id)) {
                return key;
            }
        }
    }
    return found != NULL ? found : mtlsmut_keys_by_id(keys, of->issuer_key_id);
}

/* choose_digest finds how `key` signs by the algorithm that is written. */
static bool choose_digest(const mtlsgen_key *key, mtls_view algorithm, mtlsgen_sign_options *out) {
    for (int digest = MTLSGEN_DIGEST_SHA1; digest < MTLSGEN_NUM_DIGESTS; digest++) {
        out->digest = (mtlsgen_digest)digest;
        if (mtls_view_equal(mtlsgen_signature_algorithm(key, out), algorithm)) {
            return true;
        }
    }
    return false;
}

static void replace(mtlsgen_der_tree *tree, mtlsgen_der_node *old, mtls_view element) {
    mtlsgen_der_node *made = mtlsgen_der_add_encoded(tree, old->parent, NULL, element);
    if (tree->status == MTLS_OK) {
        mtlsgen_der_remove(made);
        mtlsgen_der_insert(old->parent, old, made);
        mtlsgen_der_remove(old);
    }
}

bool mtlsmut_set_issuer(mtlsgen_der_tree *tree, const mtlsmut_sites *sites, mtls_view name) {
    const mtlsmut_site *tbs = mtlsmut_sites_field(sites, sites->items, "tbsCertificate");
    const mtlsmut_site *issuer = mtlsmut_sites_field(sites, tbs, "issuer");
    if (issuer == NULL || name.len == 0) {
        return false;
    }
    replace(tree, issuer->node, name);
    return tree->status == MTLS_OK;
}

void mtlsmut_set_issuer_key_id(const mtlsmut_sites *sites, mtls_view key_id) {
    for (size_t i = 0; i < sites->num_items; i++) {
        if (is_issuer_key_id(&sites->items[i])) {
            sites->items[i].node->bytes = key_id;
        }
    }
}

bool mtlsmut_sign(mtlsmut_job *job, const mtlsmut_sites *sites, const mtlsgen_key *key) {
    const mtlsmut_site *tbs = mtlsmut_sites_field(sites, sites->items, "tbsCertificate");
    const mtlsmut_site *inner = mtlsmut_sites_field(sites, tbs, "signature");
    const mtlsmut_site *outer = mtlsmut_sites_field(sites, sites->items, "signatureAlgorithm");
    const mtlsmut_site *value = mtlsmut_sites_field(sites, sites->items, "signatureValue");
    uint8_t signature[MTLSGEN_SIGNATURE_MAX];
    size_t len = 0;
    mtlsgen_sign_options options = {0};
    if (outer == NULL || value == NULL || tbs == NULL) {
        return false;
    }
    if (!choose_digest(key, encode(job->tree, outer->node), &options)) {
        options = (mtlsgen_sign_options){0};
        replace(job->tree, outer->node, mtlsgen_signature_algorithm(key, &options));
        if (inner != NULL) {
            replace(job->tree, inner->node, mtlsgen_signature_algorithm(key, &options));
        }
    }
    mtls_view message = encode(job->tree, tbs->node);
    if (message.len == 0 ||
        mtlsgen_sign(mtlsmut_keys_signer(job->keys), key, &options, message, signature, &len) != MTLS_OK) {
        return false;
    }
    /* A copy in the arena, with the octet of unused bits; the header is as it was. */
    uint8_t *bits = mtlsgen_arena_alloc(job->arena, len + 1);
    if (bits == NULL) {
        return false;
    }
    bits[0] = 0;
    memcpy(bits + 1, signature, len);
    value->node->form = MTLSGEN_NODE_PRIMITIVE;
    value->node->first_child = value->node->last_child = NULL;
    value->node->bytes = (mtls_view){bits, len + 1};
    return job->tree->status == MTLS_OK;
}
