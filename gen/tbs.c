#include "gen/tbs.h"

#include "gen/extension_add.h"
#include "gen/key_material.h"
#include "gen/time_write.h"

static const struct {
    const char *not_before, *not_after;
} spans[] = {
    [MTLSGEN_VALIDITY_GOOD] = {"2020-01-01T00:00:00Z", "2119-12-31T23:59:59Z"},
    [MTLSGEN_VALIDITY_EXPIRED] = {"2020-01-01T00:00:00Z", "2021-12-31T23:59:59Z"},
    [MTLSGEN_VALIDITY_FUTURE] = {"2100-01-01T00:00:00Z", "2119-12-31T23:59:59Z"},
};

void mtlsgen_spki_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_key *key,
                      bool explicit_parameters) {
    mtlsgen_der_node *node = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, "subjectPublicKeyInfo");
    mtlsgen_der_add_encoded(tree, node, "algorithm",
                            explicit_parameters && key->kind == MTLSGEN_KIND_EC
                                ? key->curve->explicit_algorithm_id
                                : key->algorithm_id);
    mtlsgen_der_add_encoded(tree, node, "subjectPublicKey", key->public_key);
}

/* default_extension gives what a good certificate has of a kind; false where it has none. */
static bool default_extension(const mtlsgen_certificate_spec *spec, mtlsgen_extension_kind kind,
                              mtlsgen_extension *out) {
    static const char *const client_auth[] = {"clientAuth"};
    *out = (mtlsgen_extension){.kind = kind};
    switch (kind) {
    case MTLSGEN_EXT_BASIC_CONSTRAINTS:
        out->u.basic_constraints.ca = true;
        return spec->ca;
    case MTLSGEN_EXT_KEY_USAGE:
        out->u.key_usage =
            spec->ca ? MTLSGEN_KU_KEY_CERT_SIGN | MTLSGEN_KU_CRL_SIGN : MTLSGEN_KU_DIGITAL_SIGNATURE;
        return true;
    case MTLSGEN_EXT_EXT_KEY_USAGE:
        out->u.purposes.items = client_auth;
        out->u.purposes.num_items = 1;
        return !spec->ca;
    case MTLSGEN_EXT_SUBJECT_KEY_IDENTIFIER:
        return true;
    case MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER:
        out->u.authority.has_key_id = true;
        return spec->issuer != NULL;
    default:
        return false;
    }
}

/* stated_extension gives the first entry of a kind that is not a copy. */
static const mtlsgen_extension *stated_extension(const mtlsgen_certificate_spec *spec,
                                                 mtlsgen_extension_kind kind) {
    for (size_t i = 0; i < spec->num_extensions; i++) {
        if (spec->extensions[i].kind == kind && !spec->extensions[i].copy) {
            return &spec->extensions[i];
        }
    }
    return NULL;
}

/* add_known adds one extension of each kind of RFC 5280 that is stated, or that a good certificate has. */
static mtls_status add_known(mtlsgen_der_tree *tree, mtlsgen_der_node *list,
                             const mtlsgen_certificate_spec *spec, const mtlsgen_key_ids *ids,
                             mtls_error *error) {
    mtls_status status = MTLS_OK;
    bool defaults = spec->version == 0 || spec->version == 3;
    for (int i = MTLSGEN_EXT_RAW + 1; i < MTLSGEN_NUM_EXTENSIONS && status == MTLS_OK; i++) {
        mtlsgen_extension_kind kind = (mtlsgen_extension_kind)i;
        mtlsgen_extension good;
        const mtlsgen_extension *extension = spec->num_extensions == 0 ? NULL : stated_extension(spec, kind);
        if (extension == NULL && defaults && default_extension(spec, kind, &good)) {
            extension = &good;
        }
        if (extension != NULL && !extension->absent) {
            status = mtlsgen_extension_add(tree, list, extension, ids, error);
        }
    }
    return status;
}

/* add_others adds raw extensions, copies, and what states a kind again, in the order of the spec. */
static mtls_status add_others(mtlsgen_der_tree *tree, mtlsgen_der_node *list,
                              const mtlsgen_certificate_spec *spec, const mtlsgen_key_ids *ids,
                              mtls_error *error) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < spec->num_extensions && status == MTLS_OK; i++) {
        const mtlsgen_extension *extension = &spec->extensions[i];
        bool other = extension->kind == MTLSGEN_EXT_RAW || extension->copy ||
                     extension != stated_extension(spec, extension->kind);
        if (other && !extension->absent) {
            status = mtlsgen_extension_add(tree, list, extension, ids, error);
        }
    }
    return status;
}

static mtls_status add_extensions(mtlsgen_der_tree *tree, mtlsgen_der_node *tbs,
                                  const mtlsgen_certificate_spec *spec, const mtlsgen_tbs_parts *parts,
                                  mtls_error *error) {
    if (spec->num_extensions > MTLSGEN_EXTENSIONS_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "a certificate has at most %d extensions, not %zu",
                         MTLSGEN_EXTENSIONS_MAX, spec->num_extensions);
    }
    mtlsgen_key_ids ids = {mtlsgen_key_id(spec->key), parts->issuing_key_id};
    mtlsgen_der_node *tag = mtlsgen_der_add_explicit(tree, tbs, 3);
    mtlsgen_der_node *list = mtlsgen_der_add(tree, tag, MTLSGEN_DER_SEQUENCE, "extensions");
    mtls_status status = add_known(tree, list, spec, &ids, error);
    if (status == MTLS_OK) {
        status = add_others(tree, list, spec, &ids, error);
    }
    if (status == MTLS_OK && list->first_child == NULL && tree->status == MTLS_OK) {
        mtlsgen_der_remove(tag); /* RFC 5280 4.1: Extensions has at least one */
    }
    return status;
}

mtls_status mtlsgen_tbs_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                            const mtlsgen_certificate_spec *spec, const mtlsgen_tbs_parts *parts,
                            mtlsgen_der_node **out_tbs, mtls_error *error) {
    int version = spec->version == 0 ? 3 : spec->version;
    if (version < 1 || version > 3) {
        return mtls_fail(MTLS_ERR_USAGE, error, "a certificate's version is 1, 2 or 3, not %d", version);
    }
    mtlsgen_der_node *tbs = *out_tbs = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, "tbs");
    if (version != 1) { /* DEFAULT v1, which DER leaves out */
        mtlsgen_der_add_integer(tree, mtlsgen_der_add_explicit(tree, tbs, 0), MTLSGEN_DER_INTEGER, "version",
                                version - 1);
    }
    mtlsgen_der_add_bytes(tree, tbs, MTLSGEN_DER_INTEGER, "serialNumber", parts->serial);
    mtlsgen_der_add_encoded(tree, tbs, "signature", parts->signature);
    mtlsgen_der_add_encoded(tree, tbs, "issuer", parts->issuer);
    mtlsgen_der_node *validity = mtlsgen_der_add(tree, tbs, MTLSGEN_DER_SEQUENCE, "validity");
    mtls_status status = mtlsgen_time_add(tree, validity, "notBefore", &spec->validity.not_before,
                                          spans[spec->validity.span].not_before, error);
    if (status == MTLS_OK) {
        status = mtlsgen_time_add(tree, validity, "notAfter", &spec->validity.not_after,
                                  spans[spec->validity.span].not_after, error);
    }
    mtlsgen_der_add_encoded(tree, tbs, "subject", parts->subject);
    mtlsgen_spki_add(tree, tbs, spec->key, spec->explicit_parameters);
    return status == MTLS_OK ? add_extensions(tree, tbs, spec, parts, error) : status;
}
