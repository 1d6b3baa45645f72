/* Bytes changed as bytes: where nothing is known of them. */
#ifndef MTLS_FUZZ_MUTATOR_BYTES_H
#define MTLS_FUZZ_MUTATOR_BYTES_H

#include "fuzz/mutator/random.h"

/* mtlsmut_bytes_edit changes `data` in place and gives its new size, from 1 to `max_size`; 0 where there is
 * no room for one byte. */
size_t mtlsmut_bytes_edit(mtlsmut_random *random, uint8_t *data, size_t size, size_t max_size);

#endif
