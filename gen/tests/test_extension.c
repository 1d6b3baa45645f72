#include "gen/tests/fixture.h"

#include <openssl/conf.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "gen/extension_add.h"

/* Values go into the certificate and are compared with what libcrypto makes of its own configuration text. */
static const char *const purposes[] = {"clientAuth", "serverAuth", "any", "1.2.3.4"};
static const char *const uris[] = {"http://127.0.0.1/a", "http://127.0.0.1/b"};
static const mtlsgen_general_name names[] = {
    {MTLSGEN_NAME_DNS,   {(const uint8_t *)"a.test", 6},       NULL, NULL     },
    {MTLSGEN_NAME_EMAIL, {(const uint8_t *)"a@b.test", 8},     NULL, NULL     },
    {MTLSGEN_NAME_IP,    {(const uint8_t *)"192.0.2.1", 9},    NULL, NULL     },
    {MTLSGEN_NAME_IP,    {(const uint8_t *)"2001:db8::1", 11}, NULL, NULL     },
    {MTLSGEN_NAME_URI,   {(const uint8_t *)"http://a/", 9},    NULL, NULL     },
    {MTLSGEN_NAME_RID,   {(const uint8_t *)"1.2.3.4", 7},      NULL, NULL     },
    {MTLSGEN_NAME_OTHER, {(const uint8_t *)"text", 4},         NULL, "1.2.3.5"},
};
static const mtlsgen_general_name permitted[] = {
    {MTLSGEN_NAME_DNS, {(const uint8_t *)"a.test", 6},        NULL, NULL},
    {MTLSGEN_NAME_IP,  {(const uint8_t *)"192.0.2.0/25", 12}, NULL, NULL},
};
static const mtlsgen_general_name excluded[] = {
    {MTLSGEN_NAME_IP, {(const uint8_t *)"2001:db8::/33", 13}, NULL, NULL},
};
static const mtlsgen_policy policies[] = {
    {"1.2.3.4", NULL},
    {"any",     NULL}
};
static const mtlsgen_policy_mapping mappings[] = {
    {"1.2.3.4", "1.2.3.5"}
};
static const mtlsgen_access accesses[] = {
    {"ocsp",       "http://127.0.0.1:18888/"},
    {"ca-issuers", "http://127.0.0.1/ca"    }
};

static const struct {
    mtlsgen_extension extension;
    const char *name, *value; /* as openssl.cnf has it */
} rows[] = {
#define ROW(id, is_critical, name, value, ...)                                                               \
    { {.kind = MTLSGEN_EXT_##id, .critical = MTLSGEN_CRITICAL_##is_critical, __VA_ARGS__}, name, value }
    ROW(BASIC_CONSTRAINTS, DEFAULT, "basicConstraints", "critical,CA:TRUE",
        .u.basic_constraints = {true,           false,                  0}
         ),
    ROW(BASIC_CONSTRAINTS, DEFAULT, "basicConstraints", "critical,CA:TRUE,pathlen:300",
        .u.basic_constraints = {true,              true,                                 300}
         ),
    ROW(BASIC_CONSTRAINTS, DEFAULT, "basicConstraints", "CA:FALSE", .u.basic_constraints = {false,           false, 0}
         ),
    ROW(KEY_USAGE, DEFAULT, "keyUsage", "critical,digitalSignature",
        .u.key_usage = MTLSGEN_KU_DIGITAL_SIGNATURE),
    ROW(KEY_USAGE, DEFAULT, "keyUsage", "critical,keyCertSign,cRLSign",
        .u.key_usage = MTLSGEN_KU_KEY_CERT_SIGN | MTLSGEN_KU_CRL_SIGN),
    ROW(KEY_USAGE, NO, "keyUsage",
        "digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement,keyCertSign,cRLSign,"
        "encipherOnly,decipherOnly",
        .u.key_usage = 0x1ff),
    ROW(EXT_KEY_USAGE, YES, "extendedKeyUsage", "critical,clientAuth,serverAuth,anyExtendedKeyUsage,1.2.3.4",
        .u.purposes = {purposes,4                   }
         ),
    ROW(SUBJECT_ALT_NAME, DEFAULT, "subjectAltName",
        "DNS:a.test,email:a@b.test,IP:192.0.2.1,IP:2001:db8::1,URI:http://a/"
        ",RID:1.2.3.4,otherName:1.2.3.5;UTF8:text",
        .u.names = {names,       7                             }
         ),
    ROW(NAME_CONSTRAINTS, DEFAULT, "nameConstraints",
        "critical,permitted;DNS:a.test,permitted;IP:192.0.2.0/255.255.255.128,"
        "excluded;IP:2001:db8::/ffff:ffff:8000::",
        .u.constraints = {{permitted, 2},          {excluded, 1}                        }
         ),
    ROW(CERTIFICATE_POLICIES, DEFAULT, "certificatePolicies", "1.2.3.4,2.5.29.32.0",
        .u.policies = {policies, 2}
         ),
    ROW(POLICY_MAPPINGS, DEFAULT, "policyMappings", "critical,1.2.3.4:1.2.3.5", .u.mappings = {mappings,       1                           }
         ),
    ROW(POLICY_CONSTRAINTS, DEFAULT, "policyConstraints",
        "critical,requireExplicitPolicy:3,inhibitPolicyMapping:0",
        .u.policy_constraints = {true,       true,                      3, 0}
         ),
    ROW(INHIBIT_ANY_POLICY, DEFAULT, "inhibitAnyPolicy", "critical,128", .u.skip_certs = 128),
    ROW(AUTHORITY_INFO_ACCESS, DEFAULT, "authorityInfoAccess",
        "OCSP;URI:http://127.0.0.1:18888/,caIssuers;URI:http://127.0.0.1/ca", .u.access = {accesses,           2                      }
         ),
    ROW(CRL_DISTRIBUTION_POINTS, DEFAULT, "crlDistributionPoints",
        "URI:http://127.0.0.1/a,URI:http://127.0.0.1/b", .u.uris = {uris,             2                                  }
         ),
    ROW(FRESHEST_CRL, DEFAULT, "freshestCRL", "URI:http://127.0.0.1/a", .u.uris = {uris,   1  }
         ),
#undef ROW
};

static void named_extensions_are_what_libcrypto_writes(void **state) {
    fixture *f = *state;
    bool seen[MTLSGEN_NUM_EXTENSIONS] = {false};
    CONF *conf = NCONF_new(NULL);
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtlsgen_der_tree tree;
        mtls_view ours;
        mtls_error error = {""};
        mtlsgen_key_ids ids = {{0}, {0}};
        seen[rows[i].extension.kind] = true;
        mtlsgen_der_tree_init(&tree, &f->arena);
        assert_int_equal(mtlsgen_extension_add(&tree, &tree.document, &rows[i].extension, &ids, &error),
                         MTLS_OK);
        assert_int_equal(mtlsgen_der_encode(&tree, &tree.document, &f->arena, &ours), MTLS_OK);
        X509_EXTENSION *extension = X509V3_EXT_nconf(conf, &ctx, rows[i].name, rows[i].value);
        assert_non_null(extension);
        unsigned char *theirs = NULL;
        int len = i2d_X509_EXTENSION(extension, &theirs);
        if (ours.len != (size_t)len || memcmp(ours.data, theirs, ours.len) != 0) {
            fail_msg("%s = %s", rows[i].name, rows[i].value);
        }
        OPENSSL_free(theirs);
        X509_EXTENSION_free(extension);
    }
    NCONF_free(conf);
    assert_true(seen[MTLSGEN_EXT_NAME_CONSTRAINTS] && seen[MTLSGEN_EXT_FRESHEST_CRL]);
}

static X509 *parse(mtls_view der) {
    const unsigned char *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    assert_non_null(x);
    return x;
}

static void stated_extensions_take_the_place_of_defaults(void **state) {
    fixture *f = *state;
    mtlsgen_certificate_spec spec = {
        .address = "t#x", .label = "x", .key = fixture_key(f, MTLSGEN_KEY_P256, 0)};
    X509 *x = parse(fixture_make(f, &spec).der);
    assert_int_equal(X509_get_ext_count(x), 3); /* keyUsage, extKeyUsage, subjectKeyIdentifier */
    assert_int_equal(X509_get_extension_flags(x) & EXFLAG_SI, EXFLAG_SI);
    assert_int_equal(X509_get_extended_key_usage(x), XKU_SSL_CLIENT);
    assert_int_equal(X509_get_key_usage(x), KU_DIGITAL_SIGNATURE);
    X509_free(x);

    mtlsgen_extension list[] = {
        {.kind = MTLSGEN_EXT_EXT_KEY_USAGE, .absent = true},
        {.kind = MTLSGEN_EXT_RAW,
         .critical = MTLSGEN_CRITICAL_YES,
         .u.raw = {"1.2.3.4", {(const uint8_t *)"\x05\x00", 2}}},
        {.kind = MTLSGEN_EXT_KEY_USAGE,  .copy = true},
        {.kind = MTLSGEN_EXT_SUBJECT_KEY_IDENTIFIER,                                 .u.key_id = {(const uint8_t *)"id", 2}},
        {.kind = MTLSGEN_EXT_BASIC_CONSTRAINTS                   },
    };
    spec.extensions = list;
    spec.num_extensions = sizeof list / sizeof list[0];
    x = parse(fixture_make(f, &spec).der);
    assert_int_equal(X509_get_ext_count(x), 5);
    assert_int_equal(X509_get_ext_by_NID(x, NID_ext_key_usage, -1), -1);
    int first = X509_get_ext_by_NID(x, NID_key_usage, -1);
    assert_int_equal(first, 1);
    assert_int_equal(X509_get_ext_by_NID(x, NID_key_usage, first), 4);
    assert_int_equal(X509_EXTENSION_get_critical(X509_get_ext(x, 3)), 1);
    ASN1_OCTET_STRING *id = X509_get_ext_d2i(x, NID_subject_key_identifier, NULL, NULL);
    assert_int_equal(ASN1_STRING_length(id), 2);
    ASN1_OCTET_STRING_free(id);
    X509_free(x);

    mtlsgen_certificate made;
    list[2].kind = MTLSGEN_EXT_FRESHEST_CRL; /* there is none to copy */
    assert_int_equal(mtlsgen_certificate_make(f->maker, &spec, &f->arena, &made, NULL), MTLS_ERR_USAGE);
}

static void versions_1_and_2_have_no_default_extensions(void **state) {
    fixture *f = *state;
    for (int version = 1; version <= 2; version++) {
        mtlsgen_certificate_spec spec = {.address = "t#x",
                                         .label = "x",
                                         .ca = true,
                                         .version = version,
                                         .key = fixture_key(f, MTLSGEN_KEY_P256, 0)};
        X509 *x = parse(fixture_make(f, &spec).der);
        assert_int_equal(X509_get_version(x), version - 1);
        assert_int_equal(X509_get_ext_count(x), 0);
        X509_free(x);
        mtlsgen_extension list[] = {
            {.kind = MTLSGEN_EXT_BASIC_CONSTRAINTS, .u.basic_constraints.ca = true}
        };
        spec.extensions = list;
        spec.num_extensions = 1;
        x = parse(fixture_make(f, &spec).der);
        assert_int_equal(X509_get_ext_count(x), 1);
        X509_free(x);
    }
    mtlsgen_certificate made;
    mtlsgen_certificate_spec spec = {
        .address = "t#x", .label = "x", .version = 4, .key = fixture_key(f, MTLSGEN_KEY_P256, 0)};
    assert_int_equal(mtlsgen_certificate_make(f->maker, &spec, &f->arena, &made, NULL), MTLS_ERR_USAGE);
}

static void authority_key_identifiers_name_the_issuer(void **state) {
    fixture *f = *state;
    mtlsgen_name name;
    assert_int_equal(mtlsgen_name_default("root", &f->arena, &name), MTLS_OK);
    mtlsgen_general_name directory = {.kind = MTLSGEN_NAME_DN, .name = &name};
    mtlsgen_issuer issuer = {.name = &name, .key = fixture_key(f, MTLSGEN_KEY_P256, 1)};
    mtlsgen_certificate root = fixture_make(
        f, &(mtlsgen_certificate_spec){.address = "t#r", .label = "root", .ca = true, .key = issuer.key});
    mtlsgen_extension authority = {.kind = MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER};
    authority.u.authority.has_key_id = true;
    authority.u.authority.issuers = (mtlsgen_general_names){&directory, 1};
    authority.u.authority.has_serial = true;
    authority.u.authority.serial = root.serial;
    mtlsgen_certificate_spec spec = {.address = "t#x",
                                     .label = "x",
                                     .key = fixture_key(f, MTLSGEN_KEY_P256, 0),
                                     .issuer = &issuer,
                                     .extensions = &authority,
                                     .num_extensions = 1};
    X509 *root_x = parse(root.der), *x = parse(fixture_make(f, &spec).der);
    assert_int_equal(X509_check_issued(root_x, x), X509_V_OK); /* compares all three */
    X509_free(x);
    authority.u.authority.serial = (mtls_view){(const uint8_t *)"\x07", 1};
    x = parse(fixture_make(f, &spec).der);
    assert_int_equal(X509_check_issued(root_x, x), X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH);
    X509_free(x);
    X509_free(root_x);
}

static void validity_is_written_as_the_year_asks(void **state) {
    fixture *f = *state;
    static const struct {
        mtlsgen_time time;
        uint8_t tag;
        const char *text;
    } times[] = {
        {{"2049-12-31T23:59:59Z", MTLSGEN_TIME_RFC3339},             MTLSGEN_DER_UTC_TIME,         "491231235959Z"    },
        {{"2050-01-01T00:00:00Z", MTLSGEN_TIME_RFC3339},             MTLSGEN_DER_GENERALIZED_TIME, "20500101000000Z"  },
        {{"1950-01-01T00:00:00Z", MTLSGEN_TIME_RFC3339},             MTLSGEN_DER_UTC_TIME,         "500101000000Z"    },
        {{"1949-12-31T23:59:59Z", MTLSGEN_TIME_RFC3339},             MTLSGEN_DER_GENERALIZED_TIME, "19491231235959Z"  },
        {{"2024-02-29T12:34:56Z", MTLSGEN_TIME_RFC3339_GENERALIZED},
         MTLSGEN_DER_GENERALIZED_TIME,                                                             "20240229123456Z"  },
        {{"9912312359Z", MTLSGEN_TIME_UTC},                          MTLSGEN_DER_UTC_TIME,         "9912312359Z"      },
        {{"20240101000000.5Z", MTLSGEN_TIME_GENERALIZED},            MTLSGEN_DER_GENERALIZED_TIME, "20240101000000.5Z"},
    };
    mtlsgen_certificate_spec spec = {
        .address = "t#x", .label = "x", .key = fixture_key(f, MTLSGEN_KEY_P256, 0)};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        /* not by libcrypto's reader: newer ones refuse a time that RFC 5280 does not allow */
        mtls_buf element = {.max = 32};
        spec.validity.not_before = times[i].time;
        mtls_view der = fixture_make(f, &spec).der;
        assert_int_equal(mtls_buf_append_byte(&element, times[i].tag), MTLS_OK);
        assert_int_equal(mtls_buf_append_byte(&element, (uint8_t)strlen(times[i].text)), MTLS_OK);
        assert_int_equal(mtls_buf_append_text(&element, times[i].text), MTLS_OK);
        size_t num_found = 0;
        for (size_t at = 0; at + element.len <= der.len; at++) {
            num_found += memcmp(der.data + at, element.data, element.len) == 0;
        }
        assert_int_equal(num_found, 1);
        mtls_buf_clear(&element);
    }
    static const char *const wrong[] = {"",
                                        "2030-01-01",
                                        "2030-01-01T00:00:00",
                                        "2030-01-01T00:00:00+00:00",
                                        "2030-02-29T00:00:00Z",
                                        "2030-13-01T00:00:00Z",
                                        "2030-00-01T00:00:00Z",
                                        "2030-01-00T00:00:00Z",
                                        "2030-01-01T24:00:00Z",
                                        "2030-01-01T00:60:00Z",
                                        "2030-01-01T00:00:60Z",
                                        "2030-01-01 00:00:00Z",
                                        "x030-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        mtlsgen_certificate made;
        mtls_error error = {""};
        spec.validity.not_before = (mtlsgen_time){wrong[i], MTLSGEN_TIME_RFC3339};
        assert_int_equal(mtlsgen_certificate_make(f->maker, &spec, &f->arena, &made, &error), MTLS_ERR_INPUT);
        assert_non_null(strstr(error.text, "RFC 3339"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_extensions_are_what_libcrypto_writes),
        cmocka_unit_test(stated_extensions_take_the_place_of_defaults),
        cmocka_unit_test(versions_1_and_2_have_no_default_extensions),
        cmocka_unit_test(authority_key_identifiers_name_the_issuer),
        cmocka_unit_test(validity_is_written_as_the_year_asks),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
