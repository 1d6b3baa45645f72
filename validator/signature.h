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

/* Keys past these sizes are not tried: the time that a verification takes grows with their square. */
enum { MTLSVAL_RSA_BITS_MAX = 16384, MTLSVAL_DSA_BITS_MAX = 4096 };

/* The key that was used last, for the next certificate of the same issuer. Starts zeroed. */
typedef struct {
    mtls_view spki;      /* borrowed */
    mtlsval_curve curve; /* of an EC key with a named curve */
    void *key;           /* EVP_PKEY; NULL: libcrypto cannot use it */
} mtlsval_signature_cache;

void mtlsval_signature_cache_clear(mtlsval_signature_cache *cache);

/* mtlsval_signature_check answers whether `issuer`'s key verifies `certificate`'s signature. It looks at
 * nothing else: no names, no dates, no key usage. `cache` may be NULL; `issuer`'s DER must outlive it. The
 * thread's queue of OpenSSL errors is emptied. MTLS_ERR_NOMEM when libcrypto ran out of memory. */
MTLS_MUST_CHECK mtls_status mtlsval_signature_check(mtlsval_signature_cache *cache,
                                                    const mtlsval_certificate *certificate,
                                                    const mtlsval_certificate *issuer,
                                                    mtlsval_signature_answer *out_answer);

/* mtlsval_signature_cost is about what a check by `issuer`'s key costs, in checks by RSA 2048 or P-256. */
unsigned mtlsval_signature_cost(const mtlsval_certificate *issuer);

#endif
