#include "gen/maker.h"

#include <stdlib.h>
#include <string.h>

#include "gen/maker_state.h"

mtls_status mtlsgen_maker_new(const mtlsgen_seed *seed, mtlsgen_maker **out_maker) {
    *out_maker = NULL;
    mtlsgen_maker *maker = calloc(1, sizeof *maker);
    if (maker == NULL) {
        return MTLS_ERR_NOMEM;
    }
    maker->seed = *seed;
    mtls_status status = mtlsgen_signer_new(&maker->signer);
    if (status != MTLS_OK) {
        free(maker);
        return status;
    }
    *out_maker = maker;
    return MTLS_OK;
}

void mtlsgen_maker_free(mtlsgen_maker *maker) {
    if (maker == NULL) {
        return;
    }
    mtlsgen_signer_free(maker->signer);
    mtlsgen_arena_clear(&maker->scratch);
    free(maker);
}

mtls_status mtlsgen_maker_expand(mtlsgen_maker *maker, const char *address, const char *what, size_t len,
                                 mtlsgen_arena *arena, mtls_view *out_bytes) {
    size_t address_len = strlen(address), what_len = strlen(what);
    char *full = mtlsgen_arena_alloc(&maker->scratch, address_len + what_len + 2);
    uint8_t *bytes = mtlsgen_arena_alloc(arena, len);
    if (full == NULL || bytes == NULL) {
        return MTLS_ERR_NOMEM;
    }
    memcpy(full, address, address_len);
    full[address_len] = '.';
    memcpy(full + address_len + 1, what, what_len + 1);
    *out_bytes = (mtls_view){bytes, len};
    return mtlsgen_seed_expand(&maker->seed, full, bytes, len);
}
