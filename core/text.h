/* Text from strangers made safe to show. */
#ifndef MTLS_CORE_TEXT_H
#define MTLS_CORE_TEXT_H

#include <mtls/bytes.h>

/* mtls_text_escape appends `bytes` as printable UTF-8: a control or escape character, a bidirectional or
 * other format character, and a byte that is not UTF-8 become \xNN (a byte) or \u{N} (a code point), a
 * backslash two. */
MTLS_MUST_CHECK mtls_status mtls_text_escape(mtls_view bytes, mtls_buf *out);

/* mtls_utf8_next decodes the code point at `*at` and moves `*at` past it. False, and `*at` unmoved, where the
 * bytes are not well-formed UTF-8 (RFC 3629) or `*at` is the end. */
bool mtls_utf8_next(mtls_view bytes, size_t *at, uint32_t *out_code_point);

/* mtls_text_nearest gives the item of `words` nearest to `word` in spelling, or NULL if none is near. */
const char *mtls_text_nearest(const char *word, const char *const *words, size_t num_words);

#endif
