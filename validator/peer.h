/* What a client sends: its certificates, as the TLS handshake carries them. */
#ifndef MTLS_VALIDATOR_PEER_H
#define MTLS_VALIDATOR_PEER_H

#include <openssl/x509.h>

#include <mtls/bytes.h>

/* SSL_MAX_CERT_LIST_DEFAULT: a longer Certificate message ends the handshake. */
enum { MTLSVAL_CERTIFICATE_MESSAGE_MAX = 100 * 1024 };

typedef struct {
    STACK_OF(X509) * certificates; /* in the order sent */
    size_t *lines;                 /* of their BEGIN in the PEM, from 1 */
    size_t num_lines;
    /* Not NULL (static text): the server ends the handshake with an alert at this certificate, and only those
     * before it are listed. */
    const char *abort_reason;
    size_t abort_number, abort_line;
} mtlsval_peer;

/* mtlsval_peer_read reads the certificates of `pem`, which a TLS client would send in this order. Other
 * blocks, such as the client's key, are passed over. PEM that is broken or holds no certificate is
 * MTLS_ERR_INPUT with the line in `error`, since no client could send anything; DER that does not decode is
 * an answer, in `abort_reason`. Unless this returns MTLS_OK, `*out_peer` needs no clearing. */
MTLS_MUST_CHECK mtls_status mtlsval_peer_read(mtls_view pem, mtlsval_peer *out_peer, mtls_error *error);
void mtlsval_peer_clear(mtlsval_peer *peer);

#endif
