/* Chain verification by libcrypto, word for word as nginx's TLS server has it done. */
#ifndef MTLS_VALIDATOR_CHAIN_H
#define MTLS_VALIDATOR_CHAIN_H

#include <openssl/x509.h>

#include <mtls/bytes.h>

#include "validator/trust.h"

enum {
    /* `ssl_verify_depth 10`; nginx's default of 1 fails a chain of two intermediates. */
    MTLSVAL_VERIFY_DEPTH = 10,
    /* Debian's security level; upstream's default differs, so it is always set. */
    MTLSVAL_AUTH_LEVEL = 2,
    /* Errors remembered for the report; the verdict needs only the last. */
    MTLSVAL_CHAIN_ERRORS_MAX = 16
};

/* One error that verification met and went on from. */
typedef struct {
    int x509_v_err;
    int depth; /* in the chain that was built: 0 is the client's certificate */
} mtlsval_chain_error;

typedef struct {
    /* False: libcrypto gave up although the callback said yes, so that the TLS handshake is aborted. */
    bool completed;
    int x509_v_err; /* what SSL_get_verify_result gives: the LAST error, X509_V_OK if there was none */
    int depth;      /* of that error */
    size_t num_errors;
    mtlsval_chain_error errors[MTLSVAL_CHAIN_ERRORS_MAX]; /* the first ones, in the order they were met */
    STACK_OF(X509) * built;                               /* the chain that was built, or NULL */
} mtlsval_chain_verdict;

/* mtlsval_chain_verify verifies `sent` (the certificates in the order that the client sent them, at least
 * one) against `trust` at `time`, in seconds since 1970. A bad chain is an answer: unless this returns
 * MTLS_OK,
 * `*out_verdict` needs no clearing. */
MTLS_MUST_CHECK mtls_status mtlsval_chain_verify(const mtlsval_trust *trust, STACK_OF(X509) * sent,
                                                 int64_t time, mtlsval_chain_verdict *out_verdict);
bool mtlsval_chain_succeeded(const mtlsval_chain_verdict *verdict);
void mtlsval_chain_verdict_clear(mtlsval_chain_verdict *verdict);

#endif
