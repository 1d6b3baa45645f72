#include "gen/tests/fixture.h"

#include <openssl/x509.h>
#include <string.h>

#include "core/text.h"
#include "gen/der_path.h"
#include "gen/fault_apply.h"

/* In tables, and in expressions. */
#define BYTES(text)                                                                                          \
    { (const uint8_t *)(text), sizeof(text) - 1 }
#define VIEW(text) ((mtls_view)BYTES(text))

/* tree_make builds an object with every kind of node:
 *   object { number INTEGER 5, [0] EXPLICIT inner OCTET STRING { INTEGER 1 }, list { { OID 1.2.3, NULL },
 * BOOLEAN }, bits BIT STRING { INTEGER 2 }, junk } */
static void tree_make(mtlsgen_der_tree *tree, mtlsgen_arena *arena) {
    mtlsgen_der_tree_init(tree, arena);
    mtlsgen_der_node *object = mtlsgen_der_add(tree, &tree->document, MTLSGEN_DER_SEQUENCE, "object");
    mtlsgen_der_add_integer(tree, object, MTLSGEN_DER_INTEGER, "number", 5);
    mtlsgen_der_add_bytes(tree, mtlsgen_der_add_explicit(tree, object, 0), MTLSGEN_DER_OCTET_STRING, "inner",
                          VIEW("\x02\x01\x01"));
    mtlsgen_der_add_encoded(tree, object, "list",
                            VIEW("\x30\x0b\x30\x06\x06\x02\x2a\x03\x05\x00\x01\x01\xff"));
    mtlsgen_der_add_bytes(tree, object, MTLSGEN_DER_BIT_STRING, "bits", VIEW("\x00\x02\x01\x02"));
    mtlsgen_der_add_encoded(tree, object, "junk", VIEW("\xde\xad"));
}

#define NUMBER "\x02\x01\x05"
#define INNER "\xa0\x05\x04\x03\x02\x01\x01"
#define LIST "\x30\x0b\x30\x06\x06\x02\x2a\x03\x05\x00\x01\x01\xff"
#define BITS "\x03\x04\x00\x02\x01\x02"
#define JUNK "\xde\xad"

static const struct {
    const char *name;
    mtlsgen_fault fault;
    mtls_view expected;
} rows[] = {
    {"retag",
     {"number", MTLSGEN_FAULT_RETAG, BYTES("\x0a"), 0, false},
     BYTES("\x30\x1f\x0a\x01\x05" INNER LIST BITS JUNK)                                                                                    },
    {"retag to a long identifier",
     {"number", MTLSGEN_FAULT_RETAG, BYTES("\x1f\x81\x01"), 0, false},
     BYTES("\x30\x21\x1f\x81\x01\x01\x05" INNER LIST BITS JUNK)                                                                            },
    {"retag the object",
     {"object", MTLSGEN_FAULT_RETAG, BYTES("\x31"), 0, false},
     BYTES("\x31\x1f" NUMBER INNER LIST BITS JUNK)                                                                                         },
    {"set",
     {"number", MTLSGEN_FAULT_SET, BYTES("\x01\x02"), 0, false},
     BYTES("\x30\x20\x02\x02\x01\x02" INNER LIST BITS JUNK)                                                                                },
    {"set to nothing",
     {"number", MTLSGEN_FAULT_SET, {NULL, 0}, 0, false},
     BYTES("\x30\x1e\x02\x00" INNER LIST BITS JUNK)                                                                                        },
    {"set a constructed one",
     {"list", MTLSGEN_FAULT_SET, BYTES("\x05\x00"), 0, false},
     BYTES("\x30\x16" NUMBER INNER "\x30\x02\x05\x00" BITS JUNK)                                                                           },
    {"delete",                                {"number", MTLSGEN_FAULT_DELETE, {NULL, 0}, 0, false}, BYTES("\x30\x1c" INNER LIST BITS JUNK)},
    {"delete a field with the tag around it",
     {"inner", MTLSGEN_FAULT_DELETE, {NULL, 0}, 0, false},
     BYTES("\x30\x18" NUMBER LIST BITS JUNK)                                                                                               },
    {"delete the last",
     {"bits", MTLSGEN_FAULT_DELETE, {NULL, 0}, 0, false},
     BYTES("\x30\x19" NUMBER INNER LIST JUNK)                                                                                              },
    {"delete everything",                     {"object", MTLSGEN_FAULT_DELETE, {NULL, 0}, 0, false}, BYTES("")                             },
    {"duplicate",
     {"number", MTLSGEN_FAULT_DUPLICATE, {NULL, 0}, 0, false},
     BYTES("\x30\x22" NUMBER NUMBER INNER LIST BITS JUNK)                                                                                  },
    {"duplicate inside an explicit tag",
     {"inner", MTLSGEN_FAULT_DUPLICATE, {NULL, 0}, 0, false},
     BYTES("\x30\x24" NUMBER "\xa0\x0a\x04\x03\x02\x01\x01\x04\x03\x02\x01\x01" LIST BITS JUNK)                                            },
    {"duplicate an explicit tag",
     {"inner.explicit", MTLSGEN_FAULT_DUPLICATE, {NULL, 0}, 0, false},
     BYTES("\x30\x26" NUMBER INNER INNER LIST BITS JUNK)                                                                                   },
    {"duplicate what was opened",
     {"list[0]", MTLSGEN_FAULT_DUPLICATE, {NULL, 0}, 0, false},
     BYTES("\x30\x27" NUMBER INNER
           "\x30\x13\x30\x06\x06\x02\x2a\x03\x05\x00\x30\x06\x06\x02\x2a\x03\x05\x00\x01\x01\xff" BITS JUNK)                               },
    {"reverse",
     {"list", MTLSGEN_FAULT_REVERSE, {NULL, 0}, 0, false},
     BYTES("\x30\x1f" NUMBER INNER "\x30\x0b\x01\x01\xff\x30\x06\x06\x02\x2a\x03\x05\x00" BITS JUNK)                                       },
    {"reverse what an OID names",
     {"list[1.2.3]", MTLSGEN_FAULT_REVERSE, {NULL, 0}, 0, false},
     BYTES("\x30\x1f" NUMBER INNER "\x30\x0b\x30\x06\x05\x00\x06\x02\x2a\x03\x01\x01\xff" BITS JUNK)                                       },
    {"truncate",
     {"list", MTLSGEN_FAULT_TRUNCATE, {NULL, 0}, 4, false},
     BYTES("\x30\x1b" NUMBER INNER "\x30\x07\x30\x06\x06\x02\x2a\x03\x05" BITS JUNK)                                                       },
    {"truncate all",
     {"number", MTLSGEN_FAULT_TRUNCATE, {NULL, 0}, 1, false},
     BYTES("\x30\x1e\x02\x00" INNER LIST BITS JUNK)                                                                                        },
    {"append",
     {"number", MTLSGEN_FAULT_APPEND, BYTES("\xaa\xbb"), 0, false},
     BYTES("\x30\x21\x02\x03\x05\xaa\xbb" INNER LIST BITS JUNK)                                                                            },
    {"append to the object",
     {"object", MTLSGEN_FAULT_APPEND, BYTES("\x00"), 0, false},
     BYTES("\x30\x20" NUMBER INNER LIST BITS JUNK "\x00")                                                                                  },
    {"prepend",
     {"number", MTLSGEN_FAULT_PREPEND, BYTES("\x00"), 0, false},
     BYTES("\x30\x20\x02\x02\x00\x05" INNER LIST BITS JUNK)                                                                                },
    {"prepend to a constructed one",
     {"list", MTLSGEN_FAULT_PREPEND, BYTES("\x05\x00"), 0, false},
     BYTES("\x30\x21" NUMBER INNER "\x30\x0d\x05\x00\x30\x06\x06\x02\x2a\x03\x05\x00\x01\x01\xff" BITS JUNK)                               },
    {"prepend to a bit string's content",
     {"bits", MTLSGEN_FAULT_PREPEND, BYTES("\x07"), 0, false},
     BYTES("\x30\x20" NUMBER INNER LIST "\x03\x05\x07\x00\x02\x01\x02" JUNK)                                                               },
    {"non-minimal by one",
     {"number", MTLSGEN_FAULT_NON_MINIMAL, {NULL, 0}, 1, false},
     BYTES("\x30\x20\x02\x81\x01\x05" INNER LIST BITS JUNK)                                                                                },
    {"non-minimal by many",
     {"number", MTLSGEN_FAULT_NON_MINIMAL, {NULL, 0}, 10, false},
     BYTES("\x30\x29\x02\x8a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x05" INNER LIST BITS JUNK)                                            },
    {"indefinite",
     {"list", MTLSGEN_FAULT_INDEFINITE, {NULL, 0}, 0, false},
     BYTES("\x30\x21" NUMBER INNER "\x30\x80\x30\x06\x06\x02\x2a\x03\x05\x00\x01\x01\xff\x00\x00" BITS JUNK)                               },
    {"indefinite of a primitive one",
     {"number", MTLSGEN_FAULT_INDEFINITE, {NULL, 0}, 0, false},
     BYTES("\x30\x21\x02\x80\x05\x00\x00" INNER LIST BITS JUNK)                                                                            },
    {"lie upwards",
     {"number", MTLSGEN_FAULT_LIE, {NULL, 0}, 3, false},
     BYTES("\x30\x1f\x02\x04\x05" INNER LIST BITS JUNK)                                                                                    },
    {"lie downwards",
     {"number", MTLSGEN_FAULT_LIE, {NULL, 0}, -1, false},
     BYTES("\x30\x1f\x02\x00\x05" INNER LIST BITS JUNK)                                                                                    },
    {"lie into the long form",
     {"number", MTLSGEN_FAULT_LIE, {NULL, 0}, 0xffff, false},
     BYTES("\x30\x22\x02\x83\x01\x00\x00\x05" INNER LIST BITS JUNK)                                                                        },
    {"trailing inside the parent",
     {"number", MTLSGEN_FAULT_TRAILING, BYTES("\x00\x00"), 0, false},
     BYTES("\x30\x21" NUMBER "\x00\x00" INNER LIST BITS JUNK)                                                                              },
    {"trailing after the object",
     {"object", MTLSGEN_FAULT_TRAILING, BYTES("\x0a"), 0, false},
     BYTES("\x30\x1f" NUMBER INNER LIST BITS JUNK "\x0a")                                                                                  },
    {"inside an OCTET STRING",
     {"inner[0]", MTLSGEN_FAULT_SET, BYTES("\x07\x07"), 0, false},
     BYTES("\x30\x20" NUMBER "\xa0\x06\x04\x04\x02\x02\x07\x07" LIST BITS JUNK)                                                            },
    {"inside a BIT STRING",
     {"bits[0]", MTLSGEN_FAULT_DELETE, {NULL, 0}, 0, false},
     BYTES("\x30\x1c" NUMBER INNER LIST "\x03\x01\x00" JUNK)                                                                               },
    {"by number through an explicit tag",
     {"object[1][0]", MTLSGEN_FAULT_RETAG, BYTES("\x0c"), 0, false},
     BYTES("\x30\x1f" NUMBER "\xa0\x05\x0c\x03\x02\x01\x01" LIST BITS JUNK)                                                                },
    {"delete junk is refused",                {"junk", MTLSGEN_FAULT_DELETE, {NULL, 0}, 0, false},   {NULL, 0}                             },
};

static void each_operation_gives_exactly_these_bytes(void **state) {
    (void)state;
    mtlsgen_arena arena = {0};
    bool seen[MTLSGEN_NUM_FAULT_OPERATIONS] = {false};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtlsgen_der_tree tree;
        mtls_view der;
        mtls_error error = {""};
        tree_make(&tree, &arena);
        mtls_status status = mtlsgen_fault_apply(&tree, &rows[i].fault, &error);
        seen[rows[i].fault.operation] = true;
        if (strcmp(rows[i].name, "delete junk is refused") == 0) {
            assert_int_equal(status, MTLS_ERR_USAGE);
            assert_non_null(strstr(error.text, "not a DER element"));
            continue;
        }
        assert_string_equal(error.text, "");
        assert_int_equal(status, MTLS_OK);
        assert_int_equal(mtlsgen_der_encode(&tree, &tree.document, &arena, &der), MTLS_OK);
        if (!mtls_view_equal(der, rows[i].expected)) {
            fail_msg("%s gives other bytes", rows[i].name);
        }
    }
    for (size_t i = 0; i < MTLSGEN_NUM_FAULT_OPERATIONS; i++) {
        assert_true(seen[i]);
    }
    mtlsgen_arena_clear(&arena);
}

static void a_tree_without_faults_is_der(void **state) {
    (void)state;
    mtlsgen_arena arena = {0};
    mtlsgen_der_tree tree;
    mtls_view der;
    tree_make(&tree, &arena);
    assert_int_equal(mtlsgen_der_encode(&tree, &tree.document, &arena, &der), MTLS_OK);
    assert_true(mtls_view_equal(der, VIEW("\x30\x1f" NUMBER INNER LIST BITS JUNK)));
    mtlsgen_arena_clear(&arena);
}

static void lengths_take_the_fewest_octets(void **state) {
    (void)state;
    static const struct {
        size_t len;
        mtls_view header;
    } lengths[] = {
        {0,     BYTES("\x04\x00")            },
        {127,   BYTES("\x04\x7f")            },
        {128,   BYTES("\x04\x81\x80")        },
        {255,   BYTES("\x04\x81\xff")        },
        {256,   BYTES("\x04\x82\x01\x00")    },
        {65535, BYTES("\x04\x82\xff\xff")    },
        {65536, BYTES("\x04\x83\x01\x00\x00")},
    };
    static const uint8_t content[65536] = {0};
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        mtlsgen_der_tree tree;
        mtls_view der;
        mtlsgen_der_tree_init(&tree, &arena);
        mtlsgen_der_add_bytes(&tree, &tree.document, MTLSGEN_DER_OCTET_STRING, NULL,
                              (mtls_view){content, lengths[i].len});
        assert_int_equal(mtlsgen_der_encode(&tree, &tree.document, &arena, &der), MTLS_OK);
        assert_int_equal(der.len, lengths[i].header.len + lengths[i].len);
        assert_memory_equal(der.data, lengths[i].header.data, lengths[i].header.len);
    }
    mtlsgen_arena_clear(&arena);
}

static void integers_are_minimal_twos_complement(void **state) {
    (void)state;
    static const struct {
        long value;
        const char *decimal;
        mtls_view content;
    } integers[] = {
        {0,         "0",                    BYTES("\x00")                            },
        {127,       "127",                  BYTES("\x7f")                            },
        {128,       "128",                  BYTES("\x00\x80")                        },
        {255,       "255",                  BYTES("\x00\xff")                        },
        {256,       "256",                  BYTES("\x01\x00")                        },
        {-1,        "-1",                   BYTES("\xff")                            },
        {-128,      "-128",                 BYTES("\x80")                            },
        {-129,      "-129",                 BYTES("\xff\x7f")                        },
        {-256,      "-256",                 BYTES("\xff\x00")                        },
        {-32768,    "-32768",               BYTES("\x80\x00")                        },
        {-32769,    "-32769",               BYTES("\xff\x7f\xff")                    },
        {INT64_MAX, "9223372036854775807",  BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff")},
        {INT64_MIN, "-9223372036854775808", BYTES("\x80\x00\x00\x00\x00\x00\x00\x00")},
    };
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        mtlsgen_der_tree tree;
        mtls_view content;
        mtlsgen_der_tree_init(&tree, &arena);
        mtlsgen_der_node *node =
            mtlsgen_der_add_integer(&tree, &tree.document, MTLSGEN_DER_INTEGER, NULL, integers[i].value);
        assert_true(mtls_view_equal(node->bytes, integers[i].content));
        assert_int_equal(mtlsgen_integer_content(integers[i].decimal, &arena, &content), MTLS_OK);
        assert_true(mtls_view_equal(content, integers[i].content));
    }
    mtls_view content;
    assert_int_equal(mtlsgen_integer_content("", &arena, &content), MTLS_ERR_INPUT);
    assert_int_equal(mtlsgen_integer_content("-", &arena, &content), MTLS_ERR_INPUT);
    assert_int_equal(mtlsgen_integer_content("12x", &arena, &content), MTLS_ERR_INPUT);
    assert_int_equal(mtlsgen_integer_content("-0", &arena, &content), MTLS_OK);
    assert_true(mtls_view_equal(content, VIEW("\x00")));
    mtlsgen_arena_clear(&arena);
}

static void a_path_that_matches_nothing_says_where(void **state) {
    (void)state;
    static const struct {
        const char *path;
        mtls_status status;
        const char *message;
    } paths[] = {
        {"numbr",           MTLS_ERR_USAGE, "number, inner, list, bits, junk"},
        {"object.numbr",    MTLS_ERR_USAGE, "[0] to [4], number"             },
        {"list[2]",         MTLS_ERR_USAGE, "[0] to [1]"                     },
        {"list[1.2.4]",     MTLS_ERR_USAGE, "1.2.4"                          },
        {"list[1][0]",      MTLS_ERR_USAGE, "holds no DER elements"          },
        {"junk[0]",         MTLS_ERR_USAGE, "holds no DER elements"          },
        {"number.explicit", MTLS_ERR_USAGE, "explicit"                       },
        {"",                MTLS_ERR_INPUT, "character 1"                    },
        {"list[",           MTLS_ERR_INPUT, "character 6"                    },
        {"list[0",          MTLS_ERR_INPUT, "character 7"                    },
        {"list[0]x",        MTLS_ERR_INPUT, "character 8"                    },
        {"list..x",         MTLS_ERR_INPUT, "character 6"                    },
        {"list.",           MTLS_ERR_INPUT, "character 6"                    },
        {"list x",          MTLS_ERR_INPUT, "character 5"                    },
    };
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        mtlsgen_der_tree tree;
        mtlsgen_fault fault = {.at = paths[i].path, .operation = MTLSGEN_FAULT_DELETE};
        mtls_error error = {""};
        tree_make(&tree, &arena);
        assert_int_equal(mtlsgen_fault_apply(&tree, &fault, &error), paths[i].status);
        if (strstr(error.text, paths[i].message) == NULL) {
            fail_msg("%s: %s", paths[i].path, error.text);
        }
    }
    mtlsgen_arena_clear(&arena);
}

static void faults_that_change_nothing_are_refused(void **state) {
    (void)state;
    static const mtlsgen_fault refused[] = {
        {"number", MTLSGEN_FAULT_RETAG,       {NULL, 0}, 0,   false},
        {"number", MTLSGEN_FAULT_REVERSE,     {NULL, 0}, 0,   false},
        {"bits",   MTLSGEN_FAULT_TRUNCATE,    {NULL, 0}, 0,   false},
        {"bits",   MTLSGEN_FAULT_TRUNCATE,    {NULL, 0}, -1,  false},
        {"bits",   MTLSGEN_FAULT_TRUNCATE,    {NULL, 0}, 5,   false},
        {"number", MTLSGEN_FAULT_APPEND,      {NULL, 0}, 0,   false},
        {"number", MTLSGEN_FAULT_PREPEND,     {NULL, 0}, 0,   false},
        {"number", MTLSGEN_FAULT_NON_MINIMAL, {NULL, 0}, 0,   false},
        {"number", MTLSGEN_FAULT_NON_MINIMAL, {NULL, 0}, 127, false},
        {"number", MTLSGEN_FAULT_LIE,         {NULL, 0}, 0,   false},
        {"number", MTLSGEN_FAULT_LIE,         {NULL, 0}, -2,  false},
        {"number", MTLSGEN_FAULT_TRAILING,    {NULL, 0}, 0,   false},
    };
    mtlsgen_arena arena = {0};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        mtlsgen_der_tree tree;
        mtls_error error = {""};
        tree_make(&tree, &arena);
        assert_int_equal(mtlsgen_fault_apply(&tree, &refused[i], &error), MTLS_ERR_USAGE);
        assert_non_null(strstr(error.text, refused[i].at));
    }
    mtlsgen_arena_clear(&arena);
}

static void duplicates_of_duplicates_stop_at_the_limit(void **state) {
    (void)state;
    mtlsgen_arena arena = {0};
    mtlsgen_der_tree tree;
    mtls_status status = MTLS_OK;
    mtls_view der;
    tree_make(&tree, &arena);
    static const char *const paths[] = {"list[0][0]", "list[0]", "list", "object"};
    for (size_t depth = 0; depth < 4 && status == MTLS_OK; depth++) {
        for (int i = 0; i < 64 && status == MTLS_OK; i++) {
            mtlsgen_fault fault = {.at = paths[depth], .operation = MTLSGEN_FAULT_DUPLICATE};
            status = mtlsgen_fault_apply(&tree, &fault, NULL);
        }
    }
    assert_int_equal(status, MTLS_ERR_LIMIT);
    assert_int_equal(mtlsgen_der_encode(&tree, &tree.document, &arena, &der), MTLS_ERR_LIMIT);
    mtlsgen_arena_clear(&arena);
}

/* tbs_and_signature splits a certificate whose tbs has a definite length. */
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
        cmocka_unit_test(each_operation_gives_exactly_these_bytes),
        cmocka_unit_test(a_tree_without_faults_is_der),
        cmocka_unit_test(lengths_take_the_fewest_octets),
        cmocka_unit_test(integers_are_minimal_twos_complement),
        cmocka_unit_test(a_path_that_matches_nothing_says_where),
        cmocka_unit_test(faults_that_change_nothing_are_refused),
        cmocka_unit_test(duplicates_of_duplicates_stop_at_the_limit),
        cmocka_unit_test(faults_in_tbs_are_signed_unless_stale),
        cmocka_unit_test(certificate_paths_reach_every_field),
        cmocka_unit_test(signatures_can_be_made_wrong),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
