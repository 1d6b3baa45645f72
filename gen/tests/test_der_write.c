#include "core/tests/cmocka_includes.h"

#include "gen/certificate.h"
#include "gen/der_write.h"

/* In tables, and in expressions. */
#define BYTES(text)                                                                                          \
    { (const uint8_t *)(text), sizeof(text) - 1 }
#define VIEW(text) ((mtls_view)BYTES(text))

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_take_the_fewest_octets),
        cmocka_unit_test(integers_are_minimal_twos_complement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
