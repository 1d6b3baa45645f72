#include <string.h>

#include "gen/scenario_read.h"

static mtls_status read_issuer_name(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_scenario_certificate *certificate = into;
    if (mtlsgen_is_scalar(node) && node->data.scalar.length > 0 &&
        memchr(node->data.scalar.value, '=', node->data.scalar.length) == NULL) {
        return mtlsgen_read_ref(reader, node, &certificate->issuer_name_of);
    }
    return mtlsgen_read_name(reader, node, &certificate->issuer_name);
}

/* A label, or the name of one and the key of another. */
static mtls_status read_issuer(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"name",            read_issuer_name,                      0             },
        { "key", mtlsgen_read_ref, offsetof(mtlsgen_scenario_certificate, issuer_key_of)},
    };
    mtlsgen_scenario_certificate *certificate = into;
    if (mtlsgen_is_mapping(node)) {
        return mtlsgen_read_mapping(reader, node, "an issuer", keys, NUM_ROWS(keys), certificate);
    }
    const mtls_status status = mtlsgen_read_ref(reader, node, &certificate->issuer_name_of);
    certificate->issuer_key_of = certificate->issuer_name_of;
    return status;
}

static mtls_status read_validity(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word spans[] = {
        {"good",    MTLSGEN_VALIDITY_GOOD   },
        {"expired", MTLSGEN_VALIDITY_EXPIRED},
        {"future",  MTLSGEN_VALIDITY_FUTURE },
    };
    static const mtlsgen_row keys[] = {
        {"not-before", mtlsgen_read_time, offsetof(mtlsgen_validity, not_before)},
        {"not-after",  mtlsgen_read_time, offsetof(mtlsgen_validity, not_after) },
    };
    mtlsgen_validity *validity = &((mtlsgen_scenario_certificate *)into)->spec.validity;
    ((mtlsgen_scenario_certificate *)into)->states_validity = true;
    if (mtlsgen_is_mapping(node)) {
        return mtlsgen_read_mapping(reader, node, "a validity", keys, NUM_ROWS(keys), validity);
    }
    int span = 0;
    const mtls_status status = mtlsgen_read_word(reader, node, "a validity", spans, NUM_ROWS(spans), &span);
    validity->span = (mtlsgen_validity_span)span;
    return status;
}

static mtls_status read_certificate_serial(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_certificate_spec *spec = into;
    spec->has_serial = true;
    return mtlsgen_read_serial(reader, node, &spec->serial);
}

static mtls_status read_version(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    int64_t version = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, 1, 3, &version);
    *(int *)into = (int)version;
    return status;
}

/* A certificate's keys write into its structure, an extension's into the list of them. */
typedef struct {
    mtlsgen_scenario_certificate *certificate;
    mtlsgen_extension_list extensions;
    mtlsgen_faults faults;
} certificate_keys;

#define MEMBER(member) offsetof(mtlsgen_scenario_certificate, member)
static const mtlsgen_row own_keys[] = {
    {"ca",        mtlsgen_read_bool,       MEMBER(spec.ca)     },
    {"issuer",    read_issuer,             0                   },
    {"subject",   mtlsgen_read_name,       MEMBER(spec.subject)},
    {"key",       mtlsgen_read_key,        MEMBER(key)         },
    {"digest",    mtlsgen_read_digest,     MEMBER(spec.digest) },
    {"signature", mtlsgen_read_signature,  MEMBER(signature)   },
    {"validity",  read_validity,           0                   },
    {"serial",    read_certificate_serial, MEMBER(spec)        },
    {"version",   read_version,            MEMBER(spec.version)},
    {"deepen",    mtlsgen_read_bool,       MEMBER(deepen)      },
};

static mtls_status row_read(mtlsgen_reader *reader, const yaml_node_t *node, void *into, const char *key) {
    certificate_keys *keys = into;
    for (size_t i = 0; i < NUM_ROWS(own_keys); i++) {
        if (strcmp(own_keys[i].key, key) == 0) {
            return own_keys[i].read(reader, node, (char *)keys->certificate + own_keys[i].offset);
        }
    }
    for (size_t i = 0; i < mtlsgen_num_extension_keys; i++) {
        if (strcmp(mtlsgen_extension_keys[i].key, key) == 0) {
            return mtlsgen_extension_keys[i].read(reader, node, &keys->extensions);
        }
    }
    return mtlsgen_read_faults(reader, node, &keys->faults);
}

/* One mapping whose keys go to three places: the entries are checked as one list of words, and then spread.
 */
static mtls_status key_check(mtlsgen_reader *reader, const yaml_node_t *key, const char *name) {
    const char *words[NUM_ROWS(own_keys) + 32];
    size_t num_words = 0;
    for (size_t i = 0; i < NUM_ROWS(own_keys); i++) {
        words[num_words++] = own_keys[i].key;
    }
    for (size_t i = 0; i < mtlsgen_num_extension_keys && num_words + 1 < NUM_ROWS(words); i++) {
        words[num_words++] = mtlsgen_extension_keys[i].key;
    }
    words[num_words++] = "faults";
    for (size_t i = 0; i < num_words; i++) {
        if (strcmp(words[i], name) == 0) {
            return MTLS_OK;
        }
    }
    return mtlsgen_reader_unknown(reader, key, "a key of a certificate", words, num_words);
}

mtls_status mtlsgen_read_certificate(mtlsgen_reader *reader, const yaml_node_t *node,
                                     mtlsgen_scenario_certificate *out) {
    certificate_keys keys = {.certificate = out};
    mtlsgen_entry *entries;
    size_t num_entries;
    mtls_status status =
        mtlsgen_read_entries(reader, node, "a certificate such as {issuer: root}", &entries, &num_entries);
    const yaml_node_t *ca = status == MTLS_OK ? mtlsgen_find(reader, node, "ca") : NULL;
    out->issuer_name_of = out->issuer_key_of = out->key.of = MTLSGEN_SELF;
    if (ca != NULL) {
        status = mtlsgen_read_bool(reader, ca, &keys.extensions.ca);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_entries; i++) {
        if ((status = key_check(reader, entries[i].key, entries[i].name)) == MTLS_OK) {
            status = row_read(reader, entries[i].value, &keys, entries[i].name);
        }
    }
    if (status == MTLS_OK) {
        status = mtlsgen_extension_list_finish(reader, &keys.extensions);
    }
    out->spec.label = out->label;
    out->spec.extensions = keys.extensions.items;
    out->spec.num_extensions = keys.extensions.num_items;
    out->spec.faults = keys.faults.items;
    out->spec.num_faults = keys.faults.num_items;
    return status;
}
