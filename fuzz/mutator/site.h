/* Where in a certificate's tree which field is. */
#ifndef MTLS_FUZZ_MUTATOR_SITE_H
#define MTLS_FUZZ_MUTATOR_SITE_H

#include "fuzz/mutator/schema.h"
#include "gen/der_write.h"

/* One element and what the schema says that it is. */
typedef struct {
    mtlsgen_der_node *node;     /* in `document`, or below it */
    const mtlsmut_type *type;   /* never NULL */
    const mtlsmut_field *field; /* of the parent; NULL: an element of a list, or unknown */
    size_t parent;              /* index of the parent's site; of the certificate its own */
    uint64_t path;              /* the same for the same field, whatever its number in a list */
    bool element;               /* one of a list */
    bool wrapper;               /* the EXPLICIT tag around `field`, whose own site comes next */
} mtlsmut_site;

typedef struct {
    mtlsmut_site *items; /* a parent before its children; the first is the certificate */
    size_t num_items;
} mtlsmut_sites;

/* mtlsmut_sites_find binds `certificate` and all below it to the schema. The items live in the tree's arena.
 */
MTLS_MUST_CHECK mtls_status mtlsmut_sites_find(mtlsgen_der_tree *tree, mtlsgen_der_node *certificate,
                                               mtlsmut_sites *out);

/* mtlsmut_sites_field gives the field of this name of the site `parent` (tbsCertificate's are reached by
 * "tbs"), or NULL. A wrapper is looked through. */
const mtlsmut_site *mtlsmut_sites_field(const mtlsmut_sites *sites, const mtlsmut_site *parent,
                                        const char *name);

/* mtlsmut_sites_place answers whether a SEQUENCE has this field, and gives the element that it would come
 * after; NULL: it would be the first. */
bool mtlsmut_sites_place(const mtlsmut_sites *sites, const mtlsmut_site *sequence, const mtlsmut_field *field,
                         mtlsgen_der_node **out_before);

#endif
