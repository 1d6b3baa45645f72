#include "validator/trust.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "validator/crypto_error.h"

struct mtlsval_trust {
    X509_STORE *store;
};

mtls_status mtlsval_trust_new(mtlsval_trust **out_trust) {
    *out_trust = NULL;
    mtlsval_trust *trust = calloc(1, sizeof *trust);
    if (trust == NULL) {
        return MTLS_ERR_NOMEM;
    }
    trust->store = X509_STORE_new();
    if (trust->store == NULL) {
        free(trust);
        return MTLS_ERR_NOMEM;
    }
    *out_trust = trust;
    return MTLS_OK;
}

void mtlsval_trust_free(mtlsval_trust *trust) {
    if (trust != NULL) {
        X509_STORE_free(trust->store);
        free(trust);
    }
}

X509_STORE *mtlsval_trust_store(const mtlsval_trust *trust) {
    return trust->store;
}

/* X509_STORE_add_cert sorts all that it holds for each new one, which takes ten seconds for ten thousand. The
 * store sorts by itself when it is first searched (stably, so in the same order), and a certificate that is
 * there twice answers no differently. */
static mtls_status store_add(X509_STORE *store, X509 *certificate) {
    mtls_status status = mtlsval_crypto_prime(certificate);
    if (status != MTLS_OK) {
        return status;
    }
    X509_OBJECT *object = X509_OBJECT_new();
    if (object != NULL && X509_OBJECT_set1_X509(object, certificate) &&
        sk_X509_OBJECT_push(X509_STORE_get0_objects(store), object) > 0) {
        return MTLS_OK;
    }
    X509_OBJECT_free(object);
    return MTLS_ERR_NOMEM;
}

mtls_status mtlsval_trust_add_der(mtlsval_trust *trust, mtls_view der, bool *out_decoded) {
    *out_decoded = false;
    mtlsval_crypto_begin();
    const unsigned char *at = der.data;
    X509 *certificate = der.len > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der.len);
    bool whole = certificate != NULL && at == der.data + der.len;
    mtls_status status = MTLS_OK;
    if (whole) {
        status = store_add(trust->store, certificate);
        *out_decoded = status == MTLS_OK;
    }
    X509_free(certificate);
    bool starved = mtlsval_crypto_starved();
    return certificate == NULL && starved ? MTLS_ERR_NOMEM : status;
}

/* A stream over the bytes, as BIO_new_file gives nginx: lines end where fgets ends them, so a NUL in the file
 * cuts its line short, which a memory BIO would not do. */
static BIO *stream_open(mtls_view file) {
    if (file.len == 0) { /* fmemopen would write a NUL into no bytes */
        return BIO_new(BIO_s_null());
    }
    FILE *stream = fmemopen((void *)(uintptr_t)file.data, file.len, "r");
    BIO *bio = stream == NULL ? NULL : BIO_new_fp(stream, BIO_CLOSE);
    if (bio == NULL && stream != NULL) {
        fclose(stream);
    }
    return bio;
}

/* libcrypto's oldest error in the queue is the most precise one: "bad base64 decode" rather than "PEM lib".
 * For an empty block there is none, and the loader's own is all that nginx logs. */
static const char *first_reason(void) {
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    return reason == NULL ? "PEM lib" : reason;
}

static void refuse(mtlsval_trust_refusal *refusal, const char *step, const char *reason) {
    refusal->step = step;
    refusal->reason = reason;
}

/* X509_load_cert_crl_file, which SSL_CTX_load_verify_locations calls for a file: every certificate and CRL
 * that PEM_X509_INFO_read_bio finds goes into the store, and there must be one. Without `ssl_crl` nothing
 * looks at the CRLs, so here they are only counted. */
static mtls_status load_verify_locations(mtlsval_trust *trust, mtls_view file,
                                         mtlsval_trust_refusal *refusal) {
    static const char step[] = "SSL_CTX_load_verify_locations";
    BIO *bio = stream_open(file);
    if (bio == NULL) {
        return MTLS_ERR_NOMEM;
    }
    char no_password[] = ""; /* as it does, so that nothing asks at a terminal for one */
    STACK_OF(X509_INFO) *infos = PEM_X509_INFO_read_bio(bio, NULL, NULL, no_password);
    BIO_free(bio);
    if (infos == NULL) {
        refuse(refusal, step, first_reason());
        return MTLS_OK;
    }
    size_t num_added = 0;
    mtls_status status = MTLS_OK;
    for (int i = 0; i < sk_X509_INFO_num(infos) && status == MTLS_OK; i++) {
        const X509_INFO *info = sk_X509_INFO_value(infos, i);
        if (info->x509 != NULL) {
            status = store_add(trust->store, info->x509);
        }
        num_added += info->x509 != NULL || info->crl != NULL ? 1 : 0;
    }
    sk_X509_INFO_pop_free(infos, X509_INFO_free);
    if (status == MTLS_OK && num_added == 0) {
        refuse(refusal, step, "no certificate or crl found");
    }
    return status;
}

/* SSL_load_client_CA_file reads certificates up to the first that it cannot read, and needs one. All that the
 * file holds have been decoded by now, so that the first need not be a second time. */
static mtls_status load_client_ca(mtls_view file, mtlsval_trust_refusal *refusal) {
    BIO *bio = stream_open(file);
    if (bio == NULL) {
        return MTLS_ERR_NOMEM;
    }
    char no_password[] = "";
    unsigned char *first = NULL;
    long len = 0;
    if (PEM_bytes_read_bio(&first, &len, NULL, PEM_STRING_X509, bio, NULL, no_password) != 1) {
        refuse(refusal, "SSL_load_client_CA_file", first_reason());
    }
    BIO_free(bio);
    OPENSSL_free(first);
    return MTLS_OK;
}

static mtls_status load_once(mtlsval_trust *trust, mtls_view file, mtlsval_trust_refusal *refusal) {
    *refusal = (mtlsval_trust_refusal){0};
    mtlsval_crypto_begin();
    mtls_status status = load_verify_locations(trust, file, refusal);
    if (status == MTLS_OK && refusal->step == NULL) {
        mtlsval_crypto_begin();
        status = load_client_ca(file, refusal);
    }
    bool starved = mtlsval_crypto_starved();
    return status == MTLS_OK && refusal->step != NULL && starved ? MTLS_ERR_NOMEM : status;
}

/* A lack of memory says nothing about the file, and libcrypto does not always tell of it: a refusal counts
 * when it comes a second time. */
mtls_status mtlsval_trust_add_file(mtlsval_trust *trust, mtls_view file, mtlsval_trust_refusal *refusal) {
    mtlsval_trust_refusal first;
    mtls_status status = load_once(trust, file, &first);
    *refusal = first;
    if (status != MTLS_OK || first.step == NULL) {
        return status;
    }
    status = load_once(trust, file, refusal);
    return status == MTLS_OK && refusal->step == NULL ? MTLS_ERR_NOMEM : status;
}

mtls_status mtlsval_trust_store_at(const mtlsval_trust *trust, int64_t time, X509_STORE **out_store) {
    *out_store = NULL;
    X509_STORE *copy = X509_STORE_new();
    X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
    STACK_OF(X509) *certificates = X509_STORE_get1_all_certs(trust->store);
    mtls_status status = MTLS_ERR_NOMEM;
    if (copy != NULL && param != NULL && certificates != NULL) {
        X509_VERIFY_PARAM_set_time(param, (time_t)time);
        status = X509_STORE_set1_param(copy, param) ? MTLS_OK : MTLS_ERR_NOMEM;
        for (int i = 0; i < sk_X509_num(certificates) && status == MTLS_OK; i++) {
            status = store_add(copy, sk_X509_value(certificates, i));
        }
    }
    sk_X509_pop_free(certificates, X509_free);
    X509_VERIFY_PARAM_free(param);
    if (status == MTLS_OK) {
        *out_store = copy;
    } else {
        X509_STORE_free(copy);
    }
    return status;
}
