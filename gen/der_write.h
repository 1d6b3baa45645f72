/* A DER writer that can also be wrong. An object is a tree of nodes in an arena; encoding measures it and
 * then writes it. Every header can depart from what X.690 asks: that is how faults are written (gen/fault.h).
 */
#ifndef MTLS_GEN_DER_WRITE_H
#define MTLS_GEN_DER_WRITE_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/arena.h"

/* Identifier octets of X.690 8.1.2, those that certificates use. */
enum {
    MTLSGEN_DER_BOOLEAN = 0x01,
    MTLSGEN_DER_INTEGER = 0x02,
    MTLSGEN_DER_BIT_STRING = 0x03,
    MTLSGEN_DER_OCTET_STRING = 0x04,
    MTLSGEN_DER_NULL = 0x05,
    MTLSGEN_DER_OID = 0x06,
    MTLSGEN_DER_ENUMERATED = 0x0a,
    MTLSGEN_DER_UTF8_STRING = 0x0c,
    MTLSGEN_DER_NUMERIC_STRING = 0x12,
    MTLSGEN_DER_PRINTABLE_STRING = 0x13,
    MTLSGEN_DER_T61_STRING = 0x14,
    MTLSGEN_DER_IA5_STRING = 0x16,
    MTLSGEN_DER_UTC_TIME = 0x17,
    MTLSGEN_DER_GENERALIZED_TIME = 0x18,
    MTLSGEN_DER_VISIBLE_STRING = 0x1a,
    MTLSGEN_DER_UNIVERSAL_STRING = 0x1c,
    MTLSGEN_DER_BMP_STRING = 0x1e,
    MTLSGEN_DER_SEQUENCE = 0x30,
    MTLSGEN_DER_SET = 0x31,
    MTLSGEN_DER_CONTEXT = 0x80,            /* | N: implicit, of a primitive type */
    MTLSGEN_DER_CONTEXT_CONSTRUCTED = 0xa0 /* | N: explicit, or implicit of a constructed type */
};

/* Bounds of one object. */
enum {
    MTLSGEN_DER_MAX = 64 * 1024 * 1024, /* bytes */
    MTLSGEN_DER_NODES_MAX = 1024 * 1024,
    MTLSGEN_DER_DEPTH_MAX = 64
};

typedef enum {
    MTLSGEN_NODE_CONSTRUCTED, /* a header, then the children */
    MTLSGEN_NODE_PRIMITIVE,   /* a header, then `bytes` */
    MTLSGEN_NODE_ENCODED,     /* `bytes` are a whole element, header and all */
    MTLSGEN_NODE_LOOSE        /* `bytes` stand in the parent as they are; not counted among its children */
} mtlsgen_der_form;

typedef struct mtlsgen_der_node mtlsgen_der_node;
struct mtlsgen_der_node {
    mtlsgen_der_node *parent, *first_child, *last_child, *next;
    const char *name; /* the field's name in the RFC, for paths; NULL: found by number only */
    mtls_view bytes;
    mtls_view identifier; /* not empty: these identifier octets instead of `tag` */
    size_t content_len;   /* set by encoding */
    long lie;             /* added to the length that is written */
    mtlsgen_der_form form;
    uint8_t tag;
    uint8_t length_octets; /* 0: the fewest; else so many after the first */
    bool indefinite;
    bool explicit_tag; /* an EXPLICIT tag around the field that its only child is */
};

/* A tree's memory. Building never fails by itself: a failed allocation or a passed limit is kept in `status`,
 * nodes go nowhere from then on, and encoding answers with it. */
typedef struct {
    mtlsgen_arena *arena;
    mtls_status status;
    size_t num_nodes;
    mtlsgen_der_node document; /* holds the object; has no header of its own */
    mtlsgen_der_node *start;   /* where paths start; NULL: the object */
    mtlsgen_der_node sink;     /* what adding gives once `status` is not MTLS_OK */
} mtlsgen_der_tree;

/* mtlsgen_der_tree_init starts an empty tree whose nodes live in `arena`. */
void mtlsgen_der_tree_init(mtlsgen_der_tree *tree, mtlsgen_arena *arena);

/* The adds put a node at the end of `parent` and give it, never NULL. Bytes and names are borrowed. `name`
 * may be NULL. */
mtlsgen_der_node *mtlsgen_der_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                  const char *name);
mtlsgen_der_node *mtlsgen_der_add_bytes(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                        const char *name, mtls_view bytes);
mtlsgen_der_node *mtlsgen_der_add_encoded(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                                          mtls_view element);
mtlsgen_der_node *mtlsgen_der_add_loose(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view bytes);

/* mtlsgen_der_add_explicit adds the tag [number] EXPLICIT; the field that is added to it is what paths name.
 */
mtlsgen_der_node *mtlsgen_der_add_explicit(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, unsigned number);

/* Values whose content is made here. The BIT STRING has no unused bits. */
mtlsgen_der_node *mtlsgen_der_add_integer(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                          const char *name, long value);
mtlsgen_der_node *mtlsgen_der_add_unsigned(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                                           mtls_view magnitude);
mtlsgen_der_node *mtlsgen_der_add_boolean(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                          const char *name, bool value);
mtlsgen_der_node *mtlsgen_der_add_bits(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                                       mtls_view bytes);

/* mtlsgen_der_copy makes a copy of `node` and all below it, in no parent. */
mtlsgen_der_node *mtlsgen_der_copy(mtlsgen_der_tree *tree, const mtlsgen_der_node *node);

/* mtlsgen_der_insert puts a node without parent after `after`, or first when that is NULL; mtlsgen_der_remove
 * takes a node out of its parent. */
void mtlsgen_der_insert(mtlsgen_der_node *parent, mtlsgen_der_node *after, mtlsgen_der_node *node);
void mtlsgen_der_remove(mtlsgen_der_node *node);

/* mtlsgen_der_encode writes `node` and all below it into `arena`. */
MTLS_MUST_CHECK mtls_status mtlsgen_der_encode(mtlsgen_der_tree *tree, mtlsgen_der_node *node,
                                               mtlsgen_arena *arena, mtls_view *out_der);

/* mtlsgen_der_encode_content writes what stands between the node's header and its end. */
MTLS_MUST_CHECK mtls_status mtlsgen_der_encode_content(mtlsgen_der_tree *tree, mtlsgen_der_node *node,
                                                       mtlsgen_arena *arena, mtls_view *out_content);

#endif
