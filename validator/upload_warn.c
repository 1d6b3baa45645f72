#include <stdlib.h>
#include <string.h>

#include "validator/upload_state.h"

/* What the documentation's 25 KB may mean; the smaller, so that nobody is surprised. */
enum { SIZE_LIMIT = 25000, SOON = 30 * 24 * 60 * 60 };

/* add adds a warning whose sentence is in `seen`, and empties that. */
static mtls_status add(mtlsval_upload_state *state, mtlsval_warning_id id,
                       const mtlsval_upload_certificate *certificate, mtls_buf *seen) {
    mtlsval_upload *upload = state->upload;
    mtls_status status = MTLS_OK;
    if (upload->num_warnings == state->warnings_capacity &&
        upload->num_warnings < MTLSVAL_UPLOAD_WARNINGS_MAX) {
        size_t capacity = state->warnings_capacity == 0 ? 8 : 2 * state->warnings_capacity;
        mtlsval_warning *warnings = realloc(upload->warnings, capacity * sizeof *warnings);
        if (warnings == NULL) {
            return MTLS_ERR_NOMEM;
        }
        upload->warnings = warnings;
        state->warnings_capacity = capacity;
    }
    if (upload->num_all_warnings++ < MTLSVAL_UPLOAD_WARNINGS_MAX) {
        mtlsval_warning *warning = &upload->warnings[upload->num_warnings];
        *warning = (mtlsval_warning){.id = id,
                                     .number = certificate == NULL ? 0 : certificate->number,
                                     .line = certificate == NULL ? 0 : certificate->line};
        status = mtlsval_text_pool_add(&upload->memory->texts, mtls_buf_view(seen), &warning->seen);
        upload->num_warnings += status == MTLS_OK;
    }
    mtls_buf_reset(seen);
    return status;
}

/* add_about adds the sentence `certificate 1 (line 1), "CN=a", <text>`. */
static mtls_status add_about(mtlsval_upload_state *state, mtlsval_warning_id id,
                             const mtlsval_upload_certificate *certificate, const char *text,
                             mtls_buf *seen) {
    if (state->upload->num_all_warnings >= MTLSVAL_UPLOAD_WARNINGS_MAX) {
        state->upload->num_all_warnings++;
        return MTLS_OK;
    }
    mtls_status status = mtlsval_upload_say_certificate(certificate, seen);
    if (status == MTLS_OK && (status = mtls_buf_append_text(seen, ", ")) == MTLS_OK) {
        status = mtls_buf_append_text(seen, text);
    }
    return status == MTLS_OK ? add(state, id, certificate, seen) : status;
}

static mtls_status warn_of_dates(mtlsval_upload_state *state, const mtlsval_upload_certificate *certificate,
                                 mtls_buf *seen) {
    char date[MTLSVAL_TIME_TEXT_MAX];
    mtlsval_time now = state->settings.time;
    mtlsval_time not_before = certificate->certificate.not_before,
                 not_after = certificate->certificate.not_after;
    mtlsval_warning_id id = MTLSVAL_WARNING_CA_EXPIRED;
    mtls_buf sentence = {.max = 96};
    mtls_status status = MTLS_OK;
    if (now == 0) {
        return MTLS_OK;
    }
    if (not_after < now) {
        status = mtls_buf_appendf(&sentence, "expired on %s", mtlsval_time_format(not_after, date));
    } else if (not_before > now) {
        id = MTLSVAL_WARNING_CA_NOT_YET_VALID;
        status = mtls_buf_appendf(&sentence, "is valid from %s", mtlsval_time_format(not_before, date));
    } else if (not_after - now < SOON) {
        id = MTLSVAL_WARNING_CA_EXPIRES_SOON;
        status = mtls_buf_appendf(&sentence, "expires on %s", mtlsval_time_format(not_after, date));
    }
    if (status == MTLS_OK && sentence.len > 0) {
        const char *as_text = mtls_buf_text(&sentence);
        status = as_text == NULL ? MTLS_ERR_NOMEM : add_about(state, id, certificate, as_text, seen);
    }
    mtls_buf_clear(&sentence);
    return status;
}

/* Security level 2 of OpenSSL asks for 112 bits: RSA and DSA of 2048, curves of 224. */
static bool is_weak_key(const mtlsval_certificate *certificate) {
    switch (certificate->key_id) {
    case MTLSVAL_KEY_RSA:
    case MTLSVAL_KEY_RSA_PSS:
    case MTLSVAL_KEY_DSA:
        return certificate->key_bits > 0 && certificate->key_bits < 2048;
    case MTLSVAL_KEY_EC:
        return certificate->key_bits > 0 && certificate->key_bits < 224;
    default:
        return false;
    }
}

static mtls_status warn_of_strength(mtlsval_upload_state *state,
                                    const mtlsval_upload_certificate *certificate, mtls_buf *seen) {
    const mtlsval_certificate *c = &certificate->certificate;
    const mtlsval_signature_algorithm_info *algorithm = mtlsval_signature_algorithm_describe(c->signature_id);
    mtls_status status = MTLS_OK;
    if (is_weak_key(c)) {
        status = mtlsval_upload_say_certificate(certificate, seen);
        if (status == MTLS_OK) {
            status = mtls_buf_appendf(seen, ", has a key of %s %u bits",
                                      mtlsval_key_algorithm_text(c->key_id), c->key_bits);
        }
        if (status == MTLS_OK) {
            status = add(state, MTLSVAL_WARNING_WEAK_KEY, certificate, seen);
        }
    }
    /* A root is trusted as it is: nobody looks at its signature. */
    if (status == MTLS_OK && algorithm->weak_digest && certificate->role != MTLSVAL_ROLE_ROOT) {
        status = mtlsval_upload_say_certificate(certificate, seen);
        if (status == MTLS_OK) {
            status = mtls_buf_appendf(seen, ", is signed with %s", algorithm->text);
        }
        if (status == MTLS_OK) {
            status = add(state, MTLSVAL_WARNING_WEAK_DIGEST, certificate, seen);
        }
    }
    return status;
}

static mtls_status warn_of_encoding(mtlsval_upload_state *state,
                                    const mtlsval_upload_certificate *certificate, mtls_buf *seen) {
    mtls_status status = MTLS_OK;
    if (certificate->base64_note != MTLSVAL_FINDING_NONE) {
        status = add_about(state, MTLSVAL_WARNING_LOOSE_ENCODING, certificate,
                           mtlsval_finding_describe(certificate->base64_note)->text, seen);
    }
    if ((certificate->certificate.notes[0] | certificate->certificate.notes[1]) == 0) {
        return status;
    }
    for (int i = 1; status == MTLS_OK && i < MTLSVAL_NUM_FINDINGS; i++) {
        if (mtlsval_certificate_has_note(&certificate->certificate, (mtlsval_finding)i)) {
            status = add_about(state, MTLSVAL_WARNING_LOOSE_ENCODING, certificate,
                               mtlsval_finding_describe((mtlsval_finding)i)->text, seen);
        }
    }
    return status;
}

static mtls_status warn_of_certificate(mtlsval_upload_state *state,
                                       const mtlsval_upload_certificate *certificate, mtls_buf *seen) {
    mtls_status status = MTLS_OK;
    if (certificate->role == MTLSVAL_ROLE_LEAF) {
        status = add_about(state, MTLSVAL_WARNING_LEAF_IGNORED, certificate, "is no CA", seen);
    } else {
        status = warn_of_dates(state, certificate, seen);
        if (status == MTLS_OK) {
            status = warn_of_strength(state, certificate, seen);
        }
        if (status == MTLS_OK && state->upload->code == MTLS_UPLOAD_ACCEPTED &&
            !state->upload->search_limited && certificate->role == MTLSVAL_ROLE_INTERMEDIATE &&
            certificate->parent == MTLSVAL_NO_CERTIFICATE) {
            status =
                add_about(state, MTLSVAL_WARNING_UNCONNECTED, certificate, "does not lead to the root", seen);
        }
    }
    if (status == MTLS_OK && strstr(certificate->subject, "DO NOT TRUST") != NULL) {
        status = add_about(state, MTLSVAL_WARNING_TEST_CERTIFICATE, certificate, "is made for tests", seen);
    }
    return status == MTLS_OK ? warn_of_encoding(state, certificate, seen) : status;
}

/* Certificates in the order of their bytes, equal ones by their place in the file. */
static int by_der(const void *a, const void *b) {
    const mtlsval_upload_certificate *x = *(const mtlsval_upload_certificate *const *)a;
    const mtlsval_upload_certificate *y = *(const mtlsval_upload_certificate *const *)b;
    mtls_view p = x->certificate.signature,
              q = y->certificate.signature; /* they differ early, and nearly always */
    int order = (p.len > q.len) - (p.len < q.len);
    if (order == 0 && p.len > 0) {
        order = memcmp(p.data, q.data, p.len);
    }
    p = x->certificate.der;
    q = y->certificate.der;
    if (order == 0) {
        order = (p.len > q.len) - (p.len < q.len);
    }
    if (order == 0) {
        order = memcmp(p.data, q.data, p.len);
    }
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static mtls_status warn_of_duplicates(mtlsval_upload_state *state, mtls_buf *seen) {
    const mtlsval_upload *upload = state->upload;
    size_t count = upload->num_certificates;
    if (count < 2) {
        return MTLS_OK;
    }
    enum { FEW = 8 }; /* as most files have, and which need no memory */
    const mtlsval_upload_certificate *few[FEW];
    const mtlsval_upload_certificate **sorted = count <= FEW ? few : malloc(count * sizeof *sorted);
    if (sorted == NULL) {
        return MTLS_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &upload->certificates[i];
    }
    qsort(sorted, count, sizeof *sorted, by_der);
    mtls_status status = MTLS_OK;
    for (size_t i = 1; status == MTLS_OK && i < count; i++) {
        if (mtls_view_equal(sorted[i - 1]->certificate.der, sorted[i]->certificate.der)) {
            status = add_about(state, MTLSVAL_WARNING_DUPLICATE, sorted[i], "is in the file before", seen);
        }
    }
    if (sorted != few) {
        free(sorted);
    }
    return status;
}

static mtls_status warn_of_file(mtlsval_upload_state *state, mtls_buf *seen) {
    const mtlsval_upload *upload = state->upload;
    size_t cas_len = 0;
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < upload->num_certificates; i++) {
        if (upload->certificates[i].role != MTLSVAL_ROLE_LEAF) {
            cas_len += upload->certificates[i].certificate.der.len;
        }
    }
    if (state->file.len > SIZE_LIMIT) {
        status = mtls_buf_appendf(seen, "the file has %zu bytes", state->file.len);
        if (status == MTLS_OK) {
            status = add(state, MTLSVAL_WARNING_FILE_SIZE, NULL, seen);
        }
    }
    if (status == MTLS_OK && cas_len > SIZE_LIMIT) {
        status = mtls_buf_appendf(seen, "its CA certificates have %zu bytes together", cas_len);
        if (status == MTLS_OK) {
            status = add(state, MTLSVAL_WARNING_CERTIFICATES_SIZE, NULL, seen);
        }
    }
    if (status == MTLS_OK && state->outside_line > 0 && upload->num_certificates > 0) {
        status = mtls_buf_appendf(seen, "line %zu stands outside the delimiters", state->outside_line);
        if (status == MTLS_OK) {
            status = add(state, MTLSVAL_WARNING_OUTSIDE_TEXT, NULL, seen);
        }
    }
    if (status == MTLS_OK && state->num_chain_ends > 1) {
        status = mtls_buf_appendf(seen, "%zu chains of CAs lead down from the root", state->num_chain_ends);
        if (status == MTLS_OK) {
            status = add(state, MTLSVAL_WARNING_SEVERAL_CHAINS, NULL, seen);
        }
    }
    if (status == MTLS_OK && upload->search_limited && upload->code == MTLS_UPLOAD_ACCEPTED) {
        status = mtls_buf_append_text(seen, "the file has more CAs than are searched for chains");
        if (status == MTLS_OK) {
            status = add(state, MTLSVAL_WARNING_SEARCH_LIMIT, NULL, seen);
        }
    }
    return status;
}

mtls_status mtlsval_upload_warn_all(mtlsval_upload_state *state) {
    mtls_buf *seen = &state->words;
    mtls_buf_reset(seen);
    seen->max = MTLSVAL_UPLOAD_SENTENCE_MAX;
    mtls_status status = warn_of_file(state, seen);
    for (size_t i = 0; status == MTLS_OK && i < state->upload->num_certificates; i++) {
        status = warn_of_certificate(state, &state->upload->certificates[i], seen);
    }
    return status == MTLS_OK ? warn_of_duplicates(state, seen) : status;
}
