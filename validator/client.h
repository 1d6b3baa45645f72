/* What becomes of a client: the answer's inside. The public side is in <mtls/validate.h>. */
#ifndef MTLS_VALIDATOR_CLIENT_H
#define MTLS_VALIDATOR_CLIENT_H

#include <mtls/validate.h>

#include "core/vocabulary.h"
#include "validator/chain.h"
#include "validator/gateway.h"
#include "validator/peer.h"

struct mtlsval_client {
    const mtlsval_profile *profile;
    mtls_verify_result result;
    mtls_reason reason; /* MTLS_REASON_NONE unless FAILED */
    int http_status;    /* 0: there is no request */
    char ssl_client_verify[MTLS_CLIENT_VERIFY_MAX];
    mtls_buf detail;

    bool verified; /* `chain` is set */
    mtlsval_chain_verdict chain;
    mtlsval_peer peer;       /* empty if nothing was presented */
    const char *ocsp_detail; /* NULL unless the OCSP answer failed the client */
};

/* Where a certificate of a chain comes from. */
typedef struct {
    size_t sent_number, sent_line;       /* in the client's chain, from 1; 0: the client did not send it */
    size_t file, file_number, file_line; /* the trusted file, from 1, and the place in it; 0: not trusted */
} mtlsval_place;

mtlsval_place mtlsval_place_find(const mtlsval_gateway *gateway, const mtlsval_peer *peer,
                                 const X509 *certificate);

/* mtlsval_x509_name_text appends a name in the gateway's form, whatever the name is made of. Not escaped. */
MTLS_MUST_CHECK mtls_status mtlsval_x509_name_text(const X509_NAME *name, mtls_buf *out);

/* mtlsval_x509_time gives a certificate's time in seconds since 1970; false for a malformed one. */
bool mtlsval_x509_time(const ASN1_TIME *time, int64_t *out);

/* mtlsval_client_explain fills `client->detail`: which certificate, and what was seen. */
MTLS_MUST_CHECK mtls_status mtlsval_client_explain(const mtlsval_gateway *gateway, int64_t time,
                                                   mtlsval_client *client);

#endif
