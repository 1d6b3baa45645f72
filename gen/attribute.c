#include "gen/attribute.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"

static const mtlsgen_attribute_info infos[] = {
#define ATTRIBUTE(word, gateway_word, dotted, string_type)                                                   \
    {word, gateway_word, dotted, MTLSGEN_STRING_##string_type},
#include "gen/attribute.def"
};

const char *const mtlsgen_attribute_words[] = {
#define ATTRIBUTE(word, gateway_word, dotted, string_type) word,
#include "gen/attribute.def"
};
const size_t mtlsgen_num_attribute_words = sizeof mtlsgen_attribute_words / sizeof mtlsgen_attribute_words[0];

const mtlsgen_attribute_info *mtlsgen_attribute_describe(const char *type) {
    for (size_t i = 0; i < sizeof infos / sizeof infos[0]; i++) {
        if (strcasecmp(type, infos[i].word) == 0 || strcmp(type, infos[i].dotted) == 0) {
            return &infos[i];
        }
    }
    return NULL;
}

bool mtlsgen_attribute_known(const char *type) {
    mtlsgen_oid oid;
    return mtlsgen_attribute_describe(type) != NULL || mtlsgen_oid_read(type, &oid);
}

static const uint8_t string_tags[MTLSGEN_NUM_STRING_TYPES] = {
    [MTLSGEN_STRING_UTF8] = MTLSGEN_DER_UTF8_STRING,
    [MTLSGEN_STRING_PRINTABLE] = MTLSGEN_DER_PRINTABLE_STRING,
    [MTLSGEN_STRING_IA5] = MTLSGEN_DER_IA5_STRING,
    [MTLSGEN_STRING_BMP] = MTLSGEN_DER_BMP_STRING,
    [MTLSGEN_STRING_T61] = MTLSGEN_DER_T61_STRING,
    [MTLSGEN_STRING_UNIVERSAL] = MTLSGEN_DER_UNIVERSAL_STRING,
    [MTLSGEN_STRING_NUMERIC] = MTLSGEN_DER_NUMERIC_STRING,
    [MTLSGEN_STRING_VISIBLE] = MTLSGEN_DER_VISIBLE_STRING,
};

/* bytes_per_character is the width of a fixed-width type, 0 for those that take the UTF-8 bytes as they are.
 */
static size_t bytes_per_character(mtlsgen_string_type type) {
    switch (type) {
    case MTLSGEN_STRING_T61:
        return 1;
    case MTLSGEN_STRING_BMP:
        return 2;
    case MTLSGEN_STRING_UNIVERSAL:
        return 4;
    default:
        return 0;
    }
}

/* value_convert gives the bytes of `text` in a string type of fixed width, most significant byte first. */
static mtls_status value_convert(const mtlsgen_attribute *attribute, size_t width, mtlsgen_arena *arena,
                                 mtls_view *out, mtls_error *error) {
    mtls_view text = attribute->value;
    if (text.len > MTLSGEN_DER_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "the value of %s is too long", attribute->type);
    }
    uint8_t *bytes = mtlsgen_arena_alloc(arena, text.len * width);
    if (bytes == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    size_t at = 0, len = 0;
    while (at < text.len) {
        uint32_t code_point;
        if (!mtls_utf8_next(text, &at, &code_point)) {
            return mtls_fail(MTLS_ERR_INPUT, error, "the value of %.64s is not UTF-8 at byte %zu",
                             attribute->type, at);
        }
        if (width < 4 && code_point >> (8 * width) != 0) {
            return mtls_fail(MTLS_ERR_INPUT, error,
                             "the value of %.64s holds U+%04X, which its string type cannot", attribute->type,
                             (unsigned)code_point);
        }
        for (size_t i = width; i > 0; i--) {
            bytes[len++] = (uint8_t)(code_point >> (8 * (i - 1)));
        }
    }
    *out = (mtls_view){bytes, len};
    return MTLS_OK;
}

mtls_status mtlsgen_attribute_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                  const mtlsgen_attribute *attribute, mtls_error *error) {
    const mtlsgen_attribute_info *info = mtlsgen_attribute_describe(attribute->type);
    mtlsgen_oid oid;
    mtls_view oid_content;
    if (!mtlsgen_oid_read(info != NULL ? info->dotted : attribute->type, &oid)) {
        return mtls_fail(MTLS_ERR_INPUT, error,
                         "\"%.64s\" is no attribute type: write CN, O, ... or a dotted OID", attribute->type);
    }
    if (!mtlsgen_arena_copy(tree->arena, (mtls_view){oid.bytes, oid.len}, &oid_content)) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    mtlsgen_der_node *pair = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(tree, pair, MTLSGEN_DER_OID, "type", oid_content);
    mtlsgen_string_type type = attribute->as;
    if (type == MTLSGEN_STRING_DEFAULT) {
        type = info == NULL ? MTLSGEN_STRING_UTF8 : info->string_type;
    }
    if (type == MTLSGEN_STRING_RAW) {
        mtlsgen_der_add_encoded(tree, pair, "value", attribute->value);
        return MTLS_OK;
    }
    mtls_view value = attribute->value;
    size_t width = bytes_per_character(type);
    mtls_status status = width == 0 ? MTLS_OK : value_convert(attribute, width, tree->arena, &value, error);
    mtlsgen_der_add_bytes(tree, pair, string_tags[type], "value", value);
    return status;
}

typedef struct {
    const mtlsgen_attribute *attribute;
    mtls_view der;
} encoded_attribute;

/* X.690 11.6: ascending, the shorter one padded with zeros at its end */
static int compare_encoded(const void *left, const void *right) {
    const mtls_view a = ((const encoded_attribute *)left)->der, b = ((const encoded_attribute *)right)->der;
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

mtls_status mtlsgen_rdn_sort(const mtlsgen_rdn *rdn, mtlsgen_arena *arena,
                             const mtlsgen_attribute ***out_sorted, mtls_error *error) {
    size_t num = rdn->num_attributes;
    if (num > MTLSGEN_RDN_ATTRIBUTES_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "an RDN has at most %d attributes, not %zu",
                         MTLSGEN_RDN_ATTRIBUTES_MAX, num);
    }
    encoded_attribute *encoded = mtlsgen_arena_zalloc(arena, num, sizeof *encoded);
    const mtlsgen_attribute **sorted = mtlsgen_arena_zalloc(arena, num, sizeof(const mtlsgen_attribute *));
    if (encoded == NULL || sorted == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    for (size_t i = 0; i < num; i++) {
        encoded[i].attribute = &rdn->attributes[i];
        if (num == 1) {
            break;
        }
        mtlsgen_der_tree tree;
        mtlsgen_der_tree_init(&tree, arena);
        mtls_status status = mtlsgen_attribute_add(&tree, &tree.document, encoded[i].attribute, error);
        if (status == MTLS_OK &&
            (status = mtlsgen_der_encode(&tree, &tree.document, arena, &encoded[i].der)) != MTLS_OK) {
            return mtls_fail(status, error, "%s", mtls_status_text(status));
        }
        if (status != MTLS_OK) {
            return status;
        }
    }
    if (num > 1) {
        qsort(encoded, num, sizeof *encoded, compare_encoded);
    }
    for (size_t i = 0; i < num; i++) {
        sorted[i] = encoded[i].attribute;
    }
    *out_sorted = sorted;
    return MTLS_OK;
}
