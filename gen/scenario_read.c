#include "gen/scenario_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/anchor.h"

#define DEFAULT_TIME "2030-01-01T00:00:00Z"

enum { SCENARIO_MEMORY_MAX = 256 * 1024 * 1024, WORD_MAX = 200 };

static bool is_of(const char *text, const char *alphabet) {
    return text[0] != '\0' && strspn(text, alphabet) == strlen(text);
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Words of a-z and 0-9, joined by single hyphens, in groups apart by slashes. */
bool mtlsgen_scenario_id_check(const char *id) {
    if (strlen(id) > WORD_MAX || !is_of(id, LOWER DIGITS "-/")) {
        return false;
    }
    for (const char *at = id; *at != '\0'; at++) {
        const bool separator = *at == '-' || *at == '/';
        if (separator && (at == id || at[1] == '\0' || at[1] == '-' || at[1] == '/')) {
            return false;
        }
    }
    return true;
}

/* Labels name files and go into ids of keys: nothing that a shell, a path or the language itself could take
 * for something else. */
static mtls_status label_check(mtlsgen_reader *reader, const mtlsgen_entry *entry) {
    mtlsgen_key_algorithm algorithm;
    if (!is_of(entry->name, LOWER UPPER DIGITS "-_") || entry->name[0] == '-' ||
        strlen(entry->name) > MTLSGEN_LABEL_MAX) {
        return mtlsgen_reader_fail(
            reader, entry->key,
            "a label is at most %d letters, digits, `-` and `_`, and does not begin with `-`",
            MTLSGEN_LABEL_MAX);
    }
    if (mtlsgen_key_algorithm_find(entry->name, &algorithm) || strcmp(entry->name, "absent") == 0) {
        return mtlsgen_reader_fail(reader, entry->key,
                                   "\"%s\" is a word of the language and cannot be a label", entry->name);
    }
    return MTLS_OK;
}

/* A section of labelled objects: its entries, and an array of structures that begin with label and node. */
typedef struct {
    const char *label;
    const yaml_node_t *at;
} labelled;

static mtls_status section_open(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                                size_t stride, mtlsgen_entry **out_entries, void *out_objects,
                                size_t *out_num) {
    mtls_status status = mtlsgen_read_entries(reader, node, what, out_entries, out_num);
    if (status != MTLS_OK) {
        return status;
    }
    if (*out_num > MTLSGEN_CERTIFICATES_MAX) {
        *out_num = 0;
        return mtlsgen_reader_fail(reader, node, "more than %d", MTLSGEN_CERTIFICATES_MAX);
    }
    char *objects = mtlsgen_arena_zalloc(reader->arena, *out_num + 1, stride);
    if (objects == NULL) {
        *out_num = 0;
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < *out_num; i++) {
        status = label_check(reader, &(*out_entries)[i]);
        *(labelled *)(void *)(objects + i * stride) =
            (labelled){(*out_entries)[i].name, (*out_entries)[i].key};
    }
    *(void **)out_objects = objects;
    return status;
}

typedef struct {
    mtlsgen_entry *certificates, *csrs, *crls, *ocsp;
} section_entries;

/* The labels of all sections come first, so that order does not matter. */
static mtls_status sections_open(mtlsgen_reader *reader, const yaml_node_t *root, section_entries *entries) {
    mtlsgen_scenario *s = reader->scenario;
    const struct {
        const char *key, *what;
        size_t stride;
        mtlsgen_entry **entries;
        void *objects;
        size_t *num;
    } sections[] = {
        {"certificates", "certificates", sizeof s->certificates[0], &entries->certificates, &s->certificates,
         &s->num_certificates                                                                                             },
        {"csrs",         "CSRs",         sizeof s->csrs[0],         &entries->csrs,         &s->csrs,         &s->num_csrs},
        {"crls",         "CRLs",         sizeof s->crls[0],         &entries->crls,         &s->crls,         &s->num_crls},
        {"ocsp",         "OCSP answers", sizeof s->ocsp[0],         &entries->ocsp,         &s->ocsp,         &s->num_ocsp},
    };
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < NUM_ROWS(sections); i++) {
        const yaml_node_t *node = mtlsgen_find(reader, root, sections[i].key);
        if (node != NULL) {
            status = section_open(reader, node, sections[i].what, sections[i].stride, sections[i].entries,
                                  sections[i].objects, sections[i].num);
        }
    }
    return status;
}

static mtls_status sections_read(mtlsgen_reader *reader, const section_entries *entries) {
    mtlsgen_scenario *s = reader->scenario;
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < s->num_certificates; i++) {
        status = mtlsgen_read_certificate(reader, entries->certificates[i].value, &s->certificates[i]);
    }
    for (size_t i = 0; status == MTLS_OK && i < s->num_csrs; i++) {
        status = mtlsgen_read_csr(reader, entries->csrs[i].value, &s->csrs[i]);
    }
    for (size_t i = 0; status == MTLS_OK && i < s->num_crls; i++) {
        status = mtlsgen_read_crl(reader, entries->crls[i].value, &s->crls[i]);
    }
    for (size_t i = 0; status == MTLS_OK && i < s->num_ocsp; i++) {
        status = mtlsgen_read_ocsp(reader, entries->ocsp[i].value, &s->ocsp[i]);
    }
    return status;
}

static mtls_status read_summary(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    if (status == MTLS_OK && (text[0] == '\0' || strchr(text, '\n') != NULL)) {
        return mtlsgen_reader_expect(reader, node, "one sentence on one line");
    }
    *(const char **)into = text;
    return status;
}

static mtls_status read_cites(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_texts *cites = into;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status =
        mtlsgen_read_items(reader, node, "anchors such as rfc5280#4.2.1.9", &items, &num_items);
    if (status == MTLS_OK) {
        status = mtlsgen_read_texts(reader, node, cites);
    }
    for (size_t i = 0; status == MTLS_OK && i < cites->num_items; i++) {
        if (!mtlsgen_anchor_is_formed(cites->items[i])) {
            return mtlsgen_reader_expect(
                reader, items[i],
                "an anchor of seed, facts, an RFC, x680, x690, openssl or nginx, such as rfc5280#4.2.1.9");
        }
        if (!mtlsgen_anchor_is_known(cites->items[i])) {
            size_t num_anchors;
            const char *const *anchors = mtlsgen_anchors_get(cites->items[i], &num_anchors);
            return mtlsgen_reader_unknown(reader, items[i], "an anchor of docs/sources.md", anchors,
                                          num_anchors);
        }
    }
    if (status == MTLS_OK && cites->num_items == 0) {
        return mtlsgen_reader_fail(reader, node, "at least one anchor: what the expectation rests on");
    }
    return status;
}

static mtls_status read_words(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_texts *words = into;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "words", &items, &num_items);
    if (status == MTLS_OK) {
        status = mtlsgen_read_texts(reader, node, words);
    }
    for (size_t i = 0; status == MTLS_OK && i < words->num_items; i++) {
        if (!is_of(words->items[i], LOWER DIGITS "-") || strlen(words->items[i]) > WORD_MAX) {
            return mtlsgen_reader_expect(reader, items[i], "a word of a-z, 0-9 and `-`");
        }
    }
    return status;
}

static mtls_status read_features(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "features", &items, &num_items);
    if (status == MTLS_OK) {
        status = mtlsgen_read_texts(reader, node, into);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        mtlsgen_word words[MTLSGEN_NUM_FEATURES];
        int feature = 0;
        for (int j = 0; j < MTLSGEN_NUM_FEATURES; j++) {
            words[j] = (mtlsgen_word){mtlsgen_feature_words[j], j};
        }
        status = mtlsgen_read_word(reader, items[i], "a feature (docs/case-format.md)", words,
                                   NUM_ROWS(words), &feature);
    }
    return status;
}

static mtls_status read_clock(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    if (status == MTLS_OK && !mtlsgen_time_check(text)) {
        return mtlsgen_reader_expect(reader, node, "a time in UTC such as 2030-01-01T00:00:00Z");
    }
    *(const char **)into = text;
    return status;
}

static mtls_status read_later(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    (void)reader;
    (void)node;
    (void)into;
    return MTLS_OK;
}

static mtls_status read_variants(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_variants(reader, node, into);
}

/* The rows whose reader is read_later are labelled sections, read apart because others refer to them. */
static const mtlsgen_row head_keys[] = {
    {"summary",                  read_summary,  offsetof(mtlsgen_scenario,              summary)},
    {"cites",                          read_cites,                                 offsetof(mtlsgen_scenario,                                    cites)},
    {"tags",                    read_words,                                 offsetof(mtlsgen_scenario,                               tags)},
    {"features", read_features,offsetof(mtlsgen_scenario,features)},
    {"time",             read_clock,                         offsetof(mtlsgen_scenario,                                                                      time)},
    {"certificates",                     read_later,            0},
    {"csrs",                          read_later,                          0                                 },
    {"crls",                          read_later,                                  0                                    },
    {"ocsp",                          read_later,                                  0   },
    {"upload",                          read_later,                                  0},
    {"client",                          read_later,                                0                               },
    {"expect",                          read_later,                                0                                  },
    {"variants",                          read_later,                                0   },
};

static const mtlsgen_row body_keys[] = {
    {"upload",   mtlsgen_read_input,        offsetof(mtlsgen_scenario, upload)  },
    {"client",   mtlsgen_read_client,       offsetof(mtlsgen_scenario, client)  },
    {"expect",   mtlsgen_read_expectations, offsetof(mtlsgen_scenario, expect)  },
    {"variants", read_variants,             offsetof(mtlsgen_scenario, variants)},
};

static mtls_status body_read(mtlsgen_reader *reader, const yaml_node_t *root) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < NUM_ROWS(body_keys); i++) {
        const yaml_node_t *node = mtlsgen_find(reader, root, body_keys[i].key);
        if (node != NULL) {
            status = body_keys[i].read(reader, node, (char *)reader->scenario + body_keys[i].offset);
        }
    }
    return status;
}

static mtls_status required_check(mtlsgen_reader *reader, const yaml_node_t *root) {
    static const char *const required[] = {"summary", "cites", "expect"};
    for (size_t i = 0; i < NUM_ROWS(required); i++) {
        if (mtlsgen_find(reader, root, required[i]) == NULL) {
            return mtlsgen_reader_fail(reader, root, "a scenario has `%s`; it is missing", required[i]);
        }
    }
    return MTLS_OK;
}

static mtls_status scenario_fill(mtlsgen_reader *reader, const yaml_node_t *root) {
    section_entries entries = {0};
    mtls_status status;
    reader->scenario->time = DEFAULT_TIME;
    if ((status = mtlsgen_read_mapping(reader, root, "a scenario", head_keys, NUM_ROWS(head_keys),
                                       reader->scenario)) == MTLS_OK &&
        (status = required_check(reader, root)) == MTLS_OK &&
        (status = sections_open(reader, root, &entries)) == MTLS_OK &&
        (status = sections_read(reader, &entries)) == MTLS_OK &&
        (status = body_read(reader, root)) == MTLS_OK) {
        status = mtlsgen_scenario_check(reader);
    }
    return status;
}

mtls_status mtlsgen_scenario_read(const char *name, const char *id, mtls_view text, mtlsgen_scenario **out,
                                  mtls_error *error) {
    *out = NULL;
    mtlsgen_scenario *scenario = calloc(1, sizeof *scenario);
    if (scenario == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "%s: no memory to read it", name);
    }
    scenario->id = id;
    scenario->arena.max = SCENARIO_MEMORY_MAX;
    mtls_status status = mtlsgen_document_load(name, text, &scenario->document, error);
    if (status == MTLS_OK) {
        mtlsgen_reader reader = {&scenario->document, &scenario->arena, error, scenario};
        status = scenario_fill(&reader, mtlsgen_document_root(&scenario->document));
    }
    if (status != MTLS_OK) {
        mtlsgen_scenario_free(scenario);
        return status;
    }
    *out = scenario;
    return MTLS_OK;
}

void mtlsgen_scenario_free(mtlsgen_scenario *scenario) {
    if (scenario != NULL) {
        mtlsgen_document_clear(&scenario->document);
        mtlsgen_arena_clear(&scenario->arena);
        free(scenario);
    }
}
