/* basicConstraints, keyUsage and extKeyUsage: what a certificate may be used for. */
#include <string.h>

#include "gen/read_extension.h"

/* basicConstraints (RFC 5280 4.2.1.9) */
static mtls_status read_path_len(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    int64_t path_len = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, INT32_MIN, INT32_MAX, &path_len);
    extension->u.basic_constraints.has_path_len = true;
    extension->u.basic_constraints.path_len = (long)path_len;
    return status;
}

mtls_status mtlsgen_read_basic_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"ca", mtlsgen_read_bool, offsetof(mtlsgen_extension, u.basic_constraints.ca)},
        {"path-len",    read_path_len,            0                     },
        CRITICAL,
    };
    mtlsgen_extension_list *list = into;
    const size_t at = list->num_items;
    const mtls_status status = mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_BASIC_CONSTRAINTS,
                                                      "basic-constraints", keys, NUM_ROWS(keys), false);
    if (status == MTLS_OK && mtlsgen_is_mapping(node) && mtlsgen_find(reader, node, "ca") == NULL) {
        list->items[at].u.basic_constraints.ca = list->ca;
    }
    return status;
}

mtls_status mtlsgen_read_short_path_len(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension_list *list = into;
    int64_t path_len = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, INT32_MIN, INT32_MAX, &path_len);
    list->path_len = (long)path_len;
    list->path_len_at = node;
    return status;
}

/* keyUsage (4.2.1.3) */
static mtls_status read_bits(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "key usages", &items, &num_items);
    mtlsgen_word words[16];
    for (size_t i = 0; i < mtlsgen_num_key_usage_words && i < NUM_ROWS(words); i++) {
        words[i] = (mtlsgen_word){mtlsgen_key_usage_words[i], 1 << i};
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        int bit = 0;
        status = mtlsgen_read_word(reader, items[i], "a key usage", words, mtlsgen_num_key_usage_words, &bit);
        *(unsigned *)into |= (unsigned)bit;
    }
    return status;
}

mtls_status mtlsgen_read_key_usage(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"bits", read_bits, offsetof(mtlsgen_extension, u.key_usage)},
        CRITICAL,
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_KEY_USAGE, "key-usage", keys,
                                  NUM_ROWS(keys), true);
}

/* extKeyUsage (4.2.1.12) */
static mtls_status read_purposes(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_extension *extension = into;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "purposes", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    const char **purposes = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *purposes);
    if (purposes == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        char *word = NULL;
        bool known = false;
        status = mtlsgen_read_text(reader, items[i], &word);
        for (size_t j = 0; status == MTLS_OK && j < mtlsgen_num_purpose_words; j++) {
            known |= strcmp(mtlsgen_purpose_words[j], word) == 0;
        }
        if (status == MTLS_OK && !known) {
            status = strspn(word, "0123456789.") == strlen(word)
                         ? mtlsgen_read_oid(reader, items[i], &word)
                         : mtlsgen_reader_unknown(reader, items[i], "a purpose or a dotted OID",
                                                  mtlsgen_purpose_words, mtlsgen_num_purpose_words);
        }
        purposes[i] = word;
    }
    extension->u.purposes.items = purposes;
    extension->u.purposes.num_items = num_items;
    return status;
}

mtls_status mtlsgen_read_eku(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"purposes", read_purposes, 0},
        CRITICAL
    };
    return mtlsgen_read_extension(reader, node, into, MTLSGEN_EXT_EXT_KEY_USAGE, "eku", keys, NUM_ROWS(keys),
                                  true);
}
