#include "core/tests/cmocka_includes.h"

#include <string.h>

#include "validator/tests/parts.h"
#include "validator/tests/upload_file.h"

/* The certificates that the files are made of. */
typedef struct {
    issued root, int1, int2, other_int, root_leaf, expired, soon, future, rsa1024, sha1;
} world;

static world w;

static int set_up(void **state) {
    (void)state;
    w.root = issue((issue_spec){.common_name = "root", .ca = true});
    w.int1 = issue((issue_spec){.common_name = "int1", .ca = true, .issuer = &w.root});
    w.int2 = issue((issue_spec){.common_name = "int2", .ca = true, .issuer = &w.int1});
    w.other_int = issue((issue_spec){.common_name = "other int", .ca = true, .issuer = &w.root});
    w.root_leaf = issue((issue_spec){.common_name = "root leaf", .issuer = &w.root});
    w.expired =
        issue((issue_spec){.common_name = "expired", .ca = true, .start_days = -200, .end_days = -100});
    w.soon = issue(
        (issue_spec){.common_name = "soon", .ca = true, .issuer = &w.root, .start_days = -1, .end_days = 29});
    w.future = issue((issue_spec){
        .common_name = "future", .ca = true, .issuer = &w.root, .start_days = 5, .end_days = 99});
    w.rsa1024 = issue((issue_spec){.common_name = "rsa1024", .ca = true, .rsa_bits = 1024});
    w.sha1 = issue((issue_spec){.common_name = "sha1", .ca = true, .issuer = &w.root, .digest = "SHA1"});
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    issued *all = (issued *)&w;
    for (size_t i = 0; i < sizeof w / sizeof *all; i++) {
        issued_clear(&all[i]);
    }
    return 0;
}

/* Every warning, and the same file without what it warns of. */
static const struct {
    part parts_of_file[MOST];
    mtlsval_warning_id id;
    const char *seen;
} warnings[] = {
    {{C(expired)},
     MTLSVAL_WARNING_CA_EXPIRED,                                     "certificate 1 (line 1), " NAME("expired") ", expired on 2029-09-23T00:00:00Z"   },
    {{C(root), C(soon)},
     MTLSVAL_WARNING_CA_EXPIRES_SOON,                                "certificate 2 (line 31), " NAME("soon") ", expires on 2030-01-30T00:00:00Z"     },
    {{C(root), C(future)},
     MTLSVAL_WARNING_CA_NOT_YET_VALID,                               "certificate 2 (line 31), " NAME("future") ", is valid from 2030-01-06T00:00:00Z"},
    {{C(rsa1024)},
     MTLSVAL_WARNING_WEAK_KEY,                                       "certificate 1 (line 1), " NAME("rsa1024") ", has a key of RSA 1024 bits"        },
    {{C(root), C(sha1)},
     MTLSVAL_WARNING_WEAK_DIGEST,                                    "certificate 2 (line 31), " NAME("sha1") ", is signed with ecdsa-with-SHA1"      },
    {{C(root), C(root_leaf)},
     MTLSVAL_WARNING_LEAF_IGNORED,                                   "certificate 2 (line 31), " NAME("root leaf") ", is no CA"                       },
    {{C(root), C(int1), C(other_int)},
     MTLSVAL_WARNING_SEVERAL_CHAINS,                                 "2 chains of CAs lead down from the root"                                        },
    {{C(root), C(int2)},
     MTLSVAL_WARNING_UNCONNECTED,                                    "certificate 2 (line 31), " NAME("int2") ", does not lead to the root"           },
    {{C(root), C(int1), C(int1)},
     MTLSVAL_WARNING_DUPLICATE,                                      "certificate 3 (line 61), " NAME("int1") ", is in the file before"               },
    {{T("\n  a\n"), C(root)},          MTLSVAL_WARNING_OUTSIDE_TEXT, "line 2 stands outside the delimiters"                                           },
    {{C(root)},
     MTLSVAL_WARNING_TEST_CERTIFICATE,                               "certificate 1 (line 1), " NAME("root") ", is made for tests"                    },
};

static void warnings_come_where_they_belong_and_nowhere_else(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof warnings / sizeof warnings[0]; i++) {
        mtlsval_upload *upload = check_file(warnings[i].parts_of_file);
        const char *text = seen(upload, warnings[i].id);
        if (text == NULL || strcmp(text, warnings[i].seen) != 0) {
            fail_msg("%s: %s", mtlsval_warning_describe(warnings[i].id)->slug, text == NULL ? "none" : text);
        }
        mtlsval_upload_free(upload);
    }
    const part plain[MOST] = {C(root), T("\n"), C(int1)};
    mtlsval_upload *upload = check_file(plain);
    for (int id = 0; id < MTLSVAL_NUM_WARNINGS; id++) {
        const char *text = seen(upload, (mtlsval_warning_id)id);
        if ((text != NULL) != (id == MTLSVAL_WARNING_TEST_CERTIFICATE)) {
            fail_msg("%s", text == NULL ? "no test warning" : text);
        }
    }
    mtlsval_upload_free(upload);
}

static void sizes_past_25_kilobytes_are_warned_of_by_either_reading(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 20};
    append(&file, mtls_buf_view(&w.root.pem));
    mtlsval_upload *upload = NULL;
    size_t padding = 25000 - file.len;
    for (size_t i = 0; i < padding; i++) {
        assert_int_equal(mtls_buf_append_byte(&file, '\n'), MTLS_OK);
    }
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), NULL, &upload), MTLS_OK);
    assert_null(seen(upload, MTLSVAL_WARNING_FILE_SIZE));
    mtlsval_upload_free(upload);
    assert_int_equal(mtls_buf_append_byte(&file, '\n'), MTLS_OK);
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), NULL, &upload), MTLS_OK);
    assert_string_equal(seen(upload, MTLSVAL_WARNING_FILE_SIZE), "the file has 25001 bytes");
    assert_null(seen(upload, MTLSVAL_WARNING_CERTIFICATES_SIZE));
    mtlsval_upload_free(upload);
    size_t cas = w.root.der.len;
    while (cas <= 25000) {
        append(&file, mtls_buf_view(&w.int1.pem));
        cas += w.int1.der.len;
    }
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), NULL, &upload), MTLS_OK);
    assert_non_null(seen(upload, MTLSVAL_WARNING_CERTIFICATES_SIZE));
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

static void loose_encodings_are_accepted_and_told(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 16};
    append(&file, mtls_buf_view(&w.root.pem));
    /* A blank line after the first line of base64: a character more, and OpenSSL takes what precedes for
     * headers. */
    const uint8_t *end = memchr(file.data + 30, '\n', file.len - 30);
    mtls_buf loose = {.max = 1 << 16};
    append(&loose, (mtls_view){file.data, (size_t)(end - file.data) + 1});
    assert_int_equal(mtls_buf_append_byte(&loose, '\n'), MTLS_OK);
    append(&loose, (mtls_view){end + 1, file.len - (size_t)(end + 1 - file.data)});
    mtlsval_upload *upload = NULL;
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&loose), NULL, &upload), MTLS_OK);
    assert_int_equal(upload->code, MTLS_UPLOAD_ACCEPTED);
    assert_non_null(
        strstr(seen(upload, MTLSVAL_WARNING_LOOSE_ENCODING), "a blank line divides the base64 text"));
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
    mtls_buf_clear(&loose);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings_come_where_they_belong_and_nowhere_else),
        cmocka_unit_test(sizes_past_25_kilobytes_are_warned_of_by_either_reading),
        cmocka_unit_test(loose_encodings_are_accepted_and_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
