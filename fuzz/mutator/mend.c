#include "fuzz/mutator/mend.h"

#include "fuzz/mutator/leaf.h"
#include "fuzz/mutator/make.h"

enum { TRIES = 8 };

static bool is_within(const mtlsmut_type *type, uint8_t tag, const mtlsgen_der_node *child) {
    return child->form != MTLSGEN_NODE_LOOSE && mtlsmut_type_takes(type, tag);
}

static bool mend_list(const mtlsmut_site *list) {
    bool changed = false;
    mtlsgen_der_node *next;
    for (mtlsgen_der_node *child = list->node->first_child; child != NULL; child = next) {
        next = child->next;
        if (!is_within(list->type->of, child->tag, child)) {
            mtlsgen_der_remove(child);
            changed = true;
        }
    }
    return changed;
}

/* bound_as_field answers whether a child of a SEQUENCE is one of its fields. */
static bool bound_as_field(const mtlsmut_sites *sites, size_t sequence_at, const mtlsgen_der_node *child) {
    for (size_t i = sequence_at + 1; i < sites->num_items; i++) {
        if (sites->items[i].node == child) {
            return sites->items[i].field != NULL;
        }
    }
    return false;
}

static bool mend_sequence(mtlsmut_job *job, const mtlsmut_sites *sites, size_t at) {
    bool changed = false;
    const mtlsmut_site *sequence = &sites->items[at];
    mtlsgen_der_node *next;
    for (mtlsgen_der_node *child = sequence->node->first_child; child != NULL; child = next) {
        next = child->next;
        if (!bound_as_field(sites, at, child)) {
            mtlsgen_der_remove(child);
            changed = true;
        }
    }
    for (size_t i = 0; i < sequence->type->num_fields; i++) {
        const mtlsmut_field *field = &sequence->type->fields[i];
        mtlsgen_der_node *before;
        if (field->optional || mtlsmut_sites_place(sites, sequence, field, &before)) {
            continue;
        }
        mtlsgen_der_node *made = mtlsmut_make(job, sequence->node, field->type, field);
        if (made == NULL) {
            return changed;
        }
        mtlsgen_der_remove(made);
        mtlsgen_der_insert(sequence->node, before, made);
        changed = true;
    }
    return changed;
}

static bool utf8_is_sound(mtls_view text) {
    for (size_t i = 0; i < text.len;) {
        uint8_t first = text.data[i++];
        size_t more = first < 0x80   ? 0
                      : first < 0xc2 ? 4
                      : first < 0xe0 ? 1
                      : first < 0xf0 ? 2
                      : first < 0xf5 ? 3
                                     : 4;
        if (more == 4 || more > text.len - i) {
            return false;
        }
        for (; more > 0; more--) {
            if ((text.data[i++] & 0xc0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}

/* X.690 8.2 to 8.6, 8.8, 8.19, 8.21 and 8.23, as far as a reader looks before it knows what a field means. */
static bool is_sound(const mtlsmut_type *type, uint8_t tag, mtls_view content) {
    switch (type->kind) {
    case MTLSMUT_KIND_BOOLEAN:
        return content.len == 1;
    case MTLSMUT_KIND_SMALL:
    case MTLSMUT_KIND_NUMBER:
        return content.len == 1 || (content.len > 1 && !(content.data[0] == 0 && content.data[1] < 0x80) &&
                                    !(content.data[0] == 0xff && content.data[1] >= 0x80));
    case MTLSMUT_KIND_BITS:
    case MTLSMUT_KIND_NAMED_BITS:
        return content.len > 0 && content.data[0] < 8 && (content.len > 1 || content.data[0] == 0);
    case MTLSMUT_KIND_NULL:
        return content.len == 0;
    case MTLSMUT_KIND_OID:
        for (size_t i = 0; i < content.len; i++) {
            if (content.data[i] == 0x80 && (i == 0 || content.data[i - 1] < 0x80)) {
                return false;
            }
        }
        return content.len > 0 && content.data[content.len - 1] < 0x80;
    case MTLSMUT_KIND_TEXT:
        return tag == MTLSGEN_DER_UTF8_STRING        ? utf8_is_sound(content)
               : tag == MTLSGEN_DER_BMP_STRING       ? content.len % 2 == 0
               : tag == MTLSGEN_DER_UNIVERSAL_STRING ? content.len % 4 == 0
                                                     : true;
    default:
        return true;
    }
}

static bool mend_leaf(mtlsmut_job *job, const mtlsmut_site *site) {
    bool changed = false;
    for (int i = 0; i < TRIES && !is_sound(site->type, site->node->tag, site->node->bytes); i++) {
        uint8_t tag = site->node->tag;
        site->node->bytes = mtlsmut_leaf_make(job, site->type, &tag);
        site->node->tag = tag;
        changed = true;
    }
    return changed;
}

/* An EXPLICIT tag without its field. */
static bool mend_wrapper(const mtlsmut_sites *sites, size_t at) {
    const mtlsmut_site *site = &sites->items[at];
    bool holds = at + 1 < sites->num_items && site[1].parent == at && site[1].field == site->field;
    if (!holds && site->node->parent != NULL) {
        mtlsgen_der_remove(site->node);
    }
    return !holds;
}

bool mtlsmut_mend(mtlsmut_job *job, const mtlsmut_sites *sites) {
    bool changed = false;
    while (job->tree->document.last_child != sites->items[0].node) { /* bytes after the certificate */
        mtlsgen_der_remove(job->tree->document.last_child);
        changed = true;
    }
    for (size_t i = 0; i < sites->num_items && job->tree->status == MTLS_OK; i++) {
        const mtlsmut_site *site = &sites->items[i];
        bool here = false;
        if (site->wrapper) {
            here = mend_wrapper(sites, i);
        } else if (site->node->form == MTLSGEN_NODE_PRIMITIVE) {
            here = mend_leaf(job, site);
        } else if (site->type->kind == MTLSMUT_KIND_LIST) {
            here = mend_list(site);
        } else if (site->type->kind == MTLSMUT_KIND_SEQUENCE) {
            here = mend_sequence(job, sites, i);
        }
        changed = here || changed;
    }
    return changed;
}
