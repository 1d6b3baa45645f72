/* From a scenario with choices made to a case: keys, certificates, the two inputs, what must come back. */
#ifndef MTLS_GEN_CASE_BUILD_H
#define MTLS_GEN_CASE_BUILD_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "core/case.h"
#include "gen/key_pool.h"
#include "gen/scenario.h"
#include "gen/variant.h"
#include "gen/workshop.h"

/* What a thread keeps from one case to the next. The objects of the last case stay, so that a case that
 * differs from it only in the file around them makes none. */
typedef struct mtlsgen_builder mtlsgen_builder;

/* The pool is borrowed, and may be shared between builders of several threads. */
MTLS_MUST_CHECK mtls_status mtlsgen_builder_new(const mtlsgen_seed *seed, mtlsgen_key_pool *pool,
                                                mtlsgen_builder **out_builder);
void mtlsgen_builder_free(mtlsgen_builder *builder);

/* mtlsgen_builder_forget lets go of the last scenario, so that it can be freed. */
void mtlsgen_builder_forget(mtlsgen_builder *builder);

/* mtlsgen_case_build makes the case of `scenario` with `choices` into `*out`, which must be initialised; on
 * failure it is cleared. MTLS_ERR_INPUT with the place for what goes wrong only now: a fault's path that
 * matches nothing, a key form that the key does not have, an input that grows too large. The scenario must
 * stay until the builder forgets it or goes. */
MTLS_MUST_CHECK mtls_status mtlsgen_case_build(mtlsgen_builder *builder, const mtlsgen_scenario *scenario,
                                               const mtlsgen_choices *choices, mtls_case *out,
                                               mtls_error *error);

/* mtlsgen_builder_workshop gives the objects of the case that was built last, and its scenario with the
 * choices made: for forms that want them one by one. Valid until the next case. */
mtlsgen_workshop *mtlsgen_builder_workshop(mtlsgen_builder *builder);

#endif
