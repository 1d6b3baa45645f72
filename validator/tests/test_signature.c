#include "core/tests/cmocka_includes.h"

#include "validator/signature.h"
#include "validator/tests/issue.h"

enum { NUM = 5 };

static issued certificates[NUM];
static mtlsval_certificate parsed[NUM];
static mtls_buf off_curve; /* a certificate whose point does not lie on its curve */
static mtlsval_certificate broken;

static void parse(const mtls_buf *der, mtlsval_certificate *out) {
    mtlsval_fault fault;
    assert_true(mtlsval_certificate_parse(mtls_buf_view(der), out, &fault));
}

static int issue_all(void **state) {
    static const issue_spec specs[NUM] = {
        {.common_name = "a",    .ca = true},
        {                    .common_name = "b",           .ca = true          },
        { .common_name = "384",     .ca = true,               .curve = "P-384"},
        { .common_name = "rsa",     .ca = true,               .rsa_bits = 2048},
        {   .common_name = "k", .ca = true,           .curve = "secp256k1"},
    };
    (void)state;
    for (int i = 0; i < NUM; i++) {
        certificates[i] = issue(specs[i]);
        parse(&certificates[i].der, &parsed[i]);
    }
    off_curve = (mtls_buf){.max = 1 << 16};
    assert_int_equal(mtls_buf_append(&off_curve, mtls_buf_view(&certificates[1].der)), MTLS_OK);
    off_curve.data[parsed[1].key.data + parsed[1].key.len - 1 - certificates[1].der.data] ^= 1;
    parse(&off_curve, &broken);
    return 0;
}

static int clear_all(void **state) {
    (void)state;
    for (int i = 0; i < NUM; i++) {
        issued_clear(&certificates[i]);
    }
    mtls_buf_clear(&off_curve);
    return 0;
}

static mtlsval_signature_answer ask(mtlsval_signature_cache *cache, const mtlsval_certificate *certificate,
                                    const mtlsval_certificate *issuer) {
    mtlsval_signature_answer answer;
    assert_int_equal(mtlsval_signature_check(cache, certificate, issuer, &answer), MTLS_OK);
    return answer;
}

static void the_key_of_the_issuer_verifies_and_no_other(void **state) {
    (void)state;
    for (int i = 0; i < NUM; i++) {
        for (int j = 0; j < NUM; j++) {
            mtlsval_signature_answer answer = ask(NULL, &parsed[i], &parsed[j]);
            assert_int_equal(answer, i == j ? MTLSVAL_SIGNATURE_GOOD : MTLSVAL_SIGNATURE_BAD);
        }
    }
    assert_int_equal(ask(NULL, &parsed[1], &broken), MTLSVAL_SIGNATURE_UNSUPPORTED);
}

/* A key on the curve of the one before takes its place, so what was asked before must not show. */
static void a_cache_changes_no_answer(void **state) {
    (void)state;
    mtlsval_signature_cache cache = {.key = NULL};
    for (int first = 0; first < NUM; first++) {
        for (int second = 0; second < NUM; second++) {
            assert_int_equal(ask(&cache, &parsed[first], &parsed[first]), MTLSVAL_SIGNATURE_GOOD);
            assert_int_equal(ask(&cache, &parsed[first], &parsed[second]),
                             first == second ? MTLSVAL_SIGNATURE_GOOD : MTLSVAL_SIGNATURE_BAD);
            assert_int_equal(ask(&cache, &parsed[second], &parsed[second]), MTLSVAL_SIGNATURE_GOOD);
        }
        assert_int_equal(ask(&cache, &parsed[1], &broken), MTLSVAL_SIGNATURE_UNSUPPORTED);
        assert_int_equal(ask(&cache, &parsed[1], &broken), MTLSVAL_SIGNATURE_UNSUPPORTED);
    }
    mtlsval_signature_cache_clear(&cache);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_the_issuer_verifies_and_no_other),
        cmocka_unit_test(a_cache_changes_no_answer),
    };
    return cmocka_run_group_tests(tests, issue_all, clear_all);
}
