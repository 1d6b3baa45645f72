#include "core/tests/cmocka_includes.h"

#include <mtls/bytes.h>

static void a_buffer_takes_bytes_up_to_its_limit_and_no_further(void **state) {
    (void)state;
    mtls_buf buf = {.max = 5};
    assert_int_equal(mtls_buf_append_text(&buf, "abc"), MTLS_OK);
    assert_int_equal(mtls_buf_append_text(&buf, "def"), MTLS_ERR_LIMIT);
    assert_int_equal(buf.len, 3);
    assert_int_equal(mtls_buf_append_text(&buf, "de"), MTLS_OK);
    assert_int_equal(mtls_buf_append_byte(&buf, 'f'), MTLS_ERR_LIMIT);
    assert_true(mtls_view_equal_text(mtls_buf_view(&buf), "abcde"));
    mtls_buf_clear(&buf);
    assert_int_equal(buf.max, 5);
}

static void formatted_text_may_fill_the_limit_exactly(void **state) {
    (void)state;
    mtls_buf buf = {.max = 6};
    assert_int_equal(mtls_buf_appendf(&buf, "%s-%d", "ab", 123), MTLS_OK);
    assert_int_equal(mtls_buf_appendf(&buf, "%d", 1), MTLS_ERR_LIMIT);
    assert_true(mtls_view_equal_text(mtls_buf_view(&buf), "ab-123"));
    mtls_buf_clear(&buf);
}

static void text_of_a_buffer_needs_room_and_no_nul_inside(void **state) {
    (void)state;
    mtls_buf buf = {.max = 4};
    assert_int_equal(mtls_buf_append_text(&buf, "abc"), MTLS_OK);
    assert_string_equal(mtls_buf_text(&buf), "abc");
    assert_int_equal(buf.len, 3);
    assert_int_equal(mtls_buf_append_byte(&buf, 0), MTLS_OK);
    assert_null(mtls_buf_text(&buf));
    mtls_buf_cleanse(&buf);
    assert_null(buf.data);
}

static void views_are_equal_when_their_bytes_are(void **state) {
    (void)state;
    assert_true(mtls_view_equal((mtls_view){NULL, 0}, mtls_view_of_text("")));
    assert_true(mtls_view_equal_text(mtls_view_of_text("ab"), "ab"));
    assert_false(mtls_view_equal_text(mtls_view_of_text("ab"), "ac"));
    assert_false(mtls_view_equal_text(mtls_view_of_text("ab"), "abc"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_takes_bytes_up_to_its_limit_and_no_further),
        cmocka_unit_test(formatted_text_may_fill_the_limit_exactly),
        cmocka_unit_test(text_of_a_buffer_needs_room_and_no_nul_inside),
        cmocka_unit_test(views_are_equal_when_their_bytes_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
