#include "fuzz/mutator/crossover.h"

#include "fuzz/mutator/choose.h"

enum { DEPTH_ROOM = 24 };

static size_t depth_below(const mtlsgen_der_node *node) {
    size_t deepest = 0;
    for (const mtlsgen_der_node *child = node->first_child; child != NULL; child = child->next) {
        size_t depth = 1 + depth_below(child);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

static const mtlsmut_site *choose_path(mtlsmut_job *job, const mtlsmut_sites *sites, uint64_t path) {
    size_t num = 0;
    for (size_t i = 1; i < sites->num_items; i++) {
        num += sites->items[i].path == path;
    }
    size_t wanted = mtlsmut_below(&job->random, num);
    for (size_t i = 1; i < sites->num_items && num > 0; i++) {
        if (sites->items[i].path == path && wanted-- == 0) {
            return &sites->items[i];
        }
    }
    return NULL;
}

/* list_of gives the list in `to` that an element of another certificate could join. */
static const mtlsmut_site *list_of(const mtlsmut_sites *to, const mtlsmut_sites *from,
                                   const mtlsmut_site *element) {
    uint64_t path = from->items[element->parent].path;
    for (size_t i = 1; element->element && i < to->num_items; i++) {
        if (to->items[i].path == path && mtlsmut_site_is_list(&to->items[i])) {
            return &to->items[i];
        }
    }
    return NULL;
}

bool mtlsmut_transfer(mtlsmut_job *job, const mtlsmut_sites *to, const mtlsmut_sites *from) {
    for (int i = 0; i < MTLSMUT_TRIES; i++) {
        const mtlsmut_site *donor = mtlsmut_choose(job, from, mtlsmut_site_is_any);
        if (donor == NULL || depth_below(donor->node) > DEPTH_ROOM) {
            continue;
        }
        const mtlsmut_site *place = choose_path(job, to, donor->path), *list = list_of(to, from, donor);
        if (place == NULL && list == NULL) {
            continue;
        }
        mtlsgen_der_node *copy = mtlsmut_copy(job, donor->node);
        if (copy == NULL) {
            return false;
        }
        if (place == NULL || (list != NULL && mtlsmut_chance(&job->random, 1, 8))) {
            mtlsgen_der_insert(list->node, list->node->last_child, copy);
        } else {
            mtlsmut_put_instead(place->node, copy);
        }
        return true;
    }
    return false;
}
