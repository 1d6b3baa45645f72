#include "validator/extension.h"

#include <string.h>

#include "validator/extension_value.h"

/* Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
 */
static bool read_extension(mtlsval_der *list, mtlsval_extension *out, bool *out_default_encoded) {
    mtlsval_der inside;
    out->critical = *out_default_encoded = false;
    if (!mtlsval_der_enter(list, MTLSVAL_TAG_SEQUENCE, &inside) || !mtlsval_der_oid(&inside, &out->oid)) {
        return false;
    }
    if (mtlsval_der_peek(&inside, MTLSVAL_TAG_BOOLEAN)) {
        if (!mtlsval_der_boolean(&inside, &out->critical)) {
            return false;
        }
        *out_default_encoded = !out->critical; /* X.690 11.5 */
    }
    return mtlsval_der_read(&inside, MTLSVAL_TAG_OCTET_STRING, &out->value) && mtlsval_der_finish(&inside);
}

/* RFC 5280 4.2: "A certificate MUST NOT include more than one instance of a particular extension." */
static bool is_among(mtls_view oid, const mtls_view *seen, unsigned num_seen) {
    for (unsigned i = 0; i < num_seen; i++) {
        if (seen[i].len == oid.len && seen[i].data[oid.len - 1] == oid.data[oid.len - 1] &&
            memcmp(seen[i].data, oid.data, oid.len) == 0) {
            return true;
        }
    }
    return false;
}

bool mtlsval_extensions_read(mtlsval_der *tbs, mtlsval_certificate *out) {
    mtlsval_der outer, list;
    mtls_view seen[MTLSVAL_EXTENSIONS_MAX];
    uint8_t tag = MTLSVAL_TAG_CONTEXT_CONSTRUCTED(3);
    if (!mtlsval_der_peek(tbs, tag)) {
        return true;
    }
    if (!mtlsval_der_enter(tbs, tag, &outer) || !mtlsval_der_enter(&outer, MTLSVAL_TAG_SEQUENCE, &list)) {
        return false;
    }
    out->extensions = (mtls_view){list.at, (size_t)(list.end - list.at)};
    if (mtlsval_der_at_end(&list)) {
        return mtlsval_der_fail(&list, MTLSVAL_CERTIFICATE_EXTENSIONS_EMPTY, list.at);
    }
    if (out->version != 3) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_EXTENSIONS_VERSION);
    }
    while (!mtlsval_der_at_end(&list)) {
        mtlsval_extension extension;
        const uint8_t *at = list.at;
        if (out->num_extensions == MTLSVAL_EXTENSIONS_MAX) {
            return mtlsval_der_fail(&list, MTLSVAL_CERTIFICATE_EXTENSION_LIMIT, at);
        }
        bool default_encoded;
        if (!read_extension(&list, &extension, &default_encoded)) {
            return false;
        }
        if (default_encoded) {
            mtlsval_certificate_note(out, MTLSVAL_DER_DEFAULT_ENCODED);
        }
        if (is_among(extension.oid, seen, out->num_extensions)) {
            return mtlsval_der_fail(&list, MTLSVAL_CERTIFICATE_EXTENSION_DUPLICATE, at);
        }
        seen[out->num_extensions++] = extension.oid;
        mtlsval_extension_read_fn read = mtlsval_extension_find_read(extension.oid);
        mtlsval_der value = {extension.value.data, extension.value.data + extension.value.len, list.origin,
                             list.fault};
        if (read != NULL && (!read(&value, extension.critical, out) || !mtlsval_der_finish(&value))) {
            return false;
        }
    }
    return mtlsval_der_finish(&outer);
}

/* The walks go over what has been read already, and only find again what is there. */

static bool walk_start(mtls_view rest, mtlsval_der *in, mtlsval_fault *fault) {
    if (rest.len == 0) {
        return false;
    }
    mtlsval_der_start(in, rest, fault);
    return true;
}

static void walk_on(mtls_view *rest, const mtlsval_der *in) {
    *rest = (mtls_view){in->at, (size_t)(in->end - in->at)};
}

bool mtlsval_extension_next(mtls_view *rest, mtlsval_extension *out_extension) {
    mtlsval_fault fault;
    mtlsval_der in;
    bool ignored;
    if (!walk_start(*rest, &in, &fault) || !read_extension(&in, out_extension, &ignored)) {
        return false;
    }
    walk_on(rest, &in);
    return true;
}

bool mtlsval_general_name_next(mtls_view *rest, mtlsval_general_name *out_name) {
    mtlsval_fault fault;
    mtlsval_der in;
    uint8_t tag;
    mtls_view element;
    if (!walk_start(*rest, &in, &fault) || !mtlsval_der_any(&in, &tag, &out_name->value, &element)) {
        return false;
    }
    out_name->kind = tag & 0x1fu;
    walk_on(rest, &in);
    return true;
}

bool mtlsval_subtree_next(mtls_view *rest, mtlsval_general_name *out_base) {
    mtlsval_fault fault;
    mtlsval_der in, inside;
    if (!walk_start(*rest, &in, &fault) || !mtlsval_der_enter(&in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    mtls_view base = {inside.at, (size_t)(inside.end - inside.at)};
    walk_on(rest, &in);
    return mtlsval_general_name_next(&base, out_base);
}

bool mtlsval_purpose_next(mtls_view *rest, mtls_view *out_oid) {
    mtlsval_fault fault;
    mtlsval_der in;
    if (!walk_start(*rest, &in, &fault) || !mtlsval_der_oid(&in, out_oid)) {
        return false;
    }
    walk_on(rest, &in);
    return true;
}
