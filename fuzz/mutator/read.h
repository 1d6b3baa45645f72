/* Any bytes as a DER tree. */
#ifndef MTLS_FUZZ_MUTATOR_READ_H
#define MTLS_FUZZ_MUTATOR_READ_H

#include "gen/der_write.h"

/* mtlsmut_read adds what `bytes` hold to `parent`, as far as it goes: a length past the end ends at the end,
 * what is no element stands loose, and OCTET and BIT STRINGs that hold elements are opened. Encoding gives
 * sound bytes back the same; with `keep_forms` also BER's long and indefinite lengths, which else become
 * DER's. The bytes are borrowed. */
void mtlsmut_read(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view bytes, bool keep_forms);

/* The deepest nesting that is read; what lies deeper stays closed. */
enum { MTLSMUT_DEPTH_MAX = 32, MTLSMUT_NODES_MAX = 8192 };

#endif
