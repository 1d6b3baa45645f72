/* How what was written takes the place of what was there, on a file system that can exchange two folders and
 * on one that cannot; and that a rename which fails leaves the old one. rename and renameat2 are the linker's
 * --wrap. */
#define _GNU_SOURCE

#include "core/tests/cmocka_includes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen/manifest.h"
#include "gen/output.h"

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);

static int exchange_errno;   /* what renameat2 fails with; 0: it works */
static int num_renames_left; /* successful calls of rename; then EIO, once */

int __wrap_rename(const char *from, const char *to) {
    if (num_renames_left-- == 0) {
        errno = EIO;
        return -1;
    }
    return __real_rename(from, to);
}

int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) {
    if (exchange_errno != 0) {
        errno = exchange_errno;
        return -1;
    }
    char aside[PATH_MAX];
    (void)snprintf(aside, sizeof aside, "%s.aside", to);
    assert_int_equal(flags, RENAME_EXCHANGE);
    assert_true(from_fd == AT_FDCWD && to_fd == AT_FDCWD);
    return __real_rename(to, aside) == 0 && __real_rename(from, to) == 0 ? __real_rename(aside, from) : -1;
}

typedef struct {
    char folder[64], target[80];
} place;

static int set_up(void **state) {
    static place p;
    (void)snprintf(p.folder, sizeof p.folder, "/tmp/mtlsgen-output-XXXXXX");
    if (mkdtemp(p.folder) == NULL) {
        return -1;
    }
    (void)snprintf(p.target, sizeof p.target, "%s/corpus", p.folder);
    exchange_errno = 0;
    num_renames_left = INT_MAX;
    *state = &p;
    return 0;
}

static int entry_remove(const char *path, const struct stat *info, int type, struct FTW *at) {
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

static int tree_remove(const char *path) {
    return nftw(path, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static int tear_down(void **state) {
    const place *p = *state;
    return tree_remove(p->folder);
}

static size_t entries_count(const char *folder) {
    DIR *dir = opendir(folder);
    size_t num = 0;
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        num++;
    }
    (void)closedir(dir);
    return num - 2;
}

/* A corpus of one file, `name`, with the manifest that makes it ours. */
static mtls_status corpus_write(const place *p, mtlsgen_output_kind kind, const char *name,
                                mtls_error *error) {
    static const uint8_t sha256[32] = {0};
    mtlsgen_output *output;
    mtlsgen_manifest manifest = {0};
    mtls_buf text = {.max = 4096};
    mtls_status status = mtlsgen_output_open(p->target, kind, &output, error);
    if (status != MTLS_OK) {
        return status;
    }
    assert_int_equal(mtlsgen_manifest_add(&manifest, name, sha256), MTLS_OK);
    assert_int_equal(mtlsgen_manifest_write(&manifest, "a",
                                            kind == MTLSGEN_OUTPUT_CASE ? MTLSGEN_MANIFEST_CASE : "base", 1,
                                            &text),
                     MTLS_OK);
    assert_int_equal(mtlsgen_output_write(output, name, mtls_view_of_text(name), false, error), MTLS_OK);
    assert_int_equal(mtlsgen_output_write(output, MTLSGEN_MANIFEST_FILE, mtls_buf_view(&text), false, error),
                     MTLS_OK);
    mtlsgen_manifest_clear(&manifest);
    mtls_buf_clear(&text);
    return mtlsgen_output_commit(output, error);
}

static bool holds(const place *p, const char *name) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", p->target, name);
    return access(path, F_OK) == 0;
}

static void replace_with_exchange(const place *p, int refusal) {
    mtls_error error;
    exchange_errno = refusal;
    assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_FOLDER, "a/old", &error), MTLS_OK);
    assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_FOLDER, "a/new", &error), MTLS_OK);
    assert_true(holds(p, "a/new") && !holds(p, "a/old"));
    assert_int_equal(entries_count(p->folder), 1);
}

static void folder_is_replaced_by_an_exchange(void **state) {
    replace_with_exchange(*state, 0);
}

static void folder_is_replaced_where_there_is_no_exchange(void **state) {
    replace_with_exchange(*state, EINVAL);
}

static void folder_is_replaced_where_the_kernel_knows_no_exchange(void **state) {
    replace_with_exchange(*state, ENOSYS);
}

/* Each rename of the way without an exchange fails in turn: the first tries to take an empty folder's place,
 * the second puts the old one aside, the third the new one in its place. */
static void folder_stays_when_a_rename_fails(void **state) {
    const place *p = *state;
    for (int renames = 0; renames < 3; renames++) {
        mtls_error error = {""};
        exchange_errno = EINVAL;
        num_renames_left = INT_MAX;
        assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_FOLDER, "a/old", &error), MTLS_OK);
        num_renames_left = renames;
        assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_FOLDER, "a/new", &error), MTLS_ERR_IO);
        assert_non_null(strstr(error.text, "cannot be replaced: Input/output error"));
        assert_true(holds(p, "a/old") && holds(p, MTLSGEN_MANIFEST_FILE) && !holds(p, "a/new"));
        assert_int_equal(entries_count(p->folder), 1); /* nothing lies about */
    }
}

static void one_case_and_a_corpus_never_replace_each_other(void **state) {
    const place *p = *state;
    mtls_error error = {""};
    assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_FOLDER, "a/old", &error), MTLS_OK);
    assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_CASE, "new", &error), MTLS_ERR_USAGE);
    assert_non_null(strstr(error.text, "holds a whole corpus; name another folder, or remove it first"));
    assert_true(holds(p, "a/old") && !holds(p, "new"));

    assert_int_equal(tree_remove(p->target), 0);
    assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_CASE, "old", &error), MTLS_OK);
    assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_FOLDER, "a/new", &error), MTLS_ERR_USAGE);
    assert_non_null(strstr(error.text, "holds one case"));
    assert_int_equal(corpus_write(p, MTLSGEN_OUTPUT_CASE, "new", &error), MTLS_OK);
    assert_true(holds(p, "new") && !holds(p, "old"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folder_is_replaced_by_an_exchange, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folder_is_replaced_where_there_is_no_exchange, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folder_is_replaced_where_the_kernel_knows_no_exchange, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(folder_stays_when_a_rename_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_case_and_a_corpus_never_replace_each_other, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
