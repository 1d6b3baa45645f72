/* An input of a case from its parts: blocks, bytes as they are, and what happens to the whole file. */
#ifndef MTLS_GEN_INPUT_BUILD_H
#define MTLS_GEN_INPUT_BUILD_H

#include "gen/scenario.h"
#include "gen/workshop.h"

/* mtlsgen_input_build appends the input's bytes to `out`, and sets `used[i]` for each certificate that is in
 * it. */
MTLS_MUST_CHECK mtls_status mtlsgen_input_build(mtlsgen_workshop *shop, const mtlsgen_input *input,
                                                bool *used, mtls_buf *out, mtls_error *error);

/* mtlsgen_key_pem_write appends a private key as it stands in a file: PKCS#8 in one PEM block. */
MTLS_MUST_CHECK mtls_status mtlsgen_key_pem_write(mtlsgen_workshop *shop, mtlsgen_ref certificate,
                                                  mtls_buf *out, mtls_error *error);

#endif
