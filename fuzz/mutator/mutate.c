#include <mtls/mutate.h>

#include "fuzz/mutator/armour.h"
#include "fuzz/mutator/bytes.h"
#include "fuzz/mutator/keys.h"
#include "fuzz/mutator/mend.h"
#include "fuzz/mutator/operators.h"
#include "fuzz/mutator/parts.h"
#include "fuzz/mutator/read.h"
#include "fuzz/mutator/sign.h"
#include "gen/corpus.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 256 * 1024 * 1024, OUT_MAX = 64 * 1024 * 1024, INPUT_MAX = 16 * 1024 * 1024, TRIES = 4 };

struct mtlsmut {
    mtlsmut_format format;
    size_t (*mutate_bytes)(uint8_t *data, size_t size, size_t max_size);
    bool unsigned_only;
    mtlsmut_keys *keys;
    mtlsgen_arena arena; /* of one mutation */
    mtls_buf out;
    mtlsgen_arena issuers_arena;
    mtlsmut_identity *issuers;
    size_t num_issuers;
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
        mtlsmut_keys_new(options->seed == NULL ? MTLSGEN_DEFAULT_SEED : options->seed, &m->keys);
    if (status != MTLS_OK) {
        mtlsmut_free(m);
        return status;
    }
    *out_mutator = m;
    return MTLS_OK;
}

void mtlsmut_free(mtlsmut *m) {
    if (m != NULL) {
        mtlsmut_keys_free(m->keys);
        mtlsgen_arena_clear(&m->arena);
        mtlsgen_arena_clear(&m->issuers_arena);
        mtls_buf_clear(&m->out);
        free(m);
    }
}

/* A certificate that is open. It stays where it is: its tree's nodes point into it. */
typedef struct {
    mtlsgen_der_tree tree;
    mtlsmut_sites sites;
    mtlsmut_identity identity;
    bool readable;
} work;

static void work_open(work *w, mtlsgen_arena *arena, mtls_view der, bool keep_forms) {
    *w = (work){.readable = false};
    mtlsgen_der_tree_init(&w->tree, arena);
    mtlsmut_read(&w->tree, &w->tree.document, der, keep_forms);
    mtlsgen_der_node *first = w->tree.document.first_child;
    if (w->tree.status == MTLS_OK && first != NULL && first->form != MTLSGEN_NODE_LOOSE &&
        mtlsmut_sites_find(&w->tree, first, &w->sites) == MTLS_OK) {
        mtlsmut_identity_read(&w->tree, &w->sites, &w->identity);
        w->readable = true;
    }
}

static mtls_view work_encode(work *w) {
    mtls_view der = {NULL, 0};
    return w->readable && mtlsgen_der_encode(&w->tree, &w->tree.document, w->tree.arena, &der) == MTLS_OK
               ? der
               : (mtls_view){NULL, 0};
}

/* work_refresh reads again what the tree says now, so that new elements are bound too. */
static void work_refresh(work *w, bool keep_forms) {
    mtls_view der = work_encode(w);
    if (der.len > 0) {
        work_open(w, w->tree.arena, der, keep_forms);
    } else {
        w->readable = false;
    }
}

/* All certificates of an input, with the issuers outside it. */
typedef struct {
    mtlsmut *mutator;
    mtlsmut_job job;
    mtlsmut_parts parts;
    work *works;
    mtls_view ders[MTLSMUT_PARTS_MAX]; /* what takes a part's place */
} bench;

static mtls_status bench_set(bench *b, mtlsmut *m, mtls_view file, uint64_t seed, bool keep_forms) {
    *b = (bench){
        .mutator = m, .job = {.random = {seed}, .keys = m->keys, .arena = &m->arena}
    };
    mtls_status status = mtlsmut_parts_read(file, m->format, &m->arena, &b->parts);
    if (status != MTLS_OK) {
        return status;
    }
    b->works = mtlsgen_arena_zalloc(&m->arena, b->parts.num_items + 1, sizeof *b->works);
    if (b->works == NULL) {
        return MTLS_ERR_NOMEM;
    }
    for (size_t i = 0; i < b->parts.num_items; i++) {
        work_open(&b->works[i], &m->arena, b->parts.items[i].der, keep_forms);
    }
    return MTLS_OK;
}

static const mtlsgen_key *issuer_key_of(bench *b, const mtlsmut_identity *of) {
    mtlsmut *m = b->mutator;
    mtlsmut_identity *among =
        mtlsgen_arena_zalloc(&m->arena, b->parts.num_items + m->num_issuers + 1, sizeof *among);
    if (among == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < b->parts.num_items; i++) {
        among[i] = b->works[i].identity;
    }
    for (size_t i = 0; i < m->num_issuers; i++) {
        among[b->parts.num_items + i] = m->issuers[i];
    }
    return mtlsmut_issuer_key(m->keys, of, among, b->parts.num_items + m->num_issuers);
}

/* bench_sign signs one certificate by its issuer's key, or by `otherwise` where that is not known. */
static bool bench_sign(bench *b, size_t at, const mtlsgen_key *otherwise) {
    work *w = &b->works[at];
    const mtlsgen_key *key = w->readable ? issuer_key_of(b, &w->identity) : NULL;
    key = key == NULL ? otherwise : key;
    b->job.tree = &w->tree;
    return w->readable && key != NULL && mtlsmut_sign(&b->job, &w->sites, key);
}

/* issuer_of gives who could have issued the certificate at `at`: one with its issuer's name, else the next
 * certificate, else an issuer outside; NULL where there is nobody. */
static const mtlsmut_identity *issuer_of(const bench *b, size_t at) {
    const mtlsmut *m = b->mutator;
    mtls_view name = b->works[at].identity.issuer;
    for (size_t i = 0; i < b->parts.num_items; i++) {
        if (name.len > 0 && mtls_view_equal(b->works[i].identity.subject, name)) {
            return &b->works[i].identity;
        }
    }
    for (size_t i = 0; i < m->num_issuers; i++) {
        if (mtls_view_equal(m->issuers[i].subject, name)) {
            return &m->issuers[i];
        }
    }
    return at + 1 < b->parts.num_items && b->works[at + 1].readable ? &b->works[at + 1].identity
           : m->num_issuers > 0                                     ? m->issuers
                                                                    : NULL;
}

/* bench_link makes the certificate at `at` name its issuer: a chain that is torn gives the same verdict
 * whatever else is in it, and stays torn in all that comes of it. */
static void bench_link(bench *b, size_t at, bool keep_forms) {
    work *w = &b->works[at];
    const mtlsmut_identity *issuer = issuer_of(b, at);
    if (issuer == NULL) {
        return;
    }
    bool other_id = issuer->own_key_id.len > 0 && w->identity.issuer_key_id.len > 0 &&
                    !mtls_view_equal(issuer->own_key_id, w->identity.issuer_key_id);
    bool other_name = !mtls_view_equal(issuer->subject, w->identity.issuer);
    if (other_id) {
        mtlsmut_set_issuer_key_id(&w->sites, issuer->own_key_id);
    }
    if (other_name) {
        other_name = mtlsmut_set_issuer(&w->tree, &w->sites, issuer->subject);
    }
    if (other_id || other_name) {
        work_refresh(w, keep_forms);
    }
}

/* bench_link_issued gives those that the certificate at `at` has issued its name as it is now, mostly. */
static void bench_link_issued(bench *b, size_t at, mtls_view subject_before) {
    mtls_view subject = b->works[at].identity.subject;
    if (subject.len == 0 || mtls_view_equal(subject, subject_before)) {
        return;
    }
    for (size_t i = 0; i < b->parts.num_items; i++) {
        work *w = &b->works[i];
        if (i != at && w->readable && mtls_view_equal(w->identity.issuer, subject_before) &&
            mtlsmut_chance(&b->job.random, 3, 4) && mtlsmut_set_issuer(&w->tree, &w->sites, subject)) {
            work_refresh(w, true);
            b->ders[i] = work_encode(w);
        }
    }
}

/* bench_sign_others signs those that were mended or linked, and, where `reissued`, those that the certificate
 * at `at` issues. */
static void bench_sign_others(bench *b, size_t at, bool reissued) {
    for (size_t i = 0; i < b->parts.num_items; i++) {
        const mtlsmut_identity *identity = &b->works[i].identity;
        bool below = reissued && identity->issuer.len > 0 &&
                     mtls_view_equal(identity->issuer, b->works[at].identity.subject);
        if (i != at && (below || b->ders[i].len > 0) && bench_sign(b, i, NULL)) {
            b->ders[i] = work_encode(&b->works[i]);
        }
    }
}

/* bench_mend sees to it that what earlier mutations broke does not stay broken. */
static void bench_mend(bench *b) {
    for (size_t i = 0; i < b->parts.num_items; i++) {
        work *w = &b->works[i];
        b->job.tree = &w->tree;
        if (w->readable && mtlsmut_mend(&b->job, &w->sites)) {
            work_refresh(w, false);
            b->ders[i] = work_encode(w);
        }
    }
}

static size_t num_rounds(mtlsmut_random *random) {
    size_t way = mtlsmut_below(random, 8);
    return way < 5 ? 1 : way < 7 ? 2 : 3 + mtlsmut_below(random, 2);
}

/* finish writes what is changed of the certificate at `at`, which was `before`: mostly linked to its issuer
 * as it was, and mostly signed. */
static bool finish(bench *b, size_t at, const mtlsgen_key *otherwise, mtlsmut_identity before,
                   bool keep_forms) {
    work *w = &b->works[at];
    work_refresh(w, keep_forms);
    if (w->readable && mtlsmut_chance(&b->job.random, 3, 4)) {
        bench_link(b, at, keep_forms);
    }
    if (!w->readable) {
        return false;
    }
    bench_link_issued(b, at, before.subject);
    b->job.tree = &w->tree;
    if (mtlsmut_chance(&b->job.random, 1, 16)) {
        mtlsmut_lie(&b->job, &w->sites);
    }
    if (!b->mutator->unsigned_only && mtlsmut_chance(&b->job.random, 7, 8)) {
        (void)bench_sign(b, at, otherwise);
        bench_sign_others(b, at,
                          !mtls_view_equal(before.spki, w->identity.spki) ||
                              !mtls_view_equal(before.subject, w->identity.subject));
    }
    b->ders[at] = work_encode(w);
    return b->ders[at].len > 0;
}

static bool mutate_certificate(bench *b) {
    size_t num = b->parts.num_items, at = mtlsmut_below(&b->job.random, num);
    work *w = &b->works[at];
    bool keep_forms = mtlsmut_chance(&b->job.random, 1, 4);
    if (!w->readable) {
        return false;
    }
    const mtlsgen_key *otherwise = issuer_key_of(b, &w->identity);
    const mtlsmut_identity before = w->identity;
    bool changed = false;
    if (mtlsmut_chance(&b->job.random, 1, 2)) {
        bench_mend(b);
    }
    for (size_t round = num_rounds(&b->job.random); round > 0 && w->readable; round--) {
        size_t other = mtlsmut_below(&b->job.random, num);
        b->job.tree = &w->tree;
        bool across = other != at && b->works[other].readable && mtlsmut_chance(&b->job.random, 1, 8);
        changed = (across ? mtlsmut_transfer(&b->job, &w->sites, &b->works[other].sites)
                          : mtlsmut_operate(&b->job, &w->sites)) ||
                  changed;
        work_refresh(w, keep_forms);
    }
    return changed && finish(b, at, otherwise, before, keep_forms);
}

/* mutate_once appends a mutant to `out`; false where this try came to nothing. */
static bool mutate_once(mtlsmut *m, mtls_view file, uint64_t seed) {
    bench b;
    mtlsmut_random first = {seed};
    mtls_buf_reset(&m->out);
    mtlsgen_arena_reset(&m->arena);
    if (bench_set(&b, m, file, mtlsmut_random_next(&first), true) != MTLS_OK) {
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
    if (holds_many && mtlsmut_chance(random, 1, 12)) {
        return mtlsmut_order_edit(random, &b.parts, &m->out) == MTLS_OK;
    }
    return mutate_certificate(&b) && mtlsmut_parts_write(&b.parts, b.ders, &m->out) == MTLS_OK;
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
    bench b;
    mtlsmut_parts others;
    mtls_buf_reset(&m->out);
    mtlsgen_arena_reset(&m->arena);
    if (bench_set(&b, m, a, seed, true) != MTLS_OK ||
        mtlsmut_parts_read(b_file, m->format, &m->arena, &others) != MTLS_OK || b.parts.num_items == 0 ||
        others.num_items == 0) {
        return false;
    }
    mtlsmut_random *random = &b.job.random;
    size_t at = mtlsmut_below(random, b.parts.num_items);
    mtls_view donor_der = others.items[mtlsmut_below(random, others.num_items)].der;
    work *w = &b.works[at], *donor = mtlsgen_arena_zalloc(&m->arena, 1, sizeof *donor);
    if (b.parts.num_items > 1 && mtlsmut_chance(random, 1, 8)) { /* the whole certificate */
        b.ders[at] = donor_der;
        return mtlsmut_parts_write(&b.parts, b.ders, &m->out) == MTLS_OK;
    }
    if (donor == NULL || !w->readable) {
        return false;
    }
    work_open(donor, &m->arena, donor_der, true);
    const mtlsgen_key *otherwise = issuer_key_of(&b, &w->identity);
    const mtlsmut_identity before = w->identity;
    b.job.tree = &w->tree;
    return donor->readable && mtlsmut_transfer(&b.job, &w->sites, &donor->sites) &&
           finish(&b, at, otherwise, before, true) &&
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

/* repair appends the file with every certificate made sound and signed. */
static bool repair(mtlsmut *m, mtls_view file) {
    bench b;
    mtls_buf_reset(&m->out);
    mtlsgen_arena_reset(&m->arena);
    if (bench_set(&b, m, file, 0, false) != MTLS_OK) {
        return false;
    }
    for (size_t i = 0; i < b.parts.num_items; i++) {
        (void)bench_sign(&b, i, NULL);
        mtls_view der = work_encode(&b.works[i]);
        b.ders[i] = mtls_view_equal(der, b.parts.items[i].der) ? (mtls_view){NULL, 0} : der;
    }
    return mtlsmut_parts_write(&b.parts, b.ders, &m->out) == MTLS_OK;
}

size_t mtlsmut_repair(mtlsmut *m, const uint8_t *data, size_t size, uint8_t *out, size_t max_size) {
    mtls_view file = {data, size};
    bool stays = m == NULL || size > INPUT_MAX || mtlsmut_bytes_hash(0, file) % 8 == 0;
    if (!stays && repair(m, file) && m->out.len > 0 && m->out.len <= max_size) {
        memcpy(out, m->out.data, m->out.len);
        return m->out.len;
    }
    if (size > max_size) {
        return 0;
    }
    if (size > 0) {
        memmove(out, data, size);
    }
    return size;
}

mtls_status mtlsmut_set_issuers(mtlsmut *m, const void *data, size_t size) {
    mtlsmut_parts parts;
    mtlsgen_arena_reset(&m->issuers_arena);
    m->issuers = NULL;
    m->num_issuers = 0;
    mtls_view file;
    mtls_status status;
    if (!mtlsgen_arena_copy(&m->issuers_arena, (mtls_view){data, size}, &file)) {
        return MTLS_ERR_NOMEM;
    }
    if ((status = mtlsmut_parts_read(file, MTLSMUT_ANY, &m->issuers_arena, &parts)) != MTLS_OK) {
        return status;
    }
    work *works = mtlsgen_arena_zalloc(&m->issuers_arena, parts.num_items + 1, sizeof *works);
    m->issuers = mtlsgen_arena_zalloc(&m->issuers_arena, parts.num_items + 1, sizeof *m->issuers);
    if (works == NULL || m->issuers == NULL) {
        return MTLS_ERR_NOMEM;
    }
    for (size_t i = 0; i < parts.num_items; i++) {
        work_open(&works[i], &m->issuers_arena, parts.items[i].der, false);
        m->issuers[m->num_issuers++] = works[i].identity;
    }
    return MTLS_OK;
}
