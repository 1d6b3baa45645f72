/* The public face of an upload's answer (include/mtls/validate.h). */
#include <mtls/validate.h>

#include "validator/upload.h"

mtls_status mtlsval_upload_check(const void *file, size_t len, int64_t now, mtlsval_upload **out_upload) {
    mtlsval_upload_settings settings = {.time = now};
    return mtlsval_upload_run((mtls_view){file, len}, &settings, out_upload);
}

bool mtlsval_upload_accepted(const mtlsval_upload *upload) {
    return upload->code == MTLS_UPLOAD_ACCEPTED;
}

const char *mtlsval_upload_code(const mtlsval_upload *upload) {
    return mtlsval_upload_accepted(upload) ? NULL : mtls_upload_code_describe(upload->code)->spelling;
}

const char *mtlsval_upload_advice(const mtlsval_upload *upload) {
    return mtlsval_upload_accepted(upload) ? NULL : mtls_upload_code_describe(upload->code)->advice;
}

const char *mtlsval_upload_detail(const mtlsval_upload *upload) {
    return upload->detail;
}

const char *mtlsval_upload_client_cert_issuer_dn(const mtlsval_upload *upload) {
    return upload->client_cert_issuer_dn;
}

const char *mtlsval_upload_validated_cert_data(const mtlsval_upload *upload) {
    return upload->validated_cert_data;
}

size_t mtlsval_upload_num_certificates(const mtlsval_upload *upload) {
    return upload->num_certificates;
}

bool mtlsval_upload_get_certificate(const mtlsval_upload *upload, size_t index,
                                    mtlsval_certificate_info *out_info) {
    if (index >= upload->num_certificates) {
        return false;
    }
    const mtlsval_upload_certificate *certificate = &upload->certificates[index];
    *out_info = (mtlsval_certificate_info){
        .number = certificate->number,
        .line = certificate->line,
        .role = mtlsval_role_text(certificate->role),
        .subject = certificate->subject,
        .issuer = certificate->issuer,
        .not_before = certificate->certificate.not_before,
        .not_after = certificate->certificate.not_after,
    };
    return true;
}

size_t mtlsval_upload_num_warnings(const mtlsval_upload *upload) {
    return upload->num_warnings;
}

bool mtlsval_upload_get_warning(const mtlsval_upload *upload, size_t index,
                                mtlsval_warning_details *out_warning) {
    if (index >= upload->num_warnings) {
        return false;
    }
    const mtlsval_warning *warning = &upload->warnings[index];
    const mtlsval_warning_info *info = mtlsval_warning_describe(warning->id);
    *out_warning =
        (mtlsval_warning_details){info->slug, warning->number, warning->line, warning->seen, info->text};
    return true;
}
