#include <stdlib.h>
#include <string.h>

#include "validator/upload_state.h"

#define NO_LABEL ((mtls_view){NULL, 0})

static void add_problem(mtlsval_upload_state *state, const mtlsval_problem *problem, mtls_view label) {
    mtlsval_upload *upload = state->upload;
    bool is_key = problem->code == MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY;
    mtlsval_problem *first = is_key ? &state->first_key.problem : &state->first_invalid.problem;
    if (first->code == MTLS_UPLOAD_ACCEPTED) {
        *first = *problem;
        *(is_key ? &state->first_key.label : &state->first_invalid.label) = label;
    }
    if (upload->problem.code == MTLS_UPLOAD_ACCEPTED) {
        upload->problem = *problem;
    }
    bool is_ours = label.len == 0 || mtls_view_equal_text(label, "CERTIFICATE");
    if (upload->malformed.code == MTLS_UPLOAD_ACCEPTED && !is_key && is_ours) {
        upload->malformed = *problem;
    }
}

static void add_invalid(mtlsval_upload_state *state, mtlsval_finding finding, unsigned number, size_t line,
                        mtls_view label) {
    mtlsval_problem problem = {
        .code = MTLS_UPLOAD_INVALID_DATA, .finding = finding, .number = number, .line = line};
    add_problem(state, &problem, label);
}

/* grow makes room for one more certificate. */
static mtls_status grow(mtlsval_upload_state *state) {
    mtlsval_upload *upload = state->upload;
    if (upload->num_certificates < state->capacity) {
        return MTLS_OK;
    }
    size_t capacity = state->capacity == 0 ? 2 : state->capacity * 2; /* as most files have */
    mtlsval_upload_certificate *certificates = realloc(upload->certificates, capacity * sizeof *certificates);
    if (certificates == NULL) {
        return MTLS_ERR_NOMEM;
    }
    upload->certificates = certificates;
    state->capacity = capacity;
    return MTLS_OK;
}

/* A name as a string costs at most four bytes for one of its DER. */
enum { NAME_DER_MAX = 256 * 1024 };

static mtls_status add_name(mtlsval_upload_state *state, const mtlsval_name *name, const char **out) {
    mtlsval_text_pool *texts = &state->upload->memory->texts;
    mtls_buf *words = &state->words;
    mtls_buf_reset(words);
    mtls_status status = name->der.len > NAME_DER_MAX
                             ? mtls_buf_appendf(words, "(a name of %zu bytes)", name->der.len)
                             : mtlsval_name_text(name, words);
    return status == MTLS_OK ? mtlsval_text_pool_add(texts, mtls_buf_view(words), out) : status;
}

/* read_certificate decodes and parses a well-framed CERTIFICATE block. */
static mtls_status read_certificate(mtlsval_upload_state *state, const mtlsval_pem_block *block) {
    mtlsval_upload *upload = state->upload;
    mtlsval_fault fault;
    mtlsval_problem problem = {.code = MTLS_UPLOAD_INVALID_DATA, .number = state->num_blocks};
    uint8_t *der = upload->memory->ders + state->ders_used;
    size_t der_len;
    if (!mtlsval_pem_decode(block->body, der, &der_len, &fault)) {
        problem.finding = fault.finding;
        problem.line = mtlsval_pem_line(block, fault.at);
        add_problem(state, &problem, block->label);
        return MTLS_OK;
    }
    if (upload->num_certificates == MTLSVAL_UPLOAD_CERTIFICATES_MAX) {
        add_invalid(state, MTLSVAL_FILE_BLOCK_LIMIT, state->num_blocks, block->begin_line, block->label);
        return MTLS_OK;
    }
    mtls_status status = grow(state);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsval_upload_certificate *certificate = &upload->certificates[upload->num_certificates];
    *certificate = (mtlsval_upload_certificate){
        .number = state->num_blocks,
        .line = block->begin_line,
        .parent = MTLSVAL_NO_CERTIFICATE,
        .base64_note = fault.finding,
        .block_at = block->begin_at,
        .block_end = block->end_at,
    };
    if (!mtlsval_certificate_parse((mtls_view){der, der_len}, &certificate->certificate, &fault)) {
        problem.finding = fault.finding;
        problem.line = mtlsval_pem_decoded_line(block, fault.at);
        problem.in_der = true;
        problem.der_at = fault.at;
        add_problem(state, &problem, block->label);
        return MTLS_OK;
    }
    status = add_name(state, &certificate->certificate.subject, &certificate->subject);
    if (status == MTLS_OK) {
        status = add_name(state, &certificate->certificate.issuer, &certificate->issuer);
    }
    if (status == MTLS_OK) {
        state->ders_used += der_len;
        upload->num_certificates++;
        state->num_cas += mtlsval_certificate_is_ca(&certificate->certificate);
    }
    return status;
}

static mtls_status read_block(mtlsval_upload_state *state, const mtlsval_pem_block *block) {
    if (block->is_block) {
        state->num_blocks++;
    }
    unsigned number = block->is_block ? state->num_blocks : 0;
    /* A key is a key, however badly it is delimited. */
    if (mtlsval_pem_label_is_private_key(block->label)) {
        mtlsval_problem problem = {.code = MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY,
                                   .finding = MTLSVAL_PEM_PRIVATE_KEY,
                                   .number = number,
                                   .line = block->begin_line};
        add_problem(state, &problem, block->label);
        return MTLS_OK;
    }
    if (block->finding != MTLSVAL_FINDING_NONE) {
        add_invalid(state, block->finding, number, block->finding_line, block->label);
        return MTLS_OK;
    }
    /* "Ensure the certificate chain is in PEM format with each certificate properly delimited by -----BEGIN
     * CERTIFICATE----- and -----END CERTIFICATE----- markers": nobody says what the gateway makes of X509
     * CERTIFICATE, TRUSTED CERTIFICATE, requests, CRLs or PKCS #7. This check takes the sentence by its word.
     */
    if (!mtls_view_equal_text(block->label, "CERTIFICATE")) {
        mtlsval_problem problem = {.code = MTLS_UPLOAD_INVALID_DATA,
                                   .finding = MTLSVAL_PEM_LABEL_OTHER,
                                   .number = number,
                                   .line = block->begin_line};
        add_problem(state, &problem, block->label);
        return MTLS_OK;
    }
    return read_certificate(state, block);
}

/* look_outside notes the first line of text between two blocks. */
static void look_outside(mtlsval_upload_state *state, size_t from, size_t to, size_t line) {
    for (size_t at = from; at < to && state->outside_line == 0; at++) {
        uint8_t c = state->file.data[at];
        if (c == '\n' || (c == '\r' && !(at + 1 < to && state->file.data[at + 1] == '\n'))) {
            line++;
        } else if (c > ' ') {
            state->outside_line = line;
        }
    }
}

static void read_whole(mtlsval_upload_state *state, const mtlsval_pem *pem) {
    if (pem->file_finding != MTLSVAL_FINDING_NONE) {
        add_invalid(state, pem->file_finding, 0, 1, NO_LABEL);
    } else if (pem->has_nul && !(state->file.data[0] == 0x30)) {
        add_invalid(state, MTLSVAL_PEM_NUL, 0, pem->nul_line, NO_LABEL);
    }
}

mtls_status mtlsval_upload_read(mtlsval_upload_state *state) {
    mtlsval_upload *upload = state->upload;
    mtlsval_pem pem;
    mtlsval_pem_block block;
    if (state->file.len > MTLSVAL_PEM_FILE_MAX) {
        add_invalid(state, MTLSVAL_FILE_LIMIT, 0, 0, NO_LABEL);
        return MTLS_OK;
    }
    if (mtlsval_pem_is_blank(state->file)) {
        return MTLS_OK;
    }
    char *ders;
    mtls_status status =
        mtlsval_text_pool_reserve(&upload->memory->texts, mtlsval_pem_decoded_max(state->file), &ders);
    if (status != MTLS_OK) {
        return status;
    }
    upload->memory->ders = (uint8_t *)ders;
    mtlsval_pem_start(&pem, state->file);
    read_whole(state, &pem);
    state->words.max = MTLSVAL_NAME_TEXT_MAX;
    size_t outside_at = pem.at, outside_line = 1;
    while (status == MTLS_OK && mtlsval_pem_next(&pem, &block)) {
        look_outside(state, outside_at, block.begin_at, outside_line);
        outside_at = block.end_at;
        outside_line = block.end_line;
        status = read_block(state, &block);
    }
    look_outside(state, outside_at, state->file.len, outside_line);
    if (status == MTLS_OK && upload->num_certificates == 0 && upload->problem.code == MTLS_UPLOAD_ACCEPTED) {
        bool is_der = state->file.len > 2 && state->file.data[0] == 0x30 && state->file.data[1] >= 0x80;
        add_invalid(state, is_der ? MTLSVAL_FILE_BINARY : MTLSVAL_PEM_NO_DELIMITERS, 0, 1, NO_LABEL);
    }
    return status;
}
