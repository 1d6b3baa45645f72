#include "gen/tests/fixture.h"

#include <openssl/x509.h>
#include <string.h>

/* In tables, and in expressions. */
#define BYTES(text)                                                                                          \
    { (const uint8_t *)(text), sizeof(text) - 1 }
#define VIEW(text) ((mtls_view)BYTES(text))

static bool signature_fits(mtls_view der, const mtlsgen_key *key) {
    const unsigned char *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    if (x == NULL) {
        return false;
    }
    mtls_view spki = mtlsgen_key_spki(key);
    const unsigned char *spki_at = spki.data;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &spki_at, (long)spki.len);
    bool fits = X509_verify(x, pkey) == 1;
    EVP_PKEY_free(pkey);
    X509_free(x);
    return fits;
}

static void faults_in_tbs_are_signed_unless_stale(void **state) {
    fixture *f = *state;
    const mtlsgen_key *key = fixture_key(f, MTLSGEN_KEY_P256, 0);
    mtlsgen_fault faults[] = {
        {.at = "tbs.extensions[extKeyUsage]", .operation = MTLSGEN_FAULT_DUPLICATE},
        { .at = "tbs.serialNumber",     .operation = MTLSGEN_FAULT_SET,               .bytes = BYTES("\x2a")},
    };
    mtlsgen_certificate_spec spec = {
        .address = "t#x", .label = "x", .key = key, .faults = faults, .num_faults = 2};
    mtlsgen_certificate good =
        fixture_make(f, &(mtlsgen_certificate_spec){.address = "t#x", .label = "x", .key = key});
    mtlsgen_certificate made = fixture_make(f, &spec);
    assert_true(signature_fits(good.der, key));
    assert_true(signature_fits(made.der, key));
    assert_false(mtls_view_equal(made.der, good.der));
    faults[1].stale = true;
    made = fixture_make(f, &spec);
    assert_false(signature_fits(made.der, key));
    /* both fault and signature are as if the other were not there */
    faults[1].stale = false;
    mtlsgen_certificate first_only =
        fixture_make(f, &(mtlsgen_certificate_spec){
                            .address = "t#x", .label = "x", .key = key, .faults = faults, .num_faults = 1});
    mtls_view old = first_only.der, stale = made.der;
    assert_memory_equal(old.data + old.len - 64, stale.data + stale.len - 64, 64);
}

static void certificate_paths_reach_every_field(void **state) {
    fixture *f = *state;
    static const char *const paths[] = {"certificate",
                                        "tbs",
                                        "certificate.tbs",
                                        "tbs.version",
                                        "tbs.version.explicit",
                                        "tbs.serialNumber",
                                        "tbs.signature",
                                        "tbs.signature[0]",
                                        "tbs.issuer",
                                        "tbs.issuer[0][0][1]",
                                        "tbs.validity",
                                        "tbs.validity.notBefore",
                                        "tbs.validity.notAfter",
                                        "tbs.subject",
                                        "tbs.subjectPublicKeyInfo",
                                        "tbs.subjectPublicKeyInfo.algorithm[1]",
                                        "tbs.subjectPublicKeyInfo.subjectPublicKey",
                                        "tbs.extensions",
                                        "tbs.extensions.explicit",
                                        "tbs.extensions[basicConstraints]",
                                        "tbs.extensions[basicConstraints].extnID",
                                        "tbs.extensions[basicConstraints].critical",
                                        "tbs.extensions[basicConstraints].value",
                                        "tbs.extensions[basicConstraints].value[0].cA",
                                        "tbs.extensions[2.5.29.15].value[0]",
                                        "tbs.extensions[subjectKeyIdentifier].value[0]",
                                        "tbs.extensions[0]",
                                        "signatureAlgorithm",
                                        "signatureAlgorithm[0]",
                                        "signatureValue",
                                        "signatureValue[0][1]"};
    mtlsgen_certificate_spec spec = {.address = "t#x",
                                     .label = "x",
                                     .ca = true,
                                     .key = fixture_key(f, MTLSGEN_KEY_P256, 0),
                                     .num_faults = 1};
    mtls_view good =
        fixture_make(f,
                     &(mtlsgen_certificate_spec){.address = "t#x", .label = "x", .ca = true, .key = spec.key})
            .der;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        mtlsgen_fault fault = {.at = paths[i], .operation = MTLSGEN_FAULT_RETAG, .bytes = BYTES("\xbf\x7f")};
        spec.faults = &fault;
        mtlsgen_certificate made = fixture_make(f, &spec);
        assert_in_range(made.der.len, good.len - 4, good.len + 8);
        assert_false(mtls_view_equal(made.der, good));
    }
}

static void signatures_can_be_made_wrong(void **state) {
    fixture *f = *state;
    const mtlsgen_key *key = fixture_key(f, MTLSGEN_KEY_P256, 0),
                      *other = fixture_key(f, MTLSGEN_KEY_P256, 1);
    mtlsgen_certificate_spec spec = {.address = "t#x", .label = "x", .key = key};
    mtls_view good = fixture_make(f, &spec).der;
    spec.signature = (mtlsgen_signature){.flip = true, .flip_bit = 8 * 10 + 7};
    mtls_view flipped = fixture_make(f, &spec).der;
    size_t num_different = 0;
    assert_int_equal(flipped.len, good.len);
    for (size_t i = 0; i < good.len; i++) {
        num_different += flipped.data[i] != good.data[i];
        assert_true(flipped.data[i] == good.data[i] || (flipped.data[i] ^ good.data[i]) == 1);
    }
    assert_int_equal(num_different, 1);
    assert_false(signature_fits(flipped, key));
    spec.signature = (mtlsgen_signature){.key = other};
    assert_false(signature_fits(fixture_make(f, &spec).der, key));
    assert_true(signature_fits(fixture_make(f, &spec).der, other));
    spec.signature = (mtlsgen_signature){.has_value = true, .value = BYTES("\x01\x02\x03")};
    mtls_view stated = fixture_make(f, &spec).der;
    assert_memory_equal(stated.data + stated.len - 6, "\x03\x04\x00\x01\x02\x03", 6);
    spec.signature = (mtlsgen_signature){.algorithm = "sha256WithRSAEncryption"};
    assert_false(signature_fits(fixture_make(f, &spec).der, key));
    spec.signature = (mtlsgen_signature){.inner_algorithm = "1.2.3.4"};
    assert_false(signature_fits(fixture_make(f, &spec).der, key));
    mtlsgen_certificate made;
    mtls_error error;
    spec.signature = (mtlsgen_signature){.algorithm = "sha257"};
    assert_int_equal(mtlsgen_certificate_make(f->maker, &spec, &f->arena, &made, &error), MTLS_ERR_INPUT);
    spec.signature = (mtlsgen_signature){.pss = true};
    assert_int_equal(mtlsgen_certificate_make(f->maker, &spec, &f->arena, &made, &error), MTLS_ERR_USAGE);
    spec.signature = (mtlsgen_signature){.flip = true, .flip_bit = 100000};
    assert_int_equal(mtlsgen_certificate_make(f->maker, &spec, &f->arena, &made, &error), MTLS_ERR_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_in_tbs_are_signed_unless_stale),
        cmocka_unit_test(certificate_paths_reach_every_field),
        cmocka_unit_test(signatures_can_be_made_wrong),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
