/* GeneralName (RFC 5280 4.2.1.6) and OBJECT IDENTIFIERs into DER trees. */
#ifndef MTLS_GEN_GENERAL_NAME_H
#define MTLS_GEN_GENERAL_NAME_H

#include "gen/der_write.h"
#include "gen/extension.h"

/* mtlsgen_oid_add adds an OBJECT IDENTIFIER from its dotted text. */
MTLS_MUST_CHECK mtls_status mtlsgen_oid_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                            const char *name, const char *dotted, mtls_error *error);

MTLS_MUST_CHECK mtls_status mtlsgen_general_name_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                                     const mtlsgen_general_name *name, mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_general_names_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                                      const mtlsgen_general_names *names, mtls_error *error);

/* mtlsgen_uri_add adds a GeneralName that is a URI. */
void mtlsgen_uri_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *uri);

#endif
