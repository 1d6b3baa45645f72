/* The cases of a corpus one after the other, whatever its form. */
#ifndef MTLS_VALIDATOR_PROGRAM_CORPUS_WALK_H
#define MTLS_VALIDATOR_PROGRAM_CORPUS_WALK_H

#include <stdio.h>

#include "core/case.h"

/* Called with each case; anything but MTLS_OK ends the walk. */
typedef mtls_status (*corpus_visit)(const mtls_case *c, void *context, mtls_error *error);

/* corpus_walk visits the cases of `path`: a folder in the tree form, in the order of their paths' bytes; one
 * case.json; or a .jsonl file ("-": standard input), a case a line. A case that cannot be read ends the walk
 * with MTLS_ERR_INPUT or MTLS_ERR_IO and its place in `error`. */
MTLS_MUST_CHECK mtls_status corpus_walk(const char *path, corpus_visit visit, void *context,
                                        mtls_error *error);

/* corpus_line_read appends the next line of `in` to `line`, without its end. `*out_end`: there was none. Past
 * `line->max` bytes it is MTLS_ERR_LIMIT. */
MTLS_MUST_CHECK mtls_status corpus_line_read(FILE *in, mtls_buf *line, bool *out_end);

#endif
