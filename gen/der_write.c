#include "gen/der_write.h"

#include <string.h>

void mtlsgen_der_tree_init(mtlsgen_der_tree *tree, mtlsgen_arena *arena) {
    *tree = (mtlsgen_der_tree){.arena = arena};
}

static mtlsgen_der_node *node_fail(mtlsgen_der_tree *tree, mtls_status status) {
    if (tree->status == MTLS_OK) {
        tree->status = status;
    }
    tree->sink = (mtlsgen_der_node){0};
    return &tree->sink;
}

/* node_new gives a zeroed node in no parent. */
static mtlsgen_der_node *node_new(mtlsgen_der_tree *tree) {
    if (tree->status != MTLS_OK) {
        return node_fail(tree, tree->status);
    }
    if (tree->num_nodes >= MTLSGEN_DER_NODES_MAX) {
        return node_fail(tree, MTLS_ERR_LIMIT);
    }
    mtlsgen_der_node *node = mtlsgen_arena_zalloc(tree->arena, 1, sizeof *node);
    if (node == NULL) {
        return node_fail(tree, MTLS_ERR_NOMEM);
    }
    tree->num_nodes++;
    return node;
}

static mtlsgen_der_node *add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtlsgen_der_form form,
                             uint8_t tag, const char *name, mtls_view bytes) {
    mtlsgen_der_node *node = node_new(tree);
    if (node != &tree->sink) {
        node->form = form;
        node->tag = tag;
        node->name = name;
        node->bytes = bytes;
        mtlsgen_der_insert(parent, parent->last_child, node);
    }
    return node;
}

mtlsgen_der_node *mtlsgen_der_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                  const char *name) {
    return add(tree, parent, MTLSGEN_NODE_CONSTRUCTED, tag, name, (mtls_view){0});
}

mtlsgen_der_node *mtlsgen_der_add_bytes(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                        const char *name, mtls_view bytes) {
    return add(tree, parent, MTLSGEN_NODE_PRIMITIVE, tag, name, bytes);
}

mtlsgen_der_node *mtlsgen_der_add_encoded(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                                          mtls_view element) {
    return add(tree, parent, MTLSGEN_NODE_ENCODED, 0, name, element);
}

mtlsgen_der_node *mtlsgen_der_add_loose(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view bytes) {
    return add(tree, parent, MTLSGEN_NODE_LOOSE, 0, NULL, bytes);
}

mtlsgen_der_node *mtlsgen_der_add_explicit(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                           unsigned number) {
    mtlsgen_der_node *node =
        mtlsgen_der_add(tree, parent, (uint8_t)(MTLSGEN_DER_CONTEXT_CONSTRUCTED | number), NULL);
    node->explicit_tag = true;
    return node;
}

/* add_own adds a primitive node whose `len` bytes of content the caller writes through `out_bytes`, which is
 * NULL once the tree has failed. */
static mtlsgen_der_node *add_own(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                 const char *name, size_t len, uint8_t **out_bytes) {
    uint8_t *bytes = tree->status == MTLS_OK ? mtlsgen_arena_alloc(tree->arena, len) : NULL;
    *out_bytes = bytes;
    if (bytes == NULL) {
        return node_fail(tree, MTLS_ERR_NOMEM);
    }
    return mtlsgen_der_add_bytes(tree, parent, tag, name, (mtls_view){bytes, len});
}

mtlsgen_der_node *mtlsgen_der_add_integer(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                          const char *name, long value) {
    /* X.690 8.3.2: the first nine bits are not all equal */
    size_t len = sizeof value;
    for (; len > 1; len--) {
        unsigned long top = ((unsigned long)value >> (8 * len - 9)) & 0x1ff;
        if (top != 0 && top != 0x1ff) {
            break;
        }
    }
    uint8_t *bytes = NULL;
    mtlsgen_der_node *node = add_own(tree, parent, tag, name, len, &bytes);
    for (size_t i = len; bytes != NULL && i > 0; i--) {
        bytes[i - 1] = (uint8_t)((unsigned long)value >> (8 * (len - i)));
    }
    return node;
}

mtlsgen_der_node *mtlsgen_der_add_unsigned(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                                           mtls_view magnitude) {
    while (magnitude.len > 1 && magnitude.data[0] == 0) {
        magnitude = (mtls_view){magnitude.data + 1, magnitude.len - 1};
    }
    bool pad = magnitude.len == 0 || (magnitude.data[0] & 0x80) != 0;
    uint8_t *bytes = NULL;
    mtlsgen_der_node *node =
        add_own(tree, parent, MTLSGEN_DER_INTEGER, name, magnitude.len + (pad ? 1 : 0), &bytes);
    if (bytes != NULL) {
        if (pad) {
            *bytes++ = 0;
        }
        if (magnitude.len > 0) {
            memcpy(bytes, magnitude.data, magnitude.len);
        }
    }
    return node;
}

mtlsgen_der_node *mtlsgen_der_add_boolean(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, uint8_t tag,
                                          const char *name, bool value) {
    /* X.690 11.1: TRUE is all ones */
    static const uint8_t contents[2] = {0x00, 0xff};
    return mtlsgen_der_add_bytes(tree, parent, tag, name, (mtls_view){&contents[value ? 1 : 0], 1});
}

mtlsgen_der_node *mtlsgen_der_add_bits(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                                       mtls_view bits) {
    uint8_t *bytes = NULL;
    mtlsgen_der_node *node = add_own(tree, parent, MTLSGEN_DER_BIT_STRING, name, bits.len + 1, &bytes);
    if (bytes != NULL) {
        bytes[0] = 0;
        if (bits.len > 0) {
            memcpy(bytes + 1, bits.data, bits.len);
        }
    }
    return node;
}

void mtlsgen_der_insert(mtlsgen_der_node *parent, mtlsgen_der_node *after, mtlsgen_der_node *node) {
    node->parent = parent;
    if (after == NULL) {
        node->next = parent->first_child;
        parent->first_child = node;
    } else {
        node->next = after->next;
        after->next = node;
    }
    if (parent->last_child == after) {
        parent->last_child = node;
    }
}

void mtlsgen_der_remove(mtlsgen_der_node *node) {
    mtlsgen_der_node *parent = node->parent, *before = NULL;
    for (mtlsgen_der_node *child = parent->first_child; child != node; child = child->next) {
        before = child;
    }
    if (before == NULL) {
        parent->first_child = node->next;
    } else {
        before->next = node->next;
    }
    if (parent->last_child == node) {
        parent->last_child = before;
    }
    node->parent = NULL;
    node->next = NULL;
}

/* The functions below recurse over the tree; nothing builds one deeper than MTLSGEN_DER_DEPTH_MAX. */
mtlsgen_der_node *mtlsgen_der_copy(mtlsgen_der_tree *tree, const mtlsgen_der_node *node) {
    mtlsgen_der_node *copy = node_new(tree);
    if (copy == &tree->sink) {
        return copy;
    }
    *copy = *node;
    copy->parent = copy->first_child = copy->last_child = copy->next = NULL;
    for (const mtlsgen_der_node *child = node->first_child; child != NULL; child = child->next) {
        mtlsgen_der_node *child_copy = mtlsgen_der_copy(tree, child);
        if (child_copy == &tree->sink) {
            return child_copy;
        }
        mtlsgen_der_insert(copy, copy->last_child, child_copy);
    }
    return copy;
}

/* length_stated is the length that the header says, which a lie makes differ from what follows. */
static size_t length_stated(const mtlsgen_der_node *node) {
    if (node->lie < 0) {
        size_t less = (size_t)0 - (size_t)node->lie;
        return less < node->content_len ? node->content_len - less : 0;
    }
    return node->content_len + (size_t)node->lie;
}

/* length_octets is how many octets follow the first length octet (X.690 8.1.3). */
static size_t length_octets(const mtlsgen_der_node *node) {
    if (node->indefinite) {
        return 0;
    }
    size_t fewest = 0, length = length_stated(node);
    if (length > 127) {
        for (; length > 0; length >>= 8) {
            fewest++;
        }
    }
    return node->length_octets > fewest ? node->length_octets : fewest;
}

static size_t identifier_len(const mtlsgen_der_node *node) {
    return node->identifier.len > 0 ? node->identifier.len : 1;
}

/* measure sets the content lengths of `node` and all below, and gives the length of the whole element. */
static size_t measure(mtlsgen_der_node *node) {
    if (node->form == MTLSGEN_NODE_CONSTRUCTED) {
        size_t len = 0;
        for (mtlsgen_der_node *child = node->first_child; child != NULL; child = child->next) {
            len += measure(child);
        }
        node->content_len = len;
    } else {
        node->content_len = node->bytes.len;
        if (node->form != MTLSGEN_NODE_PRIMITIVE) {
            return node->content_len;
        }
    }
    return identifier_len(node) + 1 + length_octets(node) + node->content_len + (node->indefinite ? 2 : 0);
}

static uint8_t *write_bytes(uint8_t *at, mtls_view bytes) {
    if (bytes.len > 0) {
        memcpy(at, bytes.data, bytes.len);
    }
    return at + bytes.len;
}

static uint8_t *write_header(const mtlsgen_der_node *node, uint8_t *at) {
    if (node->identifier.len > 0) {
        at = write_bytes(at, node->identifier);
    } else {
        *at++ = node->tag;
    }
    size_t octets = length_octets(node), length = length_stated(node);
    if (node->indefinite) {
        *at++ = 0x80;
    } else if (octets == 0) {
        *at++ = (uint8_t)length;
    } else {
        *at++ = (uint8_t)(0x80 | octets);
        for (size_t i = octets; i > 0; i--) {
            *at++ = (uint8_t)(i > sizeof length ? 0 : length >> (8 * (i - 1)));
        }
    }
    return at;
}

static uint8_t *write_node(const mtlsgen_der_node *node, uint8_t *at);

static uint8_t *write_content(const mtlsgen_der_node *node, uint8_t *at) {
    if (node->form != MTLSGEN_NODE_CONSTRUCTED) {
        return write_bytes(at, node->bytes);
    }
    for (const mtlsgen_der_node *child = node->first_child; child != NULL; child = child->next) {
        at = write_node(child, at);
    }
    return at;
}

static uint8_t *write_node(const mtlsgen_der_node *node, uint8_t *at) {
    if (node->form == MTLSGEN_NODE_ENCODED || node->form == MTLSGEN_NODE_LOOSE) {
        return write_bytes(at, node->bytes);
    }
    at = write_content(node, write_header(node, at));
    if (node->indefinite) {
        *at++ = 0; /* X.690 8.1.5: end-of-contents */
        *at++ = 0;
    }
    return at;
}

static mtls_status encode(mtlsgen_der_tree *tree, mtlsgen_der_node *node, bool whole, mtlsgen_arena *arena,
                          mtls_view *out) {
    if (tree->status != MTLS_OK) {
        return tree->status;
    }
    size_t len = measure(node);
    if (len > MTLSGEN_DER_MAX) {
        return MTLS_ERR_LIMIT;
    }
    if (!whole) {
        len = node->content_len;
    }
    uint8_t *at = mtlsgen_arena_alloc(arena, len);
    if (at == NULL) {
        return MTLS_ERR_NOMEM;
    }
    if (whole) {
        write_node(node, at);
    } else {
        write_content(node, at);
    }
    *out = (mtls_view){at, len};
    return MTLS_OK;
}

mtls_status mtlsgen_der_encode(mtlsgen_der_tree *tree, mtlsgen_der_node *node, mtlsgen_arena *arena,
                               mtls_view *out_der) {
    return encode(tree, node, node != &tree->document, arena, out_der);
}

mtls_status mtlsgen_der_encode_content(mtlsgen_der_tree *tree, mtlsgen_der_node *node, mtlsgen_arena *arena,
                                       mtls_view *out_content) {
    return encode(tree, node, false, arena, out_content);
}
