/* Whether a key made a certificate's signature, by libcrypto. The key is read straight from the
 * SubjectPublicKeyInfo, since OpenSSL 3's X509 objects cost more than the verification itself. */
#ifndef MTLS_VALIDATOR_SIGNATURE_H
#define MTLS_VALIDATOR_SIGNATURE_H

#include <mtls/bytes.h>

#include "validator/certificate.h"

typedef enum {
    MTLSVAL_SIGNATURE_GOOD,
    MTLSVAL_SIGNATURE_BAD,
    MTLSVAL_SIGNATURE_UNSUPPORTED /* an algorithm or a key that cannot be used, or past the size limits */
} mtlsval_signature_answer;

/* Keys past these are not tried: verification time grows with the square of the size. */
enum { MTLSVAL_RSA_BITS_MAX = 16384, MTLSVAL_DSA_BITS_MAX = 8192 };

/* mtlsval_signature_check answers whether `issuer`'s key verifies `certificate`'s signature. It looks at
 * nothing else: no names, no dates, no key usage. MTLS_ERR_NOMEM when libcrypto ran out of memory. */
MTLS_MUST_CHECK mtls_status mtlsval_signature_check(const mtlsval_certificate *certificate,
                                                    const mtlsval_certificate *issuer,
                                                    mtlsval_signature_answer *out_answer);

#endif
