/* Where a corpus goes: a folder or a file that is written beside its target and takes the target's place at
 * the end, or never. */
#ifndef MTLS_GEN_OUTPUT_H
#define MTLS_GEN_OUTPUT_H

#include <mtls/bytes.h>
#include <mtls/status.h>

typedef struct mtlsgen_output mtlsgen_output;

typedef enum {
    MTLSGEN_OUTPUT_FOLDER,
    MTLSGEN_OUTPUT_CASE, /* a folder too, of one case */
    MTLSGEN_OUTPUT_FILE  /* "-" is standard output, written as it comes */
} mtlsgen_output_kind;

/* mtlsgen_output_open looks at `target`, which may be missing, an empty folder, or what this program wrote of
 * the same kind: one case never takes the place of a corpus, nor a corpus that of a case. Anything else is
 * MTLS_ERR_USAGE and stays untouched. The new folder or file is made beside it. */
MTLS_MUST_CHECK mtls_status mtlsgen_output_open(const char *target, mtlsgen_output_kind kind,
                                                mtlsgen_output **out, mtls_error *error);

/* mtlsgen_output_write makes one file of a folder; `path` is relative, and the folders on its way are made. A
 * file with a private key in it (a PEM label that says so) is for its owner only. Threads may write different
 * files at once. `once`: a file that is there already is left as it is. */
MTLS_MUST_CHECK mtls_status mtlsgen_output_write(mtlsgen_output *output, const char *path, mtls_view bytes,
                                                 bool once, mtls_error *error);

/* mtlsgen_output_append adds bytes to a file. */
MTLS_MUST_CHECK mtls_status mtlsgen_output_append(mtlsgen_output *output, mtls_view bytes, mtls_error *error);

/* mtlsgen_output_commit puts what was written in the target's place and frees the output; on failure the
 * target is as it was. mtlsgen_output_abandon removes what was written and frees the output. */
MTLS_MUST_CHECK mtls_status mtlsgen_output_commit(mtlsgen_output *output, mtls_error *error);
void mtlsgen_output_abandon(mtlsgen_output *output);

#endif
