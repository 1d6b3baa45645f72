#include "core/tests/cmocka_includes.h"

#include <stdlib.h>
#include <string.h>

#include <mtls/validate.h>

#include "validator/tests/parts.h"
#include "validator/tests/upload_file.h"

/* The certificates that the files are made of. */
typedef struct {
    issued root, int1, int2, other_root, other_int, leaf, root_leaf, no_ca, ca_false, expired;
} world;

static world w;

static int set_up(void **state) {
    (void)state;
    w.root = issue((issue_spec){.common_name = "root", .ca = true});
    w.int1 = issue((issue_spec){.common_name = "int1", .ca = true, .issuer = &w.root});
    w.int2 = issue((issue_spec){.common_name = "int2", .ca = true, .issuer = &w.int1});
    w.other_root = issue((issue_spec){.common_name = "other root", .ca = true});
    w.other_int = issue((issue_spec){.common_name = "other int", .ca = true, .issuer = &w.root});
    w.leaf = issue((issue_spec){.common_name = "leaf", .issuer = &w.int1, .eku = "clientAuth"});
    w.root_leaf = issue((issue_spec){.common_name = "root leaf", .issuer = &w.root});
    w.no_ca = issue((issue_spec){.common_name = "no ca"});
    w.ca_false = issue((issue_spec){.common_name = "ca false", .basic_constraints = "CA:FALSE"});
    w.expired =
        issue((issue_spec){.common_name = "expired", .ca = true, .start_days = -200, .end_days = -100});
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

#define NO_DATA MTLS_UPLOAD_MUST_SPECIFY_DATA
#define KEY MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY
#define INVALID MTLS_UPLOAD_INVALID_DATA
#define NO_CA MTLS_UPLOAD_DOES_NOT_CONTAIN_ANY_CA
#define ROOTS MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED
#define A_KEY "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"

/* The code and the whole detail, or the issuer DN of an accepted file. */
static const struct {
    const char *name;
    part parts_of_file[MOST];
    mtls_upload_code code;
    const char *text;
} files[] = {
    {"empty",                                     {T("")},                                               NO_DATA,              "the file is empty"                                                                                   },
    {"white space",                               {T(" \n\t\r\n")},                                      NO_DATA,              "the file holds nothing but white space"                                                              },
    {"byte order mark",                           {T("\xEF\xBB\xBF")},                                   NO_DATA,              "the file holds nothing but white space"                                                              },
    {"key alone",                                 {T(A_KEY)},                                            KEY,                  "block 1 (line 1) is a private key (PRIVATE KEY)"                                                     },
    {"key after",
     {C(root), T("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")},
     KEY,                                                                                                                      "block 2 (line 31) is a private key (RSA PRIVATE KEY)"                                                },
    {"encrypted key",
     {T("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"), C(root)},
     KEY,                                                                                                                      "block 1 (line 1) is a private key (ENCRYPTED PRIVATE KEY)"                                           },
    {"key with EC PARAMETERS",
     {T("-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n-----BEGIN EC PRIVATE "
        "KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"),
      C(root)},
     KEY,                                                                                                                      "block 2 (line 4) is a private key (EC PRIVATE KEY)"                                                  },
    {"key without END",
     {C(root), T("-----BEGIN PRIVATE KEY-----\nAAAA\n")},
     KEY,                                                                                                                      "block 2 (line 31) is a private key (PRIVATE KEY)"                                                    },
    {"key without BEGIN",
     {C(root), T("AAAA\n-----END PRIVATE KEY-----\n")},
     KEY,                                                                                                                      "line 32 ends a private key (PRIVATE KEY)"                                                            },
    {"key and two roots",
     {C(root), C(other_root), T(A_KEY)},
     KEY,                                                                                                                      "block 3 (line 61) is a private key (PRIVATE KEY)"                                                    },
    {"key and an empty block",
     {T("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" A_KEY)},
     KEY,                                                                                                                      "block 2 (line 3) is a private key (PRIVATE KEY)"                                                     },
    {"escape sequence in a key's label",
     {T("-----BEGIN \x1b[31m PRIVATE KEY-----\n")},
     KEY,                                                                                                                      "block 1 (line 1) is a private key (\\x1B[31m PRIVATE KEY)"                                           },
    {"text",                                      {T("hello\n")},                                        INVALID,              "line 1: there is no -----BEGIN line in the file"                                                     },
    {"binary",                                    {T("\x30\x82\x01\x02")},                               INVALID,              "line 1: the file is binary (DER) and not PEM text"                                                   },
    {"empty block",
     {T("\n-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")},
     INVALID,                                                                                                                  "block 1, line 2: there is nothing between the delimiters"                                            },
    {"good, then an empty block",
     {C(root), T("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")},
     INVALID,                                                                                                                  "block 2, line 31: there is nothing between the delimiters"                                           },
    {"bad base64",
     {T("-----BEGIN CERTIFICATE-----\nAAAA\nAA*A\n-----END CERTIFICATE-----\n")},
     INVALID,                                                                                                                  "block 1, line 3: a character is not one of base64"                                                   },
    {"no certificate",
     {T("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")},
     INVALID,                                                                                                                  "certificate 1, byte 0 of its DER (line 2): an element has another tag than the one that belongs here"},
    {"stray END",
     {C(root), T("-----END CERTIFICATE-----\n")},
     INVALID,                                                                                                                  "line 31: an END line closes nothing: its BEGIN line is missing"                                      },
    {"a mark before the certificate",
     {T("\xEF\xBB\xBF"), C(root)},
     INVALID,                                                                                                                  "line 1: the file starts with a byte order mark, so its first line does not start with BEGIN"         },
    {"NUL is not text",                           {T("\xFF\xFE-"), C(root)},                             INVALID,              "line 1: the file is UTF-16 text"                                                                     },
    {"another label",
     {C(root), T("-----BEGIN X509 CERTIFICATE-----\nAAAA\n-----END X509 CERTIFICATE-----\n")},
     INVALID,                                                                                                                  "block 2, line 31: the block is not labelled CERTIFICATE but X509 CERTIFICATE"                        },
    {"request inside",
     {T("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"), C(root)},
     INVALID,                                                                                                                  "block 1, line 1: the block is not labelled CERTIFICATE but CERTIFICATE REQUEST"                      },
    {"leaf and an empty block",
     {C(leaf), T("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")},
     INVALID,                                                                                                                  "block 2, line 31: there is nothing between the delimiters"                                           },
    {"leaf alone",
     {C(no_ca)},
     NO_CA,                                                                                                                    "certificate 1 (line 1), " NAME("no ca") ", has no basicConstraints extension"                        },
    {"CA:FALSE",
     {C(ca_false)},
     NO_CA,                                                                                                                    "certificate 1 (line 1), " NAME("ca false") ", has basicConstraints with CA:FALSE"                    },
    {"two leaves",
     {T("\n"), C(leaf), C(root_leaf)},
     NO_CA,                                                                                                                    "none of the 2 certificates is a CA: certificate 1 (line 2), " NAME(
         "leaf") ", has no basicConstraints extension"                                                                                                                                                                    },
    {"intermediate alone",
     {C(int1)},
     ROOTS,                                                                                                                    "no CA in the file is a root: certificate 1 (line 1), " NAME("int1") ", is issued by " NAME(
         "root") "; its chain does not reach a root"                                                                                                                                                                      },
    {"leaf and intermediate",
     {C(leaf), C(int1)},
     ROOTS,                                                                                                                    "no CA in the file is a root: certificate 2 (line 31), " NAME("int1") ", is issued by " NAME(
         "root") "; its chain does not reach a root"                                                                                                                                                                      },
    {"two roots",
     {C(root), C(other_root)},
     ROOTS,                                                                                                                    "the file has 2 roots: certificate 1 (line 1), " NAME("root") " and certificate 2 (line 31), " NAME(
         "other root")                                                                                                                                                                                                    },
    {"three roots",
     {C(root), C(int1), C(expired), C(other_root)},
     ROOTS,                                                                                                                    "the file has 3 roots: certificate 1 (line 1), " NAME("root") " and certificate 3 (line 61), " NAME(
         "expired") ", and more"                                                                                                                                                                                          },
    {"root twice",
     {C(root), C(root)},
     ROOTS,                                                                                                                    "the file has 2 roots: certificate 1 (line 1), " NAME("root") " and certificate 2 (line 31), " NAME(
         "root") ", which is the same certificate again"                                                                                                                                                                  },
    {"root alone",                                {C(root)},                                             MTLS_UPLOAD_ACCEPTED, "CN=root, " O                                                                                         },
    {"root and leaf",                             {C(root), C(root_leaf)},                               MTLS_UPLOAD_ACCEPTED, "CN=root, " O                                                                                         },
    {"root and intermediate",                     {C(root), C(int1)},                                    MTLS_UPLOAD_ACCEPTED, "CN=int1, " O                                                                                         },
    {"the other way round",                       {C(int1), C(root)},                                    MTLS_UPLOAD_ACCEPTED, "CN=int1, " O                                                                                         },
    {"two intermediates",                         {C(int2), C(root), C(int1)},                           MTLS_UPLOAD_ACCEPTED, "CN=int2, " O                                                                                         },
    {"whole chain",                               {C(leaf), C(int1), C(root)},                           MTLS_UPLOAD_ACCEPTED, "CN=int1, " O                                                                                         },
    {"two chains of one length",                  {C(root), C(other_int), C(int1)},                      MTLS_UPLOAD_ACCEPTED, "CN=other int, " O                                                                                    },
    {"two chains of one length, the other first",
     {C(int1), C(root), C(other_int)},
     MTLS_UPLOAD_ACCEPTED,                                                                                                     "CN=int1, " O                                                                                         },
    {"the longer chain stands last",
     {C(other_int), C(root), C(int1), C(int2)},
     MTLS_UPLOAD_ACCEPTED,                                                                                                     "CN=int2, " O                                                                                         },
    {"a chain with a gap",                        {C(root), C(int2), C(other_int)},                      MTLS_UPLOAD_ACCEPTED, "CN=other int, " O                                                                                    },
    {"expired root",                              {C(expired)},                                          MTLS_UPLOAD_ACCEPTED, "CN=expired, " O                                                                                      },
    {"text around",                               {T("a\n"), C(root), T("\nb: c\n"), C(int1), T("d")},   MTLS_UPLOAD_ACCEPTED, "CN=int1, " O                                                                                         },
};

static void each_file_gets_its_code_its_detail_and_its_dn(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        mtlsval_upload *upload = check_file(files[i].parts_of_file);
        bool accepted = files[i].code == MTLS_UPLOAD_ACCEPTED;
        const char *text = accepted ? upload->client_cert_issuer_dn : upload->detail;
        if (upload->code != files[i].code || text == NULL || strcmp(text, files[i].text) != 0) {
            fail_msg("%s: code %d, %s", files[i].name, (int)upload->code, text == NULL ? "none" : text);
        }
        assert_int_equal(accepted, upload->client_cert_issuer_dn != NULL);
        assert_int_equal(accepted, mtlsval_upload_validated_cert_data(upload) != NULL);
        assert_int_equal(accepted, upload->detail[0] == '\0');
        mtlsval_upload_free(upload);
    }
}

static void validated_data_is_the_blocks_without_line_breaks(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 16}, expected = {.max = 1 << 16};
    append(&file, mtls_view_of_text("text\r\n"));
    pem("CERTIFICATE", mtls_buf_view(&w.root.der), "\r\n", &file);
    pem("CERTIFICATE", mtls_buf_view(&w.int1.der), "\n", &file);
    pem("CERTIFICATE", mtls_buf_view(&w.root.der), "", &expected);
    pem("CERTIFICATE", mtls_buf_view(&w.int1.der), "", &expected);
    mtlsval_upload *upload = NULL;
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), NULL, &upload), MTLS_OK);
    assert_string_equal(upload->validated_cert_data, mtls_buf_text(&expected));
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
    mtls_buf_clear(&expected);
}

static void a_root_is_one_by_its_own_key_and_not_by_its_name(void **state) {
    (void)state;
    /* The name of itself, the key of another: no root. */
    issued forged =
        issue((issue_spec){.common_name = "root", .ca = true, .issuer = &w.other_root, .named = &w.root});
    const part alone[MOST] = {
        {&forged, NULL}
    };
    mtlsval_upload *upload = check_file(alone);
    assert_int_equal(upload->code, ROOTS);
    assert_string_equal(
        upload->detail,
        "no CA in the file is a root: certificate 1 (line 1), " NAME(
            "root") ", names itself as its issuer, but its own key does not verify its signature");
    assert_int_equal(upload->certificates[0].role, MTLSVAL_ROLE_INTERMEDIATE);
    mtlsval_upload_free(upload);
    /* Beside the true root it is no second one, and no child either. */
    const part beside[MOST] = {
        C(root), {&forged, NULL},
         C(int1)
    };
    upload = check_file(beside);
    assert_int_equal(upload->code, MTLS_UPLOAD_ACCEPTED);
    assert_string_equal(upload->client_cert_issuer_dn, "CN=int1, " O);
    assert_int_equal(upload->certificates[1].parent, MTLSVAL_NO_CERTIFICATE);
    mtlsval_upload_free(upload);
    issued_clear(&forged);
}

static void a_chain_links_by_signatures_and_not_by_names_alone(void **state) {
    (void)state;
    issued impostor =
        issue((issue_spec){.common_name = "int3", .ca = true, .issuer = &w.other_root, .named = &w.root});
    const part parts_of_file[MOST] = {
        {&impostor, NULL},
        C(root), C(int1)
    };
    mtlsval_upload *upload = check_file(parts_of_file);
    assert_string_equal(upload->client_cert_issuer_dn, "CN=int1, " O);
    assert_false(upload->certificates[0].in_chain);
    assert_true(upload->certificates[1].in_chain);
    assert_true(upload->certificates[2].in_chain);
    assert_int_equal(upload->certificates[2].parent, 1);
    assert_non_null(seen(upload, MTLSVAL_WARNING_UNCONNECTED));
    mtlsval_upload_free(upload);
    issued_clear(&impostor);
}

static void the_public_face_shows_the_answer(void **state) {
    (void)state;
    mtls_buf file = {.max = 1 << 16};
    mtlsval_upload *upload = NULL;
    mtlsval_certificate_info info;
    mtlsval_warning_details details;
    append_certificate(&w.root, &file);
    append_certificate(&w.root_leaf, &file);
    assert_int_equal(mtlsval_upload_check(file.data, file.len, TEST_TIME, &upload), MTLS_OK);
    assert_true(mtlsval_upload_accepted(upload));
    assert_null(mtlsval_upload_code(upload));
    assert_null(mtlsval_upload_advice(upload));
    assert_string_equal(mtlsval_upload_client_cert_issuer_dn(upload), "CN=root, " O);
    assert_int_equal(mtlsval_upload_num_certificates(upload), 2);
    assert_true(mtlsval_upload_get_certificate(upload, 1, &info));
    assert_string_equal(info.role, "leaf");
    assert_string_equal(info.subject, "CN=root leaf, " O);
    assert_string_equal(info.issuer, "CN=root, " O);
    assert_int_equal(info.not_after, TEST_TIME + 1000 * DAY);
    assert_int_equal(info.line, 31);
    assert_false(mtlsval_upload_get_certificate(upload, 2, &info));
    assert_true(mtlsval_upload_get_warning(upload, 0, &details));
    assert_false(mtlsval_upload_get_warning(upload, mtlsval_upload_num_warnings(upload), &details));
    mtlsval_upload_free(upload);
    assert_int_equal(mtlsval_upload_check(NULL, 0, TEST_TIME, &upload), MTLS_OK);
    assert_string_equal(mtlsval_upload_code(upload),
                        "ApplicationGatewayTrustedClientCertificateMustSpecifyData");
    assert_non_null(mtlsval_upload_advice(upload));
    assert_null(mtlsval_upload_client_cert_issuer_dn(upload));
    mtlsval_upload_free(upload);
    mtls_buf_clear(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_gets_its_code_its_detail_and_its_dn),
        cmocka_unit_test(validated_data_is_the_blocks_without_line_breaks),
        cmocka_unit_test(a_root_is_one_by_its_own_key_and_not_by_its_name),
        cmocka_unit_test(a_chain_links_by_signatures_and_not_by_names_alone),
        cmocka_unit_test(the_public_face_shows_the_answer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
