#include "fuzz/mutator/make.h"

#include "fuzz/mutator/leaf.h"
#include "gen/tbs.h"

static bool chance(mtlsmut_job *job, size_t num, size_t of) {
    return mtlsmut_chance(&job->random, num, of);
}

/* put_tag gives a node that the generator added the tag of the field that it is to be. */
static mtlsgen_der_node *put_tag(mtlsmut_job *job, mtlsgen_der_node *node, const mtlsmut_field *field) {
    if (job->tree->status != MTLS_OK || node == NULL) {
        return NULL;
    }
    if (field != NULL && field->number != MTLSMUT_NO_NUMBER && !field->explicit_tag) {
        node->tag = mtlsmut_field_tag(field);
    }
    return node;
}

static mtlsgen_der_node *make_algorithm(mtlsmut_job *job, mtlsgen_der_node *parent) {
    mtls_view der;
    const char *name =
        mtlsgen_signature_algorithm_words[mtlsmut_below(&job->random, mtlsgen_num_signature_algorithm_words)];
    if (mtlsgen_signature_algorithm_named(name, job->arena, &der, NULL) != MTLS_OK) {
        return NULL;
    }
    return mtlsgen_der_add_encoded(job->tree, parent, NULL, der);
}

static mtlsgen_der_node *make_key(mtlsmut_job *job, mtlsgen_der_node *parent) {
    const mtlsgen_key *key = mtlsmut_keys_pick(job->keys, &job->random);
    if (key == NULL) {
        return NULL;
    }
    mtlsgen_spki_add(job->tree, parent, key, chance(job, 1, 8));
    return parent->last_child;
}

static mtlsgen_der_node *make_any(mtlsmut_job *job, mtlsgen_der_node *parent) {
    static const uint8_t text[] = "any";
    switch (mtlsmut_below(&job->random, 4)) {
    case 0:
        return mtlsgen_der_add(job->tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
    case 1:
        return mtlsgen_der_add_bytes(job->tree, parent, MTLSGEN_DER_UTF8_STRING, NULL, (mtls_view){text, 3});
    case 2:
        return mtlsgen_der_add_integer(job->tree, parent, MTLSGEN_DER_INTEGER, NULL, 1);
    default:
        return mtlsgen_der_add_bytes(job->tree, parent, MTLSGEN_DER_NULL, NULL, (mtls_view){0});
    }
}

static mtlsgen_der_node *make_sequence(mtlsmut_job *job, mtlsgen_der_node *parent, const mtlsmut_type *type) {
    mtlsgen_der_node *node = mtlsgen_der_add(job->tree, parent, type->tag, NULL);
    for (size_t i = 0; i < type->num_fields && job->tree->status == MTLS_OK; i++) {
        const mtlsmut_field *field = &type->fields[i];
        if (!field->optional || chance(job, 1, 2)) {
            (void)mtlsmut_make(job, node, field->type, field);
        }
    }
    return node;
}

static mtlsgen_der_node *make_list(mtlsmut_job *job, mtlsgen_der_node *parent, const mtlsmut_type *type) {
    mtlsgen_der_node *node = mtlsgen_der_add(job->tree, parent, type->tag, NULL);
    size_t num = chance(job, 1, 16) ? 0 : 1 + mtlsmut_below(&job->random, 2);
    for (size_t i = 0; i < num && job->tree->status == MTLS_OK; i++) {
        (void)mtlsmut_make(job, node, type->of, NULL);
    }
    return node;
}

/* An extnValue holds what the OID before it says. */
static mtlsgen_der_node *make_value(mtlsmut_job *job, mtlsgen_der_node *extension) {
    const mtlsgen_der_node *oid = extension->first_child;
    mtls_view content = oid != NULL && oid->form == MTLSGEN_NODE_PRIMITIVE ? oid->bytes : (mtls_view){0};
    mtlsgen_der_node *node = mtlsgen_der_add(job->tree, extension, MTLSGEN_DER_OCTET_STRING, NULL);
    if (job->tree->status == MTLS_OK) {
        (void)mtlsmut_make(job, node, mtlsmut_type_of_extension(content), NULL);
    }
    return node;
}

static mtlsgen_der_node *make_leaf(mtlsmut_job *job, mtlsgen_der_node *parent, const mtlsmut_type *type,
                                   const mtlsmut_field *field) {
    uint8_t tag = field == NULL ? type->tag : mtlsmut_field_tag(field);
    mtls_view made = mtlsmut_leaf_make(job, type, &tag);
    return mtlsgen_der_add_bytes(job->tree, parent, tag, NULL, made);
}

/* The recursion is as deep as the schema, which has no cycle. */
mtlsgen_der_node *mtlsmut_make(mtlsmut_job *job, mtlsgen_der_node *parent, const mtlsmut_type *type,
                               const mtlsmut_field *field) {
    if (job->tree->status != MTLS_OK) {
        return NULL;
    }
    if (field != NULL && field->explicit_tag) {
        mtlsgen_der_node *wrapper = mtlsgen_der_add(job->tree, parent, mtlsmut_field_tag(field), NULL);
        return job->tree->status != MTLS_OK || mtlsmut_make(job, wrapper, type, NULL) == NULL ? NULL
                                                                                              : wrapper;
    }
    if (mtlsmut_leaf_is(type)) {
        return put_tag(job, make_leaf(job, parent, type, field), NULL);
    }
    if (type->kind == MTLSMUT_KIND_CHOICE) {
        const mtlsmut_field *chosen = &type->fields[mtlsmut_below(&job->random, type->num_fields)];
        return mtlsmut_make(job, parent, chosen->type, chosen);
    }
    mtlsgen_der_node *node;
    switch (type->making) {
    case MTLSMUT_MADE_AS_EXTENSION:
        node = chance(job, 3, 4) ? mtlsmut_make_extension(job, parent) : make_sequence(job, parent, type);
        break;
    case MTLSMUT_MADE_AS_KEY:
        node = make_key(job, parent);
        break;
    case MTLSMUT_MADE_AS_ALGORITHM:
        node = make_algorithm(job, parent);
        break;
    default:
        node = type->kind == MTLSMUT_KIND_LIST       ? make_list(job, parent, type)
               : type->kind == MTLSMUT_KIND_SEQUENCE ? make_sequence(job, parent, type)
               : type->kind == MTLSMUT_KIND_VALUE    ? make_value(job, parent)
                                                     : make_any(job, parent);
    }
    return put_tag(job, node, field);
}
