#include <openssl/x509.h>

#include "validator/client.h"
#include "validator/name.h"

static void find_sent(const mtlsval_peer *peer, const X509 *certificate, mtlsval_place *place) {
    for (int i = 0; i < sk_X509_num(peer->certificates) && place->sent_number == 0; i++) {
        if (X509_cmp(sk_X509_value(peer->certificates, i), certificate) == 0) {
            place->sent_number = (size_t)i + 1;
            place->sent_line = peer->lines[i];
        }
    }
}

static void find_trusted(const mtlsval_gateway *gateway, const X509 *certificate, mtlsval_place *place) {
    unsigned char *bytes = NULL;
    int len = i2d_X509(certificate, &bytes);
    mtls_view der = {bytes, len < 0 ? 0 : (size_t)len};
    for (size_t i = 0; i < gateway->num_files && place->file == 0; i++) {
        const mtlsval_upload *upload = gateway->files[i]->upload;
        for (size_t j = 0; j < upload->num_certificates && place->file == 0; j++) {
            if (mtls_view_equal(der, upload->certificates[j].certificate.der)) {
                place->file = i + 1;
                place->file_number = upload->certificates[j].number;
                place->file_line = upload->certificates[j].line;
            }
        }
    }
    OPENSSL_free(bytes);
}

mtlsval_place mtlsval_place_find(const mtlsval_gateway *gateway, const mtlsval_peer *peer,
                                 const X509 *certificate) {
    mtlsval_place place = {0};
    find_sent(peer, certificate, &place);
    find_trusted(gateway, certificate, &place);
    return place;
}

/* libcrypto's form, for a name that is no DER and that our own reader therefore refuses. */
static mtls_status name_print(const X509_NAME *name, mtls_buf *out) {
    BIO *bio = BIO_new(BIO_s_mem());
    mtls_status status = MTLS_ERR_NOMEM;
    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0) {
        char *data = NULL;
        long len = BIO_get_mem_data(bio, &data);
        status = mtls_buf_append(out, (mtls_view){(const uint8_t *)data, len < 0 ? 0 : (size_t)len});
    }
    BIO_free(bio);
    return status;
}

mtls_status mtlsval_x509_name_text(const X509_NAME *name, mtls_buf *out) {
    const unsigned char *der = NULL;
    size_t der_len = 0;
    mtlsval_name read;
    mtlsval_fault fault;
    if (!X509_NAME_get0_der(name, &der, &der_len)) {
        return MTLS_ERR_NOMEM;
    }
    return mtlsval_name_read_element((mtls_view){der, der_len}, &read, &fault) ? mtlsval_name_text(&read, out)
                                                                               : name_print(name, out);
}

bool mtlsval_x509_time(const ASN1_TIME *time, int64_t *out) {
    static const int seconds_a_day = 24 * 60 * 60;
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool known = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    *out = (int64_t)days * seconds_a_day + seconds;
    return known;
}
