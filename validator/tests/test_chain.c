#include "core/tests/cmocka_includes.h"

#include "core/vocabulary.h"
#include "validator/chain.h"
#include "validator/tests/issue.h"

/* Three hierarchies, one of which is not trusted, and leaves with one departure each. */
enum {
    NO_CERTIFICATE = -1,
    ROOT,
    INT,
    ROOT2,
    INT2,
    LEAF,
    LEAF2,
    SELF,
    SERVER,
    ANY,
    NO_EKU,
    EXPIRED,
    EXPIRED_SERVER,
    FUTURE,
    WEAK_KEY,
    SHA1_LEAF,
    SHA1_INT,
    LEAF_OF_SHA1_INT,
    OLD_INT,
    LEAF_OF_OLD_INT,
    CRITICAL,
    NOT_CA,
    LEAF_OF_NOT_CA,
    NO_SIGN,
    LEAF_OF_NO_SIGN,
    LAST_CA,
    CA_PAST_LAST,
    LEAF_PAST_LAST,
    IMPOSTOR,
    LEAF_OF_IMPOSTOR,
    EXCLUDING,
    LEAF_EXCLUDED,
    NUM_CERTIFICATES
};
enum { LIST_MAX = 5 };

static issued all[NUM_CERTIFICATES];

static int issue_all(void **state) {
    (void)state;
    static const char client[] = "clientAuth";
    all[ROOT] = issue((issue_spec){.common_name = "root", .ca = true});
    all[INT] = issue((issue_spec){.common_name = "int", .ca = true, .issuer = &all[ROOT]});
    all[ROOT2] = issue((issue_spec){.common_name = "root2", .ca = true});
    all[INT2] = issue((issue_spec){.common_name = "int2", .ca = true, .issuer = &all[ROOT2]});
    all[LEAF] = issue((issue_spec){.common_name = "leaf", .issuer = &all[INT], .eku = client});
    all[LEAF2] = issue((issue_spec){.common_name = "leaf2", .issuer = &all[INT2], .eku = client});
    all[SELF] = issue((issue_spec){.common_name = "self", .eku = client});
    all[SERVER] = issue((issue_spec){.common_name = "server", .issuer = &all[INT], .eku = "serverAuth"});
    all[ANY] = issue((issue_spec){.common_name = "any", .issuer = &all[INT], .eku = "anyExtendedKeyUsage"});
    all[NO_EKU] = issue((issue_spec){.common_name = "no eku", .issuer = &all[INT]});
    all[EXPIRED] = issue((issue_spec){
        .common_name = "expired", .issuer = &all[INT], .eku = client, .start_days = -9, .end_days = -1});
    all[EXPIRED_SERVER] = issue((issue_spec){.common_name = "expired server",
                                             .issuer = &all[INT],
                                             .eku = "serverAuth",
                                             .start_days = -9,
                                             .end_days = -1});
    all[FUTURE] = issue((issue_spec){
        .common_name = "future", .issuer = &all[INT], .eku = client, .start_days = 1, .end_days = 9});
    all[WEAK_KEY] =
        issue((issue_spec){.common_name = "rsa1024", .issuer = &all[INT], .eku = client, .rsa_bits = 1024});
    all[SHA1_LEAF] =
        issue((issue_spec){.common_name = "sha1", .issuer = &all[INT], .eku = client, .digest = "SHA1"});
    all[SHA1_INT] =
        issue((issue_spec){.common_name = "sha1 int", .ca = true, .issuer = &all[ROOT], .digest = "SHA1"});
    all[LEAF_OF_SHA1_INT] =
        issue((issue_spec){.common_name = "leaf", .issuer = &all[SHA1_INT], .eku = client});
    all[OLD_INT] = issue((issue_spec){
        .common_name = "old int", .ca = true, .issuer = &all[ROOT], .start_days = -9, .end_days = -1});
    all[LEAF_OF_OLD_INT] = issue((issue_spec){.common_name = "leaf", .issuer = &all[OLD_INT], .eku = client});
    all[CRITICAL] = issue((issue_spec){.common_name = "critical",
                                       .issuer = &all[INT],
                                       .eku = client,
                                       .unknown_critical_oid = "1.3.6.1.4.1.99999.1"});
    all[NOT_CA] = issue((issue_spec){.common_name = "not a ca",
                                     .ca = true,
                                     .issuer = &all[ROOT],
                                     .basic_constraints = "critical,CA:FALSE"});
    all[LEAF_OF_NOT_CA] = issue((issue_spec){.common_name = "leaf", .issuer = &all[NOT_CA], .eku = client});
    all[NO_SIGN] = issue((issue_spec){
        .common_name = "no sign", .ca = true, .issuer = &all[ROOT], .key_usage = "critical,cRLSign"});
    all[LEAF_OF_NO_SIGN] = issue((issue_spec){.common_name = "leaf", .issuer = &all[NO_SIGN], .eku = client});
    all[LAST_CA] = issue((issue_spec){.common_name = "last ca",
                                      .ca = true,
                                      .issuer = &all[ROOT],
                                      .basic_constraints = "critical,CA:TRUE,pathlen:0"});
    all[CA_PAST_LAST] = issue((issue_spec){.common_name = "past last", .ca = true, .issuer = &all[LAST_CA]});
    all[LEAF_PAST_LAST] =
        issue((issue_spec){.common_name = "leaf", .issuer = &all[CA_PAST_LAST], .eku = client});
    /* Another key under the intermediate's name. */
    all[IMPOSTOR] = issue((issue_spec){.common_name = "impostor", .ca = true});
    all[LEAF_OF_IMPOSTOR] = issue(
        (issue_spec){.common_name = "leaf", .issuer = &all[IMPOSTOR], .named = &all[INT], .eku = client});
    all[EXCLUDING] = issue((issue_spec){.common_name = "excluding",
                                        .ca = true,
                                        .issuer = &all[ROOT],
                                        .name_constraints = "critical,excluded;email:example.com"});
    all[LEAF_EXCLUDED] = issue((issue_spec){.common_name = "leaf", .issuer = &all[EXCLUDING], .eku = client});
    return 0;
}

static int clear_all(void **state) {
    (void)state;
    for (size_t i = 0; i < NUM_CERTIFICATES; i++) {
        issued_clear(&all[i]);
    }
    return 0;
}

static mtlsval_trust *trust_of(const int *list) {
    mtlsval_trust *trust = NULL;
    assert_int_equal(mtlsval_trust_new(&trust), MTLS_OK);
    for (size_t i = 0; i < LIST_MAX && list[i] != NO_CERTIFICATE; i++) {
        bool decoded = false;
        assert_int_equal(mtlsval_trust_add_der(trust, mtls_buf_view(&all[list[i]].der), &decoded), MTLS_OK);
        assert_true(decoded);
    }
    return trust;
}

static int verify(const int *trusted, const int *sent, int64_t time) {
    mtlsval_trust *trust = trust_of(trusted);
    STACK_OF(X509) *certificates = sk_X509_new_null();
    for (size_t i = 0; i < LIST_MAX && sent[i] != NO_CERTIFICATE; i++) {
        sk_X509_push(certificates, all[sent[i]].certificate);
    }
    mtlsval_chain_verdict verdict;
    assert_int_equal(mtlsval_chain_verify(trust, certificates, time, &verdict), MTLS_OK);
    assert_true(verdict.completed);
    int error = verdict.x509_v_err;
    assert_int_equal(error != X509_V_OK, verdict.num_errors > 0);
    mtlsval_chain_verdict_clear(&verdict);
    sk_X509_free(certificates);
    mtlsval_trust_free(trust);
    return error;
}

/* What a live nginx 1.22.1 with OpenSSL 3.0 logs for chains of the same shape. */
static void chains_get_the_error_that_nginx_logs(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int trusted[LIST_MAX], sent[LIST_MAX];
        mtls_reason reason;
    } rows[] = {
#define END NO_CERTIFICATE
        {"leaf alone",                                 {ROOT, INT, END},     {LEAF, END},            MTLS_REASON_NONE               },
        {"leaf and intermediate",                      {ROOT, INT, END},     {LEAF, INT, END},       MTLS_REASON_NONE               },
        {"the whole chain",                            {ROOT, INT, END},     {LEAF, INT, ROOT, END}, MTLS_REASON_NONE               },
        {"only the root is trusted",                   {ROOT, END},          {LEAF, INT, END},       MTLS_REASON_NONE               },
        {"only the root is trusted, leaf alone",
                                  {ROOT, END},
                                  {LEAF, END},
                                  MTLS_REASON_ISSUER_NOT_FOUND_LEAF_ONLY                                                                                     },
        {"leaf alone of an unknown root",
                                  {ROOT, INT, END},
                                  {LEAF2, END},
                                  MTLS_REASON_ISSUER_NOT_FOUND_LEAF_ONLY                                                                                     },
        {"leaf and intermediate of an unknown root",
                                  {ROOT, INT, END},
                                  {LEAF2, INT2, END},
                                  MTLS_REASON_LOCAL_ISSUER_NOT_FOUND                                                                                         },
        {"the trusted intermediate has no root",       {INT, END},           {LEAF, END},            MTLS_REASON_ISSUER_NOT_FOUND   },
        {"likewise, intermediate sent",                {INT, END},           {LEAF, INT, END},       MTLS_REASON_ISSUER_NOT_FOUND   },
        {"likewise, whole chain sent",                 {INT, END},           {LEAF, INT, ROOT, END}, MTLS_REASON_ISSUER_NOT_FOUND   },
        {"root of one chain, intermediate of another",
                                  {ROOT2, INT, END},
                                  {LEAF, INT, END},
                                  MTLS_REASON_ISSUER_NOT_FOUND                                                                                               },
        {"a whole unknown chain",
                                  {ROOT, INT, END},
                                  {LEAF2, INT2, ROOT2, END},
                                  MTLS_REASON_SELF_SIGNED_IN_CHAIN                                                                                           },
        {"self-signed client",                         {ROOT, INT, END},     {SELF, END},            MTLS_REASON_SELF_SIGNED        },
        {"serverAuth only",                            {ROOT, INT, END},     {SERVER, END},          MTLS_REASON_PURPOSE_CLIENT_AUTH},
        {"anyExtendedKeyUsage only",                   {ROOT, INT, END},     {ANY, END},             MTLS_REASON_PURPOSE_CLIENT_AUTH},
        {"no extended key usage",                      {ROOT, INT, END},     {NO_EKU, END},          MTLS_REASON_NONE               },
        {"expired leaf",                               {ROOT, INT, END},     {EXPIRED, END},         MTLS_REASON_EXPIRED            },
        {"expired intermediate",                       {ROOT, OLD_INT, END}, {LEAF_OF_OLD_INT, END}, MTLS_REASON_EXPIRED            },
        {"expired with the wrong purpose",             {ROOT, INT, END},     {EXPIRED_SERVER, END},  MTLS_REASON_EXPIRED            },
        {"RSA of 1024 bits",                           {ROOT, INT, END},     {WEAK_KEY, END},        MTLS_REASON_EE_KEY_TOO_WEAK    },
        {"leaf signed with SHA-1",                     {ROOT, INT, END},     {SHA1_LEAF, END},       MTLS_REASON_DIGEST_TOO_WEAK    },
        {"intermediate signed with SHA-1",
                                  {ROOT, SHA1_INT, END},
                                  {LEAF_OF_SHA1_INT, END},
                                  MTLS_REASON_DIGEST_TOO_WEAK                                                                                                },
        {"leaf not yet valid",                         {ROOT, INT, END},     {FUTURE, END},          MTLS_REASON_NOT_YET_VALID      },
        {"the root as the client's certificate",
                                  {ROOT, INT, END},
                                  {ROOT, END},
                                  MTLS_REASON_PURPOSE_CLIENT_AUTH                                                                                            },
        {"unknown critical extension",                 {ROOT, INT, END},     {CRITICAL, END},        MTLS_REASON_CRITICAL_EXTENSION },
        {"an issuer with CA:FALSE",
                                  {ROOT, NOT_CA, END},
                                  {LEAF_OF_NOT_CA, END},
                                  MTLS_REASON_PURPOSE_CLIENT_AUTH                                                                                            },
        {"an issuer without keyCertSign",
                                  {ROOT, NO_SIGN, END},
                                  {LEAF_OF_NO_SIGN, END},
                                  MTLS_REASON_NO_CERT_SIGN                                                                                                   },
        {"more CAs than pathLen allows",
                                  {ROOT, LAST_CA, CA_PAST_LAST, END},
                                  {LEAF_PAST_LAST, END},
                                  MTLS_REASON_PATH_LENGTH_EXCEEDED                                                                                           },
        {"signed by another key of that name",
                                  {ROOT, INT, END},
                                  {LEAF_OF_IMPOSTOR, END},
                                  MTLS_REASON_SIGNATURE_INVALID                                                                                              },
        {"a subtree that does not concern the leaf",
                                  {ROOT, EXCLUDING, END},
                                  {LEAF_EXCLUDED, END},
                                  MTLS_REASON_NONE                                                                                                           },
#undef END
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtls_reason reason = mtls_reason_from_x509(verify(rows[i].trusted, rows[i].sent, TEST_TIME));
        if (reason != rows[i].reason) {
            fail_msg("%s: %s", rows[i].name,
                     reason == MTLS_REASON_NONE ? "success" : mtls_reason_describe(reason)->slug);
        }
    }
}

static void the_clock_is_the_one_that_is_given(void **state) {
    (void)state;
    static const int trusted[] = {ROOT, INT, NO_CERTIFICATE}, sent[] = {LEAF, NO_CERTIFICATE};
    assert_int_equal(verify(trusted, sent, TEST_TIME), X509_V_OK);
    assert_int_equal(verify(trusted, sent, TEST_TIME + INT64_C(1001) * DAY), X509_V_ERR_CERT_HAS_EXPIRED);
    assert_int_equal(verify(trusted, sent, TEST_TIME - INT64_C(1001) * DAY), X509_V_ERR_CERT_NOT_YET_VALID);
}

/* A chain of `num_intermediates` below a root of its own, the leaf last. */
static int verify_deep(size_t num_intermediates) {
    issued chain[MTLSVAL_VERIFY_DEPTH + 4];
    mtlsval_trust *trust = NULL;
    bool decoded = false;
    STACK_OF(X509) *sent = sk_X509_new_null();
    chain[0] = issue((issue_spec){.common_name = "deep", .ca = true});
    for (size_t i = 1; i <= num_intermediates + 1; i++) {
        bool is_leaf = i == num_intermediates + 1;
        char name[] = "ca a";
        name[3] = (char)('a' + i);
        chain[i] = issue((issue_spec){.common_name = name,
                                      .ca = !is_leaf,
                                      .issuer = &chain[i - 1],
                                      .eku = is_leaf ? "clientAuth" : NULL});
        sk_X509_unshift(sent, chain[i].certificate);
    }
    assert_int_equal(mtlsval_trust_new(&trust), MTLS_OK);
    assert_int_equal(mtlsval_trust_add_der(trust, mtls_buf_view(&chain[0].der), &decoded), MTLS_OK);
    mtlsval_chain_verdict verdict;
    assert_int_equal(mtlsval_chain_verify(trust, sent, TEST_TIME, &verdict), MTLS_OK);
    int error = verdict.x509_v_err;
    mtlsval_chain_verdict_clear(&verdict);
    sk_X509_free(sent);
    mtlsval_trust_free(trust);
    for (size_t i = 0; i <= num_intermediates + 1; i++) {
        issued_clear(&chain[i]);
    }
    return error;
}

/* SSL_CTX_set_verify_depth: ten CAs between the leaf and the root, neither counted. "Certificate chain too
 * long" comes first and is overwritten by the issuer that is then missing (so on a live nginx too). */
static void the_depth_bounds_the_intermediates(void **state) {
    (void)state;
    assert_int_equal(verify_deep(MTLSVAL_VERIFY_DEPTH), X509_V_OK);
    assert_int_equal(verify_deep(MTLSVAL_VERIFY_DEPTH + 1), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_get_the_error_that_nginx_logs),
        cmocka_unit_test(the_clock_is_the_one_that_is_given),
        cmocka_unit_test(the_depth_bounds_the_intermediates),
    };
    return cmocka_run_group_tests(tests, issue_all, clear_all);
}
