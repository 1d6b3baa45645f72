#include "core/tests/cmocka_includes.h"

#include <string.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_gives_exactly_these_bytes),
        cmocka_unit_test(a_tree_without_faults_is_der),
        cmocka_unit_test(a_path_that_matches_nothing_says_where),
        cmocka_unit_test(faults_that_change_nothing_are_refused),
        cmocka_unit_test(duplicates_of_duplicates_stop_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
