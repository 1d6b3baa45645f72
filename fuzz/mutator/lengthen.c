#include "fuzz/mutator/lengthen.h"

#include "gen/name.h"

/* find_pair gives a certificate and its issuer. */
static bool find_pair(mtlsmut_bench *b, size_t *out_below, size_t *out_above) {
    size_t num = b->parts.num_items, start = mtlsmut_below(&b->job.random, num);
    for (size_t i = 0; i < num; i++) {
        size_t below = (start + i) % num;
        for (size_t above = 0; above < num; above++) {
            const mtlsmut_work *w = &b->works[below], *issuer = &b->works[above];
            if (above != below && w->readable && issuer->readable && w->identity.issuer.len > 0 &&
                mtls_view_equal(w->identity.issuer, issuer->identity.subject)) {
                *out_below = below;
                *out_above = above;
                return true;
            }
        }
    }
    return false;
}

/* A name that no other certificate is likely to have. */
static mtls_view make_name(mtlsmut_job *job) {
    mtlsgen_name name;
    mtls_view der = {NULL, 0};
    mtls_buf text = {.max = 32};
    if (mtls_buf_appendf(&text, "between %u", (unsigned)mtlsmut_below(&job->random, 1000)) == MTLS_OK &&
        mtls_buf_text(&text) != NULL &&
        (mtlsgen_name_default(mtls_buf_text(&text), job->arena, &name) != MTLS_OK ||
         mtlsgen_name_encode(&name, job->arena, &der, NULL) != MTLS_OK)) {
        der = (mtls_view){NULL, 0};
    }
    mtls_buf_clear(&text);
    return der;
}

/* make_between gives the new certificate, signed by the issuer's key. */
static bool make_between(mtlsmut_bench *b, size_t above, mtls_view name, const mtlsgen_key *key,
                         mtls_view *out) {
    const mtlsmut_identity *issuer = &b->works[above].identity;
    const mtlsgen_key *issuer_key = mtlsmut_keys_by_spki(b->outside->keys, issuer->spki);
    mtlsmut_work *w = mtlsgen_arena_zalloc(b->job.arena, 1, sizeof *w);
    if (w == NULL || issuer_key == NULL) {
        return false;
    }
    mtlsmut_work_open(w, b->job.arena, b->parts.items[above].der, true);
    if (!w->readable || !mtlsmut_set_part(&w->tree, &w->sites, "subject", name) ||
        !mtlsmut_set_part(&w->tree, &w->sites, "issuer", issuer->subject) ||
        !mtlsmut_set_part(&w->tree, &w->sites, "subjectPublicKeyInfo", mtlsgen_key_spki(key))) {
        return false;
    }
    mtlsmut_set_key_ids(&w->sites, mtlsgen_key_id(key), issuer->own_key_id);
    mtlsmut_work_refresh(w, true);
    b->job.tree = &w->tree;
    if (!w->readable || !mtlsmut_sign(&b->job, &w->sites, issuer_key)) {
        return false;
    }
    *out = mtlsmut_work_encode(w);
    return out->len > 0;
}

/* put_under makes the certificate at `below` one that the new one issued. */
static bool put_under(mtlsmut_bench *b, size_t below, mtls_view name, const mtlsgen_key *key) {
    mtlsmut_work *w = &b->works[below];
    if (!mtlsmut_set_part(&w->tree, &w->sites, "issuer", name)) {
        return false;
    }
    mtlsmut_set_key_ids(&w->sites, (mtls_view){NULL, 0}, mtlsgen_key_id(key));
    mtlsmut_work_refresh(w, true);
    b->job.tree = &w->tree;
    if (!w->readable || !mtlsmut_sign(&b->job, &w->sites, key)) {
        return false;
    }
    b->ders[below] = mtlsmut_work_encode(w);
    return b->ders[below].len > 0;
}

bool mtlsmut_lengthen(mtlsmut_bench *b, mtls_buf *out) {
    size_t below, above;
    mtls_view between;
    const mtlsgen_key *key = mtlsmut_keys_pick(b->outside->keys, &b->job.random);
    mtls_view name = make_name(&b->job);
    if (b->parts.num_items < 2 || key == NULL || name.len == 0 || !find_pair(b, &below, &above) ||
        !make_between(b, above, name, key, &between) || !put_under(b, below, name, key)) {
        return false;
    }
    b->parts.inserted = between;
    b->parts.inserted_after = below;
    return mtlsmut_parts_write(&b->parts, b->ders, out) == MTLS_OK;
}
