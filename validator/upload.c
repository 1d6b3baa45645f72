#include "validator/upload.h"

#include <stdlib.h>
#include <string.h>

#include "validator/upload_state.h"

const mtlsval_warning_info *mtlsval_warning_describe(mtlsval_warning_id id) {
    static const mtlsval_warning_info warnings[MTLSVAL_NUM_WARNINGS] = {
#define WARNING(id, slug, cite, text) [MTLSVAL_WARNING_##id] = {slug, cite, text},
#include "validator/warning.def"
    };
    return &warnings[(unsigned)id < MTLSVAL_NUM_WARNINGS ? id : 0];
}

const char *mtlsval_role_text(mtlsval_role role) {
    static const char *const texts[MTLSVAL_NUM_ROLES] = {
        [MTLSVAL_ROLE_LEAF] = "leaf",
        [MTLSVAL_ROLE_INTERMEDIATE] = "intermediate",
        [MTLSVAL_ROLE_ROOT] = "root",
    };
    return texts[(unsigned)role < MTLSVAL_NUM_ROLES ? role : 0];
}

/* find gives the first `c` in [at, end), or `end`. */
static const uint8_t *find(const uint8_t *at, const uint8_t *end, uint8_t c) {
    const uint8_t *found = memchr(at, c, (size_t)(end - at));
    return found == NULL ? end : found;
}

static char *append_without_line_ends(mtls_view text, char *out) {
    const uint8_t *at = text.data, *end = text.data + text.len;
    const uint8_t *feed = find(at, end, '\n'), *back = find(at, end, '\r');
    while (at < end) {
        const uint8_t *piece_end = feed < back ? feed : back;
        memcpy(out, at, (size_t)(piece_end - at));
        out += piece_end - at;
        if (piece_end == end) {
            break;
        }
        at = piece_end + 1;
        *(feed < back ? &feed : &back) = find(at, end, *piece_end);
    }
    return out;
}

/* validatedCertData: the blocks in the file's order, delimiters kept, every line break taken out (recorded).
 * What the service does with text between blocks is not known; it is left out here. */
static mtls_status set_validated_data(mtlsval_upload_state *state) {
    const mtlsval_upload_certificate *certificates = state->upload->certificates;
    size_t len = 0;
    for (size_t i = 0; i < state->upload->num_certificates; i++) {
        len += certificates[i].block_end - certificates[i].block_at;
    }
    char *text = NULL;
    mtls_status status = mtlsval_text_pool_reserve(&state->upload->memory->texts, len, &text);
    if (status == MTLS_OK) {
        char *end = text;
        for (size_t i = 0; i < state->upload->num_certificates; i++) {
            mtls_view block = {state->file.data + certificates[i].block_at,
                               certificates[i].block_end - certificates[i].block_at};
            end = append_without_line_ends(block, end);
        }
        *end = '\0';
        state->upload->validated_cert_data = text;
    }
    return status;
}

static mtls_status accept(mtlsval_upload_state *state) {
    size_t last = 0;
    mtls_status status = mtlsval_upload_find_chain(state, &last);
    if (status == MTLS_OK) {
        state->upload->client_cert_issuer_dn = state->upload->certificates[last].subject;
        status = set_validated_data(state);
    }
    return status;
}

static mtls_status check(mtlsval_upload_state *state) {
    enum { USUAL_WORDS = 256 }; /* room for most names and sentences */
    mtls_status status;
    uint8_t *room;
    state->words.max = USUAL_WORDS;
    if ((status = mtls_buf_extend(&state->words, USUAL_WORDS, &room)) == MTLS_OK &&
        (status = mtlsval_upload_read(state)) == MTLS_OK &&
        (status = mtlsval_upload_find_roots(state)) == MTLS_OK &&
        (status = mtlsval_upload_judge(state)) == MTLS_OK) {
        if (state->upload->code == MTLS_UPLOAD_ACCEPTED) {
            status = accept(state);
        }
        if (status == MTLS_OK) {
            status = mtlsval_upload_warn_all(state);
        }
    }
    return status;
}

/* The answer and what it hides, in one allocation. */
typedef struct {
    mtlsval_upload upload;
    struct mtlsval_upload_memory memory;
} whole_upload;

mtls_status mtlsval_upload_run(mtls_view file, const mtlsval_upload_settings *settings,
                               mtlsval_upload **out_upload) {
    mtlsval_upload_state state = {.file = file};
    *out_upload = NULL;
    if (settings != NULL) {
        state.settings = *settings;
    }
    if (state.settings.steps_max == 0) {
        state.settings.steps_max = MTLSVAL_UPLOAD_STEPS_MAX;
    }
    state.signature_budget =
        state.settings.signatures_max == 0 ? MTLSVAL_UPLOAD_SIGNATURES_MAX : state.settings.signatures_max;
    whole_upload *whole = calloc(1, sizeof *whole);
    if (whole == NULL) {
        return MTLS_ERR_NOMEM;
    }
    state.upload = &whole->upload;
    state.upload->memory = &whole->memory;
    mtls_status status = check(&state);
    mtlsval_signature_cache_clear(&state.keys);
    mtls_buf_clear(&state.words);
    if (status != MTLS_OK) {
        mtlsval_upload_free(state.upload);
        return status;
    }
    *out_upload = state.upload;
    return MTLS_OK;
}

void mtlsval_upload_free(mtlsval_upload *upload) {
    if (upload == NULL) {
        return;
    }
    mtlsval_text_pool_clear(&upload->memory->texts);
    free(upload->certificates);
    free(upload->warnings);
    free(upload); /* the first member of a whole_upload */
}
