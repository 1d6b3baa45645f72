/* Strings that stay where they are until all of them go. No libcrypto. */
#ifndef MTLS_VALIDATOR_TEXT_POOL_H
#define MTLS_VALIDATOR_TEXT_POOL_H

#include <mtls/bytes.h>

typedef struct mtlsval_text_chunk mtlsval_text_chunk;

/* Starts zeroed. */
typedef struct {
    mtlsval_text_chunk *chunks;
} mtlsval_text_pool;

/* mtlsval_text_pool_add copies `text`, which holds no NUL, and gives it as a C string. */
MTLS_MUST_CHECK mtls_status mtlsval_text_pool_add(mtlsval_text_pool *pool, mtls_view text,
                                                  const char **out_text);

/* mtlsval_text_pool_reserve gives `len` + 1 bytes, the last of them NUL, for the caller to fill. */
MTLS_MUST_CHECK mtls_status mtlsval_text_pool_reserve(mtlsval_text_pool *pool, size_t len, char **out_text);

void mtlsval_text_pool_clear(mtlsval_text_pool *pool);

#endif
