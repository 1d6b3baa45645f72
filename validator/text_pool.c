#include "validator/text_pool.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 4000 };

struct mtlsval_text_chunk {
    mtlsval_text_chunk *next;
    size_t used, size;
    char text[];
};

mtls_status mtlsval_text_pool_reserve(mtlsval_text_pool *pool, size_t len, char **out_text) {
    mtlsval_text_chunk *chunk = pool->chunks;
    if (chunk == NULL || chunk->size - chunk->used <= len) {
        size_t size = len >= CHUNK_SIZE ? len + 1 : CHUNK_SIZE;
        chunk = malloc(sizeof *chunk + size);
        if (chunk == NULL) {
            return MTLS_ERR_NOMEM;
        }
        chunk->used = 0;
        chunk->size = size;
        chunk->next = pool->chunks;
        pool->chunks = chunk;
    }
    *out_text = chunk->text + chunk->used;
    chunk->used += len + 1;
    (*out_text)[len] = '\0';
    return MTLS_OK;
}

mtls_status mtlsval_text_pool_add(mtlsval_text_pool *pool, mtls_view text, const char **out_text) {
    char *copy = NULL;
    mtls_status status = mtlsval_text_pool_reserve(pool, text.len, &copy);
    if (status == MTLS_OK) {
        if (text.len > 0) {
            memcpy(copy, text.data, text.len);
        }
        *out_text = copy;
    }
    return status;
}

void mtlsval_text_pool_clear(mtlsval_text_pool *pool) {
    for (mtlsval_text_chunk *chunk = pool->chunks; chunk != NULL;) {
        mtlsval_text_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    pool->chunks = NULL;
}
