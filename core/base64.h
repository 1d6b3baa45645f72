/* Base64 (RFC 4648 section 4) for the JSON of a case. The PEM reader and the PEM writer have their own. */
#ifndef MTLS_CORE_BASE64_H
#define MTLS_CORE_BASE64_H

#include <mtls/bytes.h>

/* mtls_base64_encode appends the padded text of `bytes`, without line breaks. */
MTLS_MUST_CHECK mtls_status mtls_base64_encode(mtls_view bytes, mtls_buf *out);

/* mtls_base64_decode appends the bytes of `text`. Anything but the canonical padded form is MTLS_ERR_INPUT.
 */
MTLS_MUST_CHECK mtls_status mtls_base64_decode(mtls_view text, mtls_buf *out);

#endif
