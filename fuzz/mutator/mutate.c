#include <mtls/mutate.h>

#include "fuzz/mutator/armour.h"
#include "fuzz/mutator/bench.h"
#include "fuzz/mutator/bytes.h"
#include "fuzz/mutator/crossover.h"
#include "fuzz/mutator/lengthen.h"
#include "fuzz/mutator/operators.h"
#include "gen/corpus.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 256 * 1024 * 1024, OUT_MAX = 64 * 1024 * 1024, INPUT_MAX = 16 * 1024 * 1024, TRIES = 4 };

struct mtlsmut {
    mtlsmut_format format;
    size_t (*mutate_bytes)(uint8_t *data, size_t size, size_t max_size);
    bool unsigned_only;
    mtlsmut_outside outside;
    mtlsgen_arena arena; /* of one mutation */
    mtls_buf out;
    mtlsgen_arena issuers_arena;
};

mtls_status mtlsmut_new(const mtlsmut_options *options, mtlsmut **out_mutator) {
    static const mtlsmut_options none;
    *out_mutator = NULL;
    mtlsmut *m = calloc(1, sizeof *m);
    if (m == NULL) {
        return MTLS_ERR_NOMEM;
    }
    options = options == NULL ? &none : options;
    m->format = options->format;
    m->mutate_bytes = options->mutate_bytes;
    m->unsigned_only = options->unsigned_only;
    m->arena.max = m->issuers_arena.max = ARENA_MAX;
    m->out.max = OUT_MAX;
    mtls_status status =
        mtlsmut_keys_new(options->seed == NULL ? MTLSGEN_DEFAULT_SEED : options->seed, &m->outside.keys);
    if (status != MTLS_OK) {
        mtlsmut_free(m);
        return status;
    }
    *out_mutator = m;
    return MTLS_OK;
}

void mtlsmut_free(mtlsmut *m) {
    if (m != NULL) {
        mtlsmut_keys_free(m->outside.keys);
        mtlsgen_arena_clear(&m->arena);
        mtlsgen_arena_clear(&m->issuers_arena);
        mtls_buf_clear(&m->out);
        free(m);
    }
}

static size_t num_rounds(mtlsmut_random *random) {
    size_t way = mtlsmut_below(random, 8);
    return way < 5 ? 1 : way < 7 ? 2 : 3 + mtlsmut_below(random, 2);
}

/* finish writes what is changed of the certificate at `at`, which was `before`: mostly linked to its issuer
 * as it was, and mostly signed. */
static bool finish(const mtlsmut *m, mtlsmut_bench *b, size_t at, const mtlsgen_key *otherwise,
                   mtlsmut_identity before, bool keep_forms) {
    mtlsmut_work *w = &b->works[at];
    mtlsmut_work_refresh(w, keep_forms);
    if (w->readable && mtlsmut_chance(&b->job.random, 3, 4)) {
        mtlsmut_bench_link(b, at, mtls_view_equal(before.subject, before.issuer), keep_forms);
    }
    if (!w->readable) {
        return false;
    }
    mtlsmut_bench_link_issued(b, at, before.subject);
    b->job.tree = &w->tree;
    if (mtlsmut_chance(&b->job.random, 1, 16)) {
        mtlsmut_lie(&b->job, &w->sites);
    }
    if (!m->unsigned_only && mtlsmut_chance(&b->job.random, 7, 8)) {
        (void)mtlsmut_bench_sign(b, at, otherwise);
        mtlsmut_bench_sign_others(b, at,
                                  !mtls_view_equal(before.spki, w->identity.spki) ||
                                      !mtls_view_equal(before.subject, w->identity.subject));
    }
    b->ders[at] = mtlsmut_work_encode(w);
    return b->ders[at].len > 0;
}

static bool mutate_certificate(const mtlsmut *m, mtlsmut_bench *b) {
    size_t num = b->parts.num_items, at = mtlsmut_below(&b->job.random, num);
    mtlsmut_work *w = &b->works[at];
    bool keep_forms = mtlsmut_chance(&b->job.random, 1, 4);
    if (!w->readable) {
        return false;
    }
    const mtlsgen_key *otherwise = mtlsmut_bench_issuer_key(b, &w->identity);
    const mtlsmut_identity before = w->identity;
    bool changed = false;
    if (mtlsmut_chance(&b->job.random, 1, 2)) {
        mtlsmut_bench_mend(b);
    }
    for (size_t round = num_rounds(&b->job.random); round > 0 && w->readable; round--) {
        size_t other = mtlsmut_below(&b->job.random, num);
        b->job.tree = &w->tree;
        bool across = other != at && b->works[other].readable && mtlsmut_chance(&b->job.random, 1, 8);
        changed = (across ? mtlsmut_transfer(&b->job, &w->sites, &b->works[other].sites)
                          : mtlsmut_operate(&b->job, &w->sites)) ||
                  changed;
        mtlsmut_work_refresh(w, keep_forms);
    }
    return changed && finish(m, b, at, otherwise, before, keep_forms);
}

/* mutate_once appends a mutant to `out`; false where this try came to nothing. */
static bool mutate_once(mtlsmut *m, mtls_view file, uint64_t seed) {
    mtlsmut_bench b;
    mtlsmut_random first = {seed};
    mtls_buf_reset(&m->out);
    mtlsgen_arena_reset(&m->arena);
    if (mtlsmut_bench_set(&b, &m->outside, file, m->format, mtlsmut_random_next(&first), true, &m->arena) !=
        MTLS_OK) {
        return false;
    }
    mtlsmut_random *random = &b.job.random;
    if (b.parts.pem && mtlsmut_chance(random, b.parts.num_items == 0 ? 7 : 1, 8)) {
        return mtlsmut_armour_edit(random, &b.parts, &m->out) == MTLS_OK;
    }
    if (b.parts.num_items == 0) {
        return false;
    }
    bool holds_many = b.parts.pem || m->format == MTLSMUT_CHAIN || b.parts.num_items > 1;
    if (holds_many && mtlsmut_chance(random, 1, 24) && mtlsmut_lengthen(&b, &m->out)) {
        return true;
    }
    if (holds_many && mtlsmut_chance(random, 1, 12)) {
        return mtlsmut_order_edit(random, &b.parts, &m->out) == MTLS_OK;
    }
    return mutate_certificate(m, &b) && mtlsmut_parts_write(&b.parts, b.ders, &m->out) == MTLS_OK;
}

static size_t mutate_bytes(mtlsmut *m, mtlsmut_random *random, uint8_t *data, size_t size, size_t max_size) {
    return m->mutate_bytes != NULL ? m->mutate_bytes(data, size, max_size)
                                   : mtlsmut_bytes_edit(random, data, size, max_size);
}

static uint64_t seed_of(mtls_view a, mtls_view b, unsigned seed) {
    return mtlsmut_bytes_hash(mtlsmut_bytes_hash(seed, a), b);
}

size_t mtlsmut_mutate(mtlsmut *m, uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    if (m == NULL || max_size == 0) {
        return 0;
    }
    mtls_view file = {data, size > max_size ? max_size : size};
    mtlsmut_random random = {seed_of(file, (mtls_view){0}, seed)};
    bool as_bytes = file.len == 0 || file.len > INPUT_MAX || mtlsmut_chance(&random, 1, 16);
    for (int i = 0; i < TRIES && !as_bytes; i++) {
        if (mutate_once(m, file, mtlsmut_random_next(&random)) && m->out.len > 0 && m->out.len <= max_size &&
            !mtls_view_equal(mtls_buf_view(&m->out), file)) {
            memcpy(data, m->out.data, m->out.len);
            return m->out.len;
        }
    }
    return mutate_bytes(m, &random, data, file.len, max_size);
}

static bool cross_once(mtlsmut *m, mtls_view a, mtls_view b_file, uint64_t seed) {
    mtlsmut_bench b;
    mtlsmut_parts others;
    mtls_buf_reset(&m->out);
    mtlsgen_arena_reset(&m->arena);
    if (mtlsmut_bench_set(&b, &m->outside, a, m->format, seed, true, &m->arena) != MTLS_OK ||
        mtlsmut_parts_read(b_file, m->format, &m->arena, &others) != MTLS_OK || b.parts.num_items == 0 ||
        others.num_items == 0) {
        return false;
    }
    mtlsmut_random *random = &b.job.random;
    size_t at = mtlsmut_below(random, b.parts.num_items);
    mtls_view donor_der = others.items[mtlsmut_below(random, others.num_items)].der;
    mtlsmut_work *w = &b.works[at], *donor = mtlsgen_arena_zalloc(&m->arena, 1, sizeof *donor);
    if (b.parts.num_items > 1 && mtlsmut_chance(random, 1, 8)) { /* the whole certificate */
        b.ders[at] = donor_der;
        return mtlsmut_parts_write(&b.parts, b.ders, &m->out) == MTLS_OK;
    }
    if (donor == NULL || !w->readable) {
        return false;
    }
    mtlsmut_work_open(donor, &m->arena, donor_der, true);
    const mtlsgen_key *otherwise = mtlsmut_bench_issuer_key(&b, &w->identity);
    const mtlsmut_identity before = w->identity;
    b.job.tree = &w->tree;
    return donor->readable && mtlsmut_transfer(&b.job, &w->sites, &donor->sites) &&
           finish(m, &b, at, otherwise, before, true) &&
           mtlsmut_parts_write(&b.parts, b.ders, &m->out) == MTLS_OK;
}

size_t mtlsmut_crossover(mtlsmut *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                         uint8_t *out, size_t max_size, unsigned seed) {
    if (m == NULL || a_size > INPUT_MAX || b_size > INPUT_MAX) {
        return 0;
    }
    mtls_view a_file = {a, a_size}, b_file = {b, b_size};
    mtlsmut_random random = {seed_of(a_file, b_file, seed)};
    for (int i = 0; i < TRIES; i++) {
        if (cross_once(m, a_file, b_file, mtlsmut_random_next(&random)) && m->out.len > 0 &&
            m->out.len <= max_size) {
            memcpy(out, m->out.data, m->out.len);
            return m->out.len;
        }
    }
    return 0;
}

/* sign_all appends the file with every certificate signed. With `sound_only` nothing else changes; else
 * lengths become true. */
static bool sign_all(mtlsmut *m, mtls_view file, bool sound_only) {
    mtlsmut_bench b;
    mtls_buf_reset(&m->out);
    mtlsgen_arena_reset(&m->arena);
    if (mtlsmut_bench_set(&b, &m->outside, file, m->format, 0, sound_only, &m->arena) != MTLS_OK) {
        return false;
    }
    for (size_t i = 0; i < b.parts.num_items; i++) {
        mtls_view before = b.parts.items[i].der;
        if (sound_only && !mtls_view_equal(mtlsmut_work_encode(&b.works[i]), before)) {
            continue;
        }
        (void)mtlsmut_bench_sign(&b, i, NULL);
        mtls_view der = mtlsmut_work_encode(&b.works[i]);
        b.ders[i] = mtls_view_equal(der, before) ? (mtls_view){NULL, 0} : der;
    }
    return mtlsmut_parts_write(&b.parts, b.ders, &m->out) == MTLS_OK;
}

/* give copies what was made, or with `made` false `file` as it is. */
static size_t give(const mtlsmut *m, bool made, mtls_view file, uint8_t *out, size_t max_size) {
    mtls_view bytes = made && m->out.len > 0 && m->out.len <= max_size ? mtls_buf_view(&m->out) : file;
    if (bytes.len > max_size) {
        return 0;
    }
    if (bytes.len > 0) {
        memmove(out, bytes.data, bytes.len);
    }
    return bytes.len;
}

size_t mtlsmut_repair(mtlsmut *m, const uint8_t *data, size_t size, uint8_t *out, size_t max_size) {
    mtls_view file = {data, size};
    bool stays = m == NULL || size > INPUT_MAX || mtlsmut_bytes_hash(0, file) % 8 == 0;
    return give(m, !stays && sign_all(m, file, false), file, out, max_size);
}

size_t mtlsmut_resign(mtlsmut *m, const uint8_t *data, size_t size, uint8_t *out, size_t max_size) {
    mtls_view file = {data, size};
    return give(m, m != NULL && size <= INPUT_MAX && sign_all(m, file, true), file, out, max_size);
}

mtls_status mtlsmut_set_issuers(mtlsmut *m, const void *data, size_t size) {
    mtlsmut_parts parts;
    mtlsgen_arena_reset(&m->issuers_arena);
    m->outside.issuers = NULL;
    m->outside.num_issuers = 0;
    mtls_view file;
    mtls_status status;
    if (!mtlsgen_arena_copy(&m->issuers_arena, (mtls_view){data, size}, &file)) {
        return MTLS_ERR_NOMEM;
    }
    if ((status = mtlsmut_parts_read(file, MTLSMUT_ANY, &m->issuers_arena, &parts)) != MTLS_OK) {
        return status;
    }
    mtlsmut_work *works = mtlsgen_arena_zalloc(&m->issuers_arena, parts.num_items + 1, sizeof *works);
    m->outside.issuers =
        mtlsgen_arena_zalloc(&m->issuers_arena, parts.num_items + 1, sizeof *m->outside.issuers);
    if (works == NULL || m->outside.issuers == NULL) {
        return MTLS_ERR_NOMEM;
    }
    for (size_t i = 0; i < parts.num_items; i++) {
        mtlsmut_work_open(&works[i], &m->issuers_arena, parts.items[i].der, false);
        m->outside.issuers[m->outside.num_issuers++] = works[i].identity;
    }
    return MTLS_OK;
}
