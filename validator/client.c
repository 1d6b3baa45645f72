#include "validator/client.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "validator/ocsp.h"

enum { DETAIL_MAX = 1 << 20, HTTP_OK = 200, HTTP_BAD_REQUEST = 400 };

/* seed#sslclientverify-is-failed: "Ensure the client certificate designates Extended Key Usage for Client
 * Authentication". OpenSSL takes a certificate without the extension for any purpose (RFC 5280
 * section 4.2.1.12). */
static bool has_client_auth(X509 *certificate) {
    return (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0;
}

/* "This error typically happens when the Issuer DN of the client certificate doesn't match the
 * ClientCertificateIssuerDN extracted from the trusted client CA certificate chain": of any trusted file. */
static mtls_status issuer_dn_check(const mtlsval_gateway *gateway, const X509 *certificate,
                                   bool *out_matches) {
    mtls_buf issuer = {.max = DETAIL_MAX};
    mtls_status status = mtlsval_x509_name_text(X509_get_issuer_name(certificate), &issuer);
    *out_matches = false;
    for (size_t i = 0; status == MTLS_OK && i < gateway->num_files; i++) {
        const char *wanted = gateway->files[i]->verdict.client_cert_issuer_dn;
        *out_matches |= wanted != NULL && mtls_view_equal_text(mtls_buf_view(&issuer), wanted);
    }
    mtls_buf_clear(&issuer);
    return status;
}

/* What comes after libcrypto's success: the profile's own checks, then the question to the responder. */
static mtls_status check_further(const mtlsval_gateway *gateway, const mtlsval_client_options *options,
                                 mtlsval_client *client) {
    X509 *leaf = sk_X509_value(client->peer.certificates, 0);
    mtls_status status = MTLS_OK;
    if (gateway->profile->needs_eku && !has_client_auth(leaf)) {
        client->reason = MTLS_REASON_PURPOSE_CLIENT_AUTH;
        return MTLS_OK;
    }
    if (gateway->profile->checks_issuer_dn && options->verify_issuer_dn) {
        bool matches = false;
        status = issuer_dn_check(gateway, leaf, &matches);
        if (status != MTLS_OK || !matches) {
            client->reason = MTLS_REASON_ISSUER_DN_MISMATCH;
            return status;
        }
    }
    if (options->verify_ocsp) {
        mtls_view response = {options->ocsp_response, options->ocsp_response_len};
        mtlsval_ocsp_verdict ocsp;
        status = mtlsval_ocsp_check(gateway->trust, client->chain.built, response, options->time, &ocsp);
        if (status == MTLS_OK) {
            client->reason = ocsp.reason;
            client->ocsp_detail = ocsp.detail;
        }
    }
    return status;
}

static mtls_status verify(const mtlsval_gateway *gateway, const mtlsval_client_options *options,
                          mtlsval_client *client) {
    mtls_status status =
        mtlsval_chain_verify(gateway->trust, client->peer.certificates, options->time, &client->chain);
    if (status != MTLS_OK) {
        return status;
    }
    client->verified = true;
    if (!client->chain.completed) {
        client->result = MTLS_VERIFY_ABORTED;
        return MTLS_OK;
    }
    client->reason = mtls_reason_from_x509(client->chain.x509_v_err);
    if (client->reason == MTLS_REASON_NONE) {
        status = check_further(gateway, options, client);
    }
    client->result = client->reason == MTLS_REASON_NONE ? MTLS_VERIFY_SUCCESS : MTLS_VERIFY_FAILED;
    return status;
}

static mtls_status judge(const mtlsval_gateway *gateway, const void *chain, size_t len,
                         const mtlsval_client_options *options, mtlsval_client *client, mtls_error *error) {
    client->result = MTLS_VERIFY_NONE;
    if (chain == NULL) {
        return MTLS_OK;
    }
    mtls_status status = mtlsval_peer_read((mtls_view){chain, len}, &client->peer, error);
    if (status != MTLS_OK) {
        return status;
    }
    if (client->peer.abort_reason != NULL) {
        client->result = MTLS_VERIFY_ABORTED;
        return MTLS_OK;
    }
    if (options->passthrough) {
        client->result = MTLS_VERIFY_PASSTHROUGH;
        return MTLS_OK;
    }
    status = verify(gateway, options, client);
    return status == MTLS_OK ? MTLS_OK : mtls_fail(status, error, "%s", mtls_status_text(status));
}

static int http_status_of(const mtlsval_client *client, bool passthrough) {
    switch (client->result) {
    case MTLS_VERIFY_ABORTED:
        return 0;
    case MTLS_VERIFY_FAILED:
        return HTTP_BAD_REQUEST;
    case MTLS_VERIFY_NONE:
        return passthrough ? HTTP_OK : HTTP_BAD_REQUEST;
    default:
        return HTTP_OK;
    }
}

static mtls_status usage_check(const mtlsval_gateway *gateway, const mtlsval_client_options *options,
                               mtls_error *error) {
    const mtls_profile_info *profile = mtls_profile_describe(gateway->profile->id);
    if (!profile->judges_clients) {
        return mtls_fail(MTLS_ERR_USAGE, error, "the profile %s judges files alone, and no clients",
                         profile->spelling);
    }
    if (options->passthrough && !gateway->profile->has_passthrough) {
        return mtls_fail(MTLS_ERR_USAGE, error, "the profile %s has no passthrough mode; leave it at strict",
                         profile->spelling);
    }
    if (gateway->refused) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "a trusted file was refused, so that no client can be checked");
    }
    if (gateway->num_files == 0 && !options->passthrough) {
        return mtls_fail(
            MTLS_ERR_USAGE, error,
            "there is no trusted file to check the client against; only passthrough does without");
    }
    return MTLS_OK;
}

mtls_status mtlsval_client_check(const mtlsval_gateway *gateway, const void *chain, size_t len,
                                 const mtlsval_client_options *options, mtlsval_client **out_client,
                                 mtls_error *error) {
    *out_client = NULL;
    mtls_status status = usage_check(gateway, options, error);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsval_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "%s", mtls_status_text(MTLS_ERR_NOMEM));
    }
    client->profile = gateway->profile;
    client->detail.max = DETAIL_MAX;
    status = judge(gateway, chain, len, options, client, error);
    if (status == MTLS_OK) {
        client->http_status = http_status_of(client, options->passthrough);
        mtls_reason_client_verify(client->result, client->reason, client->profile->id,
                                  client->ssl_client_verify);
        status = mtlsval_client_explain(gateway, options->time, client);
        if (status != MTLS_OK) {
            mtls_fail(status, error, "%s", mtls_status_text(status));
        }
    }
    if (status != MTLS_OK) {
        mtlsval_client_free(client);
        return status;
    }
    *out_client = client;
    return MTLS_OK;
}

void mtlsval_client_free(mtlsval_client *client) {
    if (client != NULL) {
        mtlsval_chain_verdict_clear(&client->chain);
        mtlsval_peer_clear(&client->peer);
        mtls_buf_clear(&client->detail);
        free(client);
    }
}

const char *mtlsval_client_result(const mtlsval_client *client) {
    return mtls_verify_result_describe(client->result)->spelling;
}

bool mtlsval_client_goes_on(const mtlsval_client *client) {
    return client->http_status == HTTP_OK;
}

const char *mtlsval_client_reason(const mtlsval_client *client) {
    return client->reason == MTLS_REASON_NONE ? NULL : mtls_reason_describe(client->reason)->slug;
}

const char *mtlsval_client_ssl_client_verify(const mtlsval_client *client) {
    return client->result == MTLS_VERIFY_ABORTED ? NULL : client->ssl_client_verify;
}

int mtlsval_client_http_status(const mtlsval_client *client) {
    return client->http_status;
}

int mtlsval_client_openssl_error(const mtlsval_client *client) {
    return client->verified ? client->chain.x509_v_err : -1;
}

const char *mtlsval_client_detail(const mtlsval_client *client) {
    return client->detail.len == 0 ? "" : (const char *)client->detail.data;
}

const char *mtlsval_client_advice(const mtlsval_client *client) {
    if (client->reason != MTLS_REASON_NONE) {
        return mtls_reason_describe(client->reason)->advice;
    }
    return mtlsval_client_goes_on(client) ? NULL : mtls_verify_result_describe(client->result)->advice;
}
