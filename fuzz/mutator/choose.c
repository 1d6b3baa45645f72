#include "fuzz/mutator/choose.h"

/* end_of_choice leaves out signatureValue, which signing replaces, but for 1 time in 32. */
static size_t end_of_choice(mtlsmut_job *job, const mtlsmut_sites *sites) {
    const mtlsmut_site *signature = mtlsmut_sites_field(sites, sites->items, "signatureValue");
    return signature == NULL || mtlsmut_chance(&job->random, 1, 32) ? sites->num_items
                                                                    : (size_t)(signature - sites->items);
}

const mtlsmut_site *mtlsmut_choose(mtlsmut_job *job, const mtlsmut_sites *sites, mtlsmut_site_test passes) {
    size_t end = end_of_choice(job, sites), num = 0;
    for (size_t i = 1; i < end; i++) {
        num += passes(&sites->items[i]);
    }
    size_t wanted = mtlsmut_below(&job->random, num);
    for (size_t i = 1; i < end && num > 0; i++) {
        if (passes(&sites->items[i]) && wanted-- == 0) {
            return &sites->items[i];
        }
    }
    return NULL;
}

bool mtlsmut_site_is_any(const mtlsmut_site *site) {
    return site->node->parent != NULL;
}

bool mtlsmut_site_is_list(const mtlsmut_site *site) {
    return site->type->kind == MTLSMUT_KIND_LIST && !site->wrapper &&
           site->node->form == MTLSGEN_NODE_CONSTRUCTED;
}

void mtlsmut_put_instead(mtlsgen_der_node *old, mtlsgen_der_node *new_node) {
    mtlsgen_der_insert(old->parent, old, new_node);
    mtlsgen_der_remove(old);
}

mtlsgen_der_node *mtlsmut_copy(mtlsmut_job *job, const mtlsgen_der_node *node) {
    mtlsgen_der_node *copy = mtlsgen_der_copy(job->tree, node);
    return job->tree->status == MTLS_OK ? copy : NULL;
}
