/* Extensions into DER trees. */
#ifndef MTLS_GEN_EXTENSION_ADD_H
#define MTLS_GEN_EXTENSION_ADD_H

#include "gen/der_write.h"
#include "gen/extension.h"

/* The key identifiers that extensions without their own take. */
typedef struct {
    mtls_view own, issuing;
} mtlsgen_key_ids;

/* mtlsgen_extension_add adds an Extension (RFC 5280 4.1) to the SEQUENCE OF `parent`. */
MTLS_MUST_CHECK mtls_status mtlsgen_extension_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                                  const mtlsgen_extension *extension,
                                                  const mtlsgen_key_ids *ids, mtls_error *error);

#endif
