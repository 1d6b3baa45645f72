/* Memory that is given out piece by piece and taken back all at once: what one case needs, reused by the
 * next. */
#ifndef MTLS_GEN_ARENA_H
#define MTLS_GEN_ARENA_H

#include <mtls/bytes.h>
#include <mtls/status.h>

/* The default limit of an arena's total, in bytes. */
#define MTLSGEN_ARENA_MAX ((size_t)1024 * 1024 * 1024)

typedef struct mtlsgen_arena_chunk mtlsgen_arena_chunk;

/* Start it as `mtlsgen_arena arena = {.max = LIMIT};` and end it with mtlsgen_arena_clear. */
typedef struct {
    mtlsgen_arena_chunk *first, *current;
    size_t used;  /* bytes given out of the current chunk */
    size_t total; /* bytes of all chunks */
    size_t max;   /* `total` never passes it; 0 means MTLSGEN_ARENA_MAX */
} mtlsgen_arena;

/* mtlsgen_arena_alloc gives `len` bytes, aligned for any type and not initialised, which live until the arena
 * is reset or cleared. NULL when the limit would be passed or an allocation failed: MTLS_ERR_NOMEM to the
 * caller. */
void *mtlsgen_arena_alloc(mtlsgen_arena *arena, size_t len);

/* mtlsgen_arena_zalloc is the same for `count` items of `size` bytes, all zero. */
void *mtlsgen_arena_zalloc(mtlsgen_arena *arena, size_t count, size_t size);

/* The copies live in the arena. A copied text ends with a NUL. False, or NULL, on a failed allocation. */
bool mtlsgen_arena_copy(mtlsgen_arena *arena, mtls_view bytes, mtls_view *out_copy);
char *mtlsgen_arena_text(mtlsgen_arena *arena, const char *text);

/* mtlsgen_arena_reset takes everything back and keeps the memory; mtlsgen_arena_clear frees it. */
void mtlsgen_arena_reset(mtlsgen_arena *arena);
void mtlsgen_arena_clear(mtlsgen_arena *arena);

#endif
