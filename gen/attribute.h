/* Attribute types and values: what a name's parts are made of. */
#ifndef MTLS_GEN_ATTRIBUTE_H
#define MTLS_GEN_ATTRIBUTE_H

#include "gen/der_write.h"
#include "gen/name.h"
#include "gen/oid.h"

typedef struct {
    const char *word;
    const char *gateway_word; /* NULL: "OID." and the dotted OID */
    const char *dotted;
    mtlsgen_string_type string_type;
} mtlsgen_attribute_info;

/* mtlsgen_attribute_describe finds a type by its word, in any letter case, or by its dotted OID. NULL for a
 * type that has no word. */
const mtlsgen_attribute_info *mtlsgen_attribute_describe(const char *type);

/* mtlsgen_attribute_add adds an AttributeTypeAndValue (RFC 5280 4.1.2.4). */
MTLS_MUST_CHECK mtls_status mtlsgen_attribute_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                                  const mtlsgen_attribute *attribute, mtls_error *error);

/* mtlsgen_rdn_sort gives the RDN's attributes in the order in which DER writes them (X.690 11.6), in the
 * arena. */
MTLS_MUST_CHECK mtls_status mtlsgen_rdn_sort(const mtlsgen_rdn *rdn, mtlsgen_arena *arena,
                                             const mtlsgen_attribute ***out_sorted, mtls_error *error);

#endif
