#include <string.h>

#include "gen/scenario_read.h"

/* One alternative while it is read: which keys came. */
typedef struct {
    mtlsgen_alternative alternative;
    bool has_result, has_code, has_reason, has_issuer_dn, has_status;
    const yaml_node_t *any_of, *basis, *issuer_dn_at;
    mtls_basis basis_value;
    const char *note;
} alternative_words;

static mtls_status read_code(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    alternative_words *words = into;
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    words->has_code = true;
    if (status == MTLS_OK && !mtls_upload_code_find(text, &words->alternative.upload.code)) {
        const char *known[MTLS_NUM_UPLOAD_CODES];
        for (int i = 1; i < MTLS_NUM_UPLOAD_CODES; i++) {
            known[i - 1] = mtls_upload_code_describe((mtls_upload_code)i)->spelling;
        }
        return mtlsgen_reader_unknown(reader, node, "an upload code", known, MTLS_NUM_UPLOAD_CODES - 1);
    }
    return status;
}

static mtls_status read_upload_result(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word results[] = {
        {"accepted", true },
        {"rejected", false}
    };
    alternative_words *words = into;
    int accepted = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "a result of an upload", results, NUM_ROWS(results), &accepted);
    words->has_result = true;
    words->alternative.upload.accepted = accepted != 0;
    return status;
}

static mtls_status read_dn_text(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    alternative_words *words = into;
    return mtlsgen_read_text(reader, node, &words->alternative.upload.client_cert_issuer_dn);
}

static mtls_status read_issuer_dn(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"text", read_dn_text, 0}
    };
    alternative_words *words = into;
    words->has_issuer_dn = true;
    words->issuer_dn_at = node;
    if (mtlsgen_is_mapping(node)) {
        return mtlsgen_read_mapping(reader, node, "an issuer-dn (a label or {text: ...})", keys,
                                    NUM_ROWS(keys), words);
    }
    words->alternative.has_issuer_dn_of = true;
    return mtlsgen_read_ref(reader, node, &words->alternative.issuer_dn_of);
}

static mtls_status read_verify_result(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    alternative_words *words = into;
    mtlsgen_word results[MTLS_NUM_VERIFY_RESULTS];
    int result = 0;
    for (int i = 0; i < MTLS_NUM_VERIFY_RESULTS; i++) {
        results[i] = (mtlsgen_word){mtls_verify_result_describe((mtls_verify_result)i)->spelling, i};
    }
    const mtls_status status =
        mtlsgen_read_word(reader, node, "a result of a handshake", results, NUM_ROWS(results), &result);
    words->has_result = true;
    words->alternative.handshake.result = (mtls_verify_result)result;
    return status;
}

static mtls_status read_reason(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    alternative_words *words = into;
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    words->has_reason = true;
    words->alternative.handshake.result = MTLS_VERIFY_FAILED;
    if (status == MTLS_OK && !mtls_reason_find(text, &words->alternative.handshake.reason)) {
        const char *known[MTLS_NUM_REASONS];
        for (int i = 1; i < MTLS_NUM_REASONS; i++) {
            known[i - 1] = mtls_reason_describe((mtls_reason)i)->slug;
        }
        return mtlsgen_reader_unknown(reader, node, "a reason", known, MTLS_NUM_REASONS - 1);
    }
    return status;
}

static mtls_status read_http_status(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    alternative_words *words = into;
    int64_t http_status = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, 100, 599, &http_status);
    words->has_status = true;
    words->alternative.handshake.http_status = (int)http_status;
    return status;
}

static mtls_status read_any_of(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    (void)reader;
    ((alternative_words *)into)->any_of = node;
    return MTLS_OK;
}

static mtls_status read_basis(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    alternative_words *words = into;
    mtlsgen_word bases[MTLS_NUM_BASES];
    int basis = 0;
    for (int i = 0; i < MTLS_NUM_BASES; i++) {
        bases[i] = (mtlsgen_word){mtls_basis_describe((mtls_basis)i)->spelling, i};
    }
    const mtls_status status = mtlsgen_read_word(reader, node, "a basis", bases, NUM_ROWS(bases), &basis);
    words->basis = node;
    words->basis_value = (mtls_basis)basis;
    return status;
}

static mtls_status read_note(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    ((alternative_words *)into)->note = text;
    return status;
}

/* The keys of an alternative come first, those of a stage after them: an alternative inside `any-of` takes
 * only the first ones. */
static const mtlsgen_row upload_keys[] = {
    {"result",    read_upload_result, 0},
    {"code",      read_code,          0},
    {"issuer-dn", read_issuer_dn,     0},
    {"any-of",    read_any_of,        0},
    {"basis",     read_basis,         0},
    {"note",      read_note,          0},
};
static const mtlsgen_row handshake_keys[] = {
    {"result",      read_verify_result, 0},
    {"reason",      read_reason,        0},
    {"http-status", read_http_status,   0},
    {"any-of",      read_any_of,        0},
    {"basis",       read_basis,         0},
    {"note",        read_note,          0},
};
enum { NUM_ALTERNATIVE_KEYS = 3, NUM_STAGE_KEYS = 6 };

/* The gateway answers 400 to every failure of client authentication (seed, Overview), and so does nginx. In
 * passthrough the lack of a certificate is no failure, and the backend answers. */
static int default_http_status(const mtlsgen_scenario *scenario, mtls_verify_result result) {
    const bool failure = result == MTLS_VERIFY_FAILED || result == MTLS_VERIFY_NONE;
    return failure && !scenario->client.passthrough ? 400 : 0;
}

static mtls_status alternative_finish(mtlsgen_reader *reader, const yaml_node_t *node, int stage,
                                      alternative_words *words) {
    if (stage == MTLSGEN_STAGE_UPLOAD) {
        if (!words->has_result && !words->has_code) {
            return mtlsgen_reader_fail(reader, node, "an upload has a `code` or a `result`");
        }
        if (words->has_code && words->has_result && words->alternative.upload.accepted) {
            return mtlsgen_reader_fail(reader, node, "an accepted upload has no `code`");
        }
        if (words->has_issuer_dn && !words->alternative.upload.accepted) {
            return mtlsgen_reader_fail(reader, words->issuer_dn_at, "a rejected upload has no `issuer-dn`");
        }
        return MTLS_OK;
    }
    mtls_expect_handshake *handshake = &words->alternative.handshake;
    if (!words->has_result && !words->has_reason) {
        return mtlsgen_reader_fail(reader, node, "a handshake has a `reason` (FAILED with it) or a `result`");
    }
    if (words->has_reason) {
        if (words->has_result && handshake->result != MTLS_VERIFY_FAILED) {
            return mtlsgen_reader_fail(reader, node, "only a handshake that is FAILED has a `reason`");
        }
    } else if (handshake->result == MTLS_VERIFY_FAILED) {
        return mtlsgen_reader_fail(reader, node, "a handshake that is FAILED has a `reason`");
    }
    if (!words->has_status) {
        handshake->http_status = default_http_status(reader->scenario, handshake->result);
    }
    return MTLS_OK;
}

static mtls_status alternatives_read(mtlsgen_reader *reader, const yaml_node_t *node, int stage,
                                     mtlsgen_stage *out) {
    const mtlsgen_row *keys = stage == MTLSGEN_STAGE_UPLOAD ? upload_keys : handshake_keys;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "alternatives", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    if (num_items < 1 || num_items > MTLS_CASE_ALTERNATIVES_MAX) {
        return mtlsgen_reader_fail(reader, node, "`any-of` has 1 to %d alternatives",
                                   MTLS_CASE_ALTERNATIVES_MAX);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        alternative_words words = {0};
        status = mtlsgen_read_mapping(reader, items[i], "an alternative", keys, NUM_ALTERNATIVE_KEYS, &words);
        if (status == MTLS_OK) {
            status = alternative_finish(reader, items[i], stage, &words);
        }
        out->any_of[i] = words.alternative;
    }
    out->num_alternatives = num_items;
    return status;
}

static mtls_status stage_read(mtlsgen_reader *reader, const yaml_node_t *node, int stage, void *into) {
    const mtlsgen_row *keys = stage == MTLSGEN_STAGE_UPLOAD ? upload_keys : handshake_keys;
    alternative_words words = {0};
    mtlsgen_stage *out = mtlsgen_arena_zalloc(reader->arena, 1, sizeof *out);
    if (out == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    mtls_status status = mtlsgen_read_mapping(
        reader, node, stage == MTLSGEN_STAGE_UPLOAD ? "an upload's expectation" : "a handshake's expectation",
        keys, NUM_STAGE_KEYS, &words);
    if (status != MTLS_OK) {
        return status;
    }
    if (words.basis == NULL) {
        return mtlsgen_reader_fail(
            reader, node,
            "an expectation has a `basis`: documented, recorded, observed, inferred or undetermined");
    }
    out->present = true;
    out->at = node;
    out->basis = words.basis_value;
    out->note = words.note;
    *(mtlsgen_stage **)into = out;
    if (words.any_of == NULL) {
        status = alternative_finish(reader, node, stage, &words);
        out->any_of[0] = words.alternative;
        out->num_alternatives = 1;
        return status;
    }
    if (words.has_result || words.has_code || words.has_reason || words.has_issuer_dn || words.has_status) {
        return mtlsgen_reader_fail(reader, node, "with `any-of` the results stand inside its alternatives");
    }
    if (words.note == NULL) {
        return mtlsgen_reader_fail(reader, node, "with `any-of` a `note` says why the text leaves it open");
    }
    return alternatives_read(reader, words.any_of, stage, out);
}

static mtls_status read_upload_stage(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return stage_read(reader, node, MTLSGEN_STAGE_UPLOAD, into);
}

static mtls_status read_handshake_stage(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return stage_read(reader, node, MTLSGEN_STAGE_HANDSHAKE, into);
}

mtls_status mtlsgen_read_expectations(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row stages[] = {
        {"upload",    read_upload_stage,    MTLSGEN_STAGE_UPLOAD * sizeof(mtlsgen_stage *)   },
        {"handshake", read_handshake_stage, MTLSGEN_STAGE_HANDSHAKE * sizeof(mtlsgen_stage *)},
    };
    mtlsgen_expectations *expectations = into;
    mtlsgen_entry *entries;
    size_t num_entries;
    mtls_status status =
        mtlsgen_read_entries(reader, node, "expectations such as {azure-appgw: ...}", &entries, &num_entries);
    for (size_t i = 0; status == MTLS_OK && i < num_entries; i++) {
        mtls_profile_id profile;
        if (!mtls_profile_find(entries[i].name, &profile)) {
            const char *known[MTLS_NUM_PROFILES];
            for (int j = 0; j < MTLS_NUM_PROFILES; j++) {
                known[j] = mtls_profile_describe((mtls_profile_id)j)->spelling;
            }
            return mtlsgen_reader_unknown(reader, entries[i].key, "a profile", known, MTLS_NUM_PROFILES);
        }
        status = mtlsgen_read_mapping(reader, entries[i].value, "a profile's expectations", stages,
                                      NUM_ROWS(stages), expectations->stages[profile]);
    }
    return status;
}
