#include "fuzz/mutator/operators.h"

#include "fuzz/mutator/choose.h"
#include "fuzz/mutator/leaf.h"
#include "fuzz/mutator/make.h"

#include <string.h>

static bool is_leaf(const mtlsmut_site *site) {
    return mtlsmut_leaf_is(site->type) && site->node->form == MTLSGEN_NODE_PRIMITIVE;
}

static bool is_primitive(const mtlsmut_site *site) {
    return site->node->form == MTLSGEN_NODE_PRIMITIVE;
}

static bool is_element(const mtlsmut_site *site) {
    return site->element;
}

static bool is_optional(const mtlsmut_site *site) {
    return site->element || (site->field != NULL && site->field->optional && !site->wrapper) ||
           (site->wrapper && site->field != NULL);
}

static bool is_sequence(const mtlsmut_site *site) {
    return site->type->kind == MTLSMUT_KIND_SEQUENCE && !site->wrapper &&
           site->node->form == MTLSGEN_NODE_CONSTRUCTED;
}

static bool is_typed(const mtlsmut_site *site) {
    return site->type->kind != MTLSMUT_KIND_ANY && !site->wrapper;
}

static bool is_extensions(const mtlsmut_site *site) {
    return mtlsmut_site_is_list(site) && site->type->of->making == MTLSMUT_MADE_AS_EXTENSION;
}

static mtlsgen_der_node *node_before(const mtlsgen_der_node *node) {
    mtlsgen_der_node *before = NULL;
    for (mtlsgen_der_node *child = node->parent->first_child; child != node; child = child->next) {
        before = child;
    }
    return before;
}

static bool is_below(const mtlsgen_der_node *node, const mtlsgen_der_node *above) {
    for (; node != NULL; node = node->parent) {
        if (node == above) {
            return true;
        }
    }
    return false;
}

/* Operators that keep to the schema */

static bool edit_leaf(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *site = mtlsmut_choose(job, sites, is_leaf);
    return site != NULL && mtlsmut_leaf_edit(job, site->type, site->node);
}

static bool drop_optional(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *site = mtlsmut_choose(job, sites, is_optional);
    if (site == NULL || site->node->parent == NULL) {
        return false;
    }
    /* An EXPLICIT tag around nothing is no field. */
    const mtlsmut_site *above = &sites->items[site->parent];
    mtlsgen_der_remove(above->wrapper ? above->node : site->node);
    return true;
}

static bool duplicate_element(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *site = mtlsmut_choose(job, sites, is_element);
    mtlsgen_der_node *copy = site == NULL ? NULL : mtlsmut_copy(job, site->node);
    if (copy != NULL) {
        mtlsgen_der_insert(site->node->parent, site->node, copy);
    }
    return copy != NULL;
}

static void swap_nodes(mtlsgen_der_node *a, mtlsgen_der_node *b) {
    mtlsgen_der_node *before = node_before(a), *parent = a->parent, *place = b;
    if (before == b) { /* b comes right before a */
        mtlsgen_der_remove(b);
        mtlsgen_der_insert(parent, a, b);
        return;
    }
    mtlsgen_der_remove(a);
    mtlsgen_der_insert(b->parent, place, a);
    mtlsgen_der_remove(b);
    mtlsgen_der_insert(parent, before, b);
}

static bool swap_elements(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *site = mtlsmut_choose(job, sites, is_element);
    if (site == NULL) {
        return false;
    }
    mtlsgen_der_node *other =
        mtlsmut_chance(&job->random, 1, 2) ? site->node->parent->first_child : site->node->parent->last_child;
    if (other == NULL || other == site->node) {
        return false;
    }
    swap_nodes(site->node, other);
    return true;
}

/* replace_same puts a copy of another element of the same type in an element's place: issuer for subject, one
 * time for the other. */
static bool replace_same(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *to = mtlsmut_choose(job, sites, is_typed);
    for (int i = 0; to != NULL && i < MTLSMUT_TRIES; i++) {
        const mtlsmut_site *from = mtlsmut_choose(job, sites, is_typed);
        if (from == NULL || from == to || from->type != to->type || is_below(to->node, from->node) ||
            is_below(from->node, to->node)) {
            continue;
        }
        mtlsgen_der_node *copy = mtlsmut_copy(job, from->node);
        if (copy == NULL) {
            return false;
        }
        if (to->node->tag >= MTLSGEN_DER_CONTEXT || from->node->tag >= MTLSGEN_DER_CONTEXT) {
            copy->tag = to->node->tag;
        }
        mtlsmut_put_instead(to->node, copy);
        return true;
    }
    return false;
}

static bool add_field(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *sequence = mtlsmut_choose(job, sites, is_sequence);
    if (sequence == NULL) {
        return false;
    }
    const mtlsmut_field *field =
        &sequence->type->fields[mtlsmut_below(&job->random, sequence->type->num_fields)];
    mtlsgen_der_node *before, *parent = sequence->node;
    if (mtlsmut_sites_place(sites, sequence, field, &before)) {
        return false;
    }
    mtlsgen_der_node *made = mtlsmut_make(job, parent, field->type, field);
    if (made == NULL) {
        return false;
    }
    mtlsgen_der_remove(made);
    mtlsgen_der_insert(parent, before, made);
    return true;
}

static bool add_element(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *list = mtlsmut_choose(job, sites, mtlsmut_site_is_list);
    return list != NULL && mtlsmut_make(job, list->node, list->type->of, NULL) != NULL;
}

/* insert_extension adds an extension of the generator's table, in the place of the one that is there 3 times
 * in 4: RFC 5280 4.2 has each at most once. */
static bool insert_extension(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *list = mtlsmut_choose(job, sites, is_extensions);
    if (list == NULL) {
        return false;
    }
    mtlsgen_der_node *made = mtlsmut_make_extension(job, list->node);
    if (made == NULL || made->first_child == NULL) {
        return false;
    }
    for (mtlsgen_der_node *child = list->node->first_child; child != made; child = child->next) {
        if (child->first_child != NULL && child->first_child->form == MTLSGEN_NODE_PRIMITIVE &&
            mtls_view_equal(child->first_child->bytes, made->first_child->bytes) &&
            mtlsmut_chance(&job->random, 3, 4)) {
            mtlsgen_der_remove(made);
            mtlsmut_put_instead(child, made);
            return true;
        }
    }
    return true;
}

static bool make_again(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *site = mtlsmut_choose(job, sites, is_typed);
    if (site == NULL || site->type == sites->items[1].type) { /* not the whole of tbsCertificate */
        return false;
    }
    mtlsgen_der_node *made = mtlsmut_make(job, site->node->parent, site->type, NULL);
    if (made == NULL) {
        return false;
    }
    mtlsgen_der_remove(made);
    if (site->node->tag >= MTLSGEN_DER_CONTEXT && made->form != MTLSGEN_NODE_ENCODED &&
        site->type->kind != MTLSMUT_KIND_CHOICE) {
        made->tag = site->node->tag;
    }
    mtlsmut_put_instead(site->node, made);
    return true;
}

/* A part of the certificate's own, by the path of names. */
static const mtlsmut_site *part(const mtlsmut_sites *sites, const char *name) {
    return mtlsmut_sites_field(sites, mtlsmut_sites_field(sites, sites->items, "tbsCertificate"), name);
}

static bool change_key(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *key = part(sites, "subjectPublicKeyInfo");
    mtlsgen_der_node *made = key == NULL ? NULL : mtlsmut_make(job, key->node->parent, key->type, NULL);
    if (made == NULL) {
        return false;
    }
    mtlsgen_der_remove(made);
    mtlsmut_put_instead(key->node, made);
    return true;
}

/* change_algorithm keeps the two AlgorithmIdentifiers equal, as RFC 5280 4.1.1.2 asks, or makes them differ.
 */
static bool change_algorithm(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *inner = part(sites, "signature");
    const mtlsmut_site *outer = mtlsmut_sites_field(sites, sites->items, "signatureAlgorithm");
    if (inner == NULL || outer == NULL) {
        return false;
    }
    mtlsgen_der_node *made = mtlsmut_make(job, inner->node->parent, inner->type, NULL);
    mtlsgen_der_node *copy = made == NULL ? NULL : mtlsmut_copy(job, made);
    if (copy == NULL) {
        return false;
    }
    mtlsgen_der_remove(made);
    if (!mtlsmut_chance(&job->random, 1, 4)) {
        mtlsmut_put_instead(inner->node, made);
    }
    mtlsmut_put_instead(outer->node, copy);
    return true;
}

static bool self_issue(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *issuer = part(sites, "issuer"), *subject = part(sites, "subject");
    if (issuer == NULL || subject == NULL) {
        return false;
    }
    mtlsgen_der_node *copy = mtlsmut_copy(job, subject->node);
    if (copy != NULL) {
        mtlsmut_put_instead(issuer->node, copy);
    }
    return copy != NULL;
}

/* Operators that break it */

static bool retag(mtlsmut_job *job, const mtlsmut_sites *sites) {
    static const uint8_t tags[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18,
                                   0x1e, 0x30, 0x31, 0x80, 0x81, 0x82, 0x86, 0xa0, 0xa1, 0xa3, 0xa4};
    const mtlsmut_site *site = mtlsmut_choose(job, sites, mtlsmut_site_is_any);
    if (site == NULL || site->node->form == MTLSGEN_NODE_ENCODED) {
        return false;
    }
    uint8_t tag = tags[mtlsmut_below(&job->random, sizeof tags)];
    site->node->identifier = (mtls_view){0};
    site->node->tag = mtlsmut_chance(&job->random, 1, 2) ? tag : (uint8_t)(site->node->tag ^ 0x20);
    return true;
}

static bool drop_any(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *site = mtlsmut_choose(job, sites, mtlsmut_site_is_any);
    if (site != NULL) {
        mtlsgen_der_remove(site->node);
    }
    return site != NULL;
}

static bool transplant(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *from = mtlsmut_choose(job, sites, mtlsmut_site_is_any),
                       *to = mtlsmut_choose(job, sites, mtlsmut_site_is_any);
    if (from == NULL || to == NULL || is_below(to->node, from->node)) {
        return false;
    }
    mtlsgen_der_node *copy = mtlsmut_copy(job, from->node);
    if (copy == NULL) {
        return false;
    }
    if (mtlsmut_chance(&job->random, 1, 2)) {
        mtlsgen_der_insert(to->node->parent, to->node, copy);
    } else {
        mtlsmut_put_instead(to->node, copy);
    }
    return true;
}

static bool scramble(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *site = mtlsmut_choose(job, sites, is_primitive);
    return site != NULL && mtlsmut_leaf_scramble(job, site->node);
}

static const struct {
    bool (*operate)(mtlsmut_job *job, const mtlsmut_sites *sites);
    size_t weight;
} operators[] = {
    {edit_leaf,         32},
    {insert_extension,  24},
    {add_field,         12},
    {drop_optional,     10},
    {add_element,       8 },
    {replace_same,      8 },
    {make_again,        8 },
    {duplicate_element, 4 },
    {swap_elements,     3 },
    {change_key,        3 },
    {change_algorithm,  3 },
    {self_issue,        3 },
    {scramble,          3 },
    {transplant,        2 },
    {retag,             2 },
    {drop_any,          2 },
};
enum { NUM_OPERATORS = sizeof operators / sizeof *operators };

bool mtlsmut_operate(mtlsmut_job *job, const mtlsmut_sites *sites) {
    size_t total = 0;
    for (size_t i = 0; i < NUM_OPERATORS; i++) {
        total += operators[i].weight;
    }
    for (int tries = 0; tries < MTLSMUT_TRIES && sites->num_items > 1; tries++) {
        size_t at = mtlsmut_below(&job->random, total), i = 0;
        while (at >= operators[i].weight) {
            at -= operators[i++].weight;
        }
        if (operators[i].operate(job, sites)) {
            return true;
        }
        if (job->tree->status != MTLS_OK) {
            return false;
        }
    }
    return false;
}

void mtlsmut_lie(mtlsmut_job *job, const mtlsmut_sites *sites) {
    static const uint8_t trailing[] = {0x05, 0x00, 0x00};
    const mtlsmut_site *site = mtlsmut_choose(job, sites, mtlsmut_site_is_any);
    if (site == NULL ||
        (site->node->form != MTLSGEN_NODE_CONSTRUCTED && site->node->form != MTLSGEN_NODE_PRIMITIVE)) {
        return;
    }
    mtlsgen_der_node *node = site->node;
    switch (mtlsmut_below(&job->random, 5)) {
    case 0: /* more octets than X.690 10.1 allows */
        node->length_octets = (uint8_t)(1 + mtlsmut_below(&job->random, 4));
        break;
    case 1: /* X.690 8.1.3.6, which DER does without */
        node->indefinite = node->form == MTLSGEN_NODE_CONSTRUCTED;
        break;
    case 2:
        node->lie = 1 + (long)mtlsmut_below(&job->random, 8);
        break;
    case 3:
        node->lie = -1 - (long)mtlsmut_below(&job->random, 8);
        break;
    default: {
        mtlsgen_der_node *loose = mtlsgen_der_add_loose(
            job->tree, node->parent, (mtls_view){trailing, 1 + mtlsmut_below(&job->random, sizeof trailing)});
        if (job->tree->status == MTLS_OK) {
            mtlsgen_der_remove(loose);
            mtlsgen_der_insert(node->parent, node, loose);
        }
    }
    }
}
