#include "validator/gateway.h"

#include <stdlib.h>

static mtls_status profile_unknown(const char *name, mtls_error *error) {
    mtls_buf known = {.max = 1024};
    for (int i = 0; i < MTLS_NUM_PROFILES; i++) {
        if (mtls_buf_appendf(&known, "%s%s", i == 0 ? "" : ", ",
                             mtls_profile_describe((mtls_profile_id)i)->spelling) != MTLS_OK) {
            break;
        }
    }
    const char *list = mtls_buf_text(&known);
    mtls_status status = mtls_fail(MTLS_ERR_USAGE, error, "there is no profile '%.64s'; the profiles are %s",
                                   name, list == NULL ? "(none)" : list);
    mtls_buf_clear(&known);
    return status;
}

mtls_status mtlsval_gateway_new(const char *profile, mtlsval_gateway **out_gateway, mtls_error *error) {
    mtls_profile_id id;
    *out_gateway = NULL;
    if (!mtls_profile_find(profile, &id)) {
        return profile_unknown(profile, error);
    }
    mtlsval_gateway *gateway = calloc(1, sizeof *gateway);
    if (gateway == NULL || mtlsval_trust_new(&gateway->trust) != MTLS_OK) {
        free(gateway);
        return mtls_fail(MTLS_ERR_NOMEM, error, "%s", mtls_status_text(MTLS_ERR_NOMEM));
    }
    gateway->profile = mtlsval_profile_get(id);
    *out_gateway = gateway;
    return MTLS_OK;
}

static void file_free(mtlsval_file *file) {
    if (file != NULL) {
        mtlsval_upload_free(file->upload);
        free(file);
    }
}

void mtlsval_gateway_free(mtlsval_gateway *gateway) {
    if (gateway != NULL) {
        for (size_t i = 0; i < gateway->num_files; i++) {
            file_free(gateway->files[i]);
        }
        free(gateway->files);
        mtlsval_trust_free(gateway->trust);
        free(gateway);
    }
}

static void answer_fill(const mtlsval_file *file, mtlsval_file_answer *out_answer) {
    const mtlsval_file_verdict *verdict = &file->verdict;
    bool has_code = verdict->code != MTLS_UPLOAD_ACCEPTED;
    *out_answer = (mtlsval_file_answer){
        .accepted = verdict->accepted,
        .code = has_code ? mtls_upload_code_describe(verdict->code)->spelling : NULL,
        .advice = has_code ? mtls_upload_code_describe(verdict->code)->advice : NULL,
        .detail = verdict->detail,
        .client_cert_issuer_dn = verdict->client_cert_issuer_dn,
        .upload = file->upload,
    };
}

mtls_status mtlsval_gateway_add_file(mtlsval_gateway *gateway, const void *file, size_t len, int64_t now,
                                     mtlsval_file_answer *out_answer) {
    mtls_view bytes = {file, len};
    mtlsval_upload_settings settings = {.time = now};
    mtlsval_file **files = realloc(gateway->files, (gateway->num_files + 1) * sizeof *files);
    if (files == NULL) {
        return MTLS_ERR_NOMEM;
    }
    gateway->files = files;
    mtlsval_file *added = calloc(1, sizeof *added);
    if (added == NULL) {
        return MTLS_ERR_NOMEM;
    }
    mtls_status status = mtlsval_upload_run(bytes, &settings, &added->upload);
    if (status == MTLS_OK) {
        status = gateway->profile->file_load(bytes, added->upload, gateway->trust, &added->verdict);
    }
    if (status != MTLS_OK) {
        file_free(added);
        return status;
    }
    gateway->files[gateway->num_files++] = added;
    gateway->refused |= !added->verdict.accepted;
    answer_fill(added, out_answer);
    return MTLS_OK;
}
