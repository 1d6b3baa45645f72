#include <string.h>

#include "gen/scenario_read.h"

static const mtlsgen_word algorithms[] = {
#define KEY_ALGORITHM(id, spelling, kind, bits, pool) {spelling, MTLSGEN_KEY_##id},
#include "gen/key_algorithm.def"
};

static mtls_status key_read_algorithm(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    int algorithm = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "a key algorithm", algorithms, NUM_ROWS(algorithms), &algorithm);
    ((mtlsgen_key_choice *)into)->algorithm = (mtlsgen_key_algorithm)algorithm;
    return status;
}

static mtls_status key_read_index(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_key_choice *key = into;
    int64_t index = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, 0, MTLSGEN_KEY_INDEX_MAX - 1, &index);
    key->index = (unsigned)index;
    key->has_index = true;
    return status;
}

static const mtlsgen_row key_keys[] = {
    {"algorithm",                  key_read_algorithm,          0                   },
    {    "explicit-parameters",           mtlsgen_read_bool, offsetof(mtlsgen_key_choice, explicit_parameters)},
    {    "index",              key_read_index,                           0                    },
    { "of", mtlsgen_read_ref,                         offsetof(mtlsgen_key_choice,                     of)},
};

/* An algorithm, the label of a certificate whose key it is, or a mapping. */
mtls_status mtlsgen_read_key(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_key_choice *key = into;
    mtls_status status;
    if (mtlsgen_is_mapping(node)) {
        status = mtlsgen_read_mapping(reader, node, "a key", key_keys, NUM_ROWS(key_keys), key);
        if (status == MTLS_OK && key->of != MTLSGEN_SELF &&
            (key->algorithm != MTLSGEN_KEY_NONE || key->has_index)) {
            return mtlsgen_reader_fail(reader, node,
                                       "a key of another certificate has that one's algorithm and index");
        }
        if (status == MTLS_OK && key->has_index && key->algorithm == MTLSGEN_KEY_NONE) {
            key->algorithm = MTLSGEN_KEY_P256;
        }
        return status;
    }
    if (!mtlsgen_is_scalar(node)) {
        return mtlsgen_reader_expect(reader, node, "a key algorithm, a label or a mapping");
    }
    char *word = NULL;
    if ((status = mtlsgen_read_text(reader, node, &word)) != MTLS_OK) {
        return status;
    }
    if (mtlsgen_key_algorithm_find(word, &key->algorithm)) {
        return MTLS_OK;
    }
    const mtlsgen_scenario *scenario = reader->scenario;
    const char *words[64];
    size_t num_words = 0;
    for (size_t i = 0; i < NUM_ROWS(algorithms); i++) {
        words[num_words++] = algorithms[i].word;
    }
    for (size_t i = 0; i < scenario->num_certificates; i++) {
        if (strcmp(scenario->certificates[i].label, word) == 0) {
            key->of = i;
            return MTLS_OK;
        }
        if (num_words < NUM_ROWS(words)) {
            words[num_words++] = scenario->certificates[i].label;
        }
    }
    return mtlsgen_reader_unknown(reader, node, "a key algorithm or the label of a certificate", words,
                                  num_words);
}

mtls_status mtlsgen_read_digest(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word digests[] = {
        {"sha256", MTLSGEN_DIGEST_SHA256},
        {"sha384", MTLSGEN_DIGEST_SHA384},
        {"sha512", MTLSGEN_DIGEST_SHA512},
        {"sha1",   MTLSGEN_DIGEST_SHA1  },
        {"sha224", MTLSGEN_DIGEST_SHA224},
    };
    int digest = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "a digest", digests, NUM_ROWS(digests), &digest);
    *(mtlsgen_digest *)into = (mtlsgen_digest)digest;
    return status;
}

static bool is_algorithm_word(const char *text) {
    for (size_t i = 0; i < mtlsgen_num_signature_algorithm_words; i++) {
        if (strcmp(mtlsgen_signature_algorithm_words[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* A name such as sha256WithRSAEncryption, or a dotted OID. */
static mtls_status read_algorithm_name(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    if (status != MTLS_OK) {
        return status;
    }
    *(const char **)into = text;
    if (is_algorithm_word(text)) {
        return MTLS_OK;
    }
    if (strspn(text, "0123456789.") == strlen(text)) {
        return mtlsgen_read_oid(reader, node, into);
    }
    return mtlsgen_reader_unknown(reader, node, "a signature algorithm or a dotted OID",
                                  mtlsgen_signature_algorithm_words, mtlsgen_num_signature_algorithm_words);
}

static mtls_status signature_read_key(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_signature_choice *signature = into;
    signature->has_key = true;
    return mtlsgen_read_ref(reader, node, &signature->key_of);
}

static mtls_status signature_read_value(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_signature_choice *signature = into;
    signature->options.has_value = true;
    return mtlsgen_read_hex(reader, node, &signature->options.value);
}

static mtls_status signature_read_flip(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_signature_choice *signature = into;
    signature->options.flip = true;
    return mtlsgen_read_size(reader, node, &signature->options.flip_bit);
}

#define OPTION(member) offsetof(mtlsgen_signature_choice, options) + offsetof(mtlsgen_signature, member)
static const mtlsgen_row signature_keys[] = {
    {"pss",       mtlsgen_read_bool,    OPTION(pss)            },
    {"key",       signature_read_key,   0                      },
    {"algorithm", read_algorithm_name,  OPTION(algorithm)      },
    {"inner",     read_algorithm_name,  OPTION(inner_algorithm)},
    {"value",     signature_read_value, 0                      },
    {"flip-bit",  signature_read_flip,  0                      },
};

mtls_status mtlsgen_read_signature(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_signature_choice *signature = into;
    if (mtlsgen_is_word(node, "pss")) {
        signature->options.pss = true;
        return MTLS_OK;
    }
    if (!mtlsgen_is_mapping(node)) {
        return mtlsgen_reader_expect(reader, node, "pss or a mapping such as {flip-bit: 7}");
    }
    return mtlsgen_read_mapping(reader, node, "a signature", signature_keys, NUM_ROWS(signature_keys),
                                signature);
}

/* A fault's argument has the name that its operation gives it, so all names are read and then checked. */
typedef struct {
    const char *at, *operation;
    const yaml_node_t *at_node, *operation_node;
    bool has_tag, has_hex, has_by, has_octets, stale;
    mtls_view tag, hex;
    int64_t by, octets;
} fault_words;

static mtls_status fault_read_at(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    ((fault_words *)into)->at_node = node;
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    ((fault_words *)into)->at = text;
    return status;
}

static mtls_status fault_read_do(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    ((fault_words *)into)->operation_node = node;
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    ((fault_words *)into)->operation = text;
    return status;
}

static mtls_status fault_read_tag(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    ((fault_words *)into)->has_tag = true;
    return mtlsgen_read_hex(reader, node, &((fault_words *)into)->tag);
}

static mtls_status fault_read_hex(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    ((fault_words *)into)->has_hex = true;
    return mtlsgen_read_hex(reader, node, &((fault_words *)into)->hex);
}

static mtls_status fault_read_by(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    ((fault_words *)into)->has_by = true;
    return mtlsgen_read_number(reader, node, -0x7fffffff, 0x7fffffff, &((fault_words *)into)->by);
}

static mtls_status fault_read_octets(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    ((fault_words *)into)->has_octets = true;
    return mtlsgen_read_number(reader, node, 1, 126, &((fault_words *)into)->octets);
}

static mtls_status fault_read_signature(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word words[] = {
        {"stale", true },
        {"fresh", false}
    };
    int stale = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "what becomes of the signature", words, NUM_ROWS(words), &stale);
    ((fault_words *)into)->stale = stale != 0;
    return status;
}

static const mtlsgen_row fault_keys[] = {
    {"at",        fault_read_at,        0},
    {"do",        fault_read_do,        0},
    {"tag",       fault_read_tag,       0},
    {"hex",       fault_read_hex,       0},
    {"by",        fault_read_by,        0},
    {"octets",    fault_read_octets,    0},
    {"signature", fault_read_signature, 0},
};

static mtls_status fault_read(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_fault *out) {
    fault_words words = {0};
    size_t bad_at = 0;
    mtls_status status =
        mtlsgen_read_mapping(reader, node, "a fault", fault_keys, NUM_ROWS(fault_keys), &words);
    if (status != MTLS_OK) {
        return status;
    }
    if (words.at == NULL || words.operation == NULL) {
        return mtlsgen_reader_fail(reader, node, "a fault is {at: PATH, do: OPERATION}");
    }
    if (!mtlsgen_fault_path_check(words.at, &bad_at)) {
        return mtlsgen_reader_fail(
            reader, words.at_node,
            "not a path such as tbs.extensions[basicConstraints].value: bad at its character %zu",
            bad_at + 1);
    }
    if (!mtlsgen_fault_operation_find(words.operation, &out->operation)) {
        const char *known[MTLSGEN_NUM_FAULT_OPERATIONS];
        for (int i = 0; i < MTLSGEN_NUM_FAULT_OPERATIONS; i++) {
            known[i] = mtlsgen_fault_operation_describe((mtlsgen_fault_operation)i)->word;
        }
        return mtlsgen_reader_unknown(reader, words.operation_node, "an operation", known,
                                      MTLSGEN_NUM_FAULT_OPERATIONS);
    }
    const char *argument = mtlsgen_fault_operation_describe(out->operation)->argument;
    const struct {
        const char *word;
        bool given;
    } given[] = {
        {"tag",    words.has_tag   },
        {"hex",    words.has_hex   },
        {"by",     words.has_by    },
        {"octets", words.has_octets}
    };
    for (size_t i = 0; i < NUM_ROWS(given); i++) {
        const bool wanted = argument != NULL && strcmp(argument, given[i].word) == 0;
        if (wanted && !given[i].given) {
            return mtlsgen_reader_fail(reader, node, "`%s` needs `%s`", words.operation, given[i].word);
        }
        if (!wanted && given[i].given) {
            return mtlsgen_reader_fail(reader, node, "`%s` takes no `%s`", words.operation, given[i].word);
        }
    }
    out->at = words.at;
    out->bytes = words.has_tag ? words.tag : words.hex;
    out->number = (long)(words.has_octets ? words.octets : words.by);
    out->stale = words.stale;
    return MTLS_OK;
}

mtls_status mtlsgen_read_faults(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "faults", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    if (num_items > MTLSGEN_FAULTS_MAX) {
        return mtlsgen_reader_fail(reader, node, "more than %d faults", MTLSGEN_FAULTS_MAX);
    }
    mtlsgen_fault *faults = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *faults);
    if (faults == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status = fault_read(reader, items[i], &faults[i]);
    }
    *(mtlsgen_faults *)into = (mtlsgen_faults){faults, num_items};
    return status;
}
