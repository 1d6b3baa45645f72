/* Edits of an uploaded file whose effect on the verdict is known. */
#ifndef MTLS_FUZZ_UPLOAD_EDITS_H
#define MTLS_FUZZ_UPLOAD_EDITS_H

#include <mtls/bytes.h>

/* Each puts the edited file into `out` (emptied first), or answers false where the edit says nothing about
 * this file: it has none of what is edited, or it is of a kind (UTF-16, NUL bytes) in which the edit means
 * something else. */
bool mtlsfuzz_edit_crlf(mtls_view file, mtls_buf *out); /* every LF becomes CRLF; files with a CR are left */
bool mtlsfuzz_edit_space_after(mtls_view file,
                               mtls_buf *out); /* a line end, a space, a line end at the end */
bool mtlsfuzz_edit_text_between(mtls_view file, mtls_buf *out); /* a line of text before each sound block */
bool mtlsfuzz_edit_key_before(mtls_view file, mtls_buf *out);   /* a PRIVATE KEY block at the start */
bool mtlsfuzz_edit_key_after(mtls_view file, mtls_buf *out);    /* and at the end, after a line end */

#endif
