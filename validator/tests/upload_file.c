#include "validator/tests/upload_file.h"

#include "core/tests/cmocka_includes.h"

#include "validator/tests/parts.h"

void append_certificate(const issued *certificate, mtls_buf *file) {
    size_t lines = 0;
    for (size_t i = 0; i < certificate->pem.len; i++) {
        lines += certificate->pem.data[i] == '\n';
    }
    append(file, mtls_buf_view(&certificate->pem));
    for (; lines < 30; lines++) {
        assert_int_equal(mtls_buf_append_byte(file, '\n'), MTLS_OK);
    }
}

mtlsval_upload *check_file(const part *parts_of_file) {
    mtls_buf file = {.max = 1 << 20};
    mtlsval_upload *upload = NULL;
    for (size_t i = 0; i < MOST && (parts_of_file[i].certificate != NULL || parts_of_file[i].text != NULL);
         i++) {
        if (parts_of_file[i].text != NULL) {
            append(&file, mtls_view_of_text(parts_of_file[i].text));
        } else {
            append_certificate(parts_of_file[i].certificate, &file);
        }
    }
    mtlsval_upload_settings settings = {.time = TEST_TIME};
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), &settings, &upload), MTLS_OK);
    mtls_buf_clear(&file);
    return upload;
}

const char *seen(const mtlsval_upload *upload, mtlsval_warning_id id) {
    for (size_t i = 0; i < upload->num_warnings; i++) {
        if (upload->warnings[i].id == id) {
            return upload->warnings[i].seen;
        }
    }
    return NULL;
}
