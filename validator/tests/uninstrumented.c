/* The upload check over the files that are named, without libcrypto: for MemorySanitizer, which needs every
 * library to be built with it. A signature is good here if it ends in an even octet. */
#include <stdio.h>

#include "core/file.h"
#include "validator/letter.h"
#include "validator/tests/adversarial.h"
#include "validator/upload.h"

static mtls_status by_parity(void *context, const mtlsval_certificate *certificate,
                             const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    (void)context;
    (void)issuer;
    mtls_view signature = certificate->signature;
    bool even = signature.len > 0 && signature.data[signature.len - 1] % 2 == 0;
    *out_answer = even ? MTLSVAL_SIGNATURE_GOOD : MTLSVAL_SIGNATURE_BAD;
    return MTLS_OK;
}

/* What signature.c has for libcrypto's. */
mtls_status mtlsval_signature_check(mtlsval_signature_cache *cache, const mtlsval_certificate *certificate,
                                    const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    return by_parity(cache, certificate, issuer, out_answer);
}

unsigned mtlsval_signature_cost(const mtlsval_certificate *issuer) {
    return issuer->key_bits > 4096 ? 2 : 1;
}

void mtlsval_signature_cache_clear(mtlsval_signature_cache *cache) {
    cache->key = NULL;
}

static int check(const mtls_buf *file) {
    mtlsval_upload *upload = NULL;
    mtlsval_upload_settings settings = {.time = 1893456000};
    if (mtlsval_upload_run(mtls_buf_view(file), &settings, &upload) != MTLS_OK) {
        return 1;
    }
    printf("%d %s\n", (int)upload->code, upload->detail); /* every byte of the answer is looked at */
    for (size_t i = 0; i < upload->num_certificates; i++) {
        printf("%s %s\n", upload->certificates[i].subject, upload->certificates[i].issuer);
    }
    for (size_t i = 0; i < upload->num_warnings; i++) {
        printf("%s\n", upload->warnings[i].seen);
    }
    if (upload->validated_cert_data != NULL) {
        printf("%s\n", upload->validated_cert_data);
    }
    char broken[300];
    puts(mtlsval_letter_judge(upload, broken, sizeof broken) ? "by the letter" : broken);
    mtlsval_upload_free(upload);
    return 0;
}

int main(int argc, char **argv) {
    int bad = 0;
    for (int i = 1; i < argc; i++) {
        mtls_buf file = {.max = 1 << 28};
        mtls_error error;
        if (mtls_file_read(argv[i], &file, &error) != MTLS_OK) {
            fprintf(stderr, "%s\n", error.text);
            bad = 1;
        } else {
            bad |= check(&file);
        }
        mtls_buf_clear(&file);
    }
    for (size_t i = 0; i < num_adversarial_files; i++) {
        mtls_buf file = {.max = 1 << 20};
        bad |= !adversarial_make(&adversarial_files[i], 1 << 16, &file) || check(&file);
        mtls_buf_clear(&file);
    }
    return bad;
}
