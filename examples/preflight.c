/* preflight FILE: would the gateway take FILE as its trusted client CA certificates? Exit 0 yes, 1 no, 2
 * trouble. */
#include <mtls/validate.h>
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv) {
    static char file[1 << 20];
    FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (in == NULL) {
        fprintf(stderr, "usage: preflight FILE\n");
        return 2;
    }
    size_t len = fread(file, 1, sizeof file, in);
    fclose(in);
    if (len == sizeof file) {
        fprintf(stderr, "preflight: %s is too long for this example: 1 MiB\n", argv[1]);
        return 2;
    }

    mtlsval_upload *upload = NULL;
    mtls_status status = mtlsval_upload_check(file, len, (int64_t)time(NULL), &upload);
    if (status != MTLS_OK) {
        fprintf(stderr, "preflight: %s\n", mtls_status_text(status));
        return 2;
    }
    int accepted = mtlsval_upload_accepted(upload);
    if (accepted) {
        printf("accepted, clientCertIssuerDN %s\n", mtlsval_upload_client_cert_issuer_dn(upload));
    } else {
        printf("rejected with %s: %s\n%s\n", mtlsval_upload_code(upload), mtlsval_upload_detail(upload),
               mtlsval_upload_advice(upload));
    }
    mtlsval_upload_free(upload);
    return accepted ? 0 : 1;
}
