/* Changes of what stands around certificates: PEM's armour, and which certificates come in which order. */
#ifndef MTLS_FUZZ_MUTATOR_ARMOUR_H
#define MTLS_FUZZ_MUTATOR_ARMOUR_H

#include "fuzz/mutator/parts.h"
#include "fuzz/mutator/random.h"

/* mtlsmut_armour_edit appends the file with its labels, delimiters, line ends, base64 or text between blocks
 * changed. The file is PEM. */
MTLS_MUST_CHECK mtls_status mtlsmut_armour_edit(mtlsmut_random *random, const mtlsmut_parts *parts,
                                                mtls_buf *out);

/* mtlsmut_order_edit appends the file with a certificate less, twice, or in another place. There is one at
 * least. */
MTLS_MUST_CHECK mtls_status mtlsmut_order_edit(mtlsmut_random *random, const mtlsmut_parts *parts,
                                               mtls_buf *out);

#endif
