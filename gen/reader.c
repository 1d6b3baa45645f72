#include "gen/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "gen/oid.h"

enum {
    SHOWN_MAX = 60, /* characters of an offending text that a message repeats */
    WORDS_MAX = 128 /* words of one list that are searched for the nearest */
};

mtls_status mtlsgen_reader_fail(const mtlsgen_reader *reader, const yaml_node_t *node, const char *format,
                                ...) {
    char message[500];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return mtlsgen_document_fail(reader->document, node, reader->error, "%s", message);
}

mtls_status mtlsgen_reader_memory(const mtlsgen_reader *reader) {
    return mtls_fail(MTLS_ERR_NOMEM, reader->error, "%s: no memory to read it", reader->document->name);
}

/* What the node is, for a message: its text in quotes, or its kind. The result lives in `room`. */
static const char *node_show(const yaml_node_t *node, char *room, size_t room_len) {
    if (node->type == YAML_MAPPING_NODE) {
        return "a mapping";
    }
    if (node->type == YAML_SEQUENCE_NODE) {
        return "a list";
    }
    mtls_buf shown = {.max = SHOWN_MAX * 10 + 1};
    const size_t len = node->data.scalar.length;
    const mtls_view text = {node->data.scalar.value, len < SHOWN_MAX ? len : SHOWN_MAX};
    const char *escaped = NULL;
    if (mtls_text_escape(text, &shown) == MTLS_OK) {
        escaped = mtls_buf_text(&shown);
    }
    (void)snprintf(room, room_len, "\"%s%s\"", escaped != NULL ? escaped : "", len > SHOWN_MAX ? "..." : "");
    mtls_buf_clear(&shown);
    return room;
}

mtls_status mtlsgen_reader_expect(const mtlsgen_reader *reader, const yaml_node_t *node,
                                  const char *expected) {
    char room[SHOWN_MAX * 4];
    return mtlsgen_reader_fail(reader, node, "expected %s, found %s", expected,
                               node_show(node, room, sizeof room));
}

mtls_status mtlsgen_reader_unknown(const mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                                   const char *const *words, size_t num_words) {
    char room[SHOWN_MAX * 4];
    const char *shown = node_show(node, room, sizeof room);
    const char *nearest = NULL;
    if (node->type == YAML_SCALAR_NODE) {
        nearest = mtls_text_nearest((const char *)node->data.scalar.value, words, num_words);
    }
    if (nearest != NULL) {
        return mtlsgen_reader_fail(reader, node, "%s is not %s; did you mean \"%s\"?", shown, what, nearest);
    }
    char list[260] = "";
    size_t len = 0;
    for (size_t i = 0; i < num_words; i++) {
        const bool fits = len < sizeof list - 60;
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? ", " : "",
                                fits ? words[i] : "...");
        if (!fits) {
            break;
        }
    }
    if (num_words == 0) {
        return mtlsgen_reader_fail(reader, node, "%s is not %s; there is none", shown, what);
    }
    return mtlsgen_reader_fail(reader, node, "%s is not %s; known: %s", shown, what, list);
}

bool mtlsgen_is_scalar(const yaml_node_t *node) {
    return node != NULL && node->type == YAML_SCALAR_NODE;
}

bool mtlsgen_is_mapping(const yaml_node_t *node) {
    return node != NULL && node->type == YAML_MAPPING_NODE;
}

bool mtlsgen_is_list(const yaml_node_t *node) {
    return node != NULL && node->type == YAML_SEQUENCE_NODE;
}

static bool scalar_equal(const yaml_node_t *node, const char *text) {
    return mtlsgen_is_scalar(node) && node->data.scalar.length == strlen(text) &&
           memcmp(node->data.scalar.value, text, node->data.scalar.length) == 0;
}

bool mtlsgen_is_word(const yaml_node_t *node, const char *word) {
    return scalar_equal(node, word) && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static mtls_status duplicate_fail(const mtlsgen_reader *reader, const yaml_node_t *again,
                                  const yaml_node_t *first) {
    char room[SHOWN_MAX * 4];
    return mtlsgen_reader_fail(reader, again, "%s a second time; the first is on line %zu",
                               node_show(again, room, sizeof room), first->start_mark.line + 1);
}

mtls_status mtlsgen_read_entries(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                                 mtlsgen_entry **out_entries, size_t *out_num_entries) {
    if (!mtlsgen_is_mapping(node)) {
        char expected[100];
        (void)snprintf(expected, sizeof expected, "%s (a mapping)", what);
        return mtlsgen_reader_expect(reader, node, expected);
    }
    const yaml_node_pair_t *pairs = node->data.mapping.pairs.start;
    const size_t num = (size_t)(node->data.mapping.pairs.top - pairs);
    mtlsgen_entry *entries = mtlsgen_arena_zalloc(reader->arena, num, sizeof *entries);
    if (entries == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; i < num; i++) {
        const yaml_node_t *key = mtlsgen_document_node(reader->document, pairs[i].key);
        char *name = NULL;
        const mtls_status status = mtlsgen_read_text(reader, key, &name);
        if (status != MTLS_OK) {
            return status;
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(entries[j].name, name) == 0) {
                return duplicate_fail(reader, key, entries[j].key);
            }
        }
        entries[i] = (mtlsgen_entry){name, key, mtlsgen_document_node(reader->document, pairs[i].value)};
    }
    *out_entries = entries;
    *out_num_entries = num;
    return MTLS_OK;
}

mtls_status mtlsgen_read_mapping(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                                 const mtlsgen_row *keys, size_t num_keys, void *into) {
    mtlsgen_entry *entries;
    size_t num_entries;
    mtls_status status = mtlsgen_read_entries(reader, node, what, &entries, &num_entries);
    for (size_t i = 0; status == MTLS_OK && i < num_entries; i++) {
        size_t row = 0;
        while (row < num_keys && strcmp(keys[row].key, entries[i].name) != 0) {
            row++;
        }
        if (row < num_keys) {
            status = keys[row].read(reader, entries[i].value, (char *)into + keys[row].offset);
            continue;
        }
        const char *words[WORDS_MAX];
        size_t num_words = 0;
        for (row = 0; row < num_keys && num_words < WORDS_MAX; row++) {
            words[num_words++] = keys[row].key;
        }
        char described[120];
        (void)snprintf(described, sizeof described, "a key of %s", what);
        status = mtlsgen_reader_unknown(reader, entries[i].key, described, words, num_words);
    }
    return status;
}

mtls_status mtlsgen_read_items(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                               const yaml_node_t ***out_items, size_t *out_num_items) {
    if (!mtlsgen_is_list(node)) {
        char expected[100];
        (void)snprintf(expected, sizeof expected, "a list of %s", what);
        return mtlsgen_reader_expect(reader, node, expected);
    }
    const yaml_node_item_t *items = node->data.sequence.items.start;
    const size_t num = (size_t)(node->data.sequence.items.top - items);
    const yaml_node_t **nodes = mtlsgen_arena_zalloc(reader->arena, num, sizeof *nodes);
    if (nodes == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; i < num; i++) {
        nodes[i] = mtlsgen_document_node(reader->document, items[i]);
    }
    *out_items = nodes;
    *out_num_items = num;
    return MTLS_OK;
}

const yaml_node_t *mtlsgen_find(const mtlsgen_reader *reader, const yaml_node_t *node, const char *key) {
    if (!mtlsgen_is_mapping(node)) {
        return NULL;
    }
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        if (scalar_equal(mtlsgen_document_node(reader->document, pair->key), key)) {
            return mtlsgen_document_node(reader->document, pair->value);
        }
    }
    return NULL;
}

mtls_status mtlsgen_read_text(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    if (!mtlsgen_is_scalar(node)) {
        return mtlsgen_reader_expect(reader, node, "text");
    }
    const mtls_view text = {node->data.scalar.value, node->data.scalar.length};
    if (memchr(text.data, 0, text.len) != NULL) {
        return mtlsgen_reader_fail(reader, node, "text with a NUL; write such bytes as hex");
    }
    char *copy = mtlsgen_arena_alloc(reader->arena, text.len + 1);
    if (copy == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    *(char **)into = copy;
    return MTLS_OK;
}

mtls_status mtlsgen_read_bool(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const bool yes = mtlsgen_is_word(node, "true");
    if (!yes && !mtlsgen_is_word(node, "false")) {
        return mtlsgen_reader_expect(reader, node, "true or false");
    }
    *(bool *)into = yes;
    return MTLS_OK;
}

static bool integer_parse(const yaml_node_t *node, int64_t *out) {
    if (!mtlsgen_is_scalar(node) || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
        return false;
    }
    const char *text = (const char *)node->data.scalar.value;
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits) ||
        strlen(text) != node->data.scalar.length || (digits[0] == '0' && digits[1] != '\0')) {
        return false;
    }
    errno = 0;
    const long long value = strtoll(text, NULL, 10);
    *out = value;
    return errno == 0;
}

mtls_status mtlsgen_read_number(mtlsgen_reader *reader, const yaml_node_t *node, int64_t least, int64_t most,
                                int64_t *out) {
    int64_t value = 0;
    if (!integer_parse(node, &value) || value < least || value > most) {
        char expected[100];
        (void)snprintf(expected, sizeof expected, "an integer from %lld to %lld", (long long)least,
                       (long long)most);
        return mtlsgen_reader_expect(reader, node, expected);
    }
    *out = value;
    return MTLS_OK;
}

static int hex_value(uint8_t c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Pairs of hex digits; white space and colons between them are for the reader's eye. */
mtls_status mtlsgen_read_hex(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const char *const expected = "bytes as pairs of hex digits";
    if (!mtlsgen_is_scalar(node)) {
        return mtlsgen_reader_expect(reader, node, expected);
    }
    const mtls_view text = {node->data.scalar.value, node->data.scalar.length};
    uint8_t *bytes = mtlsgen_arena_alloc(reader->arena, text.len / 2 + 1);
    if (bytes == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        if (strchr(" \t\r\n:", text.data[at]) != NULL && text.data[at] != '\0') {
            at++;
            continue;
        }
        const int high = hex_value(text.data[at]);
        const int low = at + 1 < text.len ? hex_value(text.data[at + 1]) : -1;
        if (high < 0 || low < 0) {
            return mtlsgen_reader_expect(reader, node, expected);
        }
        bytes[len++] = (uint8_t)(high * 16 + low);
        at += 2;
    }
    *(mtls_view *)into = (mtls_view){bytes, len};
    return MTLS_OK;
}

mtls_status mtlsgen_read_texts(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "texts", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    const char **texts = mtlsgen_arena_zalloc(reader->arena, num_items, sizeof *texts);
    if (texts == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        char *text = NULL;
        status = mtlsgen_read_text(reader, items[i], &text);
        texts[i] = text;
    }
    *(mtlsgen_texts *)into = (mtlsgen_texts){texts, num_items};
    return status;
}

mtls_status mtlsgen_read_word(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                              const mtlsgen_word *words, size_t num_words, int *out) {
    const char *known[WORDS_MAX];
    size_t num_known = 0;
    for (size_t i = 0; i < num_words; i++) {
        if (scalar_equal(node, words[i].word)) {
            *out = words[i].value;
            return MTLS_OK;
        }
        if (num_known < WORDS_MAX) {
            known[num_known++] = words[i].word;
        }
    }
    return mtlsgen_reader_unknown(reader, node, what, known, num_known);
}

mtls_status mtlsgen_read_oid(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    char *text = NULL;
    mtlsgen_oid oid;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    if (status == MTLS_OK && !mtlsgen_oid_read(text, &oid)) {
        return mtlsgen_reader_expect(reader, node, "a dotted object identifier such as 1.3.6.1.5.5.7.3.2");
    }
    *(char **)into = text;
    return status;
}
