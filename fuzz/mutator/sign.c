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

/* is_own_key_id answers whether it is what the OCTET STRING of subjectKeyIdentifier holds. */
static bool is_own_key_id(const mtlsmut_sites *sites, size_t at) {
    static const uint8_t oid[] = {0x55, 0x1d, 0x0e};
    const mtlsmut_site *site = &sites->items[at], *value = &sites->items[site->parent];
    if (value->type->kind != MTLSMUT_KIND_VALUE || site->node->form != MTLSGEN_NODE_PRIMITIVE ||
        value->node->parent == NULL) {
        return false;
    }
    const mtlsgen_der_node *first = value->node->parent->first_child;
    return first != NULL && first->form == MTLSGEN_NODE_PRIMITIVE &&
           mtls_view_equal(first->bytes, (mtls_view){oid, sizeof oid});
}

void mtlsmut_identity_read(mtlsgen_der_tree *tree, const mtlsmut_sites *sites, mtlsmut_identity *out) {
    const mtlsmut_site *tbs = mtlsmut_sites_field(sites, sites->items, "tbsCertificate");
    *out = (mtlsmut_identity){
        .subject = encode_field(tree, sites, tbs, "subject"),
        .issuer = encode_field(tree, sites, tbs, "issuer"),
        .spki = encode_field(tree, sites, tbs, "subjectPublicKeyInfo"),
    };
    for (size_t i = 0; i < sites->num_items; i++) {
        if (is_issuer_key_id(&sites->items[i])) {
            out->issuer_key_id = sites->items[i].node->bytes;
        } else if (is_own_key_id(sites, i)) {
            out->own_key_id = sites->items[i].node->bytes;
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

bool mtlsmut_set_part(mtlsgen_der_tree *tree, const mtlsmut_sites *sites, const char *name,
                      mtls_view element) {
    const mtlsmut_site *tbs = mtlsmut_sites_field(sites, sites->items, "tbsCertificate");
    const mtlsmut_site *part = mtlsmut_sites_field(sites, tbs, name);
    if (part == NULL || element.len == 0) {
        return false;
    }
    replace(tree, part->node, element);
    return tree->status == MTLS_OK;
}

void mtlsmut_set_key_ids(const mtlsmut_sites *sites, mtls_view own, mtls_view issuers) {
    for (size_t i = 0; i < sites->num_items; i++) {
        const mtlsmut_site *site = &sites->items[i];
        if (issuers.len > 0 && is_issuer_key_id(site)) {
            site->node->bytes = issuers;
        } else if (own.len > 0 && is_own_key_id(sites, i)) {
            site->node->bytes = own;
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
