#include <string.h>

#include "gen/scenario_read.h"

static mtls_status read_dimensions(mtlsgen_reader *reader, const yaml_node_t *node, unsigned *out_mask) {
    const yaml_node_t **items;
    size_t num_items;
    mtlsgen_word words[MTLSGEN_NUM_DIMENSIONS];
    for (int i = 0; i < MTLSGEN_NUM_DIMENSIONS; i++) {
        words[i] = (mtlsgen_word){mtlsgen_dimension_word((mtlsgen_dimension)i), i};
    }
    mtls_status status = mtlsgen_read_items(reader, node, "dimensions", &items, &num_items);
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        int dimension = 0;
        status = mtlsgen_read_word(reader, items[i], "a dimension", words, NUM_ROWS(words), &dimension);
        *out_mask |= 1u << dimension;
    }
    return status;
}

static mtls_status choice_read_without(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return read_dimensions(reader, node, &((mtlsgen_choice *)into)->excluded);
}

static mtls_status choice_read_only(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    unsigned with = 0;
    const mtls_status status = read_dimensions(reader, node, &with);
    ((mtlsgen_choice *)into)->excluded |= ~with;
    return status;
}

static const mtlsgen_row choice_keys[] = {
    {"expect", mtlsgen_read_expectations, offsetof(mtlsgen_choice, expect)},
    {"base",        mtlsgen_read_bool,                            offsetof(mtlsgen_choice,                           base)},
    {"only",   choice_read_only,                            0                   },
    {"without",       choice_read_without,     0},
};

static mtls_status choice_set(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_dimension dimension,
                              mtlsgen_choice *out) {
    const char *words[MTLSGEN_CHOICE_WORDS_MAX];
    const size_t num_words = mtlsgen_choice_words(dimension, words, NUM_ROWS(words));
    char *word = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &word);
    if (status == MTLS_OK && !mtlsgen_choice_find(dimension, word, &out->value)) {
        char what[80] = "a choice of the variant ";
        strncat(what, mtlsgen_dimension_word(dimension), sizeof what - strlen(what) - 1);
        return mtlsgen_reader_unknown(reader, node, what, words, num_words);
    }
    out->name = word;
    out->at = node;
    return status;
}

static mtls_status choices_alloc(mtlsgen_reader *reader, mtlsgen_variant *variant, size_t num_choices) {
    variant->choices = mtlsgen_arena_zalloc(reader->arena, num_choices + 1, sizeof *variant->choices);
    variant->num_choices = num_choices;
    return variant->choices == NULL ? mtlsgen_reader_memory(reader) : MTLS_OK;
}

/* A list of choices, a mapping of choices to what each restates, or `all`. */
static mtls_status variant_read(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_dimension dimension,
                                mtlsgen_variant *variant) {
    mtls_status status;
    variant->at = node;
    if (mtlsgen_is_word(node, "all")) {
        const char *words[MTLSGEN_CHOICE_WORDS_MAX];
        const size_t num_words = mtlsgen_choice_words(dimension, words, NUM_ROWS(words));
        status = choices_alloc(reader, variant, num_words);
        for (size_t i = 0; status == MTLS_OK && i < num_words; i++) {
            variant->choices[i] = (mtlsgen_choice){.name = words[i], .at = node};
            (void)mtlsgen_choice_find(dimension, words[i], &variant->choices[i].value);
        }
        return status;
    }
    if (mtlsgen_is_mapping(node)) {
        mtlsgen_entry *entries;
        size_t num_entries;
        status = mtlsgen_read_entries(reader, node, "choices", &entries, &num_entries);
        if (status == MTLS_OK) {
            status = choices_alloc(reader, variant, num_entries);
        }
        for (size_t i = 0; status == MTLS_OK && i < num_entries; i++) {
            status = choice_set(reader, entries[i].key, dimension, &variant->choices[i]);
            if (status == MTLS_OK) {
                status = mtlsgen_read_mapping(reader, entries[i].value, "a choice", choice_keys,
                                              NUM_ROWS(choice_keys), &variant->choices[i]);
            }
        }
        return status;
    }
    const yaml_node_t **items;
    size_t num_items;
    status = mtlsgen_read_items(reader, node, "choices", &items, &num_items);
    if (status == MTLS_OK) {
        status = choices_alloc(reader, variant, num_items);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status = choice_set(reader, items[i], dimension, &variant->choices[i]);
        for (size_t j = 0; status == MTLS_OK && j < i; j++) {
            if (variant->choices[j].value == variant->choices[i].value) {
                return mtlsgen_reader_fail(reader, items[i], "\"%s\" a second time",
                                           variant->choices[i].name);
            }
        }
    }
    return status;
}

mtls_status mtlsgen_read_variants(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_variant *out) {
    mtlsgen_entry *entries;
    size_t num_entries;
    mtls_status status =
        mtlsgen_read_entries(reader, node, "variants such as {key: [rsa2048]}", &entries, &num_entries);
    for (size_t i = 0; status == MTLS_OK && i < num_entries; i++) {
        mtlsgen_dimension dimension;
        if (!mtlsgen_dimension_find(entries[i].name, &dimension)) {
            const char *words[MTLSGEN_NUM_DIMENSIONS];
            for (int j = 0; j < MTLSGEN_NUM_DIMENSIONS; j++) {
                words[j] = mtlsgen_dimension_word((mtlsgen_dimension)j);
            }
            return mtlsgen_reader_unknown(reader, entries[i].key, "a dimension", words,
                                          MTLSGEN_NUM_DIMENSIONS);
        }
        status = variant_read(reader, entries[i].value, dimension, &out[dimension]);
    }
    return status;
}
