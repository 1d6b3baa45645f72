#include "gen/crl.h"

#include "gen/extension_add.h"
#include "gen/key_material.h"
#include "gen/signed_object.h"
#include "gen/time_write.h"

#define THIS_UPDATE "2020-01-01T00:00:00Z"
#define NEXT_UPDATE "2119-12-31T23:59:59Z"
#define REVOCATION_DATE "2021-01-01T00:00:00Z"

enum { REVOKED_MAX = 1000 * 1000 };

static mtls_status revoked_add(mtlsgen_der_tree *tree, mtlsgen_der_node *tbs, const mtlsgen_crl_spec *spec,
                               mtls_error *error) {
    mtls_status status = MTLS_OK;
    if (spec->num_revoked > REVOKED_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "a CRL has at most %d entries, not %zu", REVOKED_MAX,
                         spec->num_revoked);
    }
    if (spec->num_revoked == 0) { /* RFC 5280 5.1.2.6: the list MUST be absent when there are none */
        return status;
    }
    mtlsgen_der_node *list = mtlsgen_der_add(tree, tbs, MTLSGEN_DER_SEQUENCE, "revokedCertificates");
    for (size_t i = 0; i < spec->num_revoked && status == MTLS_OK; i++) {
        mtlsgen_der_node *entry = mtlsgen_der_add(tree, list, MTLSGEN_DER_SEQUENCE, NULL);
        mtlsgen_der_add_bytes(tree, entry, MTLSGEN_DER_INTEGER, "userCertificate", spec->revoked[i].serial);
        status =
            mtlsgen_time_add(tree, entry, "revocationDate", &spec->revoked[i].date, REVOCATION_DATE, error);
    }
    return status;
}

/* RFC 5280 5.2: conforming issuers MUST include the authority key identifier and the CRL number */
static mtls_status extensions_add(mtlsgen_der_tree *tree, mtlsgen_der_node *tbs, const mtlsgen_crl_spec *spec,
                                  mtls_error *error) {
    static const uint8_t first_number[] = {0x02, 0x01, 0x01};
    mtlsgen_extension authority = {.kind = MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER};
    mtlsgen_extension number = {.kind = MTLSGEN_EXT_RAW};
    authority.u.authority.has_key_id = true;
    number.u.raw.oid = "2.5.29.20";
    number.u.raw.value = (mtls_view){first_number, sizeof first_number};
    mtls_view id = spec->key_id.len > 0 ? spec->key_id : mtlsgen_key_id(spec->key);
    mtlsgen_key_ids ids = {id, id};
    mtlsgen_der_node *list =
        mtlsgen_der_add(tree, mtlsgen_der_add_explicit(tree, tbs, 0), MTLSGEN_DER_SEQUENCE, "crlExtensions");
    mtls_status status = mtlsgen_extension_add(tree, list, &authority, &ids, error);
    return status == MTLS_OK ? mtlsgen_extension_add(tree, list, &number, &ids, error) : status;
}

/* RFC 5280 5.1.2: TBSCertList */
static mtls_status tbs_add(mtlsgen_der_tree *tree, mtlsgen_der_node *tbs, const mtlsgen_crl_spec *spec,
                           mtls_view algorithm, mtls_error *error) {
    mtls_view issuer;
    mtls_status status = mtlsgen_name_encode(spec->issuer, tree->arena, &issuer, error);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_der_add_integer(tree, tbs, MTLSGEN_DER_INTEGER, "version", 1);
    mtlsgen_der_add_encoded(tree, tbs, "signature", algorithm);
    mtlsgen_der_add_encoded(tree, tbs, "issuer", issuer);
    if ((status = mtlsgen_time_add(tree, tbs, "thisUpdate", &spec->this_update, THIS_UPDATE, error)) ==
            MTLS_OK &&
        (status = mtlsgen_time_add(tree, tbs, "nextUpdate", &spec->next_update, NEXT_UPDATE, error)) ==
            MTLS_OK &&
        (status = revoked_add(tree, tbs, spec, error)) == MTLS_OK) {
        status = extensions_add(tree, tbs, spec, error);
    }
    return status;
}

mtls_status mtlsgen_crl_make(mtlsgen_maker *maker, const mtlsgen_crl_spec *spec, mtlsgen_arena *arena,
                             mtls_view *out_der, mtls_error *error) {
    if (spec->address == NULL || spec->key == NULL || spec->issuer == NULL) {
        return mtls_fail(MTLS_ERR_USAGE, error, "a CRL needs an address, an issuer and the issuer's key");
    }
    mtlsgen_arena_reset(&maker->scratch);
    mtlsgen_signing signing = {.address = spec->address,
                               .key = spec->key,
                               .digest = spec->digest,
                               .signature = &spec->signature,
                               .faults = spec->faults,
                               .num_faults = spec->num_faults};
    mtls_status status = mtlsgen_signing_start(maker, &signing, error);
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &maker->scratch);
    mtlsgen_der_node *crl = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, "crl");
    mtlsgen_der_node *tbs = mtlsgen_der_add(&tree, crl, MTLSGEN_DER_SEQUENCE, "tbs");
    if (status == MTLS_OK && (status = tbs_add(&tree, tbs, spec, signing.inner, error)) == MTLS_OK) {
        status = mtlsgen_signing_finish(maker, &signing, &tree, tbs, arena, out_der, error);
    }
    return status;
}
