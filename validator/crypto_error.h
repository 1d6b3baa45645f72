/* Telling libcrypto's "no" from its "no memory": it answers both with a failure, and the difference is in its
 * error queue alone, which belongs to the thread. */
#ifndef MTLS_VALIDATOR_CRYPTO_ERROR_H
#define MTLS_VALIDATOR_CRYPTO_ERROR_H

#include <stdbool.h>

#include <openssl/x509.h>

#include <mtls/status.h>

/* mtlsval_crypto_begin empties the thread's queue, so that what is in it later belongs to the calls in
 * between. */
void mtlsval_crypto_begin(void);

/* mtlsval_crypto_starved tells whether an allocation failed since then, and empties the queue. */
bool mtlsval_crypto_starved(void);

/* mtlsval_crypto_prime makes libcrypto work out what it keeps with a certificate: the meaning of its
 * extensions and its key. Left to itself it does so while it builds a chain, where a lack of memory would
 * pass for a bad certificate. */
MTLS_MUST_CHECK mtls_status mtlsval_crypto_prime(X509 *certificate);

#endif
