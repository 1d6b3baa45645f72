#include "gen/der_path.h"

#include <stdlib.h>
#include <string.h>

#include "gen/fault.h"
#include "gen/oid.h"

/* Opening */

typedef struct {
    size_t identifier_len, content_at, content_len;
    uint8_t length_octets; /* as in a node: 0 for the fewest */
} element;

/* element_read reads the header of the element that `bytes` start with. Definite lengths only, padded or not.
 */
static bool element_read(mtls_view bytes, element *out) {
    size_t at = 0;
    if (at == bytes.len) {
        return false;
    }
    if ((bytes.data[at++] & 0x1f) == 0x1f) {
        do { /* X.690 8.1.2.4.2: a set bit 8 says that another octet follows */
            if (at == bytes.len) {
                return false;
            }
        } while ((bytes.data[at++] & 0x80) != 0);
    }
    out->identifier_len = at;
    if (at == bytes.len) {
        return false;
    }
    size_t first = bytes.data[at++], len = first, fewest = 0;
    out->length_octets = 0;
    if (first >= 0x80) {
        size_t octets = first & 0x7f;
        if (octets == 0 || octets == 127 || octets > bytes.len - at) {
            return false;
        }
        len = 0;
        for (size_t i = 0; i < octets; i++) {
            if (len > SIZE_MAX >> 8) {
                return false;
            }
            len = len << 8 | bytes.data[at++];
        }
        for (size_t rest = len > 127 ? len : 0; rest > 0; rest >>= 8) {
            fewest++;
        }
        out->length_octets = octets > fewest ? (uint8_t)octets : 0;
    }
    out->content_at = at;
    out->content_len = len;
    return len <= bytes.len - at;
}

bool mtlsgen_der_open_header(mtlsgen_der_node *node) {
    if (node->form != MTLSGEN_NODE_ENCODED) {
        return node->form != MTLSGEN_NODE_LOOSE;
    }
    element e;
    if (!element_read(node->bytes, &e) || e.content_len != node->bytes.len - e.content_at) {
        return false;
    }
    node->tag = node->bytes.data[0];
    if (e.identifier_len > 1) {
        node->identifier = (mtls_view){node->bytes.data, e.identifier_len};
    }
    node->length_octets = e.length_octets;
    node->bytes = (mtls_view){node->bytes.data + e.content_at, e.content_len};
    node->form = MTLSGEN_NODE_PRIMITIVE;
    return true;
}

static size_t depth_of(const mtlsgen_der_node *node) {
    size_t depth = 0;
    for (; node->parent != NULL; node = node->parent) {
        depth++;
    }
    return depth;
}

/* is_row answers whether `bytes` are whole elements one after the other. */
static bool is_row(mtls_view bytes) {
    while (bytes.len > 0) {
        element e;
        if (!element_read(bytes, &e)) {
            return false;
        }
        bytes =
            (mtls_view){bytes.data + e.content_at + e.content_len, bytes.len - e.content_at - e.content_len};
    }
    return true;
}

bool mtlsgen_der_open(mtlsgen_der_tree *tree, mtlsgen_der_node *node) {
    if (!mtlsgen_der_open_header(node)) {
        return false;
    }
    if (node->form == MTLSGEN_NODE_CONSTRUCTED) {
        return true;
    }
    mtls_view bytes = node->bytes;
    bool bits = node->tag == MTLSGEN_DER_BIT_STRING && bytes.len > 0;
    if ((node->tag & 0x20) == 0 && node->tag != MTLSGEN_DER_OCTET_STRING && !bits) {
        return false;
    }
    mtls_view unused_bits = {bytes.data, bits ? 1 : 0};
    if (bits) {
        bytes = (mtls_view){bytes.data + 1, bytes.len - 1};
    }
    if (!is_row(bytes) || depth_of(node) >= MTLSGEN_DER_DEPTH_MAX) {
        return false;
    }
    node->form = MTLSGEN_NODE_CONSTRUCTED;
    node->bytes = (mtls_view){0};
    if (bits) {
        mtlsgen_der_add_loose(tree, node, unused_bits);
    }
    element e;
    while (bytes.len > 0 && element_read(bytes, &e)) {
        size_t len = e.content_at + e.content_len;
        mtlsgen_der_add_encoded(tree, node, NULL, (mtls_view){bytes.data, len});
        bytes = (mtls_view){bytes.data + len, bytes.len - len};
    }
    return tree->status == MTLS_OK;
}

/* Finding */

static bool name_is(const mtlsgen_der_node *node, mtls_view name) {
    return node->name != NULL && mtls_view_equal_text(name, node->name);
}

/* field_of finds a field by name; the tag around an EXPLICIT one is looked through. */
static mtlsgen_der_node *field_of(const mtlsgen_der_node *parent, mtls_view name) {
    for (mtlsgen_der_node *child = parent->first_child; child != NULL; child = child->next) {
        if (name_is(child, name)) {
            return child;
        }
        if (child->explicit_tag && child->first_child != NULL && name_is(child->first_child, name)) {
            return child->first_child;
        }
    }
    return NULL;
}

static mtlsgen_der_node *child_at(const mtlsgen_der_node *parent, size_t index) {
    for (mtlsgen_der_node *child = parent->first_child; child != NULL; child = child->next) {
        if (child->form != MTLSGEN_NODE_LOOSE && index-- == 0) {
            return child;
        }
    }
    return NULL;
}

static mtlsgen_der_node *child_with_oid(mtlsgen_der_tree *tree, const mtlsgen_der_node *parent,
                                        mtls_view oid) {
    for (mtlsgen_der_node *child = parent->first_child; child != NULL; child = child->next) {
        if (child->form == MTLSGEN_NODE_LOOSE || !mtlsgen_der_open(tree, child)) {
            continue;
        }
        mtlsgen_der_node *first = child_at(child, 0);
        if (first != NULL && mtlsgen_der_open_header(first) && first->form == MTLSGEN_NODE_PRIMITIVE &&
            first->tag == MTLSGEN_DER_OID && mtls_view_equal(first->bytes, oid)) {
            return child;
        }
    }
    return NULL;
}

/* One step of a path: `.name` or `[...]`. */
typedef struct {
    mtls_view text;
    bool bracketed;
} step;

/* step_read reads the step at `*at` and moves past it; false at the end. The path is well formed. */
static bool step_read(const char **at, step *out) {
    if (**at == '\0') {
        return false;
    }
    out->bracketed = **at == '[';
    if (**at == '[' || **at == '.') {
        ++*at;
    }
    size_t len = strcspn(*at, out->bracketed ? "]" : ".[");
    out->text = (mtls_view){(const uint8_t *)*at, len};
    *at += len + (out->bracketed ? 1 : 0);
    return true;
}

/* step_take gives the node that `s` leads to from `node`, or NULL. */
static mtlsgen_der_node *step_take(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const step *s) {
    if (!s->bracketed && mtls_view_equal_text(s->text, "explicit")) {
        return node->parent != NULL && node->parent->explicit_tag ? node->parent : NULL;
    }
    if (!mtlsgen_der_open(tree, node)) {
        return NULL;
    }
    mtlsgen_der_node *field = field_of(node, s->text);
    if (field != NULL || !s->bracketed) {
        return field;
    }
    char text[MTLSGEN_FAULT_PATH_MAX + 1];
    memcpy(text, s->text.data, s->text.len);
    text[s->text.len] = '\0';
    mtlsgen_oid oid;
    if (strchr(text, '.') != NULL) {
        return mtlsgen_oid_read(text, &oid) ? child_with_oid(tree, node, (mtls_view){oid.bytes, oid.len})
                                            : NULL;
    }
    char *end;
    unsigned long index = strtoul(text, &end, 10);
    return *end == '\0' ? child_at(node, index) : NULL;
}

/* describe_children lists for a message what can be found in `node`, as far as `out` has room. */
static mtls_status describe_children(const mtlsgen_der_node *node, mtls_buf *out) {
    size_t num = 0;
    for (const mtlsgen_der_node *child = node->first_child; child != NULL; child = child->next) {
        num += child->form == MTLSGEN_NODE_LOOSE ? 0 : 1;
    }
    mtls_status status =
        num == 0 ? mtls_buf_append_text(out, "nothing") : mtls_buf_appendf(out, "[0] to [%zu]", num - 1);
    for (const mtlsgen_der_node *child = node->first_child; child != NULL && status == MTLS_OK;
         child = child->next) {
        const mtlsgen_der_node *named =
            child->explicit_tag && child->first_child != NULL ? child->first_child : child;
        if (named->name != NULL) {
            status = mtls_buf_appendf(out, ", %s", named->name);
        }
    }
    return status;
}

static mtls_status fail_at(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const char *path, const step *s,
                           mtls_error *error) {
    if (tree->status != MTLS_OK) {
        return mtls_fail(tree->status, error, "%s", mtls_status_text(tree->status));
    }
    if (!mtlsgen_der_open(tree, node)) {
        return mtls_fail(
            MTLS_ERR_USAGE, error,
            "the path \"%.200s\" matches nothing: what \"%.*s\" is looked for in holds no DER elements", path,
            (int)s->text.len, (const char *)s->text.data);
    }
    mtls_buf children = {.max = 400};
    mtls_status status = describe_children(node, &children);
    const char *text = mtls_buf_text(&children);
    mtls_fail(MTLS_ERR_USAGE, error, "the path \"%.200s\" matches nothing: no \"%.*s\" here, but %s", path,
              (int)s->text.len, (const char *)s->text.data,
              status != MTLS_OK || text == NULL ? "others" : text);
    mtls_buf_clear(&children);
    return MTLS_ERR_USAGE;
}

mtls_status mtlsgen_der_find(mtlsgen_der_tree *tree, const char *path, mtlsgen_der_node **out_node,
                             mtls_error *error) {
    size_t bad_at;
    if (!mtlsgen_fault_path_check(path, &bad_at)) {
        return mtls_fail(
            MTLS_ERR_INPUT, error,
            "\"%.200s\" is not a path (character %zu): write field names joined by dots, and [N], "
            "[name] or [OID] for a child",
            path, bad_at + 1);
    }
    mtlsgen_der_node *node = &tree->document;
    mtlsgen_der_node *start = tree->start != NULL ? tree->start : node->first_child;
    if (start == NULL || node->first_child == NULL) {
        return mtls_fail(MTLS_ERR_USAGE, error, "the path \"%.200s\" matches nothing: the object is deleted",
                         path);
    }
    const char *at = path;
    step s;
    for (bool first = true; step_read(&at, &s); first = false) {
        mtlsgen_der_node *next = NULL;
        if (first) {
            next = name_is(start, s.text) ? start : field_of(&tree->document, s.text);
            node = start;
        }
        if (next == NULL) {
            next = step_take(tree, node, &s);
        }
        if (next == NULL) {
            return fail_at(tree, node, path, &s, error);
        }
        node = next;
    }
    *out_node = node;
    return tree->status;
}
