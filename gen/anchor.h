/* What a scenario may cite (docs/sources.md). */
#ifndef MTLS_GEN_ANCHOR_H
#define MTLS_GEN_ANCHOR_H

#include <stdbool.h>
#include <stddef.h>

/* mtlsgen_anchor_is_formed answers whether a text is a source that there is, "#" and a place in it. */
bool mtlsgen_anchor_is_formed(const char *anchor);

/* mtlsgen_anchor_is_known answers whether an anchor of `seed` or `facts`, whose places this project keeps, is
 * among them. The places of other sources are not looked at: true. */
bool mtlsgen_anchor_is_known(const char *anchor);

/* The anchors of the source of `anchor`, `seed` or `facts`: the rows of docs/facts.md, those of
 * docs/sources.md and of gen/coverage.def. */
const char *const *mtlsgen_anchors_get(const char *anchor, size_t *out_num);

/* All of them, those of one source together; cmake/embed_anchors.cmake makes the table. */
extern const char *const mtlsgen_anchors[];
extern const size_t mtlsgen_num_anchors;

#endif
