#include "core/tests/cmocka_includes.h"

#include <string.h>

#include "core/vocabulary.h"

static void every_word_is_found_by_its_spelling(void **state) {
    (void)state;
    for (int i = 1; i < MTLS_NUM_UPLOAD_CODES; i++) {
        mtls_upload_code code;
        assert_true(mtls_upload_code_find(mtls_upload_code_describe((mtls_upload_code)i)->spelling, &code));
        assert_int_equal(code, i);
    }
    for (int i = 1; i < MTLS_NUM_REASONS; i++) {
        mtls_reason reason;
        assert_true(mtls_reason_find(mtls_reason_describe((mtls_reason)i)->slug, &reason));
        assert_int_equal(reason, i);
    }
    for (int i = 0; i < MTLS_NUM_VERIFY_RESULTS; i++) {
        mtls_verify_result result;
        assert_true(
            mtls_verify_result_find(mtls_verify_result_describe((mtls_verify_result)i)->spelling, &result));
        assert_int_equal(result, i);
    }
    mtls_upload_code code;
    assert_false(mtls_upload_code_find("ApplicationGatewayNoSuchCode", &code));
}

static void every_row_is_complete(void **state) {
    (void)state;
    for (int i = 1; i < MTLS_NUM_REASONS; i++) {
        const mtls_reason_info *row = mtls_reason_describe((mtls_reason)i);
        assert_non_null(strchr(row->cite, '#'));
        assert_int_equal(row->advice[strlen(row->advice) - 1], '.');
    }
    for (int i = 1; i < MTLS_NUM_UPLOAD_CODES; i++) {
        const mtls_upload_code_info *row = mtls_upload_code_describe((mtls_upload_code)i);
        assert_int_equal(strncmp(row->cite, "seed#", 5), 0);
        assert_int_equal(row->advice[strlen(row->advice) - 1], '.');
    }
    for (int i = 0; i < MTLS_NUM_VERIFY_RESULTS; i++) {
        const mtls_verify_result_info *row = mtls_verify_result_describe((mtls_verify_result)i);
        assert_non_null(strchr(row->cite, '#'));
        assert_int_equal(row->advice[strlen(row->advice) - 1], '.');
    }
}

static void a_reason_is_known_by_each_of_its_spellings(void **state) {
    (void)state;
    assert_int_equal(mtls_reason_from_text("unsuitable certificate purpose"),
                     MTLS_REASON_PURPOSE_CLIENT_AUTH);
    assert_int_equal(mtls_reason_from_text("FAILED:unsupported certificate purpose"),
                     MTLS_REASON_PURPOSE_CLIENT_AUTH);
    assert_int_equal(mtls_reason_from_text("self signed certificate"), MTLS_REASON_SELF_SIGNED);
    assert_int_equal(mtls_reason_from_text("FAILED:Path Loop"), MTLS_REASON_PATH_LOOP);
    assert_int_equal(mtls_reason_from_text("Unable to verify the client certificate issuer"),
                     MTLS_REASON_ISSUER_DN_MISMATCH);
    assert_int_equal(mtls_reason_from_text("SUCCESS"), MTLS_REASON_NONE);
}

static void x509_numbers_map_to_reasons(void **state) {
    (void)state;
    assert_int_equal(mtls_reason_from_x509(0), MTLS_REASON_NONE);
    assert_int_equal(mtls_reason_from_x509(21), MTLS_REASON_ISSUER_NOT_FOUND_LEAF_ONLY);
    assert_int_equal(mtls_reason_from_x509(94), MTLS_REASON_EC_EXPLICIT_PARAMETERS);
    assert_int_equal(mtls_reason_from_x509(4711), MTLS_REASON_UNSPECIFIED);
    assert_int_equal(mtls_reason_from_x509(-1), MTLS_REASON_UNSPECIFIED);
}

static void the_log_word_follows_the_profile(void **state) {
    (void)state;
    char text[MTLS_CLIENT_VERIFY_MAX];
    assert_string_equal(mtls_reason_client_verify(MTLS_VERIFY_FAILED, MTLS_REASON_PURPOSE_CLIENT_AUTH,
                                                  MTLS_PROFILE_AZURE_APPGW, text),
                        "FAILED:unsupported certificate purpose");
    assert_string_equal(mtls_reason_client_verify(MTLS_VERIFY_FAILED, MTLS_REASON_PURPOSE_CLIENT_AUTH,
                                                  MTLS_PROFILE_OPENSSL, text),
                        "FAILED:unsuitable certificate purpose");
    assert_string_equal(mtls_reason_client_verify(MTLS_VERIFY_FAILED, MTLS_REASON_EE_KEY_TOO_WEAK,
                                                  MTLS_PROFILE_OPENSSL, text),
                        "FAILED:EE certificate key too weak");
    assert_string_equal(
        mtls_reason_client_verify(MTLS_VERIFY_NONE, MTLS_REASON_NONE, MTLS_PROFILE_OPENSSL, text), "NONE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found_by_its_spelling),
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(a_reason_is_known_by_each_of_its_spellings),
        cmocka_unit_test(x509_numbers_map_to_reasons),
        cmocka_unit_test(the_log_word_follows_the_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
