/* A corpus: the cases of a suite in one of the forms, the same bytes with any number of jobs and in any
 * shards. */
#ifndef MTLS_GEN_CORPUS_H
#define MTLS_GEN_CORPUS_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/catalog.h"

/* The seed of the committed corpus. */
#define MTLSGEN_DEFAULT_SEED "mtls-gauntlet"

enum { MTLSGEN_JOBS_MAX = 256, MTLSGEN_SHARDS_MAX = 1000000 };

typedef enum {
    MTLSGEN_FORM_TREE,
    MTLSGEN_FORM_JSONL,
    MTLSGEN_FORM_LIMBO,
    MTLSGEN_FORM_FUZZ_SEEDS,
    MTLSGEN_NUM_FORMS
} mtlsgen_form_id;

const char *mtlsgen_form_word(mtlsgen_form_id form);

typedef struct {
    const char *out; /* "-" for standard output where the form is one file */
    bool full;       /* the suite: full or base */
    const char *seed;
    mtlsgen_form_id form;
    const char *only;     /* a glob on ids; NULL: all */
    unsigned jobs;        /* 1 or more */
    size_t shard, shards; /* the shard'th of so many, from 1 */
    bool progress;        /* on standard error, when it takes more than a second */
} mtlsgen_corpus_options;

/* What was made, for a closing message. */
typedef struct {
    size_t num_cases;
    size_t num_left_out; /* cases that the form cannot say */
    char why[400];       /* and why, in words; "" if none */
} mtlsgen_corpus_report;

/* mtlsgen_corpus_write makes the corpus. All scenarios of the catalog are read and checked before anything is
 * written; on failure, and on MTLS_ERR_INTERRUPT, what was at `out` is as it was. */
MTLS_MUST_CHECK mtls_status mtlsgen_corpus_write(const mtlsgen_catalog *catalog,
                                                 const mtlsgen_corpus_options *options,
                                                 mtlsgen_corpus_report *out_report, mtls_error *error);

#endif
