/* Every allocation of the upload check is made to fail, one after the other: ours by way of the linker's
 * --wrap, libcrypto's by its own hook. Each time there is an error or the answer that there is with memory,
 * and no leak. */
#include "core/tests/cmocka_includes.h"

#include "core/tests/failing_malloc.h"
#include "validator/tests/issue.h"
#include "validator/tests/parts.h"
#include "validator/upload.h"

static mtls_buf accepted, many, refused; /* many: more certificates than find room without an allocation */

static int set_up(void **state) {
    (void)state;
    issued root = issue((issue_spec){.common_name = "root", .ca = true, .rsa_bits = 2048});
    issued int1 = issue((issue_spec){.common_name = "int1", .ca = true, .issuer = &root});
    issued int2 = issue((issue_spec){.common_name = "int2", .ca = true, .issuer = &int1});
    issued leaf = issue((issue_spec){.common_name = "leaf", .issuer = &int2});
    accepted = many = refused = (mtls_buf){.max = 1 << 20};
    const issued *all[] = {&leaf, &int2, &int1, &root};
    for (size_t i = 0; i < 4; i++) {
        append(&accepted, mtls_buf_view(&all[i]->pem));
        append(&refused, mtls_buf_view(&all[i]->pem));
        append(&many, mtls_buf_view(&all[i]->pem));
    }
    for (size_t i = 0; i < 6; i++) {
        append(&many, mtls_buf_view(&leaf.pem));
    }
    append(&refused, mtls_buf_view(&root.pem));
    issued_clear(&root);
    issued_clear(&int1);
    issued_clear(&int2);
    issued_clear(&leaf);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    mtls_buf_clear(&accepted);
    mtls_buf_clear(&many);
    mtls_buf_clear(&refused);
    return 0;
}

static mtls_status run(const mtls_buf *file, mtlsval_upload **out_upload) {
    mtlsval_upload_settings settings = {.time = TEST_TIME};
    return mtlsval_upload_run(mtls_buf_view(file), &settings, out_upload);
}

static void assert_same_answer(const mtlsval_upload *a, const mtlsval_upload *b) {
    assert_int_equal(a->code, b->code);
    assert_string_equal(a->detail, b->detail);
    assert_int_equal(a->num_warnings, b->num_warnings);
    if (a->code == MTLS_UPLOAD_ACCEPTED) {
        assert_string_equal(a->client_cert_issuer_dn, b->client_cert_issuer_dn);
    }
}

static void sweep(const mtls_buf *file, failing_malloc *a, bool for_good, size_t least) {
    mtlsval_upload *good = NULL, *upload = NULL;
    assert_int_equal(run(file, &good), MTLS_OK); /* and libcrypto has loaded what it keeps */
    size_t n = 0;
    do {
        long held = failing_ours.num_held;
        a->failed = false;
        a->for_good = for_good;
        a->left = n++;
        mtls_status status = run(file, &upload);
        a->left = SIZE_MAX;
        if (status == MTLS_OK) {
            assert_same_answer(upload, good);
            mtlsval_upload_free(upload);
        } else {
            assert_int_equal(status, MTLS_ERR_NOMEM);
            assert_true(a->failed);
            assert_null(upload);
        }
        assert_int_equal(failing_ours.num_held, held);
    } while (a->failed);
    assert_true(n > least); /* the hook is in place */
    mtlsval_upload_free(good);
}

static void every_allocation_of_ours_may_fail(void **state) {
    (void)state;
    for (int for_good = 0; for_good <= 1; for_good++) {
        sweep(&accepted, &failing_ours, for_good, 8);
        sweep(&many, &failing_ours, for_good, 15);
        sweep(&refused, &failing_ours, for_good, 6);
    }
}

static void every_allocation_of_libcrypto_may_fail(void **state) {
    (void)state;
    for (int for_good = 0; for_good <= 1; for_good++) {
        sweep(&accepted, &failing_theirs, for_good, 50);
        sweep(&refused, &failing_theirs, for_good, 20);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_ours_may_fail),
        cmocka_unit_test(every_allocation_of_libcrypto_may_fail),
    };
    if (!failing_crypto_hook()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
