#include "fuzz/resign.h"

#include "fuzz/oracle.h"
#include "fuzz/view.h"
#include "gen/corpus.h"
#include "gen/der_write.h"
#include "gen/key_pool.h"
#include "gen/pem_write.h"
#include "gen/sign.h"
#include "validator/certificate.h"
#include "validator/pem.h"

#include <stdlib.h>
#include <string.h>

enum {
    CERTIFICATES_MAX = 64, /* of both files; the rest stays as it is */
    DER_MAX = 256 * 1024,  /* of one certificate */
    ARENA_MAX = 64 * 1024 * 1024
};

/* The keys that sign, by what a certificate shows of them. */
typedef struct {
    mtls_view spki;
    const mtlsgen_key *key;
} known_key;

static struct {
    mtlsgen_seed seed;
    mtlsgen_key_pool *pool;
    mtlsgen_signer *signer;
    known_key *keys; /* sorted */
    size_t num_keys;
} signing;

static int compare_views(mtls_view a, mtls_view b) {
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_keys(const void *a, const void *b) {
    return compare_views(((const known_key *)a)->spki, ((const known_key *)b)->spki);
}

static void know_keys(mtlsgen_key_algorithm algorithm) {
    unsigned num_keys = mtlsgen_key_algorithm_describe(algorithm)->pool;
    known_key *keys = realloc(signing.keys, (signing.num_keys + num_keys) * sizeof *keys);
    mtlsfuzz_must(keys == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "make room for keys");
    signing.keys = keys;
    for (unsigned i = 0; i < num_keys; i++) {
        known_key *known = &signing.keys[signing.num_keys++];
        mtlsfuzz_must(mtlsgen_key_pool_get(signing.pool, algorithm, i, &known->key), "derive a key");
        known->spki = mtlsgen_key_spki(known->key);
    }
}

/* Once for the life of the program. */
static void know_all_keys(void) {
    if (signing.pool == NULL) {
        mtlsgen_seed_init(MTLSGEN_DEFAULT_SEED, &signing.seed);
        mtlsfuzz_must(mtlsgen_key_pool_new(&signing.seed, &signing.pool), "make a key pool");
        mtlsfuzz_must(mtlsgen_signer_new(&signing.signer), "make a signer");
        know_keys(MTLSGEN_KEY_P256);
        know_keys(MTLSGEN_KEY_ED25519);
        qsort(signing.keys, signing.num_keys, sizeof *signing.keys, compare_keys);
    }
}

static const mtlsgen_key *find_key(mtls_view spki) {
    known_key wanted = {spki, NULL};
    const known_key *found =
        bsearch(&wanted, signing.keys, signing.num_keys, sizeof *signing.keys, compare_keys);
    return found == NULL ? NULL : found->key;
}

/* A certificate of the two files. */
typedef struct {
    size_t begin_at, end_at; /* its block in its file */
    uint8_t *der;            /* what the reader's views borrow */
    mtlsval_certificate certificate;
} member;

typedef struct {
    member items[CERTIFICATES_MAX];
    size_t num_items;
} members;

/* gather adds the certificates of a file that can be read. */
static void gather(members *all, mtls_view file) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_fault fault;
    mtlsval_pem_start(&pem, file);
    while (all->num_items < CERTIFICATES_MAX && mtlsval_pem_next(&pem, &block)) {
        member *added = &all->items[all->num_items];
        size_t len = 0, room = mtlsval_pem_decoded_max(block.body);
        if (block.finding != MTLSVAL_FINDING_NONE || room > DER_MAX ||
            !mtls_view_equal_text(block.label, "CERTIFICATE")) {
            continue;
        }
        *added = (member){.begin_at = block.begin_at, .end_at = block.end_at, .der = malloc(room)};
        mtlsfuzz_must(added->der == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "make room for a certificate");
        if (mtlsval_pem_decode(block.body, added->der, &len, &fault) &&
            mtlsval_certificate_parse((mtls_view){added->der, len}, &added->certificate, &fault)) {
            all->num_items++;
        } else {
            free(added->der);
        }
    }
}

/* The key that should have signed: that of a certificate with the issuer's name. Where names are shared the
 * authority key identifier decides. */
static const mtlsgen_key *find_issuer_key(const members *all, const mtlsval_certificate *c) {
    const mtlsgen_key *found = NULL;
    for (size_t i = 0; i < all->num_items; i++) {
        const mtlsval_certificate *issuer = &all->items[i].certificate;
        if (mtlsval_name_equal(&issuer->subject, &c->issuer)) {
            const mtlsgen_key *key = find_key(issuer->spki);
            found = found == NULL ? key : found;
            if (key != NULL && c->authority_key_id.has_key_id &&
                mtls_view_equal(c->authority_key_id.key_id, issuer->subject_key_id.key_id)) {
                return key;
            }
        }
    }
    return found;
}

/* The digest that the certificate's algorithm names, if `key` can sign so. */
static bool choose_digest(const mtlsval_certificate *c, const mtlsgen_key *key, mtlsgen_sign_options *out) {
    for (int digest = MTLSGEN_DIGEST_SHA1; digest < MTLSGEN_NUM_DIGESTS; digest++) {
        out->digest = (mtlsgen_digest)digest;
        if (mtls_view_equal(mtlsgen_signature_algorithm(key, out), c->signature_algorithm.der)) {
            return true;
        }
    }
    return false;
}

/* sign_again writes the certificate with another signature; false where it cannot, or where it is the same.
 */
static bool sign_again(const mtlsval_certificate *c, const mtlsgen_key *key, mtlsgen_arena *arena,
                       mtls_view *out_der) {
    uint8_t signature[MTLSGEN_SIGNATURE_MAX];
    size_t len = 0;
    mtlsgen_sign_options options = {0};
    if (key == NULL || !choose_digest(c, key, &options)) {
        return false;
    }
    mtlsfuzz_must(mtlsgen_sign(signing.signer, key, &options, c->tbs, signature, &len), "sign");
    if (mtls_view_equal((mtls_view){signature, len}, c->signature)) {
        return false;
    }
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, arena);
    mtlsgen_der_node *sequence = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_encoded(&tree, sequence, NULL, c->tbs);
    mtlsgen_der_add_encoded(&tree, sequence, NULL, c->signature_algorithm.der);
    mtlsgen_der_add_bits(&tree, sequence, NULL, (mtls_view){signature, len});
    mtlsfuzz_must(mtlsgen_der_encode(&tree, &tree.document, arena, out_der), "write a certificate");
    return true;
}

static void append(mtls_buf *out, mtls_view bytes) {
    mtlsfuzz_must(mtls_buf_append(out, bytes), "write a file");
}

/* rewrite copies `file`, of which `first` to `last` are the certificates, with those replaced that get a
 * signature. */
static void rewrite(const members *all, size_t first, size_t last, mtls_view file, mtls_buf *out) {
    static mtlsgen_arena arena = {.max = ARENA_MAX};
    static const mtlsgen_pem_options options = {
        .label = {(const uint8_t *)"CERTIFICATE", 11},
          .no_final_eol = true
    };
    size_t copied = 0;
    mtls_buf_reset(out);
    for (size_t i = first; i < last; i++) {
        const member *item = &all->items[i];
        mtls_view der;
        if (sign_again(&item->certificate, find_issuer_key(all, &item->certificate), &arena, &der)) {
            append(out, mtlsfuzz_view_slice(file, copied, item->begin_at));
            mtlsfuzz_must(mtlsgen_pem_write(der, &options, out), "write a block");
            copied = item->end_at;
        }
        mtlsgen_arena_reset(&arena);
    }
    append(out, mtlsfuzz_view_slice(file, copied, file.len));
}

void mtlsfuzz_resign(mtls_view bundle, mtls_view chain, mtls_buf *out_bundle, mtls_buf *out_chain) {
    static members all;
    know_all_keys();
    all.num_items = 0;
    gather(&all, bundle);
    size_t num_of_bundle = all.num_items;
    gather(&all, chain);
    rewrite(&all, 0, num_of_bundle, bundle, out_bundle);
    rewrite(&all, num_of_bundle, all.num_items, chain, out_chain);
    for (size_t i = 0; i < all.num_items; i++) {
        free(all.items[i].der);
    }
}
