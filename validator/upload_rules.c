#include "core/text.h"
#include "validator/upload_state.h"

/* A rule answers whether the file passes; if not it appends to `detail` which certificate it is and what was
 * seen. */
typedef mtls_status (*rule_fn)(const mtlsval_upload_state *state, bool *out_passes, mtls_buf *detail);

mtls_status mtlsval_upload_say_name(const char *name, mtls_buf *out) {
    enum { SHOWN_MAX = 200 };
    mtls_view text = mtls_view_of_text(name);
    bool cut = text.len > SHOWN_MAX;
    if (cut) {
        text.len = SHOWN_MAX;
        while (text.len > 0 && (text.data[text.len] & 0xC0) == 0x80) { /* not inside a character */
            text.len--;
        }
    }
    mtls_status status = mtls_buf_append_byte(out, '"');
    if (status == MTLS_OK) {
        status = mtls_text_escape(text, out);
    }
    return status == MTLS_OK ? mtls_buf_append_text(out, cut ? "...\"" : "\"") : status;
}

mtls_status mtlsval_upload_say_certificate(const mtlsval_upload_certificate *certificate, mtls_buf *out) {
    mtls_status status =
        mtls_buf_appendf(out, "certificate %u (line %zu), ", certificate->number, certificate->line);
    return status == MTLS_OK ? mtlsval_upload_say_name(certificate->subject, out) : status;
}

static mtls_status has_data(const mtlsval_upload_state *state, bool *out_passes, mtls_buf *detail) {
    *out_passes = !mtlsval_pem_is_blank(state->file);
    if (*out_passes) {
        return MTLS_OK;
    }
    return mtls_buf_append_text(detail, state->file.len == 0 ? "the file is empty"
                                                             : "the file holds nothing but white space");
}

static mtls_status has_no_key(const mtlsval_upload_state *state, bool *out_passes, mtls_buf *detail) {
    const mtlsval_problem *key = &state->first_key.problem;
    *out_passes = key->code == MTLS_UPLOAD_ACCEPTED;
    if (*out_passes) {
        return MTLS_OK;
    }
    mtls_status status =
        key->number == 0
            ? mtls_buf_appendf(detail, "line %zu ends a private key (", key->line)
            : mtls_buf_appendf(detail, "block %u (line %zu) is a private key (", key->number, key->line);
    mtls_view label = state->first_key.label;
    if (label.len > 64) {
        label.len = 64;
    }
    if (status == MTLS_OK && (status = mtls_text_escape(label, detail)) == MTLS_OK) {
        status = mtls_buf_append_text(detail, ")");
    }
    return status;
}

static mtls_status is_valid(const mtlsval_upload_state *state, bool *out_passes, mtls_buf *detail) {
    const mtlsval_problem *problem = &state->first_invalid.problem;
    const char *text = mtlsval_finding_describe(problem->finding)->text;
    *out_passes = problem->code == MTLS_UPLOAD_ACCEPTED;
    if (*out_passes) {
        return MTLS_OK;
    }
    if (problem->in_der) {
        return mtls_buf_appendf(detail, "certificate %u, byte %zu of its DER (line %zu): %s", problem->number,
                                problem->der_at, problem->line, text);
    }
    mtls_status status = problem->number > 0 ? mtls_buf_appendf(detail, "block %u, line %zu: %s",
                                                                problem->number, problem->line, text)
                         : problem->line > 0 ? mtls_buf_appendf(detail, "line %zu: %s", problem->line, text)
                                             : mtls_buf_append_text(detail, text);
    mtls_view label = state->first_invalid.label;
    if (problem->finding == MTLSVAL_PEM_LABEL_OTHER && status == MTLS_OK) {
        if (label.len > 64) {
            label.len = 64;
        }
        status = mtls_buf_append_text(detail, " but ");
        if (status == MTLS_OK) {
            status = mtls_text_escape(label, detail);
        }
    }
    return status;
}

static mtls_status has_ca(const mtlsval_upload_state *state, bool *out_passes, mtls_buf *detail) {
    const mtlsval_upload *upload = state->upload;
    *out_passes = state->num_cas > 0;
    if (*out_passes) {
        return MTLS_OK;
    }
    mtls_status status =
        upload->num_certificates == 1
            ? MTLS_OK
            : mtls_buf_appendf(detail, "none of the %zu certificates is a CA: ", upload->num_certificates);
    if (status == MTLS_OK &&
        (status = mtlsval_upload_say_certificate(&upload->certificates[0], detail)) == MTLS_OK) {
        bool has_extension = upload->certificates[0].certificate.basic_constraints.present;
        status = mtls_buf_append_text(detail, has_extension ? ", has basicConstraints with CA:FALSE"
                                                            : ", has no basicConstraints extension");
    }
    return status;
}

/* say_no_root tells why the first CA whose issuer is not in the file is none. */
static mtls_status say_no_root(const mtlsval_upload_state *state, mtls_buf *detail) {
    const mtlsval_upload *upload = state->upload;
    size_t chosen = SIZE_MAX;
    for (size_t i = 0; i < upload->num_certificates; i++) {
        bool is_ca = upload->certificates[i].role != MTLSVAL_ROLE_LEAF;
        if (is_ca && (chosen == SIZE_MAX ||
                      (upload->certificates[i].self_issued && !upload->certificates[chosen].self_issued))) {
            chosen = i;
        }
    }
    const mtlsval_upload_certificate *certificate = &upload->certificates[chosen];
    mtls_status status = mtls_buf_append_text(detail, "no CA in the file is a root: ");
    if (status != MTLS_OK || (status = mtlsval_upload_say_certificate(certificate, detail)) != MTLS_OK) {
        return status;
    }
    if (certificate->self_issued) {
        return mtls_buf_append_text(
            detail, certificate->own == MTLSVAL_SIGNATURE_BAD
                        ? ", names itself as its issuer, but its own key does not verify its signature"
                        : ", names itself as its issuer, but its signature algorithm or key cannot be used");
    }
    status = mtls_buf_append_text(detail, ", is issued by ");
    if (status == MTLS_OK && (status = mtlsval_upload_say_name(certificate->issuer, detail)) == MTLS_OK) {
        status = mtls_buf_append_text(detail, "; its chain does not reach a root");
    }
    return status;
}

static mtls_status has_one_root(const mtlsval_upload_state *state, bool *out_passes, mtls_buf *detail) {
    const mtlsval_upload *upload = state->upload;
    const mtlsval_upload_certificate *first = NULL, *second = NULL;
    *out_passes = state->num_roots == 1 && !upload->search_limited;
    if (*out_passes) {
        return MTLS_OK;
    }
    if (state->num_roots == 0 && !upload->search_limited) {
        return say_no_root(state, detail);
    }
    if (state->num_roots < 2) {
        return mtls_buf_append_text(
            detail, "more certificates name themselves as their issuer than can be checked for being a root");
    }
    for (size_t i = 0; i < upload->num_certificates && second == NULL; i++) {
        if (upload->certificates[i].role == MTLSVAL_ROLE_ROOT) {
            *(first == NULL ? &first : &second) = &upload->certificates[i];
        }
    }
    mtls_status status = mtls_buf_appendf(
        detail, "the file has %s%zu roots: ", upload->search_limited ? "at least " : "", state->num_roots);
    if (status == MTLS_OK && (status = mtlsval_upload_say_certificate(first, detail)) == MTLS_OK &&
        (status = mtls_buf_append_text(detail, " and ")) == MTLS_OK &&
        (status = mtlsval_upload_say_certificate(second, detail)) == MTLS_OK) {
        if (mtls_view_equal(first->certificate.der, second->certificate.der)) {
            status = mtls_buf_append_text(detail, ", which is the same certificate again");
        } else if (state->num_roots > 2) {
            status = mtls_buf_append_text(detail, ", and more");
        }
    }
    return status;
}

/* The upload checks in our documented order: which one a file with several faults fails first is nowhere
 * written. */
static const struct {
    mtls_upload_code on_fail;
    rule_fn passes;
} upload_checks[] = {
    {MTLS_UPLOAD_MUST_SPECIFY_DATA,         has_data    },
    {MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY, has_no_key  },
    {MTLS_UPLOAD_INVALID_DATA,              is_valid    },
    {MTLS_UPLOAD_DOES_NOT_CONTAIN_ANY_CA,   has_ca      },
    {MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED,     has_one_root},
};

mtls_status mtlsval_upload_judge(mtlsval_upload_state *state) {
    mtls_buf *detail = &state->words;
    mtls_status status = MTLS_OK;
    bool passes = true;
    mtls_buf_reset(detail);
    detail->max = MTLSVAL_UPLOAD_SENTENCE_MAX;
    for (size_t i = 0; status == MTLS_OK && passes && i < sizeof upload_checks / sizeof upload_checks[0];
         i++) {
        status = upload_checks[i].passes(state, &passes, detail);
        if (!passes) {
            state->upload->code = upload_checks[i].on_fail;
        }
    }
    if (status == MTLS_OK) {
        status = mtlsval_text_pool_add(&state->upload->memory->texts, mtls_buf_view(detail),
                                       &state->upload->detail);
    }
    return status;
}
