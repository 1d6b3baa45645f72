#include <mtls/generate.h>

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "gen/certificate.h"
#include "gen/key_pool.h"
#include "gen/pem_write.h"
#include "gen/private_key.h"

enum { FIXTURES_MAX = 4096, PEM_MAX = 1 << 20, ARENA_MAX = 256 * 1024 * 1024 };

typedef struct {
    const char *label, *pem, *key_pem;
    mtlsgen_name subject;
    mtlsgen_certificate certificate;
} member;

struct mtlsgen_fixtures {
    mtlsgen_key_pool *pool;
    mtlsgen_maker *maker;
    mtlsgen_arena arena;
    member *members;
    mtlsgen_key_wish *wishes; /* a wish for each member, in the same order */
    size_t num_members;
};

mtls_status mtlsgen_fixtures_new(const char *seed_text, mtlsgen_fixtures **out_set) {
    *out_set = NULL;
    mtlsgen_fixtures *set = calloc(1, sizeof *set);
    if (set == NULL) {
        return MTLS_ERR_NOMEM;
    }
    set->arena.max = ARENA_MAX;
    mtlsgen_seed seed;
    mtlsgen_seed_init(seed_text, &seed);
    mtls_status status = mtlsgen_key_pool_new(&seed, &set->pool);
    if (status == MTLS_OK) {
        status = mtlsgen_maker_new(&seed, &set->maker);
    }
    if (status != MTLS_OK) {
        mtlsgen_fixtures_free(set);
        return status;
    }
    *out_set = set;
    return MTLS_OK;
}

void mtlsgen_fixtures_free(mtlsgen_fixtures *set) {
    if (set != NULL) {
        free(set->wishes);
        free(set->members);
        mtlsgen_arena_clear(&set->arena);
        mtlsgen_maker_free(set->maker);
        mtlsgen_key_pool_free(set->pool);
        free(set);
    }
}

static const member *find(const mtlsgen_fixtures *set, const char *label) {
    for (size_t i = 0; i < set->num_members; i++) {
        if (strcmp(set->members[i].label, label) == 0) {
            return &set->members[i];
        }
    }
    return NULL;
}

/* grow makes room for one more member and its wish. */
static mtls_status grow(mtlsgen_fixtures *set) {
    member *members = realloc(set->members, (set->num_members + 1) * sizeof *members);
    if (members == NULL) {
        return MTLS_ERR_NOMEM;
    }
    set->members = members;
    mtlsgen_key_wish *wishes = realloc(set->wishes, (set->num_members + 1) * sizeof *wishes);
    if (wishes == NULL) {
        return MTLS_ERR_NOMEM;
    }
    set->wishes = wishes;
    return MTLS_OK;
}

/* key_choose gives the new member a key that no other member has. Those before it keep theirs. */
static mtls_status key_choose(mtlsgen_fixtures *set, const char *label, mtlsgen_key_algorithm algorithm,
                              const mtlsgen_key **out_key) {
    mtlsgen_key_wish *wish = &set->wishes[set->num_members];
    *wish = (mtlsgen_key_wish){.label = label, .algorithm = algorithm};
    mtls_status status = mtlsgen_key_indices_assign("fixtures", set->wishes, set->num_members + 1);
    wish->index_given = true;
    return status != MTLS_OK ? status : mtlsgen_key_pool_get(set->pool, algorithm, wish->index, out_key);
}

/* pem_keep writes one block and keeps its text in the set's memory. */
static mtls_status pem_keep(mtlsgen_fixtures *set, mtls_view der, const char *label, const char **out_pem) {
    mtls_buf pem = {.max = PEM_MAX};
    mtlsgen_pem_options options = {.label = mtls_view_of_text(label)};
    mtls_status status = mtlsgen_pem_write(der, &options, &pem);
    if (status == MTLS_OK) {
        const char *text = mtls_buf_text(&pem);
        *out_pem = text == NULL ? NULL : mtlsgen_arena_text(&set->arena, text);
        status = *out_pem == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
    }
    mtls_buf_cleanse(&pem);
    return status;
}

static mtls_status member_make(mtlsgen_fixtures *set, const mtlsgen_fixture *what, const mtlsgen_key *key,
                               mtlsgen_validity_span span, member *out, mtls_error *error) {
    const member *above = what->issuer == NULL ? NULL : find(set, what->issuer);
    mtlsgen_issuer issuer = {0};
    if (above != NULL) {
        issuer = (mtlsgen_issuer){.name = &above->subject, .key = above->certificate.key};
    }
    mtls_buf address = {.max = 1024};
    mtlsgen_key_block blocks[MTLSGEN_KEY_BLOCKS_MAX];
    size_t num_blocks = 0;
    const mtlsgen_extension no_eku = {.kind = MTLSGEN_EXT_EXT_KEY_USAGE, .absent = true};
    mtls_status status = mtls_buf_appendf(&address, "fixtures#%s", out->label);
    const char *address_text = status == MTLS_OK ? mtls_buf_text(&address) : NULL;
    if (address_text == NULL) {
        mtls_buf_clear(&address);
        return status == MTLS_ERR_LIMIT ? mtls_fail(MTLS_ERR_USAGE, error, "the label is too long")
                                        : mtls_fail(MTLS_ERR_NOMEM, error, "no memory");
    }
    mtlsgen_certificate_spec spec = {
        .address = address_text,
        .label = out->label,
        .ca = what->ca,
        .subject = &out->subject,
        .issuer = above == NULL ? NULL : &issuer,
        .key = key,
        .validity = {.span = span},
        .extensions = &no_eku,
        .num_extensions = what->without_eku ? 1 : 0,
    };
    if ((status = mtlsgen_certificate_make(set->maker, &spec, &set->arena, &out->certificate, error)) ==
            MTLS_OK &&
        (status = mtlsgen_private_key_write(set->maker, key, MTLSGEN_KEY_FORM_PKCS8, address_text,
                                            &set->arena, blocks, &num_blocks, error)) == MTLS_OK &&
        (status = pem_keep(set, out->certificate.der, "CERTIFICATE", &out->pem)) == MTLS_OK) {
        status = pem_keep(set, blocks[0].der, blocks[0].label, &out->key_pem);
    }
    mtls_buf_clear(&address);
    return status;
}

static bool span_find(const char *word, mtlsgen_validity_span *out) {
    static const char *const words[] = {[MTLSGEN_VALIDITY_GOOD] = "good",
                                        [MTLSGEN_VALIDITY_EXPIRED] = "expired",
                                        [MTLSGEN_VALIDITY_FUTURE] = "future"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (word == NULL || strcmp(word, words[i]) == 0) {
            *out = (mtlsgen_validity_span)i;
            return true;
        }
    }
    return false;
}

static bool is_utf8(const char *text) {
    const mtls_view bytes = mtls_view_of_text(text);
    uint32_t code_point;
    size_t at = 0;
    while (at < bytes.len && mtls_utf8_next(bytes, &at, &code_point)) {
    }
    return at == bytes.len;
}

mtls_status mtlsgen_fixtures_add(mtlsgen_fixtures *set, const char *label, const mtlsgen_fixture *what,
                                 mtls_error *error) {
    mtlsgen_key_algorithm algorithm = MTLSGEN_KEY_P256;
    mtlsgen_validity_span span;
    if (find(set, label) != NULL) {
        return mtls_fail(MTLS_ERR_USAGE, error, "there is a certificate \"%s\" already", label);
    }
    if (!is_utf8(label) || (what->subject != NULL && !is_utf8(what->subject))) {
        return mtls_fail(MTLS_ERR_USAGE, error, "a label and a subject are text in UTF-8");
    }
    if (what->issuer != NULL && find(set, what->issuer) == NULL) {
        return mtls_fail(MTLS_ERR_USAGE, error, "the issuer \"%s\" is not in the set: add it first",
                         what->issuer);
    }
    if (what->key != NULL && !mtlsgen_key_algorithm_find(what->key, &algorithm)) {
        return mtls_fail(MTLS_ERR_USAGE, error, "there is no key algorithm \"%s\"", what->key);
    }
    if (!span_find(what->validity, &span)) {
        return mtls_fail(MTLS_ERR_USAGE, error, "validity is good, expired or future, not \"%s\"",
                         what->validity);
    }
    if (set->num_members == FIXTURES_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "a set holds %d certificates at most", FIXTURES_MAX);
    }
    mtls_status status = grow(set);
    member made = {.label = status == MTLS_OK ? mtlsgen_arena_text(&set->arena, label) : NULL};
    const mtlsgen_key *key = NULL;
    if (made.label == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "%s", mtls_status_text(MTLS_ERR_NOMEM));
    }
    if (error != NULL) {
        error->text[0] = '\0';
    }
    char *subject = what->subject == NULL ? NULL : mtlsgen_arena_text(&set->arena, what->subject);
    if (what->subject != NULL && subject == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "%s", mtls_status_text(MTLS_ERR_NOMEM));
    }
    status = what->subject == NULL
                 ? mtlsgen_name_default(made.label, &set->arena, &made.subject)
                 : mtlsgen_name_read(mtls_view_of_text(subject), &set->arena, &made.subject, error);
    if (status == MTLS_OK && (status = key_choose(set, made.label, algorithm, &key)) == MTLS_OK) {
        status = member_make(set, what, key, span, &made, error);
    }
    if (status == MTLS_OK) {
        set->members[set->num_members++] = made;
    } else if (error != NULL && error->text[0] == '\0') {
        mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    return status;
}

const char *mtlsgen_fixtures_pem(const mtlsgen_fixtures *set, const char *label) {
    const member *found = find(set, label);
    return found == NULL ? NULL : found->pem;
}

const char *mtlsgen_fixtures_key_pem(const mtlsgen_fixtures *set, const char *label) {
    const member *found = find(set, label);
    return found == NULL ? NULL : found->key_pem;
}

mtls_view mtlsgen_fixtures_der(const mtlsgen_fixtures *set, const char *label) {
    const member *found = find(set, label);
    return found == NULL ? (mtls_view){0} : found->certificate.der;
}
