/* The manifest of a corpus that is a folder: what is in it, with a digest each (docs/case-format.md). */
#ifndef MTLS_GEN_MANIFEST_H
#define MTLS_GEN_MANIFEST_H

#include <mtls/bytes.h>
#include <mtls/status.h>
#include <stdbool.h>

#define MTLSGEN_MANIFEST_FILE "manifest.json"

/* The version of the corpus format: everything that a seed's bytes depend on, key pools and addresses
 * included. */
enum { MTLSGEN_CORPUS_FORMAT = 1 };

/* Start it as `mtlsgen_manifest m = {0};`. */
typedef struct {
    mtls_buf entries; /* packed: digest, path, NUL */
    size_t num_entries;
} mtlsgen_manifest;

/* mtlsgen_manifest_add notes a file. The same path may come several times with the same digest. */
MTLS_MUST_CHECK mtls_status mtlsgen_manifest_add(mtlsgen_manifest *manifest, const char *path,
                                                 const uint8_t sha256[32]);

/* mtlsgen_manifest_write appends the JSON, paths sorted by bytes. */
MTLS_MUST_CHECK mtls_status mtlsgen_manifest_write(const mtlsgen_manifest *manifest, const char *seed,
                                                   const char *suite, size_t num_cases, mtls_buf *out);
void mtlsgen_manifest_clear(mtlsgen_manifest *manifest);

/* The suite of a manifest of one case, which `mtls-gen scenario` writes. */
#define MTLSGEN_MANIFEST_CASE "scenario"

/* mtlsgen_manifest_owns answers whether the folder at `path` is empty, or holds a manifest of ours, of one
 * case or of a corpus as `one_case` says, and nothing beside what that lists: only then may it be replaced.
 * Otherwise MTLS_ERR_USAGE says what is in the way. */
MTLS_MUST_CHECK mtls_status mtlsgen_manifest_owns(const char *path, bool one_case, mtls_error *error);

#endif
