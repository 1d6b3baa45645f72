/* Real certificates: the roots of the system's bundle, where there is one (Debian's ca-certificates). */
#include "core/tests/cmocka_includes.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "core/file.h"
#include "validator/pem.h"
#include "validator/tests/parts.h"
#include "validator/upload.h"

#define BUNDLE "/etc/ssl/certs/ca-certificates.crt"

static mtls_buf bundle;

static int set_up(void **state) {
    (void)state;
    bundle = (mtls_buf){.max = 16 << 20};
    mtls_error error;
    if (mtls_file_read(BUNDLE, &bundle, &error) != MTLS_OK) {
        print_message("%s\n", error.text);
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    mtls_buf_clear(&bundle);
    return 0;
}

static bool next_block(mtlsval_pem *scanner, mtlsval_pem_block *block, mtls_view *out_text) {
    if (!mtlsval_pem_next(scanner, block)) {
        return false;
    }
    assert_int_equal(block->finding, MTLSVAL_FINDING_NONE);
    *out_text = (mtls_view){bundle.data + block->begin_at, block->end_at - block->begin_at};
    return true;
}

static void each_root_alone_is_accepted_with_its_own_dn(void **state) {
    (void)state;
    mtlsval_pem scanner;
    mtlsval_pem_block block;
    mtls_view text;
    if (bundle.len == 0) {
        skip();
    }
    mtlsval_pem_start(&scanner, mtls_buf_view(&bundle));
    while (next_block(&scanner, &block, &text)) {
        mtlsval_upload *upload = NULL;
        assert_int_equal(mtlsval_upload_run(text, NULL, &upload), MTLS_OK);
        if (upload->code != MTLS_UPLOAD_ACCEPTED) {
            fail_msg("line %zu: %s", block.begin_line, upload->detail);
        }
        assert_string_equal(upload->client_cert_issuer_dn, upload->certificates[0].subject);
        assert_true(strlen(upload->client_cert_issuer_dn) > 3);
        mtlsval_upload_free(upload);
    }
}

static void the_whole_bundle_has_more_than_one_root(void **state) {
    (void)state;
    if (bundle.len == 0) {
        skip();
    }
    mtlsval_upload *upload = NULL;
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&bundle), NULL, &upload), MTLS_OK);
    assert_int_equal(upload->code, MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED);
    assert_true(upload->num_certificates > 100);
    mtlsval_upload_free(upload);
}

/* What libcrypto calls the certificate's parts, and what we do. */

static void assert_same_name(const mtlsval_name *ours, const X509_NAME *theirs) {
    const unsigned char *der;
    size_t len;
    assert_int_equal(X509_NAME_get0_der(theirs, &der, &len), 1);
    assert_int_equal(ours->der.len, len);
    assert_memory_equal(ours->der.data, der, len);
}

static void assert_same_time(mtlsval_time ours, const ASN1_TIME *theirs) {
    assert_int_equal(ASN1_TIME_cmp_time_t(theirs, ours), 0);
}

static void assert_same_octets(bool present, mtls_view ours, const ASN1_OCTET_STRING *theirs) {
    assert_int_equal(present, theirs != NULL);
    if (theirs != NULL) {
        assert_int_equal(ours.len, ASN1_STRING_length(theirs));
        assert_memory_equal(ours.data, ASN1_STRING_get0_data(theirs), ours.len);
    }
}

static void assert_same_integer(mtls_view ours, const ASN1_INTEGER *theirs) {
    BIGNUM *a = BN_bin2bn(ours.data, (int)ours.len, NULL), *b = ASN1_INTEGER_to_BN(theirs, NULL);
    assert_int_equal(BN_cmp(a, b), 0); /* none of them is negative */
    BN_free(a);
    BN_free(b);
}

static void assert_same_extensions(const mtlsval_certificate *ours, X509 *theirs) {
    uint32_t flags = X509_get_extension_flags(theirs);
    assert_int_equal(ours->num_extensions, X509_get_ext_count(theirs));
    assert_int_equal(ours->basic_constraints.present, (flags & EXFLAG_BCONS) != 0);
    assert_int_equal(ours->basic_constraints.ca, (flags & EXFLAG_CA) != 0);
    assert_int_equal(ours->basic_constraints.has_path_len ? (long)ours->basic_constraints.path_len : -1,
                     X509_get_pathlen(theirs));
    assert_int_equal(ours->key_usage.present, (flags & EXFLAG_KUSAGE) != 0);
    if (ours->key_usage.present) {
        uint32_t usage = X509_get_key_usage(theirs);
        assert_int_equal((ours->key_usage.bits & MTLSVAL_USAGE_KEY_CERT_SIGN) != 0,
                         (usage & KU_KEY_CERT_SIGN) != 0);
        assert_int_equal((ours->key_usage.bits & MTLSVAL_USAGE_CRL_SIGN) != 0, (usage & KU_CRL_SIGN) != 0);
        assert_int_equal((ours->key_usage.bits & MTLSVAL_USAGE_DIGITAL_SIGNATURE) != 0,
                         (usage & KU_DIGITAL_SIGNATURE) != 0);
        assert_int_equal((ours->key_usage.bits & MTLSVAL_USAGE_DECIPHER_ONLY) != 0,
                         (usage & KU_DECIPHER_ONLY) != 0);
    }
    assert_int_equal(ours->ext_key_usage.present, (flags & EXFLAG_XKUSAGE) != 0);
    assert_same_octets(ours->subject_key_id.present, ours->subject_key_id.key_id,
                       X509_get0_subject_key_id(theirs));
    assert_same_octets(ours->authority_key_id.has_key_id, ours->authority_key_id.key_id,
                       X509_get0_authority_key_id(theirs));
    assert_int_equal(ours->authority_key_id.has_serial, X509_get0_authority_serial(theirs) != NULL);
    if (ours->authority_key_id.has_serial) {
        assert_same_integer(ours->authority_key_id.serial, X509_get0_authority_serial(theirs));
    }
    assert_int_equal(mtlsval_certificate_is_self_issued(ours), (flags & EXFLAG_SI) != 0);
}

static void assert_same_certificate(const mtlsval_certificate *ours, X509 *theirs) {
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    assert_int_equal(ours->version, X509_get_version(theirs) + 1);
    assert_same_integer(ours->serial, X509_get0_serialNumber(theirs));
    assert_same_name(&ours->issuer, X509_get_issuer_name(theirs));
    assert_same_name(&ours->subject, X509_get_subject_name(theirs));
    assert_same_time(ours->not_before, X509_get0_notBefore(theirs));
    assert_same_time(ours->not_after, X509_get0_notAfter(theirs));
    X509_get0_signature(&signature, &algorithm, theirs);
    assert_int_equal(ours->signature.len, signature->length);
    assert_memory_equal(ours->signature.data, signature->data, ours->signature.len);
    const ASN1_OBJECT *oid;
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    assert_int_equal(ours->signature_algorithm.oid.len, OBJ_length(oid));
    assert_memory_equal(ours->signature_algorithm.oid.data, OBJ_get0_data(oid), OBJ_length(oid));
    EVP_PKEY *key = X509_get0_pubkey(theirs);
    assert_int_equal(ours->key_bits, EVP_PKEY_get_bits(key));
    unsigned char *spki = NULL;
    int spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(theirs), &spki);
    assert_int_equal(ours->spki.len, spki_len);
    assert_memory_equal(ours->spki.data, spki, ours->spki.len);
    OPENSSL_free(spki);
    assert_same_extensions(ours, theirs);
    mtlsval_signature_answer answer;
    assert_int_equal(mtlsval_signature_check(NULL, ours, ours, &answer), MTLS_OK);
    assert_int_equal(answer == MTLSVAL_SIGNATURE_GOOD, X509_verify(theirs, key) == 1);
}

static void every_field_is_what_libcrypto_reads(void **state) {
    (void)state;
    mtlsval_pem scanner;
    mtlsval_pem_block block;
    mtls_view text;
    unsigned count = 0;
    if (bundle.len == 0) {
        skip();
    }
    mtlsval_pem_start(&scanner, mtls_buf_view(&bundle));
    for (; next_block(&scanner, &block, &text); count++) {
        static uint8_t der[1 << 16];
        size_t der_len;
        mtlsval_fault fault;
        mtlsval_certificate ours;
        assert_true(mtlsval_pem_decoded_max(block.body) <= sizeof der);
        assert_true(mtlsval_pem_decode(block.body, der, &der_len, &fault));
        assert_true(mtlsval_certificate_parse((mtls_view){der, der_len}, &ours, &fault));
        const unsigned char *at = der;
        X509 *theirs = d2i_X509(NULL, &at, (long)der_len);
        assert_non_null(theirs);
        assert_same_certificate(&ours, theirs);
        X509_free(theirs);
    }
    assert_true(count > 100);
    ERR_clear_error();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_root_alone_is_accepted_with_its_own_dn),
        cmocka_unit_test(the_whole_bundle_has_more_than_one_root),
        cmocka_unit_test(every_field_is_what_libcrypto_reads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
