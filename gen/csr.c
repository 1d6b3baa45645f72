#include "gen/csr.h"

#include "gen/signed_object.h"
#include "gen/tbs.h"

/* RFC 2986 4.1: CertificationRequestInfo, with attributes that are there and empty */
static void info_add(mtlsgen_der_tree *tree, mtlsgen_der_node *request, const mtlsgen_csr_spec *spec,
                     mtls_view subject) {
    mtlsgen_der_node *info = mtlsgen_der_add(tree, request, MTLSGEN_DER_SEQUENCE, "info");
    mtlsgen_der_add_integer(tree, info, MTLSGEN_DER_INTEGER, "version", 0);
    mtlsgen_der_add_encoded(tree, info, "subject", subject);
    mtlsgen_spki_add(tree, info, spec->key, false);
    mtlsgen_der_add(tree, info, MTLSGEN_DER_CONTEXT_CONSTRUCTED | 0, "attributes");
}

mtls_status mtlsgen_csr_make(mtlsgen_maker *maker, const mtlsgen_csr_spec *spec, mtlsgen_arena *arena,
                             mtls_view *out_der, mtls_error *error) {
    static const mtlsgen_signature ordinary = {0};
    mtls_view subject;
    mtlsgen_name name;
    mtls_status status = MTLS_OK;
    if (spec->address == NULL || spec->key == NULL || (spec->label == NULL && spec->subject == NULL)) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "a request needs an address, a key, and a label or a subject");
    }
    mtlsgen_arena_reset(&maker->scratch);
    if (spec->subject == NULL &&
        (status = mtlsgen_name_default(spec->label, &maker->scratch, &name)) != MTLS_OK) {
        return mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    status =
        mtlsgen_name_encode(spec->subject != NULL ? spec->subject : &name, &maker->scratch, &subject, error);
    mtlsgen_signing signing = {.address = spec->address,
                               .key = spec->key,
                               .digest = spec->digest,
                               .signature = &ordinary,
                               .faults = spec->faults,
                               .num_faults = spec->num_faults};
    if (status != MTLS_OK || (status = mtlsgen_signing_start(maker, &signing, error)) != MTLS_OK) {
        return status;
    }
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &maker->scratch);
    mtlsgen_der_node *request = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, "request");
    info_add(&tree, request, spec, subject);
    return mtlsgen_signing_finish(maker, &signing, &tree, request->first_child, arena, out_der, error);
}
