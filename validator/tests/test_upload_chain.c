/* Chains among many CAs. The certificates are put together without keys: a serial number tells by which key a
 * certificate is signed, and check_signature reads it. */
#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validator/tests/parts.h"
#include "validator/upload.h"

/* A CA: its name and its key, and the name and key that issued it. */
typedef struct {
    unsigned subject, key, issuer, issuer_key;
} ca;

static mtls_view number_name(unsigned number, uint8_t out[17]) {
    char digits[5];
    memcpy(out, "\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04", 13);
    snprintf(digits, sizeof digits, "%04u", number % 10000);
    memcpy(out + 13, digits, 4);
    return (mtls_view){out, 17};
}

static void append_ca(ca c, mtls_buf *file) {
    uint8_t subject[17], issuer[17];
    uint8_t serial[] = {
        0x02, 0x04, 0x01, (uint8_t)(c.issuer_key >> 16), (uint8_t)(c.issuer_key >> 8), (uint8_t)c.issuer_key};
    uint8_t key[] = {0x30,
                     0x1c,
                     0x30,
                     0x13,
                     0x06,
                     0x07,
                     0x2a,
                     0x86,
                     0x48,
                     0xce,
                     0x3d,
                     0x02,
                     0x01,
                     0x06,
                     0x08,
                     0x2a,
                     0x86,
                     0x48,
                     0xce,
                     0x3d,
                     0x03,
                     0x01,
                     0x07,
                     0x03,
                     0x05,
                     0x00,
                     0x04,
                     (uint8_t)(c.key >> 16),
                     (uint8_t)(c.key >> 8),
                     (uint8_t)c.key};
    mtls_buf der = {.max = 4096};
    parts_assemble(
        &(parts){
            .serial = {serial, sizeof serial},
            .subject = number_name(c.subject, subject),
            .issuer = number_name(c.issuer, issuer),
            .key = {key,    sizeof key   }
    },
        &der);
    pem("CERTIFICATE", mtls_buf_view(&der), "\n", file);
    mtls_buf_clear(&der);
}

static mtls_status by_serial(void *context, const mtlsval_certificate *certificate,
                             const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    size_t *count = context;
    bool same = memcmp(certificate->serial.data + 1, issuer->key.data + 1, 3) == 0;
    *out_answer = same ? MTLSVAL_SIGNATURE_GOOD : MTLSVAL_SIGNATURE_BAD;
    ++*count;
    return MTLS_OK;
}

static mtlsval_upload *run(const mtls_buf *file, size_t *out_checks) {
    mtlsval_upload *upload = NULL;
    size_t checks = 0;
    mtlsval_upload_settings settings = {.check_signature = by_serial, .context = &checks};
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(file), &settings, &upload), MTLS_OK);
    assert_int_equal(upload->num_signature_checks, checks);
    if (out_checks != NULL) {
        *out_checks = checks;
    }
    return upload;
}

enum { MOST = 8 };
#define ROOT                                                                                                 \
    { 0, 0, 0, 0 }
/* Each file's issuer DN, and which certificates are in its chain (bit i: the i-th). */
static const struct {
    const char *name;
    ca cas[MOST];
    size_t count;
    unsigned dn, chain;
    bool limited;
} chains[] = {
    {"a line in any order",                          {{3, 3, 2, 2}, {1, 1, 0, 0}, ROOT, {2, 2, 1, 1}},               4, 3, 0xf, false},
    {"same name, another key",                       {ROOT, {1, 1, 0, 0}, {1, 9, 0, 0}, {2, 2, 1, 9}},               4, 2, 0xd, false},
    {"signed by nobody's key",                       {ROOT, {1, 1, 0, 0}, {2, 2, 1, 7}},                             3, 1, 0x3, false},
    {"two certificates of one CA: the first counts", {ROOT, {1, 1, 0, 0}, {1, 1, 0, 0}},                             3, 1, 0x3, false},
    {"a diamond",                                    {ROOT, {1, 1, 0, 0}, {2, 2, 0, 0}, {3, 3, 1, 1}, {3, 3, 2, 2}}, 5, 3, 0xb, false},
    {"the longer of two ways",
     {ROOT, {3, 3, 0, 0}, {1, 1, 0, 0}, {3, 3, 1, 1}, {2, 2, 1, 1}},
     5,                                                                                                                 3,
     0xd,                                                                                                                       false},
    {"a new key under the same name",                {ROOT, {0, 5, 0, 0}, {1, 1, 0, 5}},                             3, 1, 0x7, false},
    {"cross-signed in a circle",                     {ROOT, {1, 1, 0, 0}, {2, 2, 1, 1}, {1, 1, 2, 2}},               4, 2, 0x7, false},
    {"a circle with a tail",
     {ROOT, {1, 1, 0, 0}, {2, 2, 1, 1}, {1, 1, 2, 2}, {3, 3, 1, 1}, {4, 4, 3, 3}},
     6,                                                                                                                 4,
     0x33,                                                                                                                      false},
    {"the root cross-signed by its child",           {{0, 0, 1, 1}, ROOT, {1, 1, 0, 0}},                             3, 1, 0x6, false},
    {"a circle apart from the root",                 {ROOT, {1, 1, 2, 2}, {2, 2, 1, 1}},                             3, 0, 0x1, false},
    {"the full circle of three, both ways in",
     {ROOT, {1, 1, 0, 0}, {2, 2, 0, 0}, {2, 2, 1, 1}, {1, 1, 2, 2}, {3, 3, 2, 2}, {3, 3, 1, 1}},
     7,                                                                                                                 3,
     0x2b,                                                                                                                      false},
};

static void the_longest_chain_gives_the_dn(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        mtls_buf file = {.max = 1 << 20};
        char dn[16];
        unsigned chain = 0;
        for (size_t c = 0; c < chains[i].count; c++) {
            append_ca(chains[i].cas[c], &file);
        }
        mtlsval_upload *upload = run(&file, NULL);
        snprintf(dn, sizeof dn, "CN=%04u", chains[i].dn);
        for (size_t c = 0; c < upload->num_certificates; c++) {
            chain |= upload->certificates[c].in_chain ? 1u << c : 0;
        }
        if (upload->code != MTLS_UPLOAD_ACCEPTED || strcmp(upload->client_cert_issuer_dn, dn) != 0 ||
            chain != chains[i].chain || upload->search_limited != chains[i].limited) {
            fail_msg("%s: %s %s chain %x", chains[i].name, upload->detail,
                     upload->client_cert_issuer_dn == NULL ? "none" : upload->client_cert_issuer_dn, chain);
        }
        mtlsval_upload_free(upload);
        mtls_buf_clear(&file);
    }
}

static void a_ladder_of_cross_signed_pairs_is_measured_exactly(void **state) {
    (void)state;
    /* 40 rungs, two certificates from each of a rung's CAs to each of the next: 2^40 ways, and no circle. */
    mtls_buf file = {.max = 1 << 20};
    size_t checks;
    append_ca((ca)ROOT, &file);
    for (unsigned rung = 1; rung <= 40; rung++) {
        for (unsigned from = 0; from < 2; from++) {
            for (unsigned to = 0; to < 2; to++) {
                unsigned issuer = rung == 1 ? 0 : 2 * (rung - 1) + from;
                append_ca((ca){2 * rung + to, 2 * rung + to, issuer, issuer}, &file);
            }
        }
    }
    mtlsval_upload *upload = run(&file, &checks);
    assert_int_equal(upload->code, MTLS_UPLOAD_ACCEPTED);
    assert_string_equal(upload->client_cert_issuer_dn, "CN=0080");
    assert_false(upload->search_limited);
    assert_true(checks < 200);
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

static void ten_thousand_cross_signed_cas_are_answered_within_bounds(void **state) {
    (void)state;
    /* 100 CAs, each certified by each of the others: the longest chain of such a thicket has no fast
     * algorithm. */
    mtls_buf file = {.max = 1 << 24};
    append_ca((ca)ROOT, &file);
    for (unsigned i = 1; i <= 100; i++) {
        for (unsigned j = 1; j <= 100; j++) {
            append_ca((ca){i, i, j == i ? 0 : j, j == i ? 0 : j}, &file);
        }
    }
    size_t checks;
    mtlsval_upload *upload = run(&file, &checks);
    assert_int_equal(upload->num_certificates, 10001);
    assert_int_equal(upload->code, MTLS_UPLOAD_ACCEPTED);
    assert_true(upload->search_limited);
    assert_true(checks <= MTLSVAL_UPLOAD_SIGNATURES_MAX);
    bool warned = false;
    for (size_t i = 0; i < upload->num_warnings; i++) {
        warned = warned || upload->warnings[i].id == MTLSVAL_WARNING_SEARCH_LIMIT;
    }
    assert_true(warned);
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

static void a_line_of_four_thousand_is_measured_to_its_end(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 24};
    for (unsigned i = 4000; i > 0; i--) {
        append_ca((ca){i, i, i - 1, i - 1}, &file);
    }
    append_ca((ca)ROOT, &file);
    mtlsval_upload *upload = run(&file, NULL);
    assert_string_equal(upload->client_cert_issuer_dn, "CN=4000");
    assert_false(upload->search_limited);
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

static void more_roots_than_can_be_checked_are_not_counted_as_if_they_were_all(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 24};
    for (unsigned i = 1; i <= MTLSVAL_UPLOAD_SIGNATURES_MAX + 1; i++) {
        append_ca((ca){i, i, i, i}, &file);
    }
    mtlsval_upload *upload = run(&file, NULL);
    assert_int_equal(upload->code, MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED);
    assert_non_null(strstr(upload->detail, "the file has at least 4096 roots"));
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

static void too_many_that_name_themselves_are_refused_as_roots_nobody_counted(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 24};
    for (unsigned i = 0; i < MTLSVAL_UPLOAD_SIGNATURES_MAX + 1; i++) {
        append_ca((ca){1, i + 1, 1, 0}, &file);
    }
    mtlsval_upload *upload = run(&file, NULL);
    assert_int_equal(upload->code, MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED);
    assert_string_equal(
        upload->detail,
        "more certificates name themselves as their issuer than can be checked for being a root");
    assert_int_equal(upload->num_signature_checks, MTLSVAL_UPLOAD_SIGNATURES_MAX);
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

static mtls_status out_of_memory(void *context, const mtlsval_certificate *certificate,
                                 const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    (void)context;
    (void)certificate;
    (void)issuer;
    (void)out_answer;
    return MTLS_ERR_NOMEM;
}

static void a_failure_of_the_signature_check_is_a_failure_and_no_answer(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 20};
    mtlsval_upload *upload = NULL;
    mtlsval_upload_settings settings = {.check_signature = out_of_memory};
    append_ca((ca)ROOT, &file);
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), &settings, &upload), MTLS_ERR_NOMEM);
    assert_null(upload);
    mtls_buf_clear(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_chain_gives_the_dn),
        cmocka_unit_test(a_ladder_of_cross_signed_pairs_is_measured_exactly),
        cmocka_unit_test(ten_thousand_cross_signed_cas_are_answered_within_bounds),
        cmocka_unit_test(a_line_of_four_thousand_is_measured_to_its_end),
        cmocka_unit_test(more_roots_than_can_be_checked_are_not_counted_as_if_they_were_all),
        cmocka_unit_test(too_many_that_name_themselves_are_refused_as_roots_nobody_counted),
        cmocka_unit_test(a_failure_of_the_signature_check_is_a_failure_and_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
