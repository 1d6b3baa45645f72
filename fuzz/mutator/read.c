#include "fuzz/mutator/read.h"

#include "gen/der_path.h"

#include <string.h>

typedef struct {
    mtls_view identifier;
    bool indefinite, cut; /* cut: the length said more than there is */
    uint8_t length_octets;
    mtls_view content;
} element;

static mtls_view skip(mtls_view bytes, size_t num) {
    return (mtls_view){num == 0 ? bytes.data : bytes.data + num, bytes.len - num};
}

/* identifier_len is 0 where there is no whole identifier (X.690 8.1.2). */
static size_t identifier_len(mtls_view bytes) {
    size_t at = 0;
    if (bytes.len == 0) {
        return 0;
    }
    if ((bytes.data[at++] & 0x1f) == 0x1f) {
        do {
            if (at == bytes.len) {
                return 0;
            }
        } while ((bytes.data[at++] & 0x80) != 0);
    }
    return at;
}

/* element_take takes the element at the front of `*rest`; of an indefinite one only the header. */
static bool element_take(mtls_view *rest, element *out) {
    size_t at = identifier_len(*rest);
    if (at == 0 || at == rest->len) {
        return false;
    }
    *out = (element){
        .identifier = {rest->data, at}
    };
    size_t first = rest->data[at++], len = first, fewest = 0;
    if (first == 0x80) {
        out->indefinite = true;
        *rest = skip(*rest, at);
        return true;
    }
    if (first > 0x80) {
        size_t octets = first & 0x7f;
        if (octets == 127 || octets > rest->len - at) {
            return false;
        }
        len = 0;
        for (size_t i = 0; i < octets; i++) {
            len = len > SIZE_MAX >> 8 ? SIZE_MAX : len << 8 | rest->data[at];
            at++;
        }
        for (size_t left = len > 127 ? len : 0; left > 0; left >>= 8) {
            fewest++;
        }
        out->length_octets = octets > fewest ? (uint8_t)octets : 0;
    }
    out->cut = len > rest->len - at;
    out->content = (mtls_view){rest->data + at, out->cut ? rest->len - at : len};
    *rest = skip(*rest, at + out->content.len);
    return true;
}

typedef struct {
    mtlsgen_der_tree *tree;
    bool keep_forms;
} reading;

static void read_row(const reading *r, mtlsgen_der_node *parent, mtls_view *rest, bool to_end, size_t depth);

/* open_encoded opens what mtlsgen_der_open left encoded, all the way down. */
static void open_inside(const reading *r, mtlsgen_der_node *node, size_t depth) {
    if (depth >= MTLSMUT_DEPTH_MAX || r->tree->num_nodes > MTLSMUT_NODES_MAX ||
        !mtlsgen_der_open(r->tree, node)) {
        return;
    }
    for (mtlsgen_der_node *child = node->first_child; child != NULL; child = child->next) {
        if (child->form != MTLSGEN_NODE_LOOSE) {
            open_inside(r, child, depth + 1);
        }
    }
}

/* A string is opened where its content starts with an element of a kind that certificates wrap. */
static bool may_hold_elements(const mtlsgen_der_node *node) {
    size_t at = node->tag == MTLSGEN_DER_BIT_STRING ? 1 : 0;
    if (node->bytes.len < at + 2 ||
        (node->tag != MTLSGEN_DER_BIT_STRING && node->tag != MTLSGEN_DER_OCTET_STRING) ||
        (at == 1 && node->bytes.data[0] != 0)) {
        return false;
    }
    switch (node->bytes.data[at]) {
    case MTLSGEN_DER_SEQUENCE:
        return true;
    case MTLSGEN_DER_INTEGER:
    case MTLSGEN_DER_BIT_STRING:
    case MTLSGEN_DER_OCTET_STRING:
        return at == 0;
    default:
        return false;
    }
}

static void add_element(const reading *r, mtlsgen_der_node *parent, const element *e, mtls_view *rest,
                        size_t depth) {
    uint8_t tag = e->identifier.data[0];
    bool constructed = (tag & 0x20) != 0;
    mtlsgen_der_node *node = constructed ? mtlsgen_der_add(r->tree, parent, tag, NULL)
                                         : mtlsgen_der_add_bytes(r->tree, parent, tag, NULL, e->content);
    if (r->tree->status != MTLS_OK) {
        return;
    }
    if (e->identifier.len > 1) {
        node->identifier = e->identifier;
    }
    if (r->keep_forms) {
        node->length_octets = e->length_octets;
        node->indefinite = e->indefinite && constructed;
    }
    if (constructed && e->indefinite) {
        read_row(r, node, rest, true, depth + 1);
    } else if (constructed) {
        mtls_view content = e->content;
        read_row(r, node, &content, false, depth + 1);
    } else if (may_hold_elements(node)) {
        open_inside(r, node, depth + 1);
    }
}

/* read_row reads elements to the end of `*rest`, or with `to_end` to the end-of-contents octets. */
static void read_row(const reading *r, mtlsgen_der_node *parent, mtls_view *rest, bool to_end, size_t depth) {
    while (rest->len > 0 && r->tree->status == MTLS_OK) {
        if (to_end && rest->len >= 2 && rest->data[0] == 0 && rest->data[1] == 0) {
            *rest = skip(*rest, 2);
            return;
        }
        mtls_view before = *rest;
        element e;
        if (depth >= MTLSMUT_DEPTH_MAX || r->tree->num_nodes >= MTLSMUT_NODES_MAX ||
            !element_take(rest, &e)) {
            mtlsgen_der_add_loose(r->tree, parent, before);
            rest->len = 0;
            return;
        }
        add_element(r, parent, &e, rest, depth);
    }
}

void mtlsmut_read(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view bytes, bool keep_forms) {
    const reading r = {tree, keep_forms};
    read_row(&r, parent, &bytes, false, 0);
}
