#include "core/tests/cmocka_includes.h"

#include "core/base64.h"

static const struct {
    const char *plain, *text;
} vectors[] = {
  /* RFC 4648 section 10 */
    {"",       ""        },
    {"f",      "Zg=="    },
    {"fo",     "Zm8="    },
    {"foo",    "Zm9v"    },
    {"foob",   "Zm9vYg=="},
    {"fooba",  "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void base64_agrees_with_the_vectors_of_rfc_4648(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        mtls_buf text = {.max = 64}, plain = {.max = 64};
        assert_int_equal(mtls_base64_encode(mtls_view_of_text(vectors[i].plain), &text), MTLS_OK);
        assert_true(mtls_view_equal_text(mtls_buf_view(&text), vectors[i].text));
        assert_int_equal(mtls_base64_decode(mtls_view_of_text(vectors[i].text), &plain), MTLS_OK);
        assert_true(mtls_view_equal_text(mtls_buf_view(&plain), vectors[i].plain));
        mtls_buf_clear(&text);
        mtls_buf_clear(&plain);
    }
}

static void base64_refuses_what_is_not_canonical(void **state) {
    (void)state;
    const char *const refused[] = {
        "Zg", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "====", "Z===", "Zm-_"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        mtls_buf plain = {.max = 64};
        assert_int_equal(mtls_buf_append_text(&plain, "kept"), MTLS_OK);
        assert_int_equal(mtls_base64_decode(mtls_view_of_text(refused[i]), &plain), MTLS_ERR_INPUT);
        assert_true(mtls_view_equal_text(mtls_buf_view(&plain), "kept"));
        mtls_buf_clear(&plain);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_agrees_with_the_vectors_of_rfc_4648),
        cmocka_unit_test(base64_refuses_what_is_not_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
