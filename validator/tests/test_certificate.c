#include "core/tests/cmocka_includes.h"

#include <string.h>

#include "validator/certificate.h"
#include "validator/tests/faulty.h"

static void every_fault_is_found_and_placed(void **state) {
    (void)state;
    for (size_t i = 0; i < num_faulty_certificates; i++) {
        const faulty *row = &faulty_certificates[i];
        mtls_buf der = {.max = 1 << 20};
        mtlsval_certificate certificate;
        mtlsval_fault fault;
        faulty_assemble(row, &der);
        bool is_note = mtlsval_finding_describe(row->finding)->severity == MTLSVAL_NOTE;
        bool good = mtlsval_certificate_parse(mtls_buf_view(&der), &certificate, &fault);
        if (good != is_note || (!good && fault.finding != row->finding)) {
            fail_msg("%s: %s at %zu", row->name, mtlsval_finding_describe(fault.finding)->slug, fault.at);
        }
        if (row->where.len > 0 && fault.at != parts_offset(&der, row->where) + row->delta) {
            fail_msg("%s: at %zu and not %zu", row->name, fault.at,
                     parts_offset(&der, row->where) + row->delta);
        }
        for (int finding = 1; good && finding < MTLSVAL_NUM_FINDINGS; finding++) {
            if (mtlsval_certificate_has_note(&certificate, (mtlsval_finding)finding) !=
                (finding == (int)row->finding)) {
                fail_msg("%s: %s", row->name, mtlsval_finding_describe((mtlsval_finding)finding)->slug);
            }
        }
        mtls_buf_clear(&der);
    }
}

/* Those that the reader finds, and not in a file or by the letter. */
static bool is_of_certificates(mtlsval_finding finding) {
    const char *slug = mtlsval_finding_describe(finding)->slug;
    return mtlsval_finding_describe(finding)->severity != MTLSVAL_LETTER &&
           (strncmp(slug, "der-", 4) == 0 || strncmp(slug, "certificate-", 12) == 0);
}

static void every_finding_about_certificates_is_reached(void **state) {
    (void)state;
    for (int finding = 1; finding < MTLSVAL_NUM_FINDINGS; finding++) {
        size_t i = 0;
        while (i < num_faulty_certificates && faulty_certificates[i].finding != (mtlsval_finding)finding) {
            i++;
        }
        if (is_of_certificates((mtlsval_finding)finding) && i == num_faulty_certificates) {
            fail_msg("no certificate has %s", mtlsval_finding_describe((mtlsval_finding)finding)->slug);
        }
    }
}

/* Nothing is read outside the bytes that are given: each prefix stands in memory of its own, for the
 * sanitizers. */
static void a_certificate_cut_off_anywhere_is_refused_and_bytes_after_it_too(void **state) {
    (void)state;
    mtls_buf der = {.max = 1 << 12};
    mtlsval_certificate certificate;
    mtlsval_fault fault;
    parts_assemble(
        &(parts){
            .version = {NULL, 0}
    },
        &der);
    for (size_t len = 0; len < der.len; len++) {
        mtls_buf prefix = {.max = 1 << 12};
        append(&prefix, (mtls_view){der.data, len});
        assert_false(mtlsval_certificate_parse(mtls_buf_view(&prefix), &certificate, &fault));
        assert_int_not_equal(fault.finding, MTLSVAL_FINDING_NONE);
        assert_true(fault.at <= len);
        mtls_buf_clear(&prefix);
    }
    assert_true(mtlsval_certificate_parse(mtls_buf_view(&der), &certificate, &fault));
    assert_int_equal(mtls_buf_append_byte(&der, 0), MTLS_OK);
    assert_false(mtlsval_certificate_parse(mtls_buf_view(&der), &certificate, &fault));
    assert_int_equal(fault.finding, MTLSVAL_DER_TRAILING);
    assert_int_equal(fault.at, der.len - 1);
    mtls_buf_clear(&der);
}

static void the_walks_give_what_is_there(void **state) {
    (void)state;
    mtls_buf der = {.max = 1 << 12};
    mtlsval_certificate certificate;
    mtlsval_fault fault;
    mtlsval_general_name name;
    mtlsval_extension extension;
    mtls_view oid;
    /* subjectAltName {dNSName b, URI c:}, an unknown critical extension, extKeyUsage {clientAuth, 1.2},
     * nameConstraints {permitted dNSName a}, authorityInfoAccess {OCSP NUL, OCSP o:}. */
    parts_assemble(
        &(parts){.extensions = BYTES("\x30\x0f\x06\x03\x55\x1d\x11\x04\x08\x30\x06\x82\x01"
                                     "b\x86\x01"
                                     "c"
                                     "\x30\x09\x06\x02\x2a\x03\x01\x01\xff\x04\x00"
                                     "\x30\x16\x06\x03\x55\x1d\x25\x04\x0f\x30\x0d\x06\x08\x2b\x06\x01\x05"
                                     "\x05\x07\x03\x02\x06\x01\x2a"
                                     "\x30\x10\x06\x03\x55\x1d\x1e\x04\x09\x30\x07\xa0\x05\x30\x03\x82\x01"
                                     "a"
                                     "\x30\x2d\x06\x08\x2b\x06\x01\x05\x05\x07\x01\x01\x04\x21\x30\x1f"
                                     "\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01\x86\x01\x00"
                                     "\x30\x0e\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01\x86\x02o:")},
        &der);
    if (!mtlsval_certificate_parse(mtls_buf_view(&der), &certificate, &fault)) {
        fail_msg("%s at %zu", mtlsval_finding_describe(fault.finding)->slug, fault.at);
    }
    mtls_view rest = certificate.subject_alt_name.names;
    assert_int_equal(certificate.subject_alt_name.num_names, 2);
    assert_true(mtlsval_general_name_next(&rest, &name));
    assert_int_equal(name.kind, 2);
    assert_true(mtls_view_equal_text(name.value, "b"));
    assert_true(mtlsval_general_name_next(&rest, &name));
    assert_int_equal(name.kind, 6);
    assert_false(mtlsval_general_name_next(&rest, &name));

    unsigned num_extensions = 0, num_critical = 0;
    for (rest = certificate.extensions; mtlsval_extension_next(&rest, &extension); num_extensions++) {
        num_critical += extension.critical;
    }
    assert_int_equal(num_extensions, 5);
    assert_int_equal(certificate.num_extensions, 5);
    assert_int_equal(num_critical, 1);

    rest = certificate.ext_key_usage.value;
    assert_int_equal(certificate.ext_key_usage.purposes, MTLSVAL_PURPOSE_CLIENT_AUTH | MTLSVAL_PURPOSE_OTHER);
    assert_true(mtlsval_purpose_next(&rest, &oid));
    assert_int_equal(oid.len, 8);
    assert_true(mtlsval_purpose_next(&rest, &oid));
    assert_int_equal(oid.len, 1);
    assert_false(mtlsval_purpose_next(&rest, &oid));

    rest = certificate.name_constraints.permitted;
    assert_true(mtlsval_subtree_next(&rest, &name));
    assert_int_equal(name.kind, 2);
    assert_true(mtls_view_equal_text(name.value, "a"));
    assert_false(mtlsval_subtree_next(&rest, &name));
    assert_int_equal(certificate.name_constraints.excluded.len, 0);
    assert_true(certificate.authority_info_access.present);
    assert_true(mtls_view_equal_text(certificate.authority_info_access.ocsp, "o:"));
    mtls_buf_clear(&der);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_found_and_placed),
        cmocka_unit_test(every_finding_about_certificates_is_reached),
        cmocka_unit_test(a_certificate_cut_off_anywhere_is_refused_and_bytes_after_it_too),
        cmocka_unit_test(the_walks_give_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
