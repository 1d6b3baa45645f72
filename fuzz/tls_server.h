/* A TLS server in memory that is sent one client Certificate message. */
#ifndef MTLS_FUZZ_TLS_SERVER_H
#define MTLS_FUZZ_TLS_SERVER_H

#include <openssl/x509_vfy.h>

#include <mtls/bytes.h>

/* What the server made of the message. */
typedef struct {
    bool aborted;  /* it ended the handshake with an alert */
    bool has_peer; /* it took a certificate */
    bool
        finished; /* it holds the client for authenticated, which nobody can be without a CertificateVerify */
    int x509_v_err; /* SSL_get_verify_result, where `has_peer` */
} mtlsfuzz_tls_answer;

/* mtlsfuzz_tls_ask sends `body`, a Certificate message's body in the form of the version, after a ClientHello
 * of our own, to a server that asks for a certificate as nginx does and trusts `store` at `time`. */
void mtlsfuzz_tls_ask(X509_STORE *store, int64_t time, bool tls12, mtls_view body, mtlsfuzz_tls_answer *out);

#endif
