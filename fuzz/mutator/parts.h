/* The certificates of an input, whatever holds them. */
#ifndef MTLS_FUZZ_MUTATOR_PARTS_H
#define MTLS_FUZZ_MUTATOR_PARTS_H

#include <mtls/mutate.h>

#include "gen/arena.h"

enum { MTLSMUT_PARTS_MAX = 64 }; /* certificates of one input; the rest stays as it is */

typedef struct {
    size_t begin_at, end_at; /* in the file */
    mtls_view der;           /* what is there, decoded */
} mtlsmut_part;

typedef struct {
    mtls_view file;
    bool pem;
    mtlsmut_part items[MTLSMUT_PARTS_MAX];
    size_t num_items;
    mtls_view inserted; /* one more, written after the part `inserted_after`; empty: none */
    size_t inserted_after;
} mtlsmut_parts;

/* mtlsmut_parts_read finds the certificates; what a PEM block holds lives in `arena`. */
MTLS_MUST_CHECK mtls_status mtlsmut_parts_read(mtls_view file, mtlsmut_format format, mtlsgen_arena *arena,
                                               mtlsmut_parts *out);

/* mtlsmut_parts_write appends the file with those parts replaced whose `ders` are not empty. */
MTLS_MUST_CHECK mtls_status mtlsmut_parts_write(const mtlsmut_parts *parts, const mtls_view *ders,
                                                mtls_buf *out);

#endif
