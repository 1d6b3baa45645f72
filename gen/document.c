#include "gen/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

enum {
    BRACKETS_MAX = 4096,
    EXCERPT_BEFORE = 60,      /* characters of the line shown before the place */
    EXCERPT_CHARACTERS = 100, /* and in all */
    EXCERPT_MAX = 2048        /* bytes; each character escapes to ten bytes at most */
};

/* A line break as YAML 1.1 counts them (section 4.2): CR LF, CR, LF, NEL, LS, PS. Gives its length or 0. */
static size_t break_at(mtls_view text, size_t at) {
    const uint8_t *p = text.data + at;
    const size_t left = text.len - at;
    if (left >= 2 && p[0] == '\r' && p[1] == '\n') {
        return 2;
    }
    if (left >= 1 && (p[0] == '\r' || p[0] == '\n')) {
        return 1;
    }
    if (left >= 2 && p[0] == 0xc2 && p[1] == 0x85) {
        return 2;
    }
    if (left >= 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) {
        return 3;
    }
    return 0;
}

static mtls_view line_find(mtls_view text, size_t line) {
    size_t at = 0;
    while (at < text.len && line > 0) {
        const size_t step = break_at(text, at);
        line -= step > 0;
        at += step > 0 ? step : 1;
    }
    size_t end = at;
    while (end < text.len && break_at(text, end) == 0) {
        end++;
    }
    return (mtls_view){text.data == NULL ? NULL : text.data + at, end - at};
}

/* Moves `at` past one character: a code point, or a byte that is none. */
static void character_skip(mtls_view line, size_t *at) {
    uint32_t code_point;
    if (!mtls_utf8_next(line, at, &code_point)) {
        (*at)++;
    }
}

static size_t characters_count(mtls_view text) {
    size_t at = 0, count = 0;
    while (at < text.len) {
        character_skip(text, &at);
        count++;
    }
    return count;
}

/* The part of the line around the place, escaped; `out_before` is how many characters of it precede the
 * place. */
static mtls_status excerpt_make(mtls_view line, size_t column, mtls_buf *out, size_t *out_before) {
    size_t start = 0, place = 0, end;
    const size_t before = column < EXCERPT_BEFORE ? column : EXCERPT_BEFORE;
    for (size_t i = 0; i < column && place < line.len; i++) {
        character_skip(line, &place);
        if (i >= EXCERPT_BEFORE) {
            character_skip(line, &start);
        }
    }
    end = place;
    for (size_t i = 0; i < EXCERPT_CHARACTERS - before && end < line.len; i++) {
        character_skip(line, &end);
    }
    mtls_status status = MTLS_OK;
    if (start > 0) {
        status = mtls_buf_append_text(out, "...");
    }
    if (status == MTLS_OK) {
        status = mtls_text_escape((mtls_view){line.data + start, place - start}, out);
    }
    *out_before = characters_count(mtls_buf_view(out));
    if (status == MTLS_OK) {
        status = mtls_text_escape((mtls_view){line.data + place, end - place}, out);
    }
    return status;
}

mtls_status mtlsgen_place_fail(const char *name, mtls_view text, size_t line, size_t column,
                               mtls_error *error, const char *message) {
    mtls_buf excerpt = {.max = EXCERPT_MAX};
    size_t before = 0;
    const mtls_view found = line_find(text, line);
    const char *shown = NULL;
    if (found.len > 0 && excerpt_make(found, column, &excerpt, &before) == MTLS_OK) {
        shown = mtls_buf_text(&excerpt);
    }
    if (shown == NULL) {
        mtls_fail(MTLS_ERR_INPUT, error, "%s:%zu:%zu: %s", name, line + 1, column + 1, message);
    } else {
        mtls_fail(MTLS_ERR_INPUT, error, "%s:%zu:%zu: %s\n    %s\n    %*s^", name, line + 1, column + 1,
                  message, shown, (int)before, "");
    }
    mtls_buf_clear(&excerpt);
    return MTLS_ERR_INPUT;
}

mtls_status mtlsgen_document_fail(const mtlsgen_document *document, const yaml_node_t *node,
                                  mtls_error *error, const char *format, ...) {
    char message[600];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return mtlsgen_place_fail(document->name, document->text, node->start_mark.line, node->start_mark.column,
                              error, message);
}

/* What libyaml says of a syntax error, with its place. A byte that is not UTF-8 has an offset only. */
static mtls_status syntax_fail(const char *name, mtls_view text, const yaml_parser_t *parser,
                               mtls_error *error) {
    /* libyaml does not always note that it had no memory; nothing else goes without a note. */
    if (parser->error == YAML_MEMORY_ERROR || parser->error == YAML_NO_ERROR) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "%s: no memory to read it", name);
    }
    char message[300];
    const char *problem = parser->problem != NULL ? parser->problem : "not YAML";
    (void)snprintf(message, sizeof message, "not YAML: %s%s%s", problem, parser->context != NULL ? ", " : "",
                   parser->context != NULL ? parser->context : "");
    size_t line = parser->problem_mark.line, column = parser->problem_mark.column;
    if (parser->error == YAML_READER_ERROR) {
        const size_t offset = parser->problem_offset < text.len ? parser->problem_offset : text.len;
        size_t at = 0;
        line = column = 0;
        while (at < offset) {
            const size_t step = break_at(text, at);
            if (step > 0) {
                line++;
                column = 0;
                at += step;
            } else {
                column++;
                character_skip(text, &at);
            }
        }
    }
    return mtlsgen_place_fail(name, text, line, column, error, message);
}

/* Walks all that the root stands for. An alias is followed as often as it is written, so an anchor inside
 * itself ends at the depth's bound and anchors of anchors at the number's. */
static mtls_status bounds_check(const mtlsgen_document *document, const yaml_node_t *node, size_t depth,
                                size_t *visited, mtls_error *error) {
    if (depth > MTLSGEN_DOCUMENT_DEPTH_MAX) {
        return mtlsgen_document_fail(document, node, error,
                                     "nested more than %d levels deep (or an anchor that holds itself)",
                                     MTLSGEN_DOCUMENT_DEPTH_MAX);
    }
    if (++*visited > MTLSGEN_DOCUMENT_NODES_MAX) {
        return mtlsgen_document_fail(document, node, error,
                                     "more than %d nodes, counting each use of an anchor",
                                     MTLSGEN_DOCUMENT_NODES_MAX);
    }
    mtls_status status = MTLS_OK;
    if (node->type == YAML_SEQUENCE_NODE) {
        for (const yaml_node_item_t *item = node->data.sequence.items.start;
             status == MTLS_OK && item < node->data.sequence.items.top; item++) {
            status =
                bounds_check(document, mtlsgen_document_node(document, *item), depth + 1, visited, error);
        }
    } else if (node->type == YAML_MAPPING_NODE) {
        for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             status == MTLS_OK && pair < node->data.mapping.pairs.top; pair++) {
            status =
                bounds_check(document, mtlsgen_document_node(document, pair->key), depth + 1, visited, error);
            if (status == MTLS_OK) {
                status = bounds_check(document, mtlsgen_document_node(document, pair->value), depth + 1,
                                      visited, error);
            }
        }
    }
    return status;
}

/* A second document in the file would be lost without a word. */
static mtls_status single_check(const char *name, mtls_view text, yaml_parser_t *parser, mtls_error *error) {
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next)) {
        return syntax_fail(name, text, parser, error);
    }
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    mtls_status status = MTLS_OK;
    if (root != NULL) {
        status = mtlsgen_place_fail(name, text, root->start_mark.line, root->start_mark.column, error,
                                    "a second YAML document; a file holds one scenario");
    }
    yaml_document_delete(&next);
    return status;
}

/* libyaml looks at every open bracket again for each token: a hundred thousand of them keep it busy for a
 * minute. Brackets in quotes and comments count too; no scenario has so many that stay open. */
static mtls_status brackets_check(const char *name, mtls_view text, mtls_error *error) {
    size_t open = 0, line = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.data[i];
        line += c == '\n';
        if ((c == '[' || c == '{') && ++open > BRACKETS_MAX) {
            return mtlsgen_place_fail(name, text, line, 0, error,
                                      "the line opens a bracket where thousands are open; close them");
        }
        open -= (c == ']' || c == '}') && open > 0;
    }
    return MTLS_OK;
}

mtls_status mtlsgen_document_load(const char *name, mtls_view text, mtlsgen_document *out,
                                  mtls_error *error) {
    yaml_parser_t parser;
    mtls_status status = MTLS_OK;
    *out = (mtlsgen_document){.name = name, .text = text};
    if (text.len > MTLSGEN_DOCUMENT_SIZE_MAX) {
        return mtls_fail(MTLS_ERR_INPUT, error, "%s: %zu bytes; a scenario has at most %d", name, text.len,
                         MTLSGEN_DOCUMENT_SIZE_MAX);
    }
    if ((status = brackets_check(name, text, error)) != MTLS_OK) {
        return status;
    }
    if (!yaml_parser_initialize(&parser)) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "%s: no memory to read it", name);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, text.data != NULL ? text.data : (const uint8_t *)"", text.len);
    if (!yaml_parser_load(&parser, &out->yaml)) {
        status = syntax_fail(name, text, &parser, error);
    } else {
        out->loaded = true;
        if (mtlsgen_document_root(out) == NULL) {
            status =
                mtls_fail(MTLS_ERR_INPUT, error, "%s:1:1: the file is empty; a scenario is a mapping", name);
        } else if ((status = single_check(name, text, &parser, error)) == MTLS_OK) {
            size_t visited = 0;
            status = bounds_check(out, mtlsgen_document_root(out), 0, &visited, error);
        }
    }
    yaml_parser_delete(&parser);
    if (status != MTLS_OK) {
        mtlsgen_document_clear(out);
    }
    return status;
}

void mtlsgen_document_clear(mtlsgen_document *document) {
    if (document->loaded) {
        yaml_document_delete(&document->yaml);
    }
    *document = (mtlsgen_document){0};
}

/* libyaml's getters take a non-const document though they change nothing. */
static yaml_document_t *unlocked(const mtlsgen_document *document) {
    union {
        const yaml_document_t *in;
        yaml_document_t *out;
    } pointer = {.in = &document->yaml};
    return pointer.out;
}

const yaml_node_t *mtlsgen_document_root(const mtlsgen_document *document) {
    return yaml_document_get_root_node(unlocked(document));
}

const yaml_node_t *mtlsgen_document_node(const mtlsgen_document *document, int id) {
    return yaml_document_get_node(unlocked(document), id);
}
