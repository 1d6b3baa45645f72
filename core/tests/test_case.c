#include "core/tests/cmocka_includes.h"

#include <stdlib.h>
#include <string.h>

#include "core/case.h"

static const char full_case[] =
    "{\"id\":\"upload/leaf-only@crlf\",\"summary\":\"Only a "
    "leaf.\",\"cites\":[\"seed#overview\"],\"tags\":[],"
    "\"features\":[\"ocsp\"],\"bundle\":\"Zm9v\",\"client\":{\"chain\":\"pem\\n\",\"key\":\"key\\n\","
    "\"ocspResponse\":\"Zm9v\",\"options\":{\"verifyClientCertIssuerDN\":true,\"verifyClientAuthMode\":"
    "\"Strict\","
    "\"verifyClientRevocation\":\"OCSP\"}},\"time\":\"2030-01-01T00:00:00Z\",\"certificates\":[{\"label\":"
    "\"leaf\","
    "\"role\":\"leaf\",\"subject\":\"CN=a\",\"issuer\":\"CN=b\",\"key\":\"p256\",\"sha256\":\"00\"}],"
    "\"expect\":{"
    "\"azure-appgw\":{\"upload\":{\"anyOf\":[{\"result\":\"accepted\",\"clientCertIssuerDN\":\"CN=b\"},{"
    "\"result\":"
    "\"rejected\",\"code\":\"ApplicationGatewayTrustedClientCertificateInvalidData\"}],\"basis\":"
    "\"undetermined\","
    "\"note\":\"open\"}},\"openssl\":{\"upload\":{\"anyOf\":[{\"result\":\"rejected\",\"code\":null}],"
    "\"basis\":"
    "\"observed\"},\"handshake\":{\"anyOf\":[{\"result\":\"FAILED\",\"reason\":\"expired\","
    "\"sslClientVerify\":"
    "\"FAILED:certificate has expired\",\"httpStatus\":400}],\"basis\":\"observed\"}}}}\n";

static void a_case_read_and_written_is_the_same_text(void **state) {
    (void)state;
    mtls_case c;
    mtls_error error = {""};
    mtls_buf json = {.max = MTLS_CASE_JSON_MAX};
    mtls_case_init(&c);
    assert_int_equal(mtls_case_read(mtls_view_of_text(full_case), NULL, &c, &error), MTLS_OK);
    assert_true(mtls_view_equal_text(mtls_buf_view(&c.bundle), "foo"));
    assert_true(c.client.verify_issuer_dn && c.client.verify_ocsp && !c.client.passthrough);
    assert_int_equal(c.expect[MTLS_PROFILE_AZURE_APPGW].upload.num_alternatives, 2);
    assert_int_equal(c.expect[MTLS_PROFILE_OPENSSL].handshake.any_of[0].handshake.reason,
                     MTLS_REASON_EXPIRED);
    assert_int_equal(mtls_case_write(&c, MTLS_CASE_INLINE, &json), MTLS_OK);
    assert_string_equal(mtls_buf_text(&json), full_case);
    mtls_buf_clear(&json);
    mtls_case_clear(&c);
}

static void an_aborted_handshake_is_written_without_a_logged_value(void **state) {
    (void)state;
    static const char aborted[] =
        "{\"id\":\"a\",\"summary\":\"b\",\"cites\":[],\"tags\":[],\"features\":[],\"time\":\"2030-01-01T00:"
        "00:00Z\","
        "\"certificates\":[],\"expect\":{\"openssl\":{\"handshake\":{\"anyOf\":[{\"result\":\"ABORTED\","
        "\"reason\":null,\"sslClientVerify\":null}],\"basis\":\"observed\"}}}}\n";
    mtls_case c;
    mtls_error error = {""};
    mtls_buf json = {.max = MTLS_CASE_JSON_MAX};
    mtls_case_init(&c);
    assert_int_equal(mtls_case_read(mtls_view_of_text(aborted), NULL, &c, &error), MTLS_OK);
    assert_int_equal(mtls_case_write(&c, MTLS_CASE_INLINE, &json), MTLS_OK);
    assert_string_equal(mtls_buf_text(&json), aborted);
    mtls_buf_clear(&json);
    mtls_case_clear(&c);
}

/* read_with replaces the first `from` of the full case by `to` and reads the result. */
static mtls_status read_with(const char *from, const char *to, mtls_error *error) {
    mtls_case c;
    mtls_buf json = {.max = 8192};
    const char *at = strstr(full_case, from);
    assert_non_null(at);
    mtls_case_init(&c);
    assert_int_equal(
        mtls_buf_append(&json, (mtls_view){(const uint8_t *)full_case, (size_t)(at - full_case)}), MTLS_OK);
    assert_int_equal(mtls_buf_append_text(&json, to), MTLS_OK);
    assert_int_equal(mtls_buf_append_text(&json, at + strlen(from)), MTLS_OK);
    mtls_status status = mtls_case_read(mtls_buf_view(&json), NULL, &c, error);
    mtls_case_clear(&c);
    mtls_buf_clear(&json);
    return status;
}

static void a_case_that_breaks_the_format_is_refused_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } rows[] = {
        {"\"tags\":[]",                        "\"tags\":[],\"extra\":1",      "unknown member"           },
        {"\"tags\":[],",                       "",                             "tags"                     },
        {"\"Zm9v\"",                           "\"Zm9\"",                      "bundle: is not base64"    },
        {"\"Zm9v\"",                           "{\"file\":\"bundle.pem\"}",    "self-contained"           },
        {"\"Zm9v\"",                           "{\"file\":\"../bundle.pem\"}", "another file"             },
        {"\"Strict\"",                         "\"Lenient\"",                  "verifyClientAuthMode"     },
        {"\"expired\"",                        "\"stale\"",                    "is no reason"             },
        {"\"expired\"",                        "null",                         "must be given with FAILED"},
        {"\"openssl\"",                        "\"open\"",                     "unknown profile"          },
        {"\"basis\":\"observed\"",             "\"basis\":\"guessed\"",        "basis"                    },
        {"400",                                "4000",                         "HTTP status"              },
        {"\"FAILED:certificate has expired\"", "null",                         "sslClientVerify"          },
        {"{\"id\"",                            "{\"id\":\"twice\",\"id\"",     "duplicate"                },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtls_error error = {""};
        assert_int_equal(read_with(rows[i].from, rows[i].to, &error), MTLS_ERR_INPUT);
        if (strstr(error.text, rows[i].message) == NULL) {
            fail_msg("row %zu: \"%s\" lacks \"%s\"", i, error.text, rows[i].message);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_read_and_written_is_the_same_text),
        cmocka_unit_test(an_aborted_handshake_is_written_without_a_logged_value),
        cmocka_unit_test(a_case_that_breaks_the_format_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
