#include "gen/general_name.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "gen/oid.h"

/* The tags of GeneralName's alternatives (RFC 5280 4.2.1.6). */
enum { TAG_OTHER = 0, TAG_EMAIL = 1, TAG_DNS = 2, TAG_DN = 4, TAG_URI = 6, TAG_IP = 7, TAG_RID = 8 };

mtls_status mtlsgen_oid_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                            const char *dotted, mtls_error *error) {
    mtlsgen_oid oid;
    mtls_view content;
    if (!mtlsgen_oid_read(dotted, &oid)) {
        return mtls_fail(MTLS_ERR_INPUT, error, "\"%.64s\" is no OID: write it dotted, such as 2.5.29.19",
                         dotted);
    }
    if (!mtlsgen_arena_copy(tree->arena, (mtls_view){oid.bytes, oid.len}, &content)) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    mtlsgen_der_add_bytes(tree, parent, MTLSGEN_DER_OID, name, content);
    return MTLS_OK;
}

void mtlsgen_uri_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *uri) {
    mtlsgen_der_add_bytes(tree, parent, MTLSGEN_DER_CONTEXT | TAG_URI, NULL, mtls_view_of_text(uri));
}

/* address_read gives 4 or 16 bytes, twice as many with the mask that a "/N" asks for (RFC 5280 4.2.1.10). */
static bool address_read(mtls_view text, uint8_t out[32], size_t *out_len) {
    char copy[64];
    if (text.len >= sizeof copy || memchr(text.data, 0, text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    char *slash = strchr(copy, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    size_t len = inet_pton(AF_INET, copy, out) == 1 ? 4 : inet_pton(AF_INET6, copy, out) == 1 ? 16 : 0;
    *out_len = len;
    if (slash == NULL || len == 0) {
        return len > 0;
    }
    char *end;
    unsigned long bits = strtoul(slash + 1, &end, 10);
    if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > 8 * len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned long here = bits > 8 * i ? bits - 8 * i : 0;
        out[len + i] = (uint8_t)(here >= 8 ? 0xffU : 0xff00U >> here);
    }
    *out_len = 2 * len;
    return true;
}

static mtls_status add_address(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view text,
                               mtls_error *error) {
    uint8_t bytes[32];
    size_t len;
    mtls_view content;
    if (!address_read(text, bytes, &len)) {
        return mtls_fail(
            MTLS_ERR_INPUT, error,
            "\"%.*s\" is no IP address: write 192.0.2.1, 2001:db8::1, or 192.0.2.0/24 for a range",
            (int)(text.len < 64 ? text.len : 64), (const char *)text.data);
    }
    if (!mtlsgen_arena_copy(tree->arena, (mtls_view){bytes, len}, &content)) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    mtlsgen_der_add_bytes(tree, parent, MTLSGEN_DER_CONTEXT | TAG_IP, NULL, content);
    return MTLS_OK;
}

static mtls_status add_rid(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, mtls_view text,
                           mtls_error *error) {
    char dotted[256] = "";
    if (text.len < sizeof dotted) {
        memcpy(dotted, text.data, text.len);
    }
    mtls_status status = mtlsgen_oid_add(tree, parent, NULL, dotted, error);
    if (status == MTLS_OK) {
        parent->last_child->tag = MTLSGEN_DER_CONTEXT | TAG_RID;
    }
    return status;
}

mtls_status mtlsgen_general_name_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                     const mtlsgen_general_name *name, mtls_error *error) {
    mtls_status status = MTLS_OK;
    mtls_view der;
    mtlsgen_der_node *node;
    switch (name->kind) {
    case MTLSGEN_NAME_DNS:
        mtlsgen_der_add_bytes(tree, parent, MTLSGEN_DER_CONTEXT | TAG_DNS, NULL, name->text);
        break;
    case MTLSGEN_NAME_EMAIL:
        mtlsgen_der_add_bytes(tree, parent, MTLSGEN_DER_CONTEXT | TAG_EMAIL, NULL, name->text);
        break;
    case MTLSGEN_NAME_URI:
        mtlsgen_der_add_bytes(tree, parent, MTLSGEN_DER_CONTEXT | TAG_URI, NULL, name->text);
        break;
    case MTLSGEN_NAME_IP:
        status = add_address(tree, parent, name->text, error);
        break;
    case MTLSGEN_NAME_RID:
        status = add_rid(tree, parent, name->text, error);
        break;
    case MTLSGEN_NAME_DN: /* a Name is a CHOICE, so its tag is explicit */
        status = mtlsgen_name_encode(name->name, tree->arena, &der, error);
        if (status == MTLS_OK) {
            node = mtlsgen_der_add(tree, parent, MTLSGEN_DER_CONTEXT_CONSTRUCTED | TAG_DN, NULL);
            mtlsgen_der_add_encoded(tree, node, NULL, der);
        }
        break;
    case MTLSGEN_NAME_OTHER:
        node = mtlsgen_der_add(tree, parent, MTLSGEN_DER_CONTEXT_CONSTRUCTED | TAG_OTHER, NULL);
        status = mtlsgen_oid_add(tree, node, NULL, name->oid, error);
        node = mtlsgen_der_add(tree, node, MTLSGEN_DER_CONTEXT_CONSTRUCTED, NULL);
        mtlsgen_der_add_bytes(tree, node, MTLSGEN_DER_UTF8_STRING, NULL, name->text);
        break;
    }
    return status;
}

mtls_status mtlsgen_general_names_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                      const mtlsgen_general_names *names, mtls_error *error) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < names->num_items && status == MTLS_OK; i++) {
        status = mtlsgen_general_name_add(tree, parent, &names->items[i], error);
    }
    return status;
}
