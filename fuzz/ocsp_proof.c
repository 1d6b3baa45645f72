#include "fuzz/ocsp_proof.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

enum { CLOCK_LEEWAY = 300 }; /* nginx's, in seconds */

static mtls_view string_view(const ASN1_STRING *string) {
    return (mtls_view){ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string)};
}

static bool digest_is(const EVP_MD *digest, mtls_view bytes, const ASN1_OCTET_STRING *expected) {
    uint8_t value[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return EVP_Digest(bytes.data, bytes.len, value, &len, digest, NULL) == 1 &&
           mtls_view_equal((mtls_view){value, len}, string_view(expected));
}

/* CertID (RFC 6960 4.1.1): hashes of the issuer's name and key, and the serial number. */
static bool is_about(const OCSP_SINGLERESP *single, X509 *certificate, X509 *issuer) {
    ASN1_OCTET_STRING *name_hash = NULL, *key_hash = NULL;
    ASN1_OBJECT *algorithm = NULL;
    ASN1_INTEGER *serial = NULL;
    const unsigned char *name = NULL;
    size_t name_len = 0;
    OCSP_id_get0_info(&name_hash, &algorithm, &key_hash, &serial,
                      (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single));
    const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
    return digest != NULL && ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(certificate)) == 0 &&
           X509_NAME_get0_der(X509_get_issuer_name(certificate), &name, &name_len) == 1 &&
           digest_is(digest, (mtls_view){name, name_len}, name_hash) &&
           digest_is(digest, string_view(X509_get0_pubkey_bitstr(issuer)), key_hash);
}

static bool is_within(const OCSP_SINGLERESP *single, int64_t time, int *out_status) {
    ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;
    int reason;
    *out_status = OCSP_single_get0_status((OCSP_SINGLERESP *)(uintptr_t)single, &reason, NULL, &this_update,
                                          &next_update);
    return ASN1_TIME_cmp_time_t(this_update, (time_t)(time + CLOCK_LEEWAY)) <= 0 &&
           (next_update == NULL || ASN1_TIME_cmp_time_t(next_update, (time_t)(time - CLOCK_LEEWAY)) >= 0);
}

static mtls_reason reason_of(int status) {
    return status == V_OCSP_CERTSTATUS_GOOD      ? MTLS_REASON_NONE
           : status == V_OCSP_CERTSTATUS_REVOKED ? MTLS_REASON_REVOKED
                                                 : MTLS_REASON_OCSP_STATUS_UNKNOWN;
}

static bool says(OCSP_BASICRESP *basic, STACK_OF(X509) * built, int64_t time, mtls_reason reason) {
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        const OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        int status = V_OCSP_CERTSTATUS_UNKNOWN;
        if (is_about(single, sk_X509_value(built, 0), sk_X509_value(built, 1)) &&
            is_within(single, time, &status)) {
            if (reason_of(status) == reason) {
                return true;
            }
        }
    }
    return false;
}

/* The signature is over the ResponseData as it came. */
static bool is_signed_by(OCSP_BASICRESP *basic, X509 *signer) {
    EVP_PKEY *key = X509_get0_pubkey(signer);
    return key != NULL && ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA),
                                           (X509_ALGOR *)(uintptr_t)OCSP_resp_get0_tbs_sigalg(basic),
                                           (ASN1_BIT_STRING *)(uintptr_t)OCSP_resp_get0_signature(basic),
                                           (void *)(uintptr_t)OCSP_resp_get0_respdata(basic), key) == 1;
}

/* RFC 6960 4.2.2.2: the issuer itself, or one with id-kp-OCSPSigning in a certificate that it issued. */
static bool may_answer(X509 *signer, X509 *issuer) {
    if (X509_cmp(signer, issuer) == 0) {
        return true;
    }
    return (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0 &&
           X509_NAME_cmp(X509_get_issuer_name(signer), X509_get_subject_name(issuer)) == 0 &&
           X509_get0_pubkey(issuer) != NULL && X509_verify(signer, X509_get0_pubkey(issuer)) == 1;
}

static bool is_signed(OCSP_BASICRESP *basic, STACK_OF(X509) * built) {
    const STACK_OF(X509) *sent = OCSP_resp_get0_certs(basic);
    X509 *issuer = sk_X509_value(built, 1);
    if (is_signed_by(basic, issuer)) {
        return true;
    }
    for (int i = 0; i < sk_X509_num(sent); i++) {
        X509 *signer = sk_X509_value(sent, i);
        if (may_answer(signer, issuer) && is_signed_by(basic, signer)) {
            return true;
        }
    }
    return false;
}

bool mtlsfuzz_ocsp_proves(mtls_view answer, STACK_OF(X509) * built, int64_t time, mtls_reason reason) {
    const unsigned char *at = answer.data;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)answer.len);
    OCSP_BASICRESP *basic = response == NULL ? NULL : OCSP_response_get1_basic(response);
    bool proven = basic != NULL && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL &&
                  says(basic, built, time, reason) && is_signed(basic, built);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    ERR_clear_error();
    return proven;
}

/* ResponderID (RFC 6960 4.2.1): a name, or SHA-1 of a key. */
static bool is_named(OCSP_BASICRESP *basic, X509 *signer) {
    const ASN1_OCTET_STRING *key_hash = NULL;
    const X509_NAME *name = NULL;
    if (OCSP_resp_get0_id(basic, &key_hash, &name) != 1) {
        return false;
    }
    return name != NULL ? X509_NAME_cmp(name, X509_get_subject_name(signer)) == 0
                        : digest_is(EVP_sha1(), string_view(X509_get0_pubkey_bitstr(signer)), key_hash);
}

/* Servers make the CertID that they look for with SHA-1 (OCSP_cert_to_id's default). */
static bool is_by_sha1(const OCSP_SINGLERESP *single) {
    ASN1_OBJECT *algorithm = NULL;
    OCSP_id_get0_info(NULL, &algorithm, NULL, NULL,
                      (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single));
    return OBJ_obj2nid(algorithm) == NID_sha1;
}

/* RFC 6960 4.1.1 hashes the issuer's name as the certificate writes it; libcrypto, and nginx with it, wants
 * the hash of the name as the issuer writes it, too. */
static bool is_named_alike(X509 *certificate, X509 *issuer) {
    const unsigned char *wanted = NULL, *own = NULL;
    size_t wanted_len = 0, own_len = 0;
    return X509_NAME_get0_der(X509_get_issuer_name(certificate), &wanted, &wanted_len) == 1 &&
           X509_NAME_get0_der(X509_get_subject_name(issuer), &own, &own_len) == 1 &&
           mtls_view_equal((mtls_view){wanted, wanted_len}, (mtls_view){own, own_len});
}

/* Within its time by any reading: no leeway, and an end that is not before its start. */
static bool is_timely(const OCSP_SINGLERESP *single, int64_t time) {
    ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;
    int reason;
    OCSP_single_get0_status((OCSP_SINGLERESP *)(uintptr_t)single, &reason, NULL, &this_update, &next_update);
    return ASN1_TIME_cmp_time_t(this_update, (time_t)time) == -1 && next_update != NULL &&
           ASN1_TIME_cmp_time_t(next_update, (time_t)time) == 1 && this_update->length == next_update->length;
}

bool mtlsfuzz_ocsp_is_plain(mtls_view answer, STACK_OF(X509) * built, int64_t time, mtls_reason *out_reason) {
    const unsigned char *at = answer.data;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)answer.len);
    OCSP_BASICRESP *basic = response == NULL ? NULL : OCSP_response_get1_basic(response);
    X509 *issuer = sk_X509_value(built, 1);
    bool plain = false;
    if (basic != NULL && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL &&
        OCSP_resp_count(basic) == 1) {
        const OCSP_SINGLERESP *single = OCSP_resp_get0(basic, 0);
        int status = V_OCSP_CERTSTATUS_UNKNOWN;
        plain = is_about(single, sk_X509_value(built, 0), issuer) && is_by_sha1(single) &&
                is_named_alike(sk_X509_value(built, 0), issuer) && is_within(single, time, &status) &&
                is_timely(single, time) && is_named(basic, issuer) && is_signed_by(basic, issuer);
        *out_reason = reason_of(status);
    }
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    ERR_clear_error();
    return plain;
}
