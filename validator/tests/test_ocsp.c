#include "core/tests/cmocka_includes.h"

#include <openssl/evp.h>
#include <openssl/ocsp.h>

#include "validator/chain.h"
#include "validator/ocsp.h"
#include "validator/tests/issue.h"

#define RESPONDER "OCSP;URI:http://127.0.0.1:18888/"

/* One hierarchy; `delegate` may sign answers for `ca`, `stranger` may not, `no_eku` lacks id-kp-OCSPSigning.
 */
static issued root, ca, leaf, other, delegate, no_eku, stranger, silent, ftp, hostless;
static mtlsval_trust *trust;

static int issue_all(void **state) {
    (void)state;
    bool decoded = false;
    root = issue((issue_spec){.common_name = "root", .ca = true});
    ca = issue((issue_spec){.common_name = "ca", .ca = true, .issuer = &root});
    leaf = issue((issue_spec){.common_name = "leaf", .issuer = &ca, .eku = "clientAuth", .aia = RESPONDER});
    other = issue((issue_spec){.common_name = "other", .issuer = &ca, .eku = "clientAuth", .aia = RESPONDER});
    delegate = issue((issue_spec){.common_name = "delegate", .issuer = &ca, .eku = "OCSPSigning"});
    no_eku = issue((issue_spec){.common_name = "no eku", .issuer = &ca, .eku = "clientAuth"});
    stranger = issue((issue_spec){.common_name = "stranger", .ca = true});
    silent = issue((issue_spec){.common_name = "silent", .issuer = &ca, .eku = "clientAuth"});
    ftp = issue((issue_spec){
        .common_name = "ftp", .issuer = &ca, .eku = "clientAuth", .aia = "OCSP;URI:ftp://127.0.0.1/"});
    hostless = issue((issue_spec){
        .common_name = "hostless", .issuer = &ca, .eku = "clientAuth", .aia = "OCSP;URI:http:///ocsp"});
    return mtlsval_trust_new(&trust) == MTLS_OK &&
                   mtlsval_trust_add_der(trust, mtls_buf_view(&root.der), &decoded) == MTLS_OK
               ? 0
               : -1;
}

static int clear_all(void **state) {
    (void)state;
    issued *const all[] = {&root,   &ca,       &leaf,   &other, &delegate,
                           &no_eku, &stranger, &silent, &ftp,   &hostless};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        issued_clear(all[i]);
    }
    mtlsval_trust_free(trust);
    return 0;
}

typedef struct {
    const char *name;
    const issued *client;    /* whose status is asked */
    const issued *about;     /* whose status the answer gives */
    const issued *responder; /* who signs; NULL: there is no answer */
    int certificate_status;
    int response_status; /* 0: successful */
    int64_t start, end;  /* seconds relative to TEST_TIME; end 0: no nextUpdate */
    mtls_reason reason;
} row;

static mtls_buf answer(const row *r) {
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    ASN1_TIME *start = ASN1_TIME_set(NULL, TEST_TIME + r->start);
    ASN1_TIME *end = r->end == 0 ? NULL : ASN1_TIME_set(NULL, TEST_TIME + r->end);
    ASN1_TIME *revoked = ASN1_TIME_set(NULL, TEST_TIME - DAY);
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, r->about->certificate, ca.certificate);
    bool is_revoked = r->certificate_status == V_OCSP_CERTSTATUS_REVOKED;
    assert_non_null(
        OCSP_basic_add1_status(basic, id, r->certificate_status, 0, is_revoked ? revoked : NULL, start, end));
    assert_int_equal(
        OCSP_basic_sign(basic, r->responder->certificate, r->responder->key, EVP_sha256(), NULL, 0), 1);
    OCSP_RESPONSE *response =
        OCSP_response_create(r->response_status, r->response_status == 0 ? basic : NULL);
    unsigned char *der = NULL;
    int len = i2d_OCSP_RESPONSE(response, &der);
    mtls_buf out = {.max = 1 << 20};
    assert_int_equal(mtls_buf_append(&out, (mtls_view){der, (size_t)len}), MTLS_OK);
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    ASN1_TIME_free(start);
    ASN1_TIME_free(end);
    ASN1_TIME_free(revoked);
    return out;
}

static mtlsval_ocsp_verdict check(const issued *client, mtls_view response) {
    STACK_OF(X509) *built = sk_X509_new_null();
    sk_X509_push(built, client->certificate);
    sk_X509_push(built, ca.certificate);
    sk_X509_push(built, root.certificate);
    mtlsval_ocsp_verdict verdict;
    assert_int_equal(mtlsval_ocsp_check(trust, built, response, TEST_TIME, &verdict), MTLS_OK);
    assert_int_equal(verdict.detail == NULL, verdict.reason == MTLS_REASON_NONE);
    sk_X509_free(built);
    return verdict;
}

static void answers_are_judged_as_nginx_judges_them(void **state) {
    (void)state;
    enum {
        GOOD = V_OCSP_CERTSTATUS_GOOD,
        REVOKED = V_OCSP_CERTSTATUS_REVOKED,
        UNKNOWN = V_OCSP_CERTSTATUS_UNKNOWN,
        TRY_LATER = OCSP_RESPONSE_STATUS_TRYLATER
    };
    const mtls_reason failed = MTLS_REASON_OCSP_REQUEST_FAILED;
    const row rows[] = {
        {"good, signed by the issuer",            &leaf,     &leaf,     &ca,       GOOD,    0,         -60,  DAY,  MTLS_REASON_NONE               },
        {"good, signed by a delegate",            &leaf,     &leaf,     &delegate, GOOD,    0,         -60,  DAY,  MTLS_REASON_NONE               },
        {"good, without nextUpdate",              &leaf,     &leaf,     &ca,       GOOD,    0,         -60,  0,    MTLS_REASON_NONE               },
        {"revoked",                               &leaf,     &leaf,     &ca,       REVOKED, 0,         -60,  DAY,  MTLS_REASON_REVOKED            },
        {"unknown",                               &leaf,     &leaf,     &ca,       UNKNOWN, 0,         -60,  DAY,  MTLS_REASON_OCSP_STATUS_UNKNOWN},
        {"expired",                               &leaf,     &leaf,     &ca,       GOOD,    0,         -DAY, -301, failed                         },
        {"expired within the leeway",             &leaf,     &leaf,     &ca,       GOOD,    0,         -DAY, -299, MTLS_REASON_NONE               },
        {"not yet valid",                         &leaf,     &leaf,     &ca,       GOOD,    0,         301,  DAY,  failed                         },
        {"an expired answer that says revoked",   &leaf,     &leaf,     &ca,       REVOKED, 0,         -DAY, -301, failed                         },
        {"a responder without id-kp-OCSPSigning", &leaf,     &leaf,     &no_eku,   GOOD,    0,         -60,  DAY,  failed                         },
        {"a responder of another hierarchy",      &leaf,     &leaf,     &stranger, GOOD,    0,         -60,  DAY,  failed                         },
        {"signed by the root, not the issuer",    &leaf,     &leaf,     &root,     GOOD,    0,         -60,  DAY,  failed                         },
        {"about another certificate",             &leaf,     &other,    &ca,       GOOD,    0,         -60,  DAY,  failed                         },
        {"tryLater",                              &leaf,     &leaf,     &ca,       GOOD,    TRY_LATER, -60,  DAY,  failed                         },
        {"no responder in the certificate",       &silent,   &silent,   &ca,       GOOD,    0,         -60,  DAY,  failed                         },
        {"a responder that is no http URL",       &ftp,      &ftp,      &ca,       GOOD,    0,         -60,  DAY,  failed                         },
        {"a responder without a host",            &hostless, &hostless, &ca,       GOOD,    0,         -60,  DAY,  failed                         },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtls_buf response = answer(&rows[i]);
        mtlsval_ocsp_verdict verdict = check(rows[i].client, mtls_buf_view(&response));
        if (verdict.reason != rows[i].reason) {
            fail_msg("%s: %s", rows[i].name, verdict.detail == NULL ? "good" : verdict.detail);
        }
        mtls_buf_clear(&response);
    }
}

static void no_answer_and_no_der_are_a_failed_request(void **state) {
    (void)state;
    assert_int_equal(check(&leaf, (mtls_view){NULL, 0}).reason, MTLS_REASON_OCSP_REQUEST_FAILED);
    assert_int_equal(check(&leaf, mtls_view_of_text("no DER")).reason, MTLS_REASON_OCSP_REQUEST_FAILED);
}

static void a_root_as_the_client_has_nobody_to_ask(void **state) {
    (void)state;
    STACK_OF(X509) *built = sk_X509_new_null();
    sk_X509_push(built, root.certificate);
    mtlsval_ocsp_verdict verdict;
    assert_int_equal(mtlsval_ocsp_check(trust, built, (mtls_view){NULL, 0}, TEST_TIME, &verdict), MTLS_OK);
    assert_int_equal(verdict.reason, MTLS_REASON_NONE);
    sk_X509_free(built);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_judged_as_nginx_judges_them),
        cmocka_unit_test(no_answer_and_no_der_are_a_failed_request),
        cmocka_unit_test(a_root_as_the_client_has_nobody_to_ask),
    };
    return cmocka_run_group_tests(tests, issue_all, clear_all);
}
