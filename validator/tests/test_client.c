#include "core/tests/cmocka_includes.h"

#include <string.h>

#include <mtls/validate.h>

#include "validator/peer.h"
#include "validator/tests/issue.h"

static issued root, int1, int2, leaf, leaf2, direct, no_eku, both_eku, unrelated, lone;

static int issue_all(void **state) {
    (void)state;
    root = issue((issue_spec){.common_name = "root", .ca = true});
    int1 = issue((issue_spec){.common_name = "int1", .ca = true, .issuer = &root});
    int2 = issue((issue_spec){.common_name = "int2", .ca = true, .issuer = &root});
    leaf = issue((issue_spec){.common_name = "leaf", .issuer = &int1, .eku = "clientAuth"});
    leaf2 = issue((issue_spec){.common_name = "leaf2", .issuer = &int2, .eku = "clientAuth"});
    direct = issue((issue_spec){.common_name = "direct", .issuer = &root, .eku = "clientAuth"});
    no_eku = issue((issue_spec){.common_name = "no eku", .issuer = &int1});
    both_eku = issue((issue_spec){.common_name = "both", .issuer = &int1, .eku = "serverAuth,clientAuth"});
    unrelated = issue((issue_spec){.common_name = "unrelated", .ca = true});
    lone = issue((issue_spec){.common_name = "lone", .issuer = &unrelated, .eku = "clientAuth"});
    return 0;
}

static int clear_all(void **state) {
    (void)state;
    issued *const all[] = {&root,   &int1,   &int2,     &leaf,      &leaf2,
                           &direct, &no_eku, &both_eku, &unrelated, &lone};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        issued_clear(all[i]);
    }
    return 0;
}

static mtls_buf join(const issued *a, const issued *b) {
    mtls_buf file = {.max = 1 << 20};
    assert_int_equal(mtls_buf_append(&file, mtls_buf_view(&a->pem)), MTLS_OK);
    if (b != NULL) {
        assert_int_equal(mtls_buf_append(&file, mtls_buf_view(&b->pem)), MTLS_OK);
    }
    return file;
}

static mtlsval_gateway *gateway_of(const char *profile, const issued *a, const issued *b) {
    mtlsval_gateway *gateway = NULL;
    mtlsval_file_answer answer;
    mtls_buf file = join(a, b);
    assert_int_equal(mtlsval_gateway_new(profile, &gateway, NULL), MTLS_OK);
    assert_int_equal(mtlsval_gateway_add_file(gateway, file.data, file.len, TEST_TIME, &answer), MTLS_OK);
    assert_true(answer.accepted);
    mtls_buf_clear(&file);
    return gateway;
}

static mtlsval_client *check(const mtlsval_gateway *gateway, const void *chain, size_t len,
                             mtlsval_client_options options) {
    mtlsval_client *client = NULL;
    mtls_error error = {""};
    options.time = TEST_TIME;
    if (mtlsval_client_check(gateway, chain, len, &options, &client, &error) != MTLS_OK) {
        fail_msg("%s", error.text);
    }
    return client;
}

static void assert_log(mtlsval_client *client, const char *log, int http_status) {
    assert_string_equal(mtlsval_client_ssl_client_verify(client), log);
    assert_int_equal(mtlsval_client_http_status(client), http_status);
    assert_int_equal(mtlsval_client_goes_on(client), http_status == 200);
    mtlsval_client_free(client);
}

/* Facts: the seed document counts a missing EKU among the causes of failure, nginx takes such a certificate.
 */
static void a_missing_eku_fails_where_the_profile_says_so(void **state) {
    (void)state;
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    mtlsval_gateway *nginx = gateway_of("openssl", &root, &int1);
    assert_log(check(azure, no_eku.pem.data, no_eku.pem.len, (mtlsval_client_options){0}),
               "FAILED:unsupported certificate purpose", 400);
    assert_log(check(nginx, no_eku.pem.data, no_eku.pem.len, (mtlsval_client_options){0}), "SUCCESS", 200);
    assert_log(check(azure, both_eku.pem.data, both_eku.pem.len, (mtlsval_client_options){0}), "SUCCESS",
               200);
    mtlsval_gateway_free(azure);
    mtlsval_gateway_free(nginx);
}

static void the_issuer_dn_must_be_that_of_the_file(void **state) {
    (void)state;
    static const mtlsval_client_options on = {.verify_issuer_dn = true};
    static const char mismatch[] = "FAILED:unable to verify the client certificate issuer";
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    assert_log(check(azure, leaf.pem.data, leaf.pem.len, on), "SUCCESS", 200);
    assert_log(check(azure, direct.pem.data, direct.pem.len, on), mismatch, 400);
    mtls_buf sibling = join(&leaf2, &int2);
    assert_log(check(azure, sibling.data, sibling.len, on), mismatch, 400);
    assert_log(check(azure, sibling.data, sibling.len, (mtlsval_client_options){0}), "SUCCESS", 200);

    /* A second trusted file: the issuer may match any. */
    mtlsval_file_answer answer;
    mtls_buf second = join(&root, &int2);
    assert_int_equal(mtlsval_gateway_add_file(azure, second.data, second.len, TEST_TIME, &answer), MTLS_OK);
    assert_string_equal(answer.client_cert_issuer_dn, "CN=int2, O=TEST DO NOT TRUST");
    assert_log(check(azure, sibling.data, sibling.len, on), "SUCCESS", 200);

    /* nginx knows no such check. */
    mtlsval_gateway *nginx = gateway_of("openssl", &root, &int1);
    assert_log(check(nginx, direct.pem.data, direct.pem.len, on), "SUCCESS", 200);
    mtls_buf_clear(&second);
    mtls_buf_clear(&sibling);
    mtlsval_gateway_free(nginx);
    mtlsval_gateway_free(azure);
}

static void chain_verification_comes_before_the_profiles_checks(void **state) {
    (void)state;
    static const mtlsval_client_options on = {.verify_issuer_dn = true};
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    mtlsval_client *client = check(azure, lone.pem.data, lone.pem.len, on);
    assert_string_equal(mtlsval_client_reason(client), "issuer-not-found-leaf-only");
    assert_int_equal(mtlsval_client_openssl_error(client), 21);
    assert_non_null(strstr(mtlsval_client_detail(client), "CN=unrelated, O=TEST DO NOT TRUST"));
    assert_log(client, "FAILED:unable to verify the first certificate", 400);
    mtlsval_gateway_free(azure);
}

static void without_a_certificate_there_is_none(void **state) {
    (void)state;
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    mtlsval_client *client = check(azure, NULL, 0, (mtlsval_client_options){0});
    assert_null(mtlsval_client_reason(client));
    assert_int_equal(mtlsval_client_openssl_error(client), -1);
    assert_log(client, "NONE", 400);
    mtlsval_gateway_free(azure);
}

static void passthrough_goes_on_whatever_is_presented(void **state) {
    (void)state;
    static const mtlsval_client_options on = {.passthrough = true};
    mtlsval_gateway *azure = NULL, *nginx = gateway_of("openssl", &root, NULL);
    assert_int_equal(mtlsval_gateway_new("azure-appgw", &azure, NULL), MTLS_OK);
    assert_log(check(azure, lone.pem.data, lone.pem.len, on), "PASSTHROUGH", 200);
    assert_log(check(azure, NULL, 0, on), "NONE", 200);
    mtlsval_client *client = NULL;
    mtls_error error = {""};
    assert_int_equal(mtlsval_client_check(nginx, NULL, 0, &on, &client, &error), MTLS_ERR_USAGE);
    assert_null(client);
    assert_non_null(strstr(error.text, "passthrough"));
    mtlsval_gateway_free(nginx);
    mtlsval_gateway_free(azure);
}

static void no_client_is_checked_against_nothing_or_a_refused_file(void **state) {
    (void)state;
    mtlsval_gateway *azure = NULL;
    mtlsval_client *client = NULL;
    mtlsval_file_answer answer;
    mtlsval_client_options options = {.time = TEST_TIME};
    mtls_error error = {""};
    assert_int_equal(mtlsval_gateway_new("azure-appgw", &azure, &error), MTLS_OK);
    assert_int_equal(mtlsval_client_check(azure, leaf.pem.data, leaf.pem.len, &options, &client, &error),
                     MTLS_ERR_USAGE);
    assert_int_equal(mtlsval_gateway_add_file(azure, leaf.pem.data, leaf.pem.len, TEST_TIME, &answer),
                     MTLS_OK);
    assert_false(answer.accepted);
    assert_string_equal(answer.code,
                        "ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate");
    assert_int_equal(mtlsval_client_check(azure, leaf.pem.data, leaf.pem.len, &options, &client, &error),
                     MTLS_ERR_USAGE);
    assert_null(client);
    mtlsval_gateway_free(azure);
    assert_int_equal(mtlsval_gateway_new("aws-alb", &azure, &error), MTLS_ERR_USAGE);
    assert_null(azure);
    assert_non_null(strstr(error.text, "azure-appgw, openssl"));
}

/* A leaf in the trusted file is ignored by the gateway, and is a trust anchor for nobody. */
static void a_leaf_in_the_file_issues_nothing(void **state) {
    (void)state;
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &leaf);
    assert_log(check(azure, leaf.pem.data, leaf.pem.len, (mtlsval_client_options){0}),
               "FAILED:unable to verify the first certificate", 400);
    mtlsval_gateway_free(azure);
}

/* `der` in a CERTIFICATE block. */
static mtls_buf block(mtls_view der) {
    mtls_buf pem = {.max = 1 << 21};
    size_t text_max = der.len / 3 * 4 + 8;
    uint8_t *text = NULL;
    assert_int_equal(mtls_buf_append_text(&pem, "-----BEGIN CERTIFICATE-----\n"), MTLS_OK);
    assert_int_equal(mtls_buf_extend(&pem, text_max, &text), MTLS_OK);
    int len = EVP_EncodeBlock(text, der.data, (int)der.len);
    pem.len -= text_max - (size_t)len;
    assert_int_equal(mtls_buf_append_text(&pem, "\n-----END CERTIFICATE-----\n"), MTLS_OK);
    return pem;
}

static void assert_aborted(const char *name, mtls_view chain, mtlsval_client_options options) {
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    mtlsval_client *client = check(azure, chain.data, chain.len, options);
    if (strcmp(mtlsval_client_result(client), "ABORTED") != 0) {
        fail_msg("%s: %s", name, mtlsval_client_result(client));
    }
    assert_null(mtlsval_client_ssl_client_verify(client));
    assert_null(mtlsval_client_reason(client));
    assert_int_equal(mtlsval_client_http_status(client), 0);
    assert_false(mtlsval_client_goes_on(client));
    mtlsval_client_free(client);
    mtlsval_gateway_free(azure);
}

/* RFC 8446 section 6.2: a Certificate message that does not decode ends the handshake, in any mode. */
static void what_does_not_decode_ends_the_handshake(void **state) {
    (void)state;
    mtls_view der = mtls_buf_view(&leaf.der);
    mtls_buf longer = {.max = 1 << 20};
    assert_int_equal(mtls_buf_append(&longer, der), MTLS_OK);
    assert_int_equal(mtls_buf_append_byte(&longer, 0), MTLS_OK);
    mtls_buf garbage = block(mtls_view_of_text("no certificate")),
             cut = block((mtls_view){der.data, der.len - 1}), trailing = block(mtls_buf_view(&longer)),
             second = join(&leaf, NULL);
    assert_int_equal(mtls_buf_append(&second, mtls_buf_view(&garbage)), MTLS_OK);
    assert_aborted("garbage", mtls_buf_view(&garbage), (mtlsval_client_options){0});
    assert_aborted("garbage in passthrough", mtls_buf_view(&garbage),
                   (mtlsval_client_options){.passthrough = true});
    assert_aborted("cut short", mtls_buf_view(&cut), (mtlsval_client_options){0});
    assert_aborted("trailing byte", mtls_buf_view(&trailing), (mtlsval_client_options){0});
    assert_aborted("garbage behind a good leaf", mtls_buf_view(&second), (mtlsval_client_options){0});
    mtls_buf_clear(&longer);
    mtls_buf_clear(&garbage);
    mtls_buf_clear(&cut);
    mtls_buf_clear(&trailing);
    mtls_buf_clear(&second);
}

static void a_certificate_message_past_libssls_limit_ends_the_handshake(void **state) {
    (void)state;
    mtls_buf chain = {.max = 1 << 21};
    size_t entry = int1.der.len + 5,
           fits = (MTLSVAL_CERTIFICATE_MESSAGE_MAX - 4 - (leaf.der.len + 5)) / entry;
    assert_int_equal(mtls_buf_append(&chain, mtls_buf_view(&leaf.pem)), MTLS_OK);
    for (size_t i = 0; i < fits; i++) {
        assert_int_equal(mtls_buf_append(&chain, mtls_buf_view(&int1.pem)), MTLS_OK);
    }
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    assert_log(check(azure, chain.data, chain.len, (mtlsval_client_options){0}), "SUCCESS", 200);
    mtlsval_gateway_free(azure);
    assert_int_equal(mtls_buf_append(&chain, mtls_buf_view(&int1.pem)), MTLS_OK);
    assert_aborted("one more", mtls_buf_view(&chain), (mtlsval_client_options){0});
    mtls_buf_clear(&chain);
}

static void a_chain_that_no_client_could_load_is_an_error(void **state) {
    (void)state;
    static const struct {
        const char *name, *pem, *message;
    } rows[] = {
        {"nothing",           "",                                                               "no PEM certificate"},
        {"a key alone",       "-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n",
         "no PEM certificate"                                                                                       },
        {"an empty block",    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",       "line"              },
        {"BEGIN without END", "-----BEGIN CERTIFICATE-----\nZm9v\n",                            "line"              },
        {"bad base64",        "-----BEGIN CERTIFICATE-----\nZm#v\n-----END CERTIFICATE-----\n", "line 2"            },
    };
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    mtlsval_client_options options = {.time = TEST_TIME};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtlsval_client *client = NULL;
        mtls_error error = {""};
        if (mtlsval_client_check(azure, rows[i].pem, strlen(rows[i].pem), &options, &client, &error) !=
                MTLS_ERR_INPUT ||
            strstr(error.text, rows[i].message) == NULL) {
            fail_msg("%s: %s", rows[i].name, error.text);
        }
        assert_null(client);
    }
    mtlsval_gateway_free(azure);
}

static void a_key_in_the_clients_file_is_passed_over(void **state) {
    (void)state;
    static const char key[] = "-----BEGIN PRIVATE KEY-----\nnot even base64\n-----END PRIVATE KEY-----\n";
    mtls_buf file = {.max = 1 << 20};
    assert_int_equal(mtls_buf_append_text(&file, key), MTLS_OK);
    assert_int_equal(mtls_buf_append(&file, mtls_buf_view(&leaf.pem)), MTLS_OK);
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    assert_log(check(azure, file.data, file.len, (mtlsval_client_options){0}), "SUCCESS", 200);
    mtlsval_gateway_free(azure);
    mtls_buf_clear(&file);
}

/* The certificate names no responder: with revocation on it fails, without it nobody asks. */
static void revocation_is_asked_for_only_when_it_is_on(void **state) {
    (void)state;
    mtlsval_gateway *azure = gateway_of("azure-appgw", &root, &int1);
    assert_log(check(azure, leaf.pem.data, leaf.pem.len, (mtlsval_client_options){.verify_ocsp = true}),
               "FAILED:certificate status request failed", 400);
    assert_log(check(azure, leaf.pem.data, leaf.pem.len, (mtlsval_client_options){.verify_ocsp = false}),
               "SUCCESS", 200);
    mtlsval_gateway_free(azure);
}

/* RFC 7468 section 3: a label may be empty, and is then none of a certificate. */
static void a_block_without_a_label_is_no_certificate_of_the_chain(void **state) {
    (void)state;
    static const char label[] = "CERTIFICATE";
    mtlsval_gateway *gateway = gateway_of("openssl", &root, &int1);
    mtlsval_client_options options = {.time = TEST_TIME};
    mtlsval_client *client = NULL;
    mtls_error error = {""};
    mtls_buf chain = {.max = 1 << 20};
    const char *at = mtls_buf_text(&leaf.pem);
    for (const char *found; (found = strstr(at, label)) != NULL; at = found + sizeof label - 1) {
        assert_int_equal(mtls_buf_append(&chain, (mtls_view){(const uint8_t *)at, (size_t)(found - at)}),
                         MTLS_OK);
    }
    assert_int_equal(mtls_buf_append_text(&chain, at), MTLS_OK);
    assert_non_null(strstr(mtls_buf_text(&chain), "-----BEGIN -----"));
    assert_int_equal(mtlsval_client_check(gateway, chain.data, chain.len, &options, &client, &error),
                     MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "holds no PEM certificate"));
    mtls_buf_clear(&chain);
    mtlsval_gateway_free(gateway);
}

static void a_profile_of_files_judges_no_clients(void **state) {
    (void)state;
    mtlsval_gateway *gateway = NULL;
    assert_int_equal(mtlsval_gateway_new("rfc5280", &gateway, NULL), MTLS_OK);
    mtlsval_client_options options = {.time = TEST_TIME};
    mtlsval_client *client = NULL;
    mtls_error error = {""};
    assert_int_equal(mtlsval_client_check(gateway, leaf.pem.data, leaf.pem.len, &options, &client, &error),
                     MTLS_ERR_USAGE);
    assert_null(client);
    assert_non_null(strstr(error.text, "rfc5280 judges files alone"));
    mtlsval_gateway_free(gateway);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_without_a_label_is_no_certificate_of_the_chain),
        cmocka_unit_test(a_profile_of_files_judges_no_clients),
        cmocka_unit_test(a_missing_eku_fails_where_the_profile_says_so),
        cmocka_unit_test(the_issuer_dn_must_be_that_of_the_file),
        cmocka_unit_test(chain_verification_comes_before_the_profiles_checks),
        cmocka_unit_test(without_a_certificate_there_is_none),
        cmocka_unit_test(passthrough_goes_on_whatever_is_presented),
        cmocka_unit_test(no_client_is_checked_against_nothing_or_a_refused_file),
        cmocka_unit_test(a_leaf_in_the_file_issues_nothing),
        cmocka_unit_test(what_does_not_decode_ends_the_handshake),
        cmocka_unit_test(a_certificate_message_past_libssls_limit_ends_the_handshake),
        cmocka_unit_test(a_chain_that_no_client_could_load_is_an_error),
        cmocka_unit_test(a_key_in_the_clients_file_is_passed_over),
        cmocka_unit_test(revocation_is_asked_for_only_when_it_is_on),
    };
    return cmocka_run_group_tests(tests, issue_all, clear_all);
}
