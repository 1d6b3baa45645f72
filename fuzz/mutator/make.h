/* New elements: extensions and keys from the generator's tables, all else from the schema. */
#ifndef MTLS_FUZZ_MUTATOR_MAKE_H
#define MTLS_FUZZ_MUTATOR_MAKE_H

#include "fuzz/mutator/job.h"
#include "fuzz/mutator/schema.h"

/* mtlsmut_make adds an element of this type at the end of `parent` and gives it; `field`, which may be NULL,
 * says how it is tagged. NULL where the tree has failed. */
mtlsgen_der_node *mtlsmut_make(mtlsmut_job *job, mtlsgen_der_node *parent, const mtlsmut_type *type,
                               const mtlsmut_field *field);

/* mtlsmut_make_extension adds one whole extension of RFC 5280 by the generator. */
mtlsgen_der_node *mtlsmut_make_extension(mtlsmut_job *job, mtlsgen_der_node *parent);

#endif
