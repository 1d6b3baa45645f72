/* The contents of single fields: other values of their kind, some of which are wrong. */
#ifndef MTLS_FUZZ_MUTATOR_LEAF_H
#define MTLS_FUZZ_MUTATOR_LEAF_H

#include "fuzz/mutator/job.h"
#include "fuzz/mutator/schema.h"

/* mtlsmut_leaf_is answers whether a type holds a value and no elements. */
bool mtlsmut_leaf_is(const mtlsmut_type *type);

/* mtlsmut_leaf_make gives a value for a field of this type, and for one whose tag is its own (`*io_tag` is 0)
 * the tag. */
mtls_view mtlsmut_leaf_make(mtlsmut_job *job, const mtlsmut_type *type, uint8_t *io_tag);

/* mtlsmut_leaf_edit changes the value of a node. False where there is nothing to change. */
bool mtlsmut_leaf_edit(mtlsmut_job *job, const mtlsmut_type *type, mtlsgen_der_node *node);

/* mtlsmut_leaf_scramble changes any primitive node's bytes, whatever they are. */
bool mtlsmut_leaf_scramble(mtlsmut_job *job, mtlsgen_der_node *node);

/* mtlsmut_leaf_oid gives the content of an OID that fields of this group take. */
mtls_view mtlsmut_leaf_oid(mtlsmut_job *job, mtlsmut_oids group);

#endif
