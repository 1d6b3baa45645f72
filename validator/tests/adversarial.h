/* Files made to be slow to read: for the test of bounds and for the benchmark. */
#ifndef MTLS_VALIDATOR_TESTS_ADVERSARIAL_H
#define MTLS_VALIDATOR_TESTS_ADVERSARIAL_H

#include <mtls/bytes.h>

typedef struct {
    const char *name;
    const char *head, *unit, *tail; /* the unit as often as it fits */
} adversarial;

extern const adversarial adversarial_files[];
extern const size_t num_adversarial_files;

/* adversarial_make writes a file of about `len` bytes to `out`; false if memory is short. */
bool adversarial_make(const adversarial *kind, size_t len, mtls_buf *out);

/* adversarial_nest writes one block of about `len` bytes whose DER is SEQUENCEs in SEQUENCEs, all with right
 * lengths, where an AlgorithmIdentifier may have anything. */
bool adversarial_nest(size_t len, mtls_buf *out);

#endif
