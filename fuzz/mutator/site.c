#include "fuzz/mutator/site.h"

#include "fuzz/mutator/random.h"

#include <string.h>

typedef struct {
    mtlsgen_der_tree *tree;
    mtlsmut_site *items;
    size_t num_items, capacity;
} binding;

static uint64_t path_add(uint64_t path, const char *name) {
    return mtlsmut_bytes_hash(path * 31 + 1, mtls_view_of_text(name));
}

static bool add(binding *b, mtlsmut_site site) {
    if (b->num_items == b->capacity) { /* cannot be: there is room for every node */
        return false;
    }
    b->items[b->num_items++] = site;
    return true;
}

static void bind_children(binding *b, size_t at);

static void bind_node(binding *b, mtlsmut_site site) {
    if (add(b, site)) {
        bind_children(b, b->num_items - 1);
    }
}

static const mtlsgen_der_node *first_element(const mtlsgen_der_node *node) {
    const mtlsgen_der_node *child = node->first_child;
    while (child != NULL && child->form == MTLSGEN_NODE_LOOSE) {
        child = child->next;
    }
    return child;
}

/* The OID that an extension starts with, or nothing. */
static mtls_view extension_oid(const mtlsgen_der_node *extension) {
    const mtlsgen_der_node *oid = first_element(extension);
    return oid != NULL && oid->form == MTLSGEN_NODE_PRIMITIVE && oid->tag == MTLSGEN_DER_OID ? oid->bytes
                                                                                             : (mtls_view){0};
}

/* bind_field binds a child to a field of its SEQUENCE or CHOICE. */
static void bind_field(binding *b, size_t parent, mtlsgen_der_node *child, const mtlsmut_field *field) {
    const mtlsmut_site *above = &b->items[parent];
    mtlsmut_site site = {.node = child,
                         .type = field->type,
                         .field = field,
                         .parent = parent,
                         .path = path_add(above->path, field->name)};
    if (field->explicit_tag && child->form == MTLSGEN_NODE_CONSTRUCTED) {
        site.wrapper = true;
        bind_node(b, site);
        return;
    }
    bind_node(b, site);
}

static void bind_unknown(binding *b, size_t parent, mtlsgen_der_node *child) {
    bind_node(b, (mtlsmut_site){.node = child,
                                .type = &mtlsmut_any_type,
                                .parent = parent,
                                .path = path_add(b->items[parent].path, "?")});
}

static void bind_sequence(binding *b, size_t at) {
    const mtlsmut_type *type = b->items[at].type;
    size_t next = 0;
    for (mtlsgen_der_node *child = b->items[at].node->first_child; child != NULL; child = child->next) {
        if (child->form == MTLSGEN_NODE_LOOSE) {
            continue;
        }
        size_t i = next;
        while (i < type->num_fields && !mtlsmut_field_takes(&type->fields[i], child->tag)) {
            i++;
        }
        if (i < type->num_fields) {
            bind_field(b, at, child, &type->fields[i]);
            next = i + 1;
        } else {
            bind_unknown(b, at, child);
        }
    }
}

/* A CHOICE is its alternative: the site stands for both. */
static const mtlsmut_field *alternative(const mtlsmut_type *type, uint8_t tag) {
    for (size_t i = 0; i < type->num_fields; i++) {
        if (mtlsmut_field_takes(&type->fields[i], tag)) {
            return &type->fields[i];
        }
    }
    return NULL;
}

static void bind_list(binding *b, size_t at) {
    const mtlsmut_type *of = b->items[at].type->of;
    for (mtlsgen_der_node *child = b->items[at].node->first_child; child != NULL; child = child->next) {
        if (child->form == MTLSGEN_NODE_LOOSE) {
            continue;
        }
        uint64_t path = path_add(b->items[at].path, of->name);
        if (of->making == MTLSMUT_MADE_AS_EXTENSION) {
            path = mtlsmut_bytes_hash(path, extension_oid(child));
        }
        bind_node(b, (mtlsmut_site){.node = child, .type = of, .parent = at, .path = path, .element = true});
    }
}

/* bind_only_child binds what a wrapper, an extnValue or a chosen alternative holds. */
static void bind_only_child(binding *b, size_t at, const mtlsmut_type *type, const mtlsmut_field *field,
                            const char *name) {
    for (mtlsgen_der_node *child = b->items[at].node->first_child; child != NULL; child = child->next) {
        if (child->form != MTLSGEN_NODE_LOOSE) {
            bool fits = mtlsmut_type_takes(type, child->tag);
            bind_node(b, (mtlsmut_site){.node = child,
                                        .type = fits ? type : &mtlsmut_any_type,
                                        .field = fits ? field : NULL,
                                        .parent = at,
                                        .path = path_add(b->items[at].path, name)});
            type = &mtlsmut_any_type;
            field = NULL;
        }
    }
}

/* The recursion is as deep as the tree, which mtlsmut_read bounds. */
static void bind_children(binding *b, size_t at) {
    const mtlsmut_site site = b->items[at];
    if (site.node->form != MTLSGEN_NODE_CONSTRUCTED) {
        return;
    }
    if (site.wrapper) {
        bind_only_child(b, at, site.type, site.field, "explicit");
        return;
    }
    const mtlsmut_field *chosen;
    switch (site.type->kind) {
    case MTLSMUT_KIND_SEQUENCE:
        bind_sequence(b, at);
        break;
    case MTLSMUT_KIND_LIST:
        bind_list(b, at);
        break;
    case MTLSMUT_KIND_VALUE:
        bind_only_child(b, at, mtlsmut_type_of_extension(extension_oid(site.node->parent)), NULL, "value");
        break;
    case MTLSMUT_KIND_CHOICE:
        chosen = alternative(site.type, site.node->tag);
        if (chosen != NULL && chosen->explicit_tag) {
            bind_only_child(b, at, chosen->type, NULL, chosen->name);
        } else if (chosen != NULL) {
            b->items[at].type = chosen->type;
            b->items[at].path = path_add(site.path, chosen->name);
            bind_children(b, at);
        }
        break;
    default:
        for (mtlsgen_der_node *child = site.node->first_child; child != NULL; child = child->next) {
            if (child->form != MTLSGEN_NODE_LOOSE) {
                bind_unknown(b, at, child);
            }
        }
    }
}

/* A primitive alternative, such as a dNSName, is bound to what it holds. */
static void choose_leaves(binding *b) {
    for (size_t i = 0; i < b->num_items; i++) {
        mtlsmut_site *site = &b->items[i];
        if (site->type->kind == MTLSMUT_KIND_CHOICE && site->node->form == MTLSGEN_NODE_PRIMITIVE) {
            const mtlsmut_field *chosen = alternative(site->type, site->node->tag);
            if (chosen != NULL && !chosen->explicit_tag) {
                site->type = chosen->type;
                site->path = path_add(site->path, chosen->name);
            }
        }
    }
}

mtls_status mtlsmut_sites_find(mtlsgen_der_tree *tree, mtlsgen_der_node *certificate, mtlsmut_sites *out) {
    binding b = {.tree = tree, .capacity = tree->num_nodes};
    *out = (mtlsmut_sites){0};
    if (tree->status != MTLS_OK) {
        return tree->status;
    }
    b.items = mtlsgen_arena_alloc(tree->arena, b.capacity * sizeof *b.items);
    if (b.items == NULL) {
        return MTLS_ERR_NOMEM;
    }
    bind_node(&b, (mtlsmut_site){.node = certificate, .type = &mtlsmut_certificate_type});
    choose_leaves(&b);
    *out = (mtlsmut_sites){b.items, b.num_items};
    return MTLS_OK;
}

const mtlsmut_site *mtlsmut_sites_field(const mtlsmut_sites *sites, const mtlsmut_site *parent,
                                        const char *name) {
    if (parent == NULL) {
        return NULL;
    }
    size_t parent_at = (size_t)(parent - sites->items);
    for (size_t i = parent_at + 1; i < sites->num_items; i++) {
        const mtlsmut_site *site = &sites->items[i];
        if (site->parent == parent_at && site->field != NULL && strcmp(site->field->name, name) == 0) {
            bool inside = site->wrapper && i + 1 < sites->num_items && sites->items[i + 1].parent == i;
            return inside ? site + 1 : site;
        }
    }
    return NULL;
}

bool mtlsmut_sites_place(const mtlsmut_sites *sites, const mtlsmut_site *sequence, const mtlsmut_field *field,
                         mtlsgen_der_node **out_before) {
    size_t at = (size_t)(sequence - sites->items);
    *out_before = NULL;
    for (size_t i = at + 1; i < sites->num_items; i++) {
        const mtlsmut_site *site = &sites->items[i];
        if (site->parent == at && site->field != NULL && site->node->parent == sequence->node) {
            if (site->field == field) {
                return true;
            }
            if (site->field < field) {
                *out_before = site->node;
            }
        }
    }
    return false;
}
