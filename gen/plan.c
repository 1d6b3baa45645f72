#include "gen/plan.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 1024 };

/* Whether a glob takes a case: it may match the case's id, or the scenario's, which takes all its variants.
 */
static mtls_status is_wanted(const char *only, const mtlsgen_scenario *scenario,
                             const mtlsgen_choices *choices, bool *out) {
    mtls_buf id = {.max = ID_MAX};
    *out = only == NULL || fnmatch(only, scenario->id, 0) == 0;
    if (*out) {
        return MTLS_OK;
    }
    mtls_status status = mtlsgen_variant_id(scenario->id, choices, &id);
    const char *text = status == MTLS_OK ? mtls_buf_text(&id) : NULL;
    *out = text != NULL && fnmatch(only, text, 0) == 0;
    if (status == MTLS_OK && text == NULL) {
        status = MTLS_ERR_NOMEM; /* an id holds no NUL */
    }
    mtls_buf_clear(&id);
    return status;
}

static mtls_status scenario_open(const mtlsgen_catalog_entry *entry, mtlsgen_scenario **out,
                                 mtls_error *error) {
    return mtlsgen_scenario_read(entry->name, entry->id, entry->text, out, error);
}

static mtls_status wanted_count(const mtlsgen_plan *plan, const mtlsgen_scenario *scenario, size_t *out) {
    const size_t num = mtlsgen_variant_count(scenario, plan->full);
    mtls_status status = MTLS_OK;
    *out = 0;
    for (size_t i = 0; status == MTLS_OK && i < num; i++) {
        mtlsgen_choices choices;
        bool wanted = false;
        mtlsgen_variant_choose(scenario, plan->full, i, &choices);
        status = is_wanted(plan->only, scenario, &choices, &wanted);
        *out += wanted;
    }
    return status;
}

mtls_status mtlsgen_plan_make(const mtlsgen_catalog *catalog, bool full, const char *only, mtlsgen_plan *out,
                              mtls_error *error) {
    mtls_status status = MTLS_OK;
    *out = (mtlsgen_plan){.catalog = catalog, .full = full, .only = only};
    out->first = calloc(catalog->num_entries + 1, sizeof *out->first);
    if (out->first == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "no memory");
    }
    for (size_t i = 0; status == MTLS_OK && i < catalog->num_entries; i++) {
        mtlsgen_scenario *scenario;
        size_t num = 0;
        if ((status = scenario_open(&catalog->entries[i], &scenario, error)) == MTLS_OK &&
            (status = wanted_count(out, scenario, &num)) != MTLS_OK) {
            mtls_fail(status, error, "%s: %s", catalog->entries[i].name, mtls_status_text(status));
        }
        mtlsgen_scenario_free(scenario);
        out->first[i] = out->num_cases;
        out->num_cases += num;
    }
    out->first[catalog->num_entries] = out->num_cases;
    if (status != MTLS_OK) {
        mtlsgen_plan_clear(out);
    }
    return status;
}

void mtlsgen_plan_clear(mtlsgen_plan *plan) {
    free(plan->first);
    *plan = (mtlsgen_plan){0};
}

/* The scenario whose cases include `number`: the last whose first case is not after it, skipping those
 * without. */
static size_t entry_find(const mtlsgen_plan *plan, size_t number) {
    size_t low = 0, high = plan->catalog->num_entries;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (plan->first[middle] <= number) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

mtls_status mtlsgen_walk_next(mtlsgen_walk *walk, size_t number, const mtlsgen_scenario **out_scenario,
                              mtlsgen_choices *out_choices, mtls_error *error) {
    const mtlsgen_plan *plan = walk->plan;
    const size_t entry = entry_find(plan, number);
    mtls_status status = MTLS_OK;
    if (walk->scenario == NULL || walk->entry != entry || number < walk->at) {
        mtlsgen_walk_clear(walk);
        if ((status = scenario_open(&plan->catalog->entries[entry], &walk->scenario, error)) != MTLS_OK) {
            return status;
        }
        walk->entry = entry;
        walk->at = plan->first[entry];
        walk->variant = 0;
    }
    for (bool wanted = false; status == MTLS_OK; walk->variant++) {
        mtlsgen_variant_choose(walk->scenario, plan->full, walk->variant, out_choices);
        status = is_wanted(plan->only, walk->scenario, out_choices, &wanted);
        if (status == MTLS_OK && wanted && walk->at++ == number) {
            walk->variant++;
            break;
        }
    }
    *out_scenario = walk->scenario;
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s", mtls_status_text(status));
}

void mtlsgen_walk_clear(mtlsgen_walk *walk) {
    mtlsgen_scenario_free(walk->scenario);
    walk->scenario = NULL;
    walk->at = 0;
}
