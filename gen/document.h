/* A YAML file held in memory with the place of every node, and messages that show that place.
 *
 * What it does not do: give scalars a type. `no` is the text "no"; the scenario reader decides by what it
 * expects at a place. */
#ifndef MTLS_GEN_DOCUMENT_H
#define MTLS_GEN_DOCUMENT_H

#include <yaml.h>

#include <mtls/bytes.h>
#include <mtls/status.h>

/* Bounds of a scenario file. Aliases are counted each time they are followed, so that a few lines of nested
 * anchors cannot stand for millions of nodes. */
enum {
    MTLSGEN_DOCUMENT_SIZE_MAX = 1024 * 1024, /* bytes */
    MTLSGEN_DOCUMENT_NODES_MAX = 50000,
    MTLSGEN_DOCUMENT_DEPTH_MAX = 32
};

typedef struct {
    const char *name; /* how messages call the file; borrowed */
    mtls_view text;   /* borrowed */
    yaml_document_t yaml;
    bool loaded;
} mtlsgen_document;

/* mtlsgen_document_load parses `text`, which with `name` must outlive the document. No document, more than
 * one, a syntax error and a passed bound are MTLS_ERR_INPUT with the place. On failure nothing is to be
 * cleared. */
MTLS_MUST_CHECK mtls_status mtlsgen_document_load(const char *name, mtls_view text, mtlsgen_document *out,
                                                  mtls_error *error);
void mtlsgen_document_clear(mtlsgen_document *document);

/* The nodes are valid until the document is cleared. */
const yaml_node_t *mtlsgen_document_root(const mtlsgen_document *document);
const yaml_node_t *mtlsgen_document_node(const mtlsgen_document *document, int id);

/* mtlsgen_document_fail fills `error` with
 *     NAME:LINE:COLUMN: MESSAGE
 *         the line
 *             ^
 * for the place of `node` and gives MTLS_ERR_INPUT. */
mtls_status mtlsgen_document_fail(const mtlsgen_document *document, const yaml_node_t *node,
                                  mtls_error *error, const char *format, ...) MTLS_PRINTF(4, 5);

/* mtlsgen_place_fail does the same for a line and a column that count from 0 (the column in characters). */
mtls_status mtlsgen_place_fail(const char *name, mtls_view text, size_t line, size_t column,
                               mtls_error *error, const char *message);

#endif
