/* JSON into a buffer: a case, or what else is written by jansson. */
#ifndef MTLS_CORE_CASE_JSON_H
#define MTLS_CORE_CASE_JSON_H

#include <jansson.h>

#include <mtls/bytes.h>
#include <mtls/status.h>

/* mtls_json_append adds the text of a value, with jansson's `flags`. MTLS_ERR_LIMIT past the buffer's bound;
 * on failure the buffer is as it was. */
MTLS_MUST_CHECK mtls_status mtls_json_append(const json_t *value, size_t flags, mtls_buf *out);

#endif
