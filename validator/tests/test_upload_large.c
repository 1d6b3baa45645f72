/* Large files that are made to be slow: the time grows as the file does, and the memory is bounded by it. */
#include "core/tests/cmocka_includes.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "validator/pem.h"
#include "validator/tests/adversarial.h"
#include "validator/upload.h"

#if defined(__SANITIZE_ADDRESS__)
enum { IS_SANITIZED = 1, SMALL = 1 << 18 };
#else
enum { IS_SANITIZED = 0, SMALL = 1 << 20 };
#endif
enum { TIMES = 16 }; /* how much larger the large file is */

static double seconds_of_check(const mtls_buf *file, mtls_upload_code *out_code) {
    mtlsval_upload *upload = NULL;
    clock_t start = clock();
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(file), NULL, &upload), MTLS_OK);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    *out_code = upload->code;
    mtlsval_upload_free(upload);
    return seconds;
}

/* Quadratic time would be 256 times as much. Under 20 ms the clock tells nothing. */
static void assert_linear(const char *name, const mtls_buf *small, const mtls_buf *large) {
    mtls_upload_code code, large_code;
    double before = seconds_of_check(small, &code);
    double after = seconds_of_check(large, &large_code);
    assert_int_equal(code, large_code);
    assert_int_not_equal(code, MTLS_UPLOAD_ACCEPTED);
    if (after > 0.02 + 5 * TIMES * before) {
        fail_msg("%s: %.3f s, and %.3f s for %d times as much", name, before, after, TIMES);
    }
}

static void time_grows_as_the_file_does(void **state) {
    (void)state;
    for (size_t i = 0; i < num_adversarial_files; i++) {
        mtls_buf small = {.max = 1 << 28}, large = {.max = 1 << 28};
        assert_true(adversarial_make(&adversarial_files[i], SMALL, &small));
        assert_true(adversarial_make(&adversarial_files[i], (size_t)SMALL * TIMES, &large));
        assert_linear(adversarial_files[i].name, &small, &large);
        mtls_buf_clear(&small);
        mtls_buf_clear(&large);
    }
}

static void nesting_is_followed_to_its_limit_only(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 28};
    mtlsval_upload *upload = NULL;
    assert_true(adversarial_nest((size_t)SMALL * TIMES, &file));
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), NULL, &upload), MTLS_OK);
    assert_int_equal(upload->code, MTLS_UPLOAD_INVALID_DATA);
    assert_int_equal(upload->problem.finding, MTLSVAL_DER_NESTING);
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

static void a_file_past_the_limit_is_refused_unread(void **state) {
    (void)state;
    mtlsval_upload *upload = NULL;
    uint8_t *bytes = calloc(1, MTLSVAL_PEM_FILE_MAX + 1); /* pages that are never touched cost nothing */
    assert_non_null(bytes);
    bytes[0] = 'x';
    assert_int_equal(mtlsval_upload_run((mtls_view){bytes, MTLSVAL_PEM_FILE_MAX + 1}, NULL, &upload),
                     MTLS_OK);
    free(bytes);
    assert_int_equal(upload->code, MTLS_UPLOAD_INVALID_DATA);
    assert_int_equal(upload->problem.finding, MTLSVAL_FILE_LIMIT);
    assert_string_equal(upload->detail, "the file is larger than 256 MiB");
    mtlsval_upload_free(upload);
}

static void memory_is_bounded_by_the_file(void **state) {
    (void)state;
    struct rusage before, after;
    mtls_upload_code code;
    if (IS_SANITIZED) {
        skip();
    }
    for (size_t i = 0; i < num_adversarial_files; i++) {
        /* The most that a process has held does not fall again: each file has one of its own. */
        int result = 0;
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            mtls_buf file = {.max = 1 << 28};
            bool good = adversarial_make(&adversarial_files[i], (size_t)SMALL * TIMES, &file) &&
                        getrusage(RUSAGE_SELF, &before) == 0;
            seconds_of_check(&file, &code);
            good = good && getrusage(RUSAGE_SELF, &after) == 0;
            _exit(good && after.ru_maxrss - before.ru_maxrss <= (long)(file.len / 1024) + 2048 ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &result, 0), child);
        if (result != 0) {
            fail_msg("%s: more memory than the file and 2 MiB", adversarial_files[i].name);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_past_the_limit_is_refused_unread),
        cmocka_unit_test(memory_is_bounded_by_the_file),
        cmocka_unit_test(time_grows_as_the_file_does),
        cmocka_unit_test(nesting_is_followed_to_its_limit_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
