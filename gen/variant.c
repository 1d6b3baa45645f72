#include "gen/variant.h"

#include <stdio.h>
#include <string.h>

#include "gen/scenario_read.h"

/* At most this many cases of one scenario: more is a slip of the pen. */
enum { VARIANTS_MAX = 200000 };

static const char *const dimension_words[MTLSGEN_NUM_DIMENSIONS] = {
#define DIMENSION(id, word) word,
#include "gen/variant.def"
};

static const struct {
    mtlsgen_dimension dimension;
    const char *word;
    int value;
} choice_rows[] = {
#define CHOICE(dimension, word, value) {MTLSGEN_DIMENSION_##dimension, word, value},
#include "gen/variant.def"
};

/* The order in which the suites walk the dimensions, slowest first: what changes certificates comes before
 * what changes the file around them, so that neighbours share their certificates. */
static const mtlsgen_dimension walk[MTLSGEN_NUM_DIMENSIONS] = {
    MTLSGEN_DIMENSION_SERIAL,  MTLSGEN_DIMENSION_VALIDITY,  MTLSGEN_DIMENSION_KEY,
    MTLSGEN_DIMENSION_DIGEST,  MTLSGEN_DIMENSION_DN,        MTLSGEN_DIMENSION_DEPTH,
    MTLSGEN_DIMENSION_ORDER,   MTLSGEN_DIMENSION_EOL,       MTLSGEN_DIMENSION_WIDTH,
    MTLSGEN_DIMENSION_BETWEEN, MTLSGEN_DIMENSION_FINAL_EOL,
};

const char *mtlsgen_dimension_word(mtlsgen_dimension dimension) {
    return dimension_words[dimension];
}

bool mtlsgen_dimension_find(const char *word, mtlsgen_dimension *out) {
    for (int i = 0; i < MTLSGEN_NUM_DIMENSIONS; i++) {
        if (strcmp(dimension_words[i], word) == 0) {
            *out = (mtlsgen_dimension)i;
            return true;
        }
    }
    return false;
}

size_t mtlsgen_choice_words(mtlsgen_dimension dimension, const char **out_words, size_t max) {
    size_t num = 0;
    for (size_t i = 0; i < NUM_ROWS(choice_rows) && num < max; i++) {
        if (choice_rows[i].dimension == dimension) {
            out_words[num++] = choice_rows[i].word;
        }
    }
    return num;
}

bool mtlsgen_choice_find(mtlsgen_dimension dimension, const char *word, int *out_value) {
    for (size_t i = 0; i < NUM_ROWS(choice_rows); i++) {
        if (choice_rows[i].dimension == dimension && strcmp(choice_rows[i].word, word) == 0) {
            *out_value = choice_rows[i].value;
            return true;
        }
    }
    return false;
}

/* A code is a number of mixed radix: a digit for each dimension in the order of `walk`, 0 where nothing is
 * chosen. */
static void code_split(const mtlsgen_scenario *scenario, uint32_t code,
                       const mtlsgen_choice *out_choices[MTLSGEN_NUM_DIMENSIONS]) {
    for (size_t i = MTLSGEN_NUM_DIMENSIONS; i-- > 0;) {
        const mtlsgen_variant *variant = &scenario->variants[walk[i]];
        const uint32_t radix = (uint32_t)variant->num_choices + 1;
        const uint32_t digit = code % radix;
        out_choices[walk[i]] = digit == 0 ? NULL : &variant->choices[digit - 1];
        code /= radix;
    }
}

/* Whether a choice of the digest changes nothing: EdDSA has its own (RFC 8032), and P-384 and P-521 sign with
 * the one that fits them anyway. */
static bool digest_is_own(int algorithm, int digest) {
    return mtlsgen_key_algorithm_describe((mtlsgen_key_algorithm)algorithm)->kind == MTLSGEN_KIND_ED ||
           (algorithm == MTLSGEN_KEY_P384 && digest == MTLSGEN_DIGEST_SHA384) ||
           (algorithm == MTLSGEN_KEY_P521 && digest == MTLSGEN_DIGEST_SHA512);
}

/* Whether the choices go together. */
static bool choices_combine(const mtlsgen_choice *const choices[MTLSGEN_NUM_DIMENSIONS]) {
    unsigned made = 0;
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        made |= choices[d] != NULL ? 1u << d : 0;
    }
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        if (choices[d] != NULL && (choices[d]->excluded & made & ~(1u << d)) != 0) {
            return false;
        }
    }
    const mtlsgen_choice *key = choices[MTLSGEN_DIMENSION_KEY], *digest = choices[MTLSGEN_DIMENSION_DIGEST];
    return key == NULL || digest == NULL || !digest_is_own(key->value, digest->value);
}

static bool choices_are_base(const mtlsgen_choice *const choices[MTLSGEN_NUM_DIMENSIONS]) {
    size_t num = 0;
    bool base = true;
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        num += choices[d] != NULL;
        base &= choices[d] == NULL || choices[d]->base;
    }
    return num == 1 && base;
}

mtls_status mtlsgen_variants_enumerate(mtlsgen_reader *reader) {
    mtlsgen_scenario *s = reader->scenario;
    uint64_t product = 1;
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        product *= s->variants[d].num_choices + 1;
        if (product > VARIANTS_MAX) {
            return mtlsgen_reader_fail(reader, s->variants[d].at, "more than %d combinations of choices",
                                       VARIANTS_MAX);
        }
    }
    s->full_codes = mtlsgen_arena_zalloc(reader->arena, (size_t)product, sizeof *s->full_codes);
    s->base_codes = mtlsgen_arena_zalloc(reader->arena, (size_t)product, sizeof *s->base_codes);
    if (s->full_codes == NULL || s->base_codes == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (uint32_t code = 1; code < product; code++) {
        const mtlsgen_choice *choices[MTLSGEN_NUM_DIMENSIONS];
        code_split(s, code, choices);
        if (choices_combine(choices)) {
            s->full_codes[s->num_full_codes++] = code;
            if (choices_are_base(choices)) {
                s->base_codes[s->num_base_codes++] = code;
            }
        }
    }
    return MTLS_OK;
}

size_t mtlsgen_variant_count(const mtlsgen_scenario *scenario, bool full) {
    return 1 + (full ? scenario->num_full_codes : scenario->num_base_codes);
}

void mtlsgen_variant_choose(const mtlsgen_scenario *scenario, bool full, size_t index, mtlsgen_choices *out) {
    const mtlsgen_choice *choices[MTLSGEN_NUM_DIMENSIONS];
    *out = (mtlsgen_choices){0};
    if (index == 0) {
        return;
    }
    code_split(scenario, (full ? scenario->full_codes : scenario->base_codes)[index - 1], choices);
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        if (choices[d] != NULL) {
            out->made[d] = true;
            out->value[d] = choices[d]->value;
            out->word[d] = choices[d]->name;
        }
    }
}

mtls_status mtlsgen_variant_id(const char *scenario_id, const mtlsgen_choices *choices, mtls_buf *out) {
    mtls_status status = mtls_buf_append_text(out, scenario_id);
    char separator = '@';
    for (int d = 0; status == MTLS_OK && d < MTLSGEN_NUM_DIMENSIONS; d++) {
        if (choices->made[d]) {
            /* A bare number or "none" says nothing without its dimension. */
            const bool bare = d == MTLSGEN_DIMENSION_DEPTH || d == MTLSGEN_DIMENSION_WIDTH ||
                              d == MTLSGEN_DIMENSION_FINAL_EOL || d == MTLSGEN_DIMENSION_SERIAL ||
                              d == MTLSGEN_DIMENSION_BETWEEN || d == MTLSGEN_DIMENSION_DN;
            status = bare ? mtls_buf_appendf(out, "%c%s-%s", separator, dimension_words[d], choices->word[d])
                          : mtls_buf_appendf(out, "%c%s", separator, choices->word[d]);
            separator = ',';
        }
    }
    return status;
}
