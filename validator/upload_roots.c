#include "validator/upload_state.h"

static mtls_status check_by_libcrypto(void *context, const mtlsval_certificate *certificate,
                                      const mtlsval_certificate *issuer,
                                      mtlsval_signature_answer *out_answer) {
    return mtlsval_signature_check(context, certificate, issuer, out_answer);
}

mtls_status mtlsval_upload_check_signature(mtlsval_upload_state *state,
                                           const mtlsval_certificate *certificate,
                                           const mtlsval_certificate *issuer, bool *out_asked,
                                           mtlsval_signature_answer *out_answer) {
    unsigned cost = mtlsval_signature_cost(issuer);
    *out_asked = cost <= state->signature_budget;
    if (!*out_asked) {
        state->upload->search_limited = true;
        return MTLS_OK;
    }
    state->signature_budget -= cost;
    state->upload->num_signature_checks++;
    if (state->settings.check_signature != NULL) {
        return state->settings.check_signature(state->settings.context, certificate, issuer, out_answer);
    }
    return check_by_libcrypto(&state->keys, certificate, issuer, out_answer);
}

/* A root is a CA whose subject equals its issuer and whose own key verifies its signature. */
mtls_status mtlsval_upload_find_roots(mtlsval_upload_state *state) {
    mtlsval_upload *upload = state->upload;
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < upload->num_certificates; i++) {
        mtlsval_upload_certificate *certificate = &upload->certificates[i];
        bool is_asked = false;
        if (!mtlsval_certificate_is_ca(&certificate->certificate)) {
            continue;
        }
        certificate->role = MTLSVAL_ROLE_INTERMEDIATE;
        certificate->self_issued = mtlsval_certificate_is_self_issued(&certificate->certificate);
        certificate->own = MTLSVAL_SIGNATURE_UNSUPPORTED;
        if (!certificate->self_issued) {
            continue;
        }
        status = mtlsval_upload_check_signature(state, &certificate->certificate, &certificate->certificate,
                                                &is_asked, &certificate->own);
        if (status == MTLS_OK && is_asked && certificate->own == MTLSVAL_SIGNATURE_GOOD) {
            certificate->role = MTLSVAL_ROLE_ROOT;
            state->num_roots++;
        }
    }
    return status;
}
