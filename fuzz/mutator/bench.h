/* All certificates of an input, open side by side, so that they can be tied together and signed. */
#ifndef MTLS_FUZZ_MUTATOR_BENCH_H
#define MTLS_FUZZ_MUTATOR_BENCH_H

#include "fuzz/mutator/parts.h"
#include "fuzz/mutator/sign.h"

/* A certificate that is open. It stays where it is: its tree's nodes point into it. */
typedef struct {
    mtlsgen_der_tree tree;
    mtlsmut_sites sites;
    mtlsmut_identity identity;
    bool readable;
} mtlsmut_work;

/* What inputs do not hold: keys, and the certificates that may have issued what is in an input. */
typedef struct {
    mtlsmut_keys *keys;
    mtlsmut_identity *issuers;
    size_t num_issuers;
} mtlsmut_outside;

typedef struct {
    const mtlsmut_outside *outside;
    mtlsmut_job job;
    mtlsmut_parts parts;
    mtlsmut_work *works;               /* one for each part */
    mtls_view ders[MTLSMUT_PARTS_MAX]; /* what takes a part's place; empty: it stays */
} mtlsmut_bench;

/* mtlsmut_work_open reads a certificate; `readable` tells whether there was an element to read. */
void mtlsmut_work_open(mtlsmut_work *w, mtlsgen_arena *arena, mtls_view der, bool keep_forms);

/* mtlsmut_work_encode gives what the tree says now; empty where it failed. mtlsmut_work_refresh reads it
 * again, so that new elements are bound too. */
mtls_view mtlsmut_work_encode(mtlsmut_work *w);
void mtlsmut_work_refresh(mtlsmut_work *w, bool keep_forms);

/* mtlsmut_bench_set opens the certificates of `file`, all of it in `arena`. */
MTLS_MUST_CHECK mtls_status mtlsmut_bench_set(mtlsmut_bench *b, const mtlsmut_outside *outside,
                                              mtls_view file, mtlsmut_format format, uint64_t seed,
                                              bool keep_forms, mtlsgen_arena *arena);

/* mtlsmut_bench_issuer_key gives the key that should have signed `of`; NULL where it is not known. */
const mtlsgen_key *mtlsmut_bench_issuer_key(mtlsmut_bench *b, const mtlsmut_identity *of);

/* mtlsmut_bench_sign signs one certificate by its issuer's key, or by `otherwise` where that is not known. */
bool mtlsmut_bench_sign(mtlsmut_bench *b, size_t at, const mtlsgen_key *otherwise);

/* mtlsmut_bench_sign_others signs those that were mended or linked, and, where `reissued`, those that the
 * certificate at `at` issues. */
void mtlsmut_bench_sign_others(mtlsmut_bench *b, size_t at, bool reissued);

/* mtlsmut_bench_link makes the certificate at `at` name its issuer, itself if it was its own: a chain that is
 * torn gives the same verdict whatever else is in it, and stays torn in all that comes of it. */
void mtlsmut_bench_link(mtlsmut_bench *b, size_t at, bool self_issued, bool keep_forms);

/* mtlsmut_bench_link_issued gives those that the certificate at `at` has issued its name as it is now,
 * mostly. */
void mtlsmut_bench_link_issued(mtlsmut_bench *b, size_t at, mtls_view subject_before);

/* mtlsmut_bench_mend sees to it that what earlier mutations broke does not stay broken. */
void mtlsmut_bench_mend(mtlsmut_bench *b);

#endif
