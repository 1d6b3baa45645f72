/* What a maker holds: for the files that make objects. */
#ifndef MTLS_GEN_MAKER_STATE_H
#define MTLS_GEN_MAKER_STATE_H

#include "gen/arena.h"
#include "gen/maker.h"
#include "gen/sign.h"

struct mtlsgen_maker {
    mtlsgen_seed seed;
    mtlsgen_signer *signer;
    mtlsgen_arena scratch; /* reset by each object that is made */
};

/* mtlsgen_maker_expand gives the `len` random bytes at "<address>.<what>" in `arena`. */
MTLS_MUST_CHECK mtls_status mtlsgen_maker_expand(mtlsgen_maker *maker, const char *address, const char *what,
                                                 size_t len, mtlsgen_arena *arena, mtls_view *out_bytes);

#endif
