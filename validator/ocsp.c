#include "validator/ocsp.h"

#include <string.h>
#include <strings.h>

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "validator/crypto_error.h"

/* nginx passes this to OCSP_check_validity: seconds by which the two clocks may differ. */
enum { CLOCK_LEEWAY = 300 };

/* The buffer into which nginx reads the answer. HTTP's header is in it too; how long that is depends on the
 * responder, so that it is not counted here. */
enum { ANSWER_MAX = 16384 };

static mtls_status request_failed(mtlsval_ocsp_verdict *out_verdict, const char *detail) {
    *out_verdict = (mtlsval_ocsp_verdict){MTLS_REASON_OCSP_REQUEST_FAILED, detail};
    return MTLS_OK;
}

/* nginx takes the first OCSP URL of the certificate, and of URLs only http ones with a host. NULL if it does,
 * else what is wrong. */
static const char *responder_missing(X509 *certificate) {
    static const char scheme[] = "http://";
    STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(certificate);
    const char *url = sk_OPENSSL_STRING_num(urls) > 0 ? sk_OPENSSL_STRING_value(urls, 0) : NULL;
    const char *missing = NULL;
    if (url == NULL) {
        missing = "the certificate names no OCSP responder (authorityInfoAccess, id-ad-ocsp)";
    } else if (strncasecmp(url, scheme, sizeof scheme - 1) != 0) {
        missing = "the certificate's OCSP responder is not an http:// URL";
    } else if (strcspn(url + sizeof scheme - 1, "/?:") == 0) {
        missing = "the URL of the certificate's OCSP responder has no host";
    }
    X509_email_free(urls);
    return missing;
}

/* OCSP_check_validity against another clock than the machine's. */
static const char *untimely(const ASN1_GENERALIZEDTIME *this_update, const ASN1_GENERALIZEDTIME *next_update,
                            int64_t time) {
    time_t latest_start = (time_t)(time + CLOCK_LEEWAY), earliest_end = (time_t)(time - CLOCK_LEEWAY);
    if (!ASN1_GENERALIZEDTIME_check(this_update)) {
        return "the OCSP answer's thisUpdate is malformed";
    }
    if (X509_cmp_time(this_update, &latest_start) > 0) {
        return "the OCSP answer is not valid yet (thisUpdate)";
    }
    if (next_update == NULL) {
        return NULL;
    }
    if (!ASN1_GENERALIZEDTIME_check(next_update)) {
        return "the OCSP answer's nextUpdate is malformed";
    }
    if (X509_cmp_time(next_update, &earliest_end) < 0) {
        return "the OCSP answer has expired (nextUpdate)";
    }
    return ASN1_STRING_cmp(next_update, this_update) < 0 ? "the OCSP answer ends before it starts" : NULL;
}

static mtls_status status_read(OCSP_BASICRESP *basic, const OCSP_CERTID *id, int64_t time,
                               mtlsval_ocsp_verdict *out_verdict) {
    int certificate_status = V_OCSP_CERTSTATUS_UNKNOWN;
    ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;
    if (OCSP_resp_find_status(basic, (OCSP_CERTID *)(uintptr_t)id, &certificate_status, NULL, NULL,
                              &this_update, &next_update) != 1) {
        return request_failed(out_verdict, "the OCSP answer is about another certificate");
    }
    const char *late = untimely(this_update, next_update, time);
    if (late != NULL) {
        return request_failed(out_verdict, late);
    }
    switch (certificate_status) {
    case V_OCSP_CERTSTATUS_GOOD:
        *out_verdict = (mtlsval_ocsp_verdict){MTLS_REASON_NONE, NULL};
        break;
    case V_OCSP_CERTSTATUS_REVOKED:
        *out_verdict = (mtlsval_ocsp_verdict){MTLS_REASON_REVOKED,
                                              "the OCSP answer says that the certificate is revoked"};
        break;
    default:
        *out_verdict = (mtlsval_ocsp_verdict){MTLS_REASON_OCSP_STATUS_UNKNOWN,
                                              "the OCSP responder does not know the certificate"};
    }
    return MTLS_OK;
}

/* RFC 6960 section 4.2.2.2: the signer is the issuer itself, or one that the issuer delegated to. */
static mtls_status basic_check(const mtlsval_trust *trust, STACK_OF(X509) * built, OCSP_BASICRESP *basic,
                               int64_t time, mtlsval_ocsp_verdict *out_verdict) {
    X509_STORE *store = NULL;
    mtls_status status = mtlsval_trust_store_at(trust, time, &store);
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, sk_X509_value(built, 0), sk_X509_value(built, 1));
    if (status == MTLS_OK && id == NULL) {
        status = MTLS_ERR_NOMEM;
    }
    if (status == MTLS_OK) {
        status =
            OCSP_basic_verify(basic, built, store, 0) == 1
                ? status_read(basic, id, time, out_verdict)
                : request_failed(out_verdict, "the OCSP answer is not signed by the certificate's issuer "
                                              "or a responder that it delegated to");
    }
    OCSP_CERTID_free(id);
    X509_STORE_free(store);
    return status;
}

static mtls_status response_check(const mtlsval_trust *trust, STACK_OF(X509) * built, mtls_view bytes,
                                  int64_t time, mtlsval_ocsp_verdict *out_verdict) {
    const unsigned char *at = bytes.data;
    OCSP_RESPONSE *response = bytes.len > LONG_MAX ? NULL : d2i_OCSP_RESPONSE(NULL, &at, (long)bytes.len);
    if (response == NULL) {
        return request_failed(out_verdict, "the OCSP answer is not a DER OCSPResponse");
    }
    mtls_status status;
    OCSP_BASICRESP *basic = NULL;
    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        status = request_failed(out_verdict, "the OCSP responder answered with an error (responseStatus)");
    } else if ((basic = OCSP_response_get1_basic(response)) == NULL) {
        status = request_failed(out_verdict, "the OCSP answer holds no basic response");
    } else {
        status = basic_check(trust, built, basic, time, out_verdict);
    }
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return status;
}

mtls_status mtlsval_ocsp_check(const mtlsval_trust *trust, STACK_OF(X509) * built, mtls_view response,
                               int64_t time, mtlsval_ocsp_verdict *out_verdict) {
    *out_verdict = (mtlsval_ocsp_verdict){MTLS_REASON_NONE, NULL};
    /* A root that is itself the client's certificate has no issuer to ask. */
    if (sk_X509_num(built) < 2) {
        return MTLS_OK;
    }
    mtlsval_crypto_begin();
    const char *missing = responder_missing(sk_X509_value(built, 0));
    mtls_status status;
    if (missing != NULL) {
        status = request_failed(out_verdict, missing);
    } else if (response.len == 0) {
        status = request_failed(out_verdict, "the OCSP responder gave no answer");
    } else if (response.len > ANSWER_MAX) {
        status =
            request_failed(out_verdict, "the OCSP answer is longer than the 16384 bytes that nginx reads");
    } else {
        status = response_check(trust, built, response, time, out_verdict);
    }
    bool starved = mtlsval_crypto_starved();
    return out_verdict->reason == MTLS_REASON_OCSP_REQUEST_FAILED && starved ? MTLS_ERR_NOMEM : status;
}
