/* Fuzzes GnuTLS's reading of certificates with mutants that know what a certificate is:
 *
 *   clang -g -fsanitize=fuzzer,address fuzz-gnutls.c -o fuzz-gnutls \
 *       $(pkg-config --cflags --libs mtlsmutate gnutls)
 *   mtls-gen corpus --format fuzz-seeds --out seeds
 *   ./fuzz-gnutls corpus seeds/certificate                              */
#include <mtls/mutate.h>

#include <gnutls/x509.h>

/* This line is all that libFuzzer needs. */
MTLSMUT_LIBFUZZER(MTLSMUT_CERTIFICATE);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gnutls_x509_crt_t certificate;
    gnutls_datum_t der = {(unsigned char *)data, (unsigned)size};
    if (gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS) {
        return 0;
    }
    if (gnutls_x509_crt_import(certificate, &der, GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS) {
        gnutls_datum_t text = {NULL, 0};
        if (gnutls_x509_crt_print(certificate, GNUTLS_CRT_PRINT_FULL, &text) == GNUTLS_E_SUCCESS) {
            gnutls_free(text.data);
        }
    }
    gnutls_x509_crt_deinit(certificate);
    return 0;
}
