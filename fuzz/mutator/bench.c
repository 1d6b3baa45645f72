#include "fuzz/mutator/bench.h"

#include "fuzz/mutator/mend.h"
#include "fuzz/mutator/read.h"

void mtlsmut_work_open(mtlsmut_work *w, mtlsgen_arena *arena, mtls_view der, bool keep_forms) {
    *w = (mtlsmut_work){.readable = false};
    mtlsgen_der_tree_init(&w->tree, arena);
    mtlsmut_read(&w->tree, &w->tree.document, der, keep_forms);
    mtlsgen_der_node *first = w->tree.document.first_child;
    if (w->tree.status == MTLS_OK && first != NULL && first->form != MTLSGEN_NODE_LOOSE &&
        mtlsmut_sites_find(&w->tree, first, &w->sites) == MTLS_OK) {
        mtlsmut_identity_read(&w->tree, &w->sites, &w->identity);
        w->readable = true;
    }
}

mtls_view mtlsmut_work_encode(mtlsmut_work *w) {
    mtls_view der = {NULL, 0};
    return w->readable && mtlsgen_der_encode(&w->tree, &w->tree.document, w->tree.arena, &der) == MTLS_OK
               ? der
               : (mtls_view){NULL, 0};
}

void mtlsmut_work_refresh(mtlsmut_work *w, bool keep_forms) {
    mtls_view der = mtlsmut_work_encode(w);
    if (der.len > 0) {
        mtlsmut_work_open(w, w->tree.arena, der, keep_forms);
    } else {
        w->readable = false;
    }
}

mtls_status mtlsmut_bench_set(mtlsmut_bench *b, const mtlsmut_outside *outside, mtls_view file,
                              mtlsmut_format format, uint64_t seed, bool keep_forms, mtlsgen_arena *arena) {
    *b = (mtlsmut_bench){
        .outside = outside, .job = {.random = {seed}, .keys = outside->keys, .arena = arena}
    };
    mtls_status status = mtlsmut_parts_read(file, format, arena, &b->parts);
    if (status != MTLS_OK) {
        return status;
    }
    b->works = mtlsgen_arena_zalloc(arena, b->parts.num_items + 1, sizeof *b->works);
    if (b->works == NULL) {
        return MTLS_ERR_NOMEM;
    }
    for (size_t i = 0; i < b->parts.num_items; i++) {
        mtlsmut_work_open(&b->works[i], arena, b->parts.items[i].der, keep_forms);
    }
    return MTLS_OK;
}

const mtlsgen_key *mtlsmut_bench_issuer_key(mtlsmut_bench *b, const mtlsmut_identity *of) {
    const mtlsmut_outside *out = b->outside;
    mtlsmut_identity *among =
        mtlsgen_arena_zalloc(b->job.arena, b->parts.num_items + out->num_issuers + 1, sizeof *among);
    if (among == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < b->parts.num_items; i++) {
        among[i] = b->works[i].identity;
    }
    for (size_t i = 0; i < out->num_issuers; i++) {
        among[b->parts.num_items + i] = out->issuers[i];
    }
    return mtlsmut_issuer_key(out->keys, of, among, b->parts.num_items + out->num_issuers);
}

bool mtlsmut_bench_sign(mtlsmut_bench *b, size_t at, const mtlsgen_key *otherwise) {
    mtlsmut_work *w = &b->works[at];
    const mtlsgen_key *key = w->readable ? mtlsmut_bench_issuer_key(b, &w->identity) : NULL;
    key = key == NULL ? otherwise : key;
    b->job.tree = &w->tree;
    return w->readable && key != NULL && mtlsmut_sign(&b->job, &w->sites, key);
}

/* issuer_of gives who could have issued the certificate at `at`: one with its issuer's name, else the next
 * certificate, else an issuer outside; NULL where there is nobody. */
static const mtlsmut_identity *issuer_of(const mtlsmut_bench *b, size_t at) {
    const mtlsmut_outside *out = b->outside;
    mtls_view name = b->works[at].identity.issuer;
    for (size_t i = 0; i < b->parts.num_items; i++) {
        if (name.len > 0 && mtls_view_equal(b->works[i].identity.subject, name)) {
            return &b->works[i].identity;
        }
    }
    for (size_t i = 0; i < out->num_issuers; i++) {
        if (mtls_view_equal(out->issuers[i].subject, name)) {
            return &out->issuers[i];
        }
    }
    return at + 1 < b->parts.num_items && b->works[at + 1].readable ? &b->works[at + 1].identity
           : out->num_issuers > 0                                   ? out->issuers
                                                                    : NULL;
}

void mtlsmut_bench_link(mtlsmut_bench *b, size_t at, bool self_issued, bool keep_forms) {
    mtlsmut_work *w = &b->works[at];
    const mtlsmut_identity *issuer = self_issued ? &w->identity : issuer_of(b, at);
    if (issuer == NULL) {
        return;
    }
    bool other_id = issuer->own_key_id.len > 0 && w->identity.issuer_key_id.len > 0 &&
                    !mtls_view_equal(issuer->own_key_id, w->identity.issuer_key_id);
    bool other_name = !mtls_view_equal(issuer->subject, w->identity.issuer);
    if (other_id) {
        mtlsmut_set_key_ids(&w->sites, (mtls_view){NULL, 0}, issuer->own_key_id);
    }
    if (other_name) {
        other_name = mtlsmut_set_part(&w->tree, &w->sites, "issuer", issuer->subject);
    }
    if (other_id || other_name) {
        mtlsmut_work_refresh(w, keep_forms);
    }
}

void mtlsmut_bench_link_issued(mtlsmut_bench *b, size_t at, mtls_view subject_before) {
    mtls_view subject = b->works[at].identity.subject;
    if (subject.len == 0 || mtls_view_equal(subject, subject_before)) {
        return;
    }
    for (size_t i = 0; i < b->parts.num_items; i++) {
        mtlsmut_work *w = &b->works[i];
        if (i != at && w->readable && mtls_view_equal(w->identity.issuer, subject_before) &&
            mtlsmut_chance(&b->job.random, 3, 4) &&
            mtlsmut_set_part(&w->tree, &w->sites, "issuer", subject)) {
            mtlsmut_work_refresh(w, true);
            b->ders[i] = mtlsmut_work_encode(w);
        }
    }
}

void mtlsmut_bench_sign_others(mtlsmut_bench *b, size_t at, bool reissued) {
    for (size_t i = 0; i < b->parts.num_items; i++) {
        const mtlsmut_identity *identity = &b->works[i].identity;
        bool below = reissued && identity->issuer.len > 0 &&
                     mtls_view_equal(identity->issuer, b->works[at].identity.subject);
        if (i != at && (below || b->ders[i].len > 0) && mtlsmut_bench_sign(b, i, NULL)) {
            b->ders[i] = mtlsmut_work_encode(&b->works[i]);
        }
    }
}

/* A key that nobody can read hides all that comes after it: it becomes one that can sign, at times. */
static bool mend_key(mtlsmut_bench *b, mtlsmut_work *w) {
    if (mtlsmut_keys_by_spki(b->outside->keys, w->identity.spki) != NULL ||
        !mtlsmut_chance(&b->job.random, 1, 3)) {
        return false;
    }
    const mtlsgen_key *key = mtlsmut_keys_pick(b->outside->keys, &b->job.random);
    return key != NULL &&
           mtlsmut_set_part(&w->tree, &w->sites, "subjectPublicKeyInfo", mtlsgen_key_spki(key));
}

void mtlsmut_bench_mend(mtlsmut_bench *b) {
    for (size_t i = 0; i < b->parts.num_items; i++) {
        mtlsmut_work *w = &b->works[i];
        b->job.tree = &w->tree;
        bool mended = w->readable && mtlsmut_mend(&b->job, &w->sites);
        if (mended) {
            mtlsmut_work_refresh(w, false);
        }
        b->job.tree = &w->tree;
        if (w->readable && mend_key(b, w)) {
            mtlsmut_work_refresh(w, false);
            mended = true;
        }
        if (mended) {
            b->ders[i] = mtlsmut_work_encode(w);
        }
    }
}
