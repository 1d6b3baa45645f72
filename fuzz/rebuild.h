/* A certificate written again, by the generator's DER writer, from what the validator's reader says of it. */
#ifndef MTLS_FUZZ_REBUILD_H
#define MTLS_FUZZ_REBUILD_H

#include "gen/arena.h"
#include "validator/certificate.h"

/* mtlsfuzz_rebuild answers whether the certificate's fields, written again, are the bytes that were read: DER
 * has one encoding per value. `*out_part` names the first part that differs. */
bool mtlsfuzz_rebuild(const mtlsval_certificate *certificate, mtlsgen_arena *arena, const char **out_part);

#endif
