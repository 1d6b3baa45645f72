/* Paths into DER trees, such as `tbs.extensions[basicConstraints].value[0]`. */
#ifndef MTLS_GEN_DER_PATH_H
#define MTLS_GEN_DER_PATH_H

#include "gen/der_write.h"

/* mtlsgen_der_open lets a node's children be reached: one that was added encoded gets its header and its
 * content apart, and a constructed one, an OCTET STRING or a BIT STRING the elements inside. What is encoded
 * stays the same byte for byte. False where the bytes are not a row of elements with definite lengths, or are
 * too deep. */
bool mtlsgen_der_open(mtlsgen_der_tree *tree, mtlsgen_der_node *node);

/* mtlsgen_der_open_header is the first half of it: only header and content apart. */
bool mtlsgen_der_open_header(mtlsgen_der_node *node);

/* mtlsgen_der_find follows `path` from the tree's object. The first name is the object's own or one of its
 * fields'. After it, `.name` is a field, `[name]` too, `[N]` the Nth child, `[OID]` the child that starts
 * with that OBJECT IDENTIFIER, and `.explicit` the EXPLICIT tag around a field. MTLS_ERR_USAGE with a message
 * that says where the path stops matching. */
MTLS_MUST_CHECK mtls_status mtlsgen_der_find(mtlsgen_der_tree *tree, const char *path,
                                             mtlsgen_der_node **out_node, mtls_error *error);

#endif
