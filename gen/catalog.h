/* The scenarios that the generator knows: those compiled in, and those of a user's files. */
#ifndef MTLS_GEN_CATALOG_H
#define MTLS_GEN_CATALOG_H

#include <mtls/bytes.h>
#include <mtls/status.h>

typedef struct {
    const char *id;   /* "upload/leaf-only" */
    mtls_view text;   /* the YAML */
    const char *name; /* what messages call it; in the table of the built-in ones NULL: the id and ".yaml" */
} mtlsgen_catalog_entry;

/* Written by cmake/embed_scenarios.cmake from gen/scenarios, sorted by id. */
extern const mtlsgen_catalog_entry mtlsgen_builtin_scenarios[];
extern const size_t mtlsgen_num_builtin_scenarios;

/* Entries sorted by the bytes of their ids, no two alike. */
typedef struct {
    mtlsgen_catalog_entry *entries;
    size_t num_entries;
    void *owned; /* texts and names, private */
} mtlsgen_catalog;

/* mtlsgen_catalog_open collects the built-in scenarios (unless `only_paths`) and those of `paths`: a file's
 * id is its name, those in a folder are their paths below it, without ".yaml". Two scenarios of one id, a
 * path that cannot be read and a name that is no id are errors that name the place. The caller clears the
 * catalog. */
MTLS_MUST_CHECK mtls_status mtlsgen_catalog_open(const char *const *paths, size_t num_paths, bool only_paths,
                                                 mtlsgen_catalog *out, mtls_error *error);
void mtlsgen_catalog_clear(mtlsgen_catalog *catalog);

/* mtlsgen_catalog_find gives the entry of an id, or NULL. */
const mtlsgen_catalog_entry *mtlsgen_catalog_find(const mtlsgen_catalog *catalog, const char *id);

#endif
