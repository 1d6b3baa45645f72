/* What a thread keeps from one object to the next: the seed, libcrypto's contexts, and the memory in which
 * DER trees are built. */
#ifndef MTLS_GEN_MAKER_H
#define MTLS_GEN_MAKER_H

#include <mtls/status.h>

#include "gen/seed.h"

/* Not shared between threads; any number of them give the same bytes. */
typedef struct mtlsgen_maker mtlsgen_maker;

/* mtlsgen_maker_new copies the seed. */
MTLS_MUST_CHECK mtls_status mtlsgen_maker_new(const mtlsgen_seed *seed, mtlsgen_maker **out_maker);
void mtlsgen_maker_free(mtlsgen_maker *maker);

#endif
