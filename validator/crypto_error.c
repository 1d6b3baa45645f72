#include "validator/crypto_error.h"

#include <stdint.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

void mtlsval_crypto_begin(void) {
    ERR_clear_error();
}

bool mtlsval_crypto_starved(void) {
    bool starved = false;
    for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error()) {
        starved |= ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
    }
    return starved;
}

/* What libcrypto has worked out of a certificate, in one number: 0 if its extensions make no sense to it or
 * its key is of no use. */
static uint64_t meaning(X509 *certificate) {
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    bool complete = X509_check_purpose(certificate, -1, 0) == 1 && key != NULL &&
                    EVP_PKEY_get_bits(key) > 0 && EVP_PKEY_get_security_bits(key) > 0;
    return complete ? (uint64_t)1 << 32 | X509_get_extension_flags(certificate) : 0;
}

/* libcrypto never tries a second time, and does not always tell why it failed: decoding anew tells. */
static uint64_t meaning_anew(X509 *certificate) {
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    const unsigned char *at = der;
    X509 *again = len > 0 ? d2i_X509(NULL, &at, len) : NULL;
    uint64_t found = again == NULL ? 0 : meaning(again);
    X509_free(again);
    OPENSSL_free(der);
    return found;
}

mtls_status mtlsval_crypto_prime(X509 *certificate) {
    mtlsval_crypto_begin();
    uint64_t found = meaning(certificate);
    /* Its own issuer by name and not by signature algorithm is rare, and is what a lack of memory looks like.
     */
    bool is_odd = (found & EXFLAG_SI) != 0 && (found & EXFLAG_SS) == 0;
    if (found != 0 && !is_odd) {
        return MTLS_OK;
    }
    bool starved = mtlsval_crypto_starved() || meaning_anew(certificate) != found;
    mtlsval_crypto_begin();
    return starved ? MTLS_ERR_NOMEM : MTLS_OK;
}
