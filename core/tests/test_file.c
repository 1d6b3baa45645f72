#define _XOPEN_SOURCE 700 /* mkdtemp */
#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"

static char folder[] = "/tmp/mtls-file-XXXXXX";

static const char *path_of(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static void a_file_written_is_read_back_with_its_mode(void **state) {
    (void)state;
    mtls_error error;
    mtls_buf bytes = {.max = 64};
    struct stat about;
    assert_int_equal(mtls_file_write(path_of("key"), mtls_view_of_text("first, longer"), 0600, &error),
                     MTLS_OK);
    assert_int_equal(mtls_file_write(path_of("key"), mtls_view_of_text("second"), 0600, &error), MTLS_OK);
    assert_int_equal(stat(path_of("key"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(mtls_file_read(path_of("key"), &bytes, &error), MTLS_OK);
    assert_true(mtls_view_equal_text(mtls_buf_view(&bytes), "second"));
    mtls_buf_clear(&bytes);
    assert_int_equal(unlink(path_of("key")), 0);
}

static void what_cannot_be_read_is_named(void **state) {
    (void)state;
    mtls_error error;
    mtls_buf bytes = {.max = 4};
    assert_int_equal(mtls_file_read(path_of("missing"), &bytes, &error), MTLS_ERR_IO);
    assert_non_null(strstr(error.text, "missing"));
    assert_int_equal(mtls_file_read(folder, &bytes, &error), MTLS_ERR_IO);
    assert_non_null(strstr(error.text, "is a folder"));
    assert_int_equal(mtls_file_write(path_of("long"), mtls_view_of_text("12345"), 0644, &error), MTLS_OK);
    assert_int_equal(mtls_file_read(path_of("long"), &bytes, &error), MTLS_ERR_LIMIT);
    assert_non_null(strstr(error.text, "limit of 4 bytes"));
    mtls_buf_clear(&bytes);
    assert_int_equal(unlink(path_of("long")), 0);
}

static void a_write_that_fails_leaves_nothing_behind(void **state) {
    (void)state;
    mtls_error error;
    assert_int_equal(mtls_file_write(path_of("no/such"), mtls_view_of_text("x"), 0644, &error), MTLS_ERR_IO);
    assert_non_null(strstr(error.text, "no/such"));
    /* The target is a folder: the rename fails after the bytes were written. */
    assert_int_equal(mkdir(path_of("taken"), 0700), 0);
    assert_int_equal(mtls_file_write(path_of("taken"), mtls_view_of_text("x"), 0644, &error), MTLS_ERR_IO);
    assert_int_equal(rmdir(path_of("taken")), 0); /* remove_folder then shows that no temporary file stayed */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_written_is_read_back_with_its_mode),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(a_write_that_fails_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
