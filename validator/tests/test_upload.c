#include "core/tests/cmocka_includes.h"

#include <stdlib.h>
#include <string.h>

#include <mtls/validate.h>

#include "validator/tests/issue.h"
#include "validator/tests/parts.h"
#include "validator/upload.h"

/* The certificates that the files are made of. */
typedef struct {
    issued root, int1, int2, other_root, other_int, leaf, root_leaf, no_ca, ca_false, expired, soon, future,
        rsa1024, sha1;
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

/* What a file is put together from: certificates by pointer, other text as it is. */
typedef struct {
    const issued *certificate;
    const char *text;
} part;
#define C(name)                                                                                              \
    { &w.name, NULL }
#define T(text)                                                                                              \
    { NULL, text }
enum { MOST = 6 };

/* A certificate takes 30 lines, blank ones at its end, so that the next one's line is known. */
static void append_certificate(const issued *certificate, mtls_buf *file) {
    size_t lines = 0;
    for (size_t i = 0; i < certificate->pem.len; i++) {
        lines += certificate->pem.data[i] == '\n';
    }
    append(file, mtls_buf_view(&certificate->pem));
    for (; lines < 30; lines++) {
        assert_int_equal(mtls_buf_append_byte(file, '\n'), MTLS_OK);
    }
}

static mtlsval_upload *check(const part *parts_of_file) {
    mtls_buf file = {.max = 1 << 20};
    mtlsval_upload *upload = NULL;
    for (size_t i = 0; i < MOST && (parts_of_file[i].certificate != NULL || parts_of_file[i].text != NULL);
         i++) {
        if (parts_of_file[i].text != NULL) {
            append(&file, mtls_view_of_text(parts_of_file[i].text));
        } else {
            append_certificate(parts_of_file[i].certificate, &file);
        }
    }
    mtlsval_upload_settings settings = {.time = TEST_TIME};
    assert_int_equal(mtlsval_upload_run(mtls_buf_view(&file), &settings, &upload), MTLS_OK);
    mtls_buf_clear(&file);
    return upload;
}

#define NO_DATA MTLS_UPLOAD_MUST_SPECIFY_DATA
#define KEY MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY
#define INVALID MTLS_UPLOAD_INVALID_DATA
#define NO_CA MTLS_UPLOAD_DOES_NOT_CONTAIN_ANY_CA
#define ROOTS MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED
#define A_KEY "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
#define O "O=TEST DO NOT TRUST"
#define NAME(cn) "\"CN=" cn ", " O "\""

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
        mtlsval_upload *upload = check(files[i].parts_of_file);
        bool accepted = files[i].code == MTLS_UPLOAD_ACCEPTED;
        const char *text = accepted ? upload->client_cert_issuer_dn : upload->detail;
        if (upload->code != files[i].code || text == NULL || strcmp(text, files[i].text) != 0) {
            fail_msg("%s: code %d, %s", files[i].name, (int)upload->code, text == NULL ? "none" : text);
        }
        assert_int_equal(accepted, upload->client_cert_issuer_dn != NULL);
        assert_int_equal(accepted, upload->validated_cert_data != NULL);
        assert_int_equal(accepted, upload->detail[0] == '\0');
        mtlsval_upload_free(upload);
    }
}

static const char *seen(const mtlsval_upload *upload, mtlsval_warning_id id) {
    for (size_t i = 0; i < upload->num_warnings; i++) {
        if (upload->warnings[i].id == id) {
            return upload->warnings[i].seen;
        }
    }
    return NULL;
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
        mtlsval_upload *upload = check(warnings[i].parts_of_file);
        const char *text = seen(upload, warnings[i].id);
        if (text == NULL || strcmp(text, warnings[i].seen) != 0) {
            fail_msg("%s: %s", mtlsval_warning_describe(warnings[i].id)->slug, text == NULL ? "none" : text);
        }
        mtlsval_upload_free(upload);
    }
    const part plain[MOST] = {C(root), T("\n"), C(int1)};
    mtlsval_upload *upload = check(plain);
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
    mtlsval_upload *upload = check(alone);
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
    upload = check(beside);
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
    mtlsval_upload *upload = check(parts_of_file);
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
        cmocka_unit_test(warnings_come_where_they_belong_and_nowhere_else),
        cmocka_unit_test(sizes_past_25_kilobytes_are_warned_of_by_either_reading),
        cmocka_unit_test(loose_encodings_are_accepted_and_told),
        cmocka_unit_test(validated_data_is_the_blocks_without_line_breaks),
        cmocka_unit_test(a_root_is_one_by_its_own_key_and_not_by_its_name),
        cmocka_unit_test(a_chain_links_by_signatures_and_not_by_names_alone),
        cmocka_unit_test(the_public_face_shows_the_answer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
