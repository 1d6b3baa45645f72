/* The replay driver's own failures: nothing to replay, what cannot be read, and a target that falls over. */
#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/mtls-replay-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state) {
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : -1; /* NOLINT(cert-env33-c) */
}

static void write_file(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* replay runs the driver in the folder; what it writes is in `output`. The result is the exit status, or 128
 * and the signal's number. */
static int replay(const char *arguments, char *output, size_t size) {
    char command[512];
    snprintf(command, sizeof command, "cd '%s' && exec '%s' %s 2>&1", folder, getenv("FALLER"), arguments);
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c) */
    assert_non_null(pipe);
    size_t used = fread(output, 1, size - 1, pipe);
    output[used] = '\0';
    int status = pclose(pipe);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void assert_says(const char *arguments, int status, const char *words) {
    char output[8192];
    int got = replay(arguments, output, sizeof output);
    if (got != status || strstr(output, words) == NULL) {
        fail_msg("%s: status %d, and it says:\n%s", arguments, got, output);
    }
}

static void assert_falls(const char *arguments, const char *words) {
    char output[8192];
    int got = replay(arguments, output, sizeof output);
    if (got == 0 || got == 2 || strstr(output, words) == NULL) {
        fail_msg("%s: status %d, and it says:\n%s", arguments, got, output);
    }
}

static void nothing_to_replay_is_a_failure(void **state) {
    char path[128];
    (void)state;
    assert_says("", 2, "usage:");
    snprintf(path, sizeof path, "%s/nothing", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_says("nothing", 2, "nothing: holds no file");
    assert_says("missing", 2, "missing: no such file or folder");
}

static void an_unreadable_file_is_a_failure_and_named(void **state) {
    (void)state;
    write_file("good", "good");
    assert_says("good", 0, "1 files");
    /* Whoever runs this may read every file; nobody can read this one. */
    assert_says("good /proc/self/mem", 2, "/proc/self/mem");
}

static void a_crash_names_the_file(void **state) {
    (void)state;
    write_file("aborts", "a");
    write_file("faults", "s");
    write_file("hangs", "h");
    write_file("objects", "o");
    assert_falls("good aborts", "replay: crash: aborts");
    assert_falls("good faults", "replay: crash: faults");
    assert_falls("good hangs", "replay: hang: hangs");
    assert_falls("good objects", "replay: crash: objects");
    assert_falls("good objects", "ORACLE no-o: the input has 1 bytes");
    assert_falls(".", "replay: crash: ./aborts"); /* the first of a folder in the order of names */
}

static void a_place_that_is_never_reached_is_a_failure(void **state) {
    (void)state;
    write_file("rare", "r");
    assert_says("--require-reached good rare", 0, "a rare place 1");
    assert_says("--require-reached good", 1, "1 oracles or places were never reached");
    assert_says("--counts good", 0, "a rare place 0");
}

static void what_runs_at_last_reaches_nothing_and_may_fall_too(void **state) {
    (void)state;
    write_file("last-rare", "r");
    write_file("last-aborts", "a");
    assert_says("--require-reached --then last-rare good", 1, "1 oracles or places were never reached");
    assert_says("--require-reached --then good last-rare", 0, "2 files");
    assert_falls("--then last-aborts good", "replay: crash: last-aborts");
    assert_says("--then missing good", 2, "missing: no such file or folder");
    assert_says("--then good", 2, "usage:");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_replay_is_a_failure),
        cmocka_unit_test(an_unreadable_file_is_a_failure_and_named),
        cmocka_unit_test(a_crash_names_the_file),
        cmocka_unit_test(a_place_that_is_never_reached_is_a_failure),
        cmocka_unit_test(what_runs_at_last_reaches_nothing_and_may_fall_too),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
