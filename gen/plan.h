/* Which cases a corpus has, by number, without holding them: how many each scenario gives, and how to find
 * the one of a number again. */
#ifndef MTLS_GEN_PLAN_H
#define MTLS_GEN_PLAN_H

#include "gen/catalog.h"
#include "gen/scenario.h"

typedef struct {
    const mtlsgen_catalog *catalog;
    bool full;
    const char *only;
    size_t *first; /* the number of each scenario's first case, and one more: the number of all */
    size_t num_cases;
} mtlsgen_plan;

/* mtlsgen_plan_make reads every scenario once, so that a mistake in any is found before work begins. */
MTLS_MUST_CHECK mtls_status mtlsgen_plan_make(const mtlsgen_catalog *catalog, bool full, const char *only,
                                              mtlsgen_plan *out, mtls_error *error);
void mtlsgen_plan_clear(mtlsgen_plan *plan);

/* A walk over the cases from one number on. */
typedef struct {
    const mtlsgen_plan *plan;
    size_t at;      /* number of the next case */
    size_t entry;   /* its scenario's place in the catalog */
    size_t variant; /* and the variant to look at next */
    mtlsgen_scenario *scenario;
} mtlsgen_walk;

/* mtlsgen_walk_next gives the case with the number `number`, at or after the last one given: its scenario,
 * owned by the walk until another is needed, and its choices. */
MTLS_MUST_CHECK mtls_status mtlsgen_walk_next(mtlsgen_walk *walk, size_t number,
                                              const mtlsgen_scenario **out_scenario,
                                              mtlsgen_choices *out_choices, mtls_error *error);
void mtlsgen_walk_clear(mtlsgen_walk *walk);

#endif
