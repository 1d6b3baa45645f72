/* Typed reading of a scenario's YAML nodes. Every failure is MTLS_ERR_INPUT with file, line, column, the
 * offending text, what was expected and, for a word, the nearest one that would have done. */
#ifndef MTLS_GEN_READER_H
#define MTLS_GEN_READER_H

#include "gen/arena.h"
#include "gen/document.h"

typedef struct {
    const mtlsgen_document *document;
    mtlsgen_arena *arena; /* what is read lives here */
    mtls_error *error;
    struct mtlsgen_scenario *scenario; /* whose labels may be referred to; NULL: none yet */
} mtlsgen_reader;

/* Reads the value at `node` into what `into` points to. */
typedef mtls_status (*mtlsgen_read_fn)(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

/* One key of a mapping: how its value is read, and where in the structure it goes. */
typedef struct {
    const char *key;
    mtlsgen_read_fn read;
    size_t offset;
} mtlsgen_row;

/* One word of a list of words and the number that it stands for. */
typedef struct {
    const char *word;
    int value;
} mtlsgen_word;

/* mtlsgen_read_mapping reads each pair of the mapping `node` by its row of `keys`. A key that no row has and
 * a key given twice are mistakes. `what` names the mapping in messages: "a certificate". */
MTLS_MUST_CHECK mtls_status mtlsgen_read_mapping(mtlsgen_reader *reader, const yaml_node_t *node,
                                                 const char *what, const mtlsgen_row *keys, size_t num_keys,
                                                 void *into);

/* One pair of a mapping whose keys are names of the author's. */
typedef struct {
    const char *name; /* in the arena */
    const yaml_node_t *key, *value;
} mtlsgen_entry;

/* mtlsgen_read_entries gives the pairs of the mapping `node`, names checked for duplicates. */
MTLS_MUST_CHECK mtls_status mtlsgen_read_entries(mtlsgen_reader *reader, const yaml_node_t *node,
                                                 const char *what, mtlsgen_entry **out_entries,
                                                 size_t *out_num_entries);

/* mtlsgen_read_items gives the nodes of the list `node`. */
MTLS_MUST_CHECK mtls_status mtlsgen_read_items(mtlsgen_reader *reader, const yaml_node_t *node,
                                               const char *what, const yaml_node_t ***out_items,
                                               size_t *out_num_items);

/* mtlsgen_find gives the value of `key` in a mapping, or NULL when it has none or is no mapping. */
const yaml_node_t *mtlsgen_find(const mtlsgen_reader *reader, const yaml_node_t *node, const char *key);

/* What is a plain or quoted scalar with exactly this text. A quoted one is text and never a word. */
bool mtlsgen_is_word(const yaml_node_t *node, const char *word);
bool mtlsgen_is_scalar(const yaml_node_t *node);
bool mtlsgen_is_mapping(const yaml_node_t *node);
bool mtlsgen_is_list(const yaml_node_t *node);

/* The reads of single values. As mtlsgen_read_fn, `into` is a char **, bool *, int64_t *, mtls_view *,
 * mtlsgen_texts *. */
mtls_status mtlsgen_read_text(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_bool(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_hex(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

typedef struct {
    const char **items;
    size_t num_items;
} mtlsgen_texts;

mtls_status mtlsgen_read_texts(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

/* mtlsgen_read_number reads an integer within bounds; mtlsgen_read_word one of `words`. */
MTLS_MUST_CHECK mtls_status mtlsgen_read_number(mtlsgen_reader *reader, const yaml_node_t *node,
                                                int64_t least, int64_t most, int64_t *out);
MTLS_MUST_CHECK mtls_status mtlsgen_read_word(mtlsgen_reader *reader, const yaml_node_t *node,
                                              const char *what, const mtlsgen_word *words, size_t num_words,
                                              int *out);

/* mtlsgen_read_oid reads a dotted object identifier, as text that is well formed (X.660: first arc 0 to 2).
 */
mtls_status mtlsgen_read_oid(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

/* mtlsgen_reader_fail says what is wrong at `node`; mtlsgen_reader_expect that it is not `expected`;
 * mtlsgen_reader_unknown that `node` is no word of `words`, and which is near; mtlsgen_reader_memory that
 * there is no memory left (MTLS_ERR_NOMEM). */
mtls_status mtlsgen_reader_fail(const mtlsgen_reader *reader, const yaml_node_t *node, const char *format,
                                ...) MTLS_PRINTF(3, 4);
mtls_status mtlsgen_reader_expect(const mtlsgen_reader *reader, const yaml_node_t *node,
                                  const char *expected);
mtls_status mtlsgen_reader_unknown(const mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                                   const char *const *words, size_t num_words);
mtls_status mtlsgen_reader_memory(const mtlsgen_reader *reader);

#endif
