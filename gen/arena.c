#include "gen/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct mtlsgen_arena_chunk {
    mtlsgen_arena_chunk *next;
    size_t size;
    alignas(max_align_t) uint8_t bytes[];
};

enum { FIRST_CHUNK = 16 * 1024, ALIGNMENT = alignof(max_align_t) };

/* chunk_use makes `chunk` the current one, empty. */
static void chunk_use(mtlsgen_arena *arena, mtlsgen_arena_chunk *chunk) {
    arena->current = chunk;
    arena->used = 0;
}

/* chunk_add takes a new chunk of at least `len` bytes and puts it after the current one. */
static bool chunk_add(mtlsgen_arena *arena, size_t len) {
    size_t max = arena->max == 0 ? MTLSGEN_ARENA_MAX : arena->max;
    size_t left = max > arena->total ? max - arena->total : 0;
    size_t size = arena->total < FIRST_CHUNK ? FIRST_CHUNK : arena->total; /* doubles what there is */
    if (size > left) {
        size = left;
    }
    if (size < len) {
        size = len;
    }
    if (size > left) {
        return false;
    }
    mtlsgen_arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk == NULL) {
        return false;
    }
    chunk->size = size;
    if (arena->current == NULL) {
        chunk->next = arena->first;
        arena->first = chunk;
    } else {
        chunk->next = arena->current->next;
        arena->current->next = chunk;
    }
    arena->total += size;
    chunk_use(arena, chunk);
    return true;
}

void *mtlsgen_arena_alloc(mtlsgen_arena *arena, size_t len) {
    if (len > SIZE_MAX - ALIGNMENT) {
        return NULL;
    }
    len = (len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    while (arena->current != NULL && arena->current->size - arena->used < len &&
           arena->current->next != NULL) {
        chunk_use(arena, arena->current->next);
    }
    if ((arena->current == NULL || arena->current->size - arena->used < len) && !chunk_add(arena, len)) {
        return NULL;
    }
    uint8_t *at = arena->current->bytes + arena->used;
    arena->used += len;
    return at;
}

void *mtlsgen_arena_zalloc(mtlsgen_arena *arena, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    void *at = mtlsgen_arena_alloc(arena, count * size);
    return at == NULL ? NULL : memset(at, 0, count * size);
}

bool mtlsgen_arena_copy(mtlsgen_arena *arena, mtls_view bytes, mtls_view *out_copy) {
    uint8_t *at = mtlsgen_arena_alloc(arena, bytes.len);
    if (at == NULL) {
        return false;
    }
    if (bytes.len > 0) {
        memcpy(at, bytes.data, bytes.len);
    }
    *out_copy = (mtls_view){at, bytes.len};
    return true;
}

char *mtlsgen_arena_text(mtlsgen_arena *arena, const char *text) {
    size_t size = strlen(text) + 1;
    char *at = mtlsgen_arena_alloc(arena, size);
    return at == NULL ? NULL : memcpy(at, text, size);
}

void mtlsgen_arena_reset(mtlsgen_arena *arena) {
    if (arena->first != NULL) {
        chunk_use(arena, arena->first);
    }
}

void mtlsgen_arena_clear(mtlsgen_arena *arena) {
    for (mtlsgen_arena_chunk *chunk = arena->first; chunk != NULL;) {
        mtlsgen_arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    *arena = (mtlsgen_arena){.max = arena->max};
}
