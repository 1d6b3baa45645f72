/* Addressed randomness: every random byte of a corpus has a name, so that adding or reordering cases changes
 * no other case. */
#ifndef MTLS_GEN_SEED_H
#define MTLS_GEN_SEED_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/hash.h"

/* HKDF-SHA256 (RFC 5869) gives this much at most for one address. */
#define MTLSGEN_SEED_EXPAND_MAX ((size_t)255 * 32)

/* The seed of a corpus: an HMAC keyed by HKDF's pseudorandom key. */
typedef struct {
    mtlsgen_hmac hmac;
} mtlsgen_seed;

/* mtlsgen_seed_init derives the seed from any text (HKDF-Extract). It cannot fail. Read-only afterwards, and
 * so shared between threads. */
void mtlsgen_seed_init(const char *text, mtlsgen_seed *out_seed);

/* mtlsgen_seed_expand fills `out` with the `len` bytes at `address` (HKDF-Expand), such as
 * "upload/leaf-only#leaf.serial". MTLS_ERR_LIMIT past MTLSGEN_SEED_EXPAND_MAX. */
MTLS_MUST_CHECK mtls_status mtlsgen_seed_expand(const mtlsgen_seed *seed, const char *address, uint8_t *out,
                                                size_t len);

#endif
