#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mtls/validate.h>

#include "core/tests/failing_malloc.h"
#include "validator/tests/issue.h"

static issued root, middle, leaf, expired, stranger;

static int issue_all(void **state) {
    (void)state;
    root = issue((issue_spec){.common_name = "root", .ca = true});
    middle = issue((issue_spec){.common_name = "middle", .ca = true, .issuer = &root});
    leaf = issue((issue_spec){.common_name = "leaf", .issuer = &middle, .eku = "clientAuth"});
    expired = issue((issue_spec){
        .common_name = "expired", .issuer = &middle, .eku = "clientAuth", .start_days = -9, .end_days = -1});
    stranger = issue((issue_spec){.common_name = "stranger", .eku = "clientAuth"});
    return 0;
}

static int clear_all(void **state) {
    (void)state;
    issued_clear(&root);
    issued_clear(&middle);
    issued_clear(&leaf);
    issued_clear(&expired);
    issued_clear(&stranger);
    return 0;
}

/* The whole of a check. Gives the status, and the verdict if it is MTLS_OK. */
static mtls_status check(const char *profile, const mtls_buf *trusted, const mtls_buf *chain,
                         char out_log[128]) {
    mtlsval_gateway *gateway = NULL;
    mtlsval_client *client = NULL;
    mtlsval_file_answer answer;
    mtlsval_client_options options = {.time = TEST_TIME, .verify_issuer_dn = true};
    mtls_status status = mtlsval_gateway_new(profile, &gateway, NULL);
    if (status == MTLS_OK) {
        status = mtlsval_gateway_add_file(gateway, trusted->data, trusted->len, TEST_TIME, &answer);
    }
    if (status == MTLS_OK && !answer.accepted) {
        snprintf(out_log, 128, "rejected");
    } else if (status == MTLS_OK) {
        status = mtlsval_client_check(gateway, chain->data, chain->len, &options, &client, NULL);
        if (status == MTLS_OK) {
            const char *log = mtlsval_client_ssl_client_verify(client);
            snprintf(out_log, 128, "%s", log == NULL ? mtlsval_client_result(client) : log);
        }
    }
    mtlsval_client_free(client);
    mtlsval_gateway_free(gateway);
    return status;
}

/* Allocations are made to fail one after the other. The answer is then the right one or no answer. All of
 * libcrypto's take two minutes: a usual run takes every `step`th, and MTLS_SWEEP=all takes each. */
static void sweep(failing_malloc *a, const char *profile, const issued *client, const char *expected,
                  size_t step, size_t least) {
    char log[128];
    mtls_buf trusted = {.max = 1 << 20};
    assert_int_equal(mtls_buf_append(&trusted, mtls_buf_view(&root.pem)), MTLS_OK);
    assert_int_equal(mtls_buf_append(&trusted, mtls_buf_view(&middle.pem)), MTLS_OK);
    /* What libcrypto fetches once and keeps is fetched by now. */
    assert_int_equal(check(profile, &trusted, &client->pem, log), MTLS_OK);
    assert_string_equal(log, expected);
    size_t num_refused = 0, num_survived = 0;
    const char *all = getenv("MTLS_SWEEP");
    step = all != NULL && strcmp(all, "all") == 0 ? 1 : step;
    for (size_t n = 0;; n += step) {
        long held = failing_ours.num_held;
        a->failed = false;
        a->left = n;
        mtls_status status = check(profile, &trusted, &client->pem, log);
        a->left = SIZE_MAX;
        assert_int_equal(failing_ours.num_held, held);
        if (!a->failed) {
            break;
        }
        if (status == MTLS_OK && strcmp(log, expected) != 0) {
            fail_msg("%s, allocation %zu failed: %s", profile, n, log);
        }
        assert_true(status == MTLS_OK || status == MTLS_ERR_NOMEM || status == MTLS_ERR_CRYPTO);
        *(status == MTLS_OK ? &num_survived : &num_refused) += 1;
    }
    assert_true(num_refused * step > least);
    print_message("%s: %zu allocations failed, %zu of them made no difference\n", expected,
                  num_refused + num_survived, num_survived);
    mtls_buf_clear(&trusted);
}

static void a_lack_of_memory_never_changes_the_verdict(void **state) {
    (void)state;
    static const char *const profiles[] = {"openssl", "azure-appgw"};
    for (size_t i = 0; i < 2; i++) {
        sweep(&failing_theirs, profiles[i], &leaf, "SUCCESS", 7, 500);
        sweep(&failing_theirs, profiles[i], &expired, "FAILED:certificate has expired", 41, 500);
        sweep(&failing_ours, profiles[i], &leaf, "SUCCESS", 1, 8);
        sweep(&failing_ours, profiles[i], &expired, "FAILED:certificate has expired", 1, 8);
    }
    sweep(&failing_theirs, "openssl", &stranger, "FAILED:self-signed certificate", 43, 500);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lack_of_memory_never_changes_the_verdict),
    };
    if (!failing_crypto_hook()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, issue_all, clear_all);
}
