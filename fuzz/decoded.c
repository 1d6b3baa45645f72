#include "fuzz/decoded.h"

#include "fuzz/oracle.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

/* What is kept: each bytes have one place, and the last to come has it. */
enum { NUM_CERTIFICATES = 4096, NUM_FILES = 1024, DER_KEPT_MAX = 4 * 1024, FILE_KEPT_MAX = 16 * 1024 };

typedef struct {
    mtls_buf bytes;
    STACK_OF(X509) * certificates; /* NULL: nothing is kept here */
} place;

static void give_up_on_null(const void *made) {
    mtlsfuzz_must(made == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "decode certificates");
}

static STACK_OF(X509) * decode_der(mtls_view der) {
    STACK_OF(X509) *certificates = sk_X509_new_null();
    const unsigned char *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    give_up_on_null(certificates);
    if (x != NULL) {
        sk_X509_push(certificates, x);
    }
    return certificates;
}

/* A trust file is a file, whose lines a NUL cuts short. */
static BIO *stream_open(mtls_view file) {
    FILE *stream = file.len == 0 ? NULL : fmemopen((void *)(uintptr_t)file.data, file.len, "r");
    return stream == NULL ? BIO_new(BIO_s_null()) : BIO_new_fp(stream, BIO_CLOSE);
}

static STACK_OF(X509) * decode_file(mtls_view file) {
    char no_password[] = "";
    BIO *bio = stream_open(file);
    STACK_OF(X509) *certificates = sk_X509_new_null();
    give_up_on_null(bio);
    give_up_on_null(certificates);
    STACK_OF(X509_INFO) *infos = PEM_X509_INFO_read_bio(bio, NULL, NULL, no_password);
    for (int i = 0; i < sk_X509_INFO_num(infos); i++) {
        X509 *x = sk_X509_INFO_value(infos, i)->x509;
        if (x != NULL && X509_up_ref(x) == 1) {
            sk_X509_push(certificates, x);
        }
    }
    sk_X509_INFO_pop_free(infos, X509_INFO_free);
    BIO_free(bio);
    return certificates;
}

/* look_up gives the certificates of `bytes`, decoding them where they are not kept; all are the caller's. */
static STACK_OF(X509) * look_up(place *places, unsigned num_places, size_t kept_max, mtls_view bytes,
                                STACK_OF(X509) * (*decode)(mtls_view bytes)) {
    if (bytes.len > kept_max) {
        return decode(bytes);
    }
    place *here = &places[mtlsfuzz_draw(bytes, num_places)];
    if (here->certificates == NULL || !mtls_view_equal(mtls_buf_view(&here->bytes), bytes)) {
        sk_X509_pop_free(here->certificates, X509_free);
        here->bytes.max = kept_max;
        mtls_buf_reset(&here->bytes);
        mtlsfuzz_must(mtls_buf_append(&here->bytes, bytes), "keep a certificate");
        here->certificates = decode(bytes);
        ERR_clear_error();
    }
    STACK_OF(X509) *given = X509_chain_up_ref(here->certificates);
    give_up_on_null(given);
    return given;
}

X509 *mtlsfuzz_decode(mtls_view der) {
    static place places[NUM_CERTIFICATES];
    STACK_OF(X509) *certificates = look_up(places, NUM_CERTIFICATES, DER_KEPT_MAX, der, decode_der);
    X509 *x = sk_X509_pop(certificates);
    sk_X509_free(certificates);
    return x;
}

STACK_OF(X509) * mtlsfuzz_decode_trusted(mtls_view file) {
    static place places[NUM_FILES];
    return look_up(places, NUM_FILES, FILE_KEPT_MAX, file, decode_file);
}
