/* The certificates that a verifier trusts, in the form that libcrypto searches. */
#ifndef MTLS_VALIDATOR_TRUST_H
#define MTLS_VALIDATOR_TRUST_H

#include <openssl/x509_vfy.h>

#include <mtls/bytes.h>

/* Built once, then only read: any number of threads may verify against it at the same time. */
typedef struct mtlsval_trust mtlsval_trust;

/* mtlsval_trust_new makes an empty trust store; mtlsval_trust_free is safe on NULL. */
MTLS_MUST_CHECK mtls_status mtlsval_trust_new(mtlsval_trust **out_trust);
void mtlsval_trust_free(mtlsval_trust *trust);

/* mtlsval_trust_add_der adds one certificate. `*out_decoded` is false, and nothing is added, when libcrypto
 * cannot decode it. */
MTLS_MUST_CHECK mtls_status mtlsval_trust_add_der(mtlsval_trust *trust, mtls_view der, bool *out_decoded);

/* Why nginx would refuse a file: both NULL if it does not; static text. */
typedef struct {
    const char *step;   /* the libssl function that fails, as nginx names it in its log */
    const char *reason; /* libcrypto's reason */
} mtlsval_trust_refusal;

/* mtlsval_trust_add_file adds what nginx 1.22's ssl_client_certificate takes from `file`: the certificates
 * (and CRLs, which are not consulted) of SSL_CTX_load_verify_locations, if SSL_load_client_CA_file then finds
 * a certificate too. Once a file is refused the store must not be used: nginx would not have started. */
MTLS_MUST_CHECK mtls_status mtlsval_trust_add_file(mtlsval_trust *trust, mtls_view file,
                                                   mtlsval_trust_refusal *refusal);

/* mtlsval_trust_store lends libcrypto's store. */
X509_STORE *mtlsval_trust_store(const mtlsval_trust *trust);

/* mtlsval_trust_store_at makes a store of the same certificates whose clock stands at `time` (seconds since
 * 1970), for callees of libcrypto that take no time of their own. The caller frees it. */
MTLS_MUST_CHECK mtls_status mtlsval_trust_store_at(const mtlsval_trust *trust, int64_t time,
                                                   X509_STORE **out_store);

#endif
