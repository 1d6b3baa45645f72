/* From a scenario with choices made to a case: keys, certificates, the two inputs, what must come back. */
#ifndef MTLS_GEN_CASE_BUILD_H
#define MTLS_GEN_CASE_BUILD_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "core/case.h"
#include "gen/key_pool.h"
#include "gen/scenario.h"
#include "gen/variant.h"

/* What a thread keeps from one case to the next. The objects of the last case stay, so that a case that differs from
 * it only in the file around them makes none. */
typedef struct mtlsgen_builder mtlsgen_builder;

/* The pool is borrowed, and may be shared between builders of several threads. */
MTLS_MUST_CHECK mtls_status mtlsgen_builder_new(const mtlsgen_seed *seed, mtlsgen_key_pool *pool,
                                                mtlsgen_builder **out_builder);
void mtlsgen_builder_free(mtlsgen_builder *builder);

/* mtlsgen_builder_forget lets go of the last scenario, so that it can be freed. */
void mtlsgen_builder_forget(mtlsgen_builder *builder);

/* mtlsgen_case_build makes the case of `scenario` with `choices` into `*out`, which must be initialised; on failure
 * it is cleared. MTLS_ERR_INPUT with the place for what goes wrong only now: a fault's path that matches nothing, a
 * key form that the key does not have, an input that grows too large. The scenario must stay until the builder
 * forgets it or goes. */
MTLS_MUST_CHECK mtls_status mtlsgen_case_build(mtlsgen_builder *builder, const mtlsgen_scenario *scenario,
                                               const mtlsgen_choices *choices, mtls_case *out, mtls_error *error);

/* The objects of the case that was built last, for those who want them one by one: every certificate of the
 * scenario, made if it was not part of an input. The views live until the next case. */
typedef struct {
    const char *label;
    mtls_view der;
    const mtlsgen_key *key;
    bool ca;
} mtlsgen_built_certificate;

MTLS_MUST_CHECK mtls_status mtlsgen_builder_certificates(mtlsgen_builder *builder, mtlsgen_arena *arena,
                                                         mtlsgen_built_certificate **out_certificates,
                                                         size_t *out_num_certificates, mtls_error *error);

/* The maker of the builder, for other objects of the same case. */
mtlsgen_maker *mtlsgen_builder_maker(mtlsgen_builder *builder);

#endif
