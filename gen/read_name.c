#include <string.h>

#include "gen/scenario_read.h"

static const mtlsgen_word string_types[] = {
    {"utf8",      MTLSGEN_STRING_UTF8     },
    {"printable", MTLSGEN_STRING_PRINTABLE},
    {"ia5",       MTLSGEN_STRING_IA5      },
    {"bmp",       MTLSGEN_STRING_BMP      },
    {"t61",       MTLSGEN_STRING_T61      },
    {"universal", MTLSGEN_STRING_UNIVERSAL},
    {"numeric",   MTLSGEN_STRING_NUMERIC  },
    {"visible",   MTLSGEN_STRING_VISIBLE  },
};

typedef struct {
    const char *text;
    mtls_view hex;
    bool has_text, has_hex, has_as;
    mtlsgen_string_type as;
} attribute_value;

static mtls_status value_read_text(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    attribute_value *value = into;
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    value->text = text;
    value->has_text = true;
    return status;
}

static mtls_status value_read_hex(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    attribute_value *value = into;
    value->has_hex = true;
    return mtlsgen_read_hex(reader, node, &value->hex);
}

static mtls_status value_read_as(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    attribute_value *value = into;
    int as = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "a string type", string_types, NUM_ROWS(string_types), &as);
    value->as = (mtlsgen_string_type)as;
    value->has_as = true;
    return status;
}

static const mtlsgen_row value_keys[] = {
    {"text", value_read_text, 0},
    {"hex",  value_read_hex,  0},
    {"as",   value_read_as,   0},
};

static mtls_status attribute_read(mtlsgen_reader *reader, const mtlsgen_entry *entry,
                                  mtlsgen_attribute *out) {
    attribute_value value = {0};
    mtls_status status;
    if (!mtlsgen_attribute_known(entry->name)) {
        return mtlsgen_reader_unknown(reader, entry->key, "an attribute type or a dotted OID",
                                      mtlsgen_attribute_words, mtlsgen_num_attribute_words);
    }
    if (mtlsgen_is_scalar(entry->value)) {
        status = value_read_text(reader, entry->value, &value);
    } else {
        status = mtlsgen_read_mapping(reader, entry->value, "an attribute's value", value_keys,
                                      NUM_ROWS(value_keys), &value);
    }
    if (status == MTLS_OK && (value.has_text == value.has_hex || (value.has_hex && value.has_as))) {
        return mtlsgen_reader_fail(reader, entry->value,
                                   "an attribute's value is {text: , as: } or {hex: } for a raw one");
    }
    *out = (mtlsgen_attribute){
        .type = entry->name,
        .value = value.has_hex ? value.hex : mtls_view_of_text(value.text),
        .as = value.has_hex ? MTLSGEN_STRING_RAW : value.as,
    };
    return status;
}

static mtls_status rdn_read(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_rdn *out) {
    mtlsgen_entry *entries;
    size_t num_entries;
    mtls_status status = mtlsgen_read_entries(reader, node, "an RDN such as {CN: a}", &entries, &num_entries);
    if (status != MTLS_OK) {
        return status;
    }
    if (num_entries > MTLSGEN_RDN_ATTRIBUTES_MAX) {
        return mtlsgen_reader_fail(reader, node, "more than %d attributes in one RDN",
                                   MTLSGEN_RDN_ATTRIBUTES_MAX);
    }
    mtlsgen_attribute *attributes = mtlsgen_arena_zalloc(reader->arena, num_entries + 1, sizeof *attributes);
    if (attributes == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_entries; i++) {
        status = attribute_read(reader, &entries[i], &attributes[i]);
    }
    *out = (mtlsgen_rdn){attributes, num_entries};
    return status;
}

static mtls_status rdns_read(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_name *out) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "RDNs", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    if (num_items > MTLSGEN_NAME_RDNS_MAX) {
        return mtlsgen_reader_fail(reader, node, "more than %d RDNs in one name", MTLSGEN_NAME_RDNS_MAX);
    }
    mtlsgen_rdn *rdns = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *rdns);
    if (rdns == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status = rdn_read(reader, items[i], &rdns[i]);
    }
    *out = (mtlsgen_name){.rdns = rdns, .num_rdns = num_items};
    return status;
}

/* A label in place of a name. A name's text has an "=" in it, unless it is empty; a label has none. */
static bool is_label(const yaml_node_t *node) {
    return mtlsgen_is_scalar(node) && node->data.scalar.length > 0 &&
           memchr(node->data.scalar.value, '=', node->data.scalar.length) == NULL;
}

static mtls_status label_read(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_name *name) {
    mtlsgen_name_ref *ref = mtlsgen_arena_zalloc(reader->arena, 1, sizeof *ref);
    if (ref == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    ref->at = node;
    ref->name = name;
    ref->next = reader->scenario->name_refs;
    reader->scenario->name_refs = ref;
    return mtlsgen_read_ref(reader, node, &ref->certificate);
}

/* Text, a label, a list of RDNs, or {der: HEX} for the whole Name as it is. A name is encoded once here, so
 * that a value that its type cannot hold is reported with its place. */
mtls_status mtlsgen_read_name(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_name *name = mtlsgen_arena_zalloc(reader->arena, 1, sizeof *name);
    mtls_error error = {""};
    mtls_status status;
    if (name == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    if (is_label(node)) {
        *(const mtlsgen_name **)into = name;
        return label_read(reader, node, name);
    }
    if (mtlsgen_is_scalar(node)) {
        char *text = NULL;
        if ((status = mtlsgen_read_text(reader, node, &text)) != MTLS_OK) {
            return status;
        }
        status = mtlsgen_name_read(mtls_view_of_text(text), reader->arena, name, &error);
    } else if (mtlsgen_is_mapping(node)) {
        static const mtlsgen_row keys[] = {
            {"der", mtlsgen_read_hex, offsetof(mtlsgen_name, der)}
        };
        if ((status = mtlsgen_read_mapping(reader, node, "a name", keys, NUM_ROWS(keys), name)) != MTLS_OK) {
            return status;
        }
    } else if ((status = rdns_read(reader, node, name)) != MTLS_OK) {
        return status;
    }
    if (status == MTLS_OK) {
        mtls_view der;
        status = mtlsgen_name_encode(name, reader->arena, &der, &error);
    }
    if (status == MTLS_ERR_NOMEM) {
        return mtlsgen_reader_memory(reader);
    }
    if (status != MTLS_OK) {
        return mtlsgen_reader_fail(reader, node, "not a name: %s", error.text);
    }
    *(const mtlsgen_name **)into = name;
    return MTLS_OK;
}

/* One GeneralName: a mapping with exactly one key. */
static mtls_status text_name_read(mtlsgen_reader *reader, const yaml_node_t *node,
                                  mtlsgen_general_name_kind kind, mtlsgen_general_name *out) {
    char *text = NULL;
    const mtls_status status = kind == MTLSGEN_NAME_RID ? mtlsgen_read_oid(reader, node, &text)
                                                        : mtlsgen_read_text(reader, node, &text);
    *out = (mtlsgen_general_name){.kind = kind, .text = mtls_view_of_text(text)};
    return status;
}

#define READ_TEXT_NAME(word, kind)                                                                           \
    static mtls_status name_read_##word(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {       \
        return text_name_read(reader, node, kind, into);                                                     \
    }
READ_TEXT_NAME(dns, MTLSGEN_NAME_DNS)
READ_TEXT_NAME(email, MTLSGEN_NAME_EMAIL)
READ_TEXT_NAME(ip, MTLSGEN_NAME_IP)
READ_TEXT_NAME(uri, MTLSGEN_NAME_URI)
READ_TEXT_NAME(rid, MTLSGEN_NAME_RID)

static mtls_status name_read_dn(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_general_name *out = into;
    out->kind = MTLSGEN_NAME_DN;
    return mtlsgen_read_name(reader, node, &out->name);
}

typedef struct {
    const char *oid, *utf8;
} other_name;

static mtls_status name_read_other(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"oid",  mtlsgen_read_oid,  offsetof(other_name, oid) },
        {"utf8", mtlsgen_read_text, offsetof(other_name, utf8)},
    };
    other_name other = {0};
    const mtls_status status =
        mtlsgen_read_mapping(reader, node, "an otherName", keys, NUM_ROWS(keys), &other);
    if (status == MTLS_OK && (other.oid == NULL || other.utf8 == NULL)) {
        return mtlsgen_reader_fail(reader, node, "an otherName is {oid: , utf8: }");
    }
    *(mtlsgen_general_name *)into = (mtlsgen_general_name){
        .kind = MTLSGEN_NAME_OTHER, .oid = other.oid, .text = mtls_view_of_text(other.utf8)};
    return status;
}

static const mtlsgen_row general_name_keys[] = {
    {"dns",   name_read_dns,   0},
    {"email", name_read_email, 0},
    {"ip",    name_read_ip,    0},
    {"uri",   name_read_uri,   0},
    {"dn",    name_read_dn,    0},
    {"rid",   name_read_rid,   0},
    {"other", name_read_other, 0},
};

mtls_status mtlsgen_read_general_names(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status =
        mtlsgen_read_items(reader, node, "names such as {dns: a.example}", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_general_name *names = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *names);
    if (names == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status = mtlsgen_read_mapping(reader, items[i], "a name", general_name_keys,
                                      NUM_ROWS(general_name_keys), &names[i]);
        if (status == MTLS_OK && items[i]->data.mapping.pairs.top - items[i]->data.mapping.pairs.start != 1) {
            return mtlsgen_reader_fail(reader, items[i],
                                       "a name is a mapping with one key, such as {dns: a.example}");
        }
    }
    *(mtlsgen_general_names *)into = (mtlsgen_general_names){names, num_items};
    return status;
}

static bool is_decimal(const char *text) {
    const char *digits = text[0] == '-' ? text + 1 : text;
    return digits[0] != '\0' && strspn(digits, "0123456789") == strlen(digits) && strlen(digits) <= 4096;
}

mtls_status mtlsgen_read_serial(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    if (mtlsgen_is_mapping(node)) {
        static const mtlsgen_row keys[] = {
            {"hex", mtlsgen_read_hex, 0}
        };
        return mtlsgen_read_mapping(reader, node, "a serial number", keys, NUM_ROWS(keys), into);
    }
    char *text = NULL;
    mtls_status status;
    if (!mtlsgen_is_scalar(node)) {
        return mtlsgen_reader_expect(reader, node, "an integer or {hex: ...}");
    }
    if ((status = mtlsgen_read_text(reader, node, &text)) != MTLS_OK) {
        return status;
    }
    if (!is_decimal(text)) {
        return mtlsgen_reader_expect(reader, node, "an integer of at most 4096 digits, or {hex: ...}");
    }
    status = mtlsgen_integer_content(text, reader->arena, into);
    return status == MTLS_OK ? status : mtlsgen_reader_memory(reader);
}
