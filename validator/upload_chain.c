/* The chain that gives clientCertIssuerDN (docs/facts.md, issuer-dn-rule): of the CAs, the longest chain down
 * from the root, linked by names and by signatures; of equal ones the one whose last CA stands first in the
 * file.
 *
 * A chain goes from authority to authority: a name with a key. Certificates that give one authority to
 * another are the links, so that cross-signing and renewal make more links and not more authorities, and a
 * chain passes an authority at most once. Where the links have no circle the longest chain is found exactly,
 * in time linear in their number; where they have one there is no fast way, and the search stops at
 * settings.steps_max. */
#include <stdlib.h>
#include <string.h>

#include "validator/upload_state.h"

#define NONE UINT32_MAX

/* An authority: the name and key that one or more CA certificates share. */
typedef struct {
    uint32_t certificate; /* the first in the file that has them */
    uint64_t name_hash, hash;
    uint32_t first_link, num_links; /* in links: what it has issued to others */
    uint32_t num_issuers;           /* links to it from authorities that the root reaches */
    uint32_t length;                /* of the longest chain to it found so far, in CAs; 0: not reached */
    uint32_t last;                  /* the certificate that ends that chain */
    uint32_t above;                 /* the authority before it there */
    bool on_path;                   /* while searching among circles */
} authority;

typedef struct {
    uint32_t certificate, to; /* to: authority */
} link;

typedef struct {
    uint64_t issuer_hash;
    uint32_t certificate;
} candidate;

/* Files of few certificates, as most are, need no memory beside this. */
enum { FEW = 8 };
typedef struct {
    authority authorities[FEW];
    candidate candidates[FEW];
    uint32_t authority_of[FEW], slots[2 * FEW], queue[FEW];
} few;

typedef struct {
    mtlsval_upload_state *state;
    authority *authorities;
    uint32_t num_authorities;
    uint32_t *authority_of; /* by certificate; NONE for a leaf */
    uint32_t *slots;        /* hash table of authorities, open addressing */
    size_t num_slots;
    candidate *candidates; /* the CAs by their issuer's name, then by place in the file */
    size_t num_candidates;
    link *links;
    size_t num_links, links_capacity;
    uint32_t *queue; /* authorities, in the order they are reached */
    uint32_t num_queued;
    size_t steps_left;
    bool is_allocated; /* not `few` */
} search;

static const mtlsval_certificate *certificate_at(const search *s, uint32_t index) {
    return &s->state->upload->certificates[index].certificate;
}

/* step counts a comparison or a move; false when they are used up. */
static bool step(search *s) {
    if (s->steps_left == 0) {
        s->state->upload->search_limited = true;
        return false;
    }
    s->steps_left--;
    return true;
}

static uint64_t hash_key(mtls_view key, uint64_t hash) {
    size_t start = key.len > 64 ? key.len - 64 : 0; /* the end of a key differs as much as all of it */
    for (size_t i = start; i < key.len; i++) {
        hash = (hash ^ key.data[i]) * 0x100000001b3u;
    }
    return hash;
}

/* find_authority finds or adds the authority of a CA. */
static void find_authority(search *s, uint32_t index) {
    const mtlsval_certificate *certificate = certificate_at(s, index);
    uint64_t name_hash = mtlsval_name_hash(&certificate->subject);
    uint64_t hash = hash_key(certificate->key, name_hash);
    size_t slot = (size_t)(hash ^ hash >> 32) & (s->num_slots - 1);
    for (; s->slots[slot] != NONE; slot = (slot + 1) & (s->num_slots - 1)) {
        const authority *other = &s->authorities[s->slots[slot]];
        const mtlsval_certificate *with = certificate_at(s, other->certificate);
        if (!step(s)) {
            break; /* counted as an authority of its own */
        }
        if (other->hash == hash && mtls_view_equal(with->spki, certificate->spki) &&
            mtlsval_name_equal(&with->subject, &certificate->subject)) {
            s->authority_of[index] = s->slots[slot];
            return;
        }
    }
    s->authorities[s->num_authorities] =
        (authority){.certificate = index, .name_hash = name_hash, .hash = hash, .above = NONE};
    s->authority_of[index] = s->num_authorities;
    if (s->slots[slot] == NONE) {
        s->slots[slot] = s->num_authorities;
    }
    s->num_authorities++;
}

static int by_issuer(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->issuer_hash != y->issuer_hash) {
        return x->issuer_hash < y->issuer_hash ? -1 : 1;
    }
    return (x->certificate > y->certificate) - (x->certificate < y->certificate);
}

static mtls_status make_room(search *s, few *room) {
    size_t num_certificates = s->state->upload->num_certificates, num_cas = s->state->num_cas;
    if (num_certificates <= FEW) {
        s->num_slots = 2 * FEW;
        s->authorities = room->authorities;
        s->authority_of = room->authority_of;
        s->slots = room->slots;
        s->candidates = room->candidates;
        s->queue = room->queue;
        return MTLS_OK;
    }
    s->is_allocated = true;
    s->num_slots = 2 * FEW;
    while (s->num_slots < num_cas * 2) {
        s->num_slots *= 2;
    }
    s->authorities = malloc(num_cas * sizeof *s->authorities);
    s->authority_of = malloc(num_certificates * sizeof *s->authority_of);
    s->slots = malloc(s->num_slots * sizeof *s->slots);
    s->candidates = malloc(num_cas * sizeof *s->candidates);
    s->queue = malloc(num_cas * sizeof *s->queue);
    bool all = s->authorities != NULL && s->authority_of != NULL && s->slots != NULL &&
               s->candidates != NULL && s->queue != NULL;
    return all ? MTLS_OK : MTLS_ERR_NOMEM;
}

static void prepare(search *s) {
    const mtlsval_upload *upload = s->state->upload;
    memset(s->slots, 0xff, s->num_slots * sizeof *s->slots); /* NONE */
    for (uint32_t i = 0; i < upload->num_certificates; i++) {
        s->authority_of[i] = NONE;
        if (upload->certificates[i].role != MTLSVAL_ROLE_LEAF) {
            find_authority(s, i);
            s->candidates[s->num_candidates++] =
                (candidate){mtlsval_name_hash(&upload->certificates[i].certificate.issuer), i};
        }
    }
    qsort(s->candidates, s->num_candidates, sizeof *s->candidates, by_issuer);
}

static mtls_status add_link(search *s, link added) {
    if (s->num_links == s->links_capacity) {
        size_t capacity = s->links_capacity == 0 ? 16 : s->links_capacity * 2;
        link *links = realloc(s->links, capacity * sizeof *links);
        if (links == NULL) {
            return MTLS_ERR_NOMEM;
        }
        s->links = links;
        s->links_capacity = capacity;
    }
    s->links[s->num_links++] = added;
    return MTLS_OK;
}

static size_t first_candidate(const search *s, uint64_t issuer_hash) {
    size_t low = 0, high = s->num_candidates;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->candidates[middle].issuer_hash < issuer_hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* follow finds what the authority `from` has issued, and queues the authorities that are new. */
static mtls_status follow(search *s, uint32_t from) {
    mtlsval_upload *upload = s->state->upload;
    authority *issuer = &s->authorities[from];
    const mtlsval_certificate *by = certificate_at(s, issuer->certificate);
    mtls_status status = MTLS_OK;
    issuer->first_link = (uint32_t)s->num_links;
    for (size_t i = first_candidate(s, issuer->name_hash);
         status == MTLS_OK && i < s->num_candidates && s->candidates[i].issuer_hash == issuer->name_hash;
         i++) {
        uint32_t index = s->candidates[i].certificate;
        const mtlsval_certificate *certificate = certificate_at(s, index);
        authority *subject = &s->authorities[s->authority_of[index]];
        mtlsval_signature_answer answer = MTLSVAL_SIGNATURE_UNSUPPORTED;
        bool is_asked = false;
        if (!step(s)) {
            break;
        }
        if (subject == issuer || !mtlsval_name_equal(&certificate->issuer, &by->subject)) {
            continue;
        }
        status = mtlsval_upload_check_signature(s->state, certificate, by, &is_asked, &answer);
        if (status != MTLS_OK || !is_asked) {
            break;
        }
        if (answer != MTLSVAL_SIGNATURE_GOOD) {
            continue;
        }
        status = add_link(s, (link){index, s->authority_of[index]});
        issuer->num_links++;
        upload->certificates[index].parent = issuer->certificate;
        if (subject->num_issuers++ == 0 && s->authority_of[index] != s->queue[0]) {
            s->queue[s->num_queued++] = s->authority_of[index];
        }
    }
    return status;
}

/* is_better: a longer chain, or of equal ones the one that ends first in the file. */
static bool is_better(uint32_t length, uint32_t last, uint32_t than_length, uint32_t than_last) {
    return length > than_length || (length == than_length && last < than_last);
}

/* measure_in_order finds the longest chains where there is no circle: an authority is done when all its
 * issuers are. False if some are never done. */
static bool measure_in_order(search *s) {
    uint32_t num_done = 0;
    uint32_t num_ready = 1; /* the queue is used again: its front holds what is ready */
    for (; num_done < num_ready; num_done++) {
        uint32_t from = s->queue[num_done];
        const authority *issuer = &s->authorities[from];
        for (uint32_t i = 0; i < issuer->num_links; i++) {
            const link *l = &s->links[issuer->first_link + i];
            authority *subject = &s->authorities[l->to];
            if (is_better(issuer->length + 1, l->certificate, subject->length, subject->last)) {
                subject->length = issuer->length + 1;
                subject->last = l->certificate;
                subject->above = from;
            }
            if (--subject->num_issuers == 0) {
                s->queue[num_ready++] = l->to;
            }
        }
    }
    return num_done == s->num_queued;
}

/* search_circles walks every chain from the root that passes no authority twice, until the steps are used up,
 * and leaves the longest in `above`. */
static mtls_status search_circles(search *s, uint32_t root, uint32_t *out_last) {
    typedef struct {
        uint32_t at, next_link, certificate;
    } place;
    place *path = malloc(s->num_authorities * sizeof *path);
    uint32_t *best = malloc(s->num_authorities * sizeof *best); /* the certificates of the longest chain */
    mtls_status status = path == NULL || best == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
    uint32_t depth = 0, best_length = 0;
    s->steps_left = s->state->settings.steps_max;
    if (status == MTLS_OK) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the root is an authority, so there is room for one */
        path[depth++] = (place){root, 0, s->authorities[root].last};
        s->authorities[root].on_path = true;
    }
    while (depth > 0) {
        place *top = &path[depth - 1];
        authority *at = &s->authorities[top->at];
        if (top->next_link == 0 &&
            (best_length == 0 || is_better(depth, top->certificate, best_length, best[best_length - 1]))) {
            for (uint32_t i = 0; i < depth; i++) {
                best[i] = path[i].certificate;
            }
            best_length = depth;
        }
        if (top->next_link == at->num_links || !step(s)) {
            at->on_path = false;
            depth--;
            continue;
        }
        const link *l = &s->links[at->first_link + top->next_link++];
        if (!s->authorities[l->to].on_path) {
            s->authorities[l->to].on_path = true;
            path[depth++] = (place){l->to, 0, l->certificate};
        }
    }
    for (uint32_t i = 0; i < best_length; i++) {
        s->state->upload->certificates[best[i]].in_chain = true;
        if (i > 0) {
            s->state->upload->certificates[best[i]].parent = best[i - 1];
        }
        *out_last = best[i];
    }
    free(best);
    free(path);
    return status;
}

/* mark_chain marks the chain that measure_in_order found and gives its last certificate. */
static uint32_t mark_chain(search *s, uint32_t root) {
    uint32_t best = root;
    for (uint32_t i = 0; i < s->num_authorities; i++) {
        const authority *a = &s->authorities[i];
        if (is_better(a->length, a->last, s->authorities[best].length, s->authorities[best].last)) {
            best = i;
        }
    }
    for (uint32_t i = best; i != NONE; i = s->authorities[i].above) {
        mtlsval_upload_certificate *certificate = &s->state->upload->certificates[s->authorities[i].last];
        certificate->in_chain = true;
        if (s->authorities[i].above != NONE) {
            certificate->parent = s->authorities[s->authorities[i].above].last;
        }
    }
    return s->authorities[best].last;
}

static mtls_status find(search *s, uint32_t root_certificate, uint32_t *out_last) {
    uint32_t root = s->authority_of[root_certificate];
    mtls_status status = MTLS_OK;
    s->authorities[root].certificate = root_certificate; /* a cross-signed copy may come first in the file */
    s->queue[s->num_queued++] = root;
    for (uint32_t i = 0; status == MTLS_OK && i < s->num_queued; i++) {
        status = follow(s, s->queue[i]);
        s->state->num_chain_ends += s->authorities[s->queue[i]].num_links == 0;
    }
    if (status != MTLS_OK) {
        return status;
    }
    s->authorities[root].length = 1;
    s->authorities[root].last = root_certificate;
    /* A link back to the root is a circle: the root would wait for it. */
    if (s->authorities[root].num_issuers == 0 && measure_in_order(s)) {
        *out_last = mark_chain(s, root);
        return MTLS_OK;
    }
    return search_circles(s, root, out_last);
}

mtls_status mtlsval_upload_find_chain(mtlsval_upload_state *state, size_t *out_last) {
    mtlsval_upload *upload = state->upload;
    search s = {.state = state, .steps_left = state->settings.steps_max};
    uint32_t root = 0, last = 0;
    while (upload->certificates[root].role != MTLSVAL_ROLE_ROOT) {
        root++;
    }
    if (state->num_cas == 1) {
        upload->certificates[root].in_chain = true;
        state->num_chain_ends = 1;
        *out_last = root;
        return MTLS_OK;
    }
    few room;
    mtls_status status = make_room(&s, &room);
    if (status == MTLS_OK) {
        prepare(&s);
        status = find(&s, root, &last);
    }
    *out_last = last;
    free(s.links);
    if (s.is_allocated) {
        free(s.queue);
        free(s.candidates);
        free(s.slots);
        free(s.authority_of);
        free(s.authorities);
    }
    return status;
}
