#include "core/tests/cmocka_includes.h"

#include <mtls/generate.h>
#include <mtls/mutate.h>

#include "fuzz/mutator/random.h"
#include "gen/corpus.h"
#include "gen/pem_write.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

enum { ROOM = 4096 };

/* A root, a CA under it, and a client's certificate under that. */
static mtlsgen_fixtures *fixtures;
static mtlsmut *mutators[3]; /* certificate, chain, PEM */
static const mtlsmut_format formats[3] = {MTLSMUT_CERTIFICATE, MTLSMUT_CHAIN, MTLSMUT_PEM};

static void issue(const char *label, bool ca, const char *issuer) {
    mtlsgen_fixture what = {.ca = ca, .issuer = issuer};
    assert_int_equal(mtlsgen_fixtures_add(fixtures, label, &what, NULL), MTLS_OK);
}

static int set_up(void **state) {
    (void)state;
    assert_int_equal(mtlsgen_fixtures_new(MTLSGEN_DEFAULT_SEED, &fixtures), MTLS_OK);
    issue("root", true, NULL);
    issue("int", true, "root");
    issue("leaf", false, "int");
    for (size_t i = 0; i < 3; i++) {
        mtlsmut_options options = {.format = formats[i]};
        assert_int_equal(mtlsmut_new(&options, &mutators[i]), MTLS_OK);
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        mtlsmut_free(mutators[i]);
    }
    mtlsgen_fixtures_free(fixtures);
    return 0;
}

static mtls_view der(const char *label) {
    return mtlsgen_fixtures_der(fixtures, label);
}

static size_t copy(mtls_view bytes, uint8_t *out) {
    assert_in_range(bytes.len, 1, ROOM);
    memcpy(out, bytes.data, bytes.len);
    return bytes.len;
}

/* seed_of writes the chain in one of the forms. */
static size_t seed_of(mtlsmut_format format, uint8_t *out) {
    if (format == MTLSMUT_CERTIFICATE) {
        return copy(der("leaf"), out);
    }
    if (format == MTLSMUT_CHAIN) {
        size_t len = copy(der("leaf"), out);
        return len + copy(der("int"), out + len);
    }
    size_t len = copy(mtls_view_of_text("text before\n"), out);
    len += copy(mtls_view_of_text(mtlsgen_fixtures_pem(fixtures, "leaf")), out + len);
    len += copy(mtls_view_of_text(mtlsgen_fixtures_pem(fixtures, "int")), out + len);
    return len + copy(mtls_view_of_text(mtlsgen_fixtures_pem(fixtures, "root")), out + len);
}

static X509 *parse(const uint8_t *bytes, size_t len) {
    const uint8_t *at = bytes;
    X509 *x = d2i_X509(NULL, &at, (long)len);
    ERR_clear_error();
    return x;
}

static bool signed_by(const uint8_t *bytes, size_t len, const char *issuer) {
    X509 *leaf = parse(bytes, len), *above = parse(der(issuer).data, der(issuer).len);
    bool good = leaf != NULL && X509_verify(leaf, X509_get0_pubkey(above)) == 1;
    X509_free(leaf);
    X509_free(above);
    ERR_clear_error();
    return good;
}

/* Fuzzing in small: mutants become the next step's input. Gives a digest of all that was made. */
static uint64_t campaign(mtlsmut_format format, unsigned seed, size_t num_steps) {
    mtlsmut *m;
    mtlsmut_options options = {.format = format};
    uint8_t corpus[4][ROOM], out[ROOM];
    size_t lens[4];
    uint64_t digest = 0;
    mtlsmut_random random = {seed};
    assert_int_equal(mtlsmut_new(&options, &m), MTLS_OK);
    for (size_t i = 0; i < 4; i++) {
        lens[i] = seed_of(format, corpus[i]);
    }
    for (size_t i = 0; i < num_steps; i++) {
        size_t at = mtlsmut_below(&random, 4), other = mtlsmut_below(&random, 4);
        unsigned step = (unsigned)mtlsmut_random_next(&random);
        size_t len = 0;
        if (i % 4 == 0) {
            len = mtlsmut_crossover(m, corpus[at], lens[at], corpus[other], lens[other], out, ROOM, step);
            memcpy(corpus[at], out, len);
        }
        if (len == 0) {
            len = mtlsmut_mutate(m, corpus[at], lens[at], ROOM, step);
        }
        assert_in_range(len, 1, ROOM);
        lens[at] = i % 50 == 49 ? seed_of(format, corpus[at]) : len;
        digest = mtlsmut_bytes_hash(digest, (mtls_view){corpus[at], lens[at]});
    }
    mtlsmut_free(m);
    return digest;
}

static void the_same_data_and_seed_give_the_same_mutants(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint64_t first = campaign(formats[i], 1, 1500);
        assert_true(first == campaign(formats[i], 1, 1500));
        assert_true(first != campaign(formats[i], 2, 1500));
    }
}

static void what_was_mutated_before_changes_nothing(void **state) {
    (void)state;
    uint8_t a[ROOM], b[ROOM];
    size_t a_len = mtlsmut_mutate(mutators[0], a, seed_of(MTLSMUT_CERTIFICATE, a), ROOM, 7);
    for (unsigned seed = 0; seed < 50; seed++) {
        (void)mtlsmut_mutate(mutators[0], b, seed_of(MTLSMUT_CERTIFICATE, b), ROOM, seed);
    }
    size_t b_len = mtlsmut_mutate(mutators[0], b, seed_of(MTLSMUT_CERTIFICATE, b), ROOM, 7);
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, a_len);
}

typedef struct {
    size_t parsed, verified, changed;
} counts;

static counts mutate_leaf(mtlsmut *m, unsigned num) {
    counts c = {0, 0, 0};
    uint8_t bytes[ROOM];
    for (unsigned seed = 0; seed < num; seed++) {
        size_t len = mtlsmut_mutate(m, bytes, seed_of(MTLSMUT_CERTIFICATE, bytes), ROOM, seed);
        X509 *x = parse(bytes, len);
        c.parsed += x != NULL;
        c.changed += !mtls_view_equal((mtls_view){bytes, len}, der("leaf"));
        c.verified += signed_by(bytes, len, "int");
        X509_free(x);
    }
    return c;
}

/* The issuer's key is known by the key identifier, or by its certificate beside the input. */
static void mutants_mostly_parse_and_are_mostly_signed(void **state) {
    (void)state;
    assert_int_equal(mtlsmut_set_issuers(mutators[0], der("int").data, der("int").len), MTLS_OK);
    counts c = mutate_leaf(mutators[0], 1000);
    assert_in_range(c.changed, 990, 1000);
    assert_in_range(c.parsed, 700, 1000);
    assert_in_range(c.verified, 550, 950); /* 1 in 8 keep their signature */
}

static void without_signing_no_mutant_verifies_but_by_chance(void **state) {
    (void)state;
    mtlsmut *m;
    mtlsmut_options options = {.format = MTLSMUT_CERTIFICATE, .unsigned_only = true};
    assert_int_equal(mtlsmut_new(&options, &m), MTLS_OK);
    counts c = mutate_leaf(m, 300);
    assert_in_range(c.parsed, 200, 300);
    assert_in_range(c.verified, 0, 15); /* what is changed outside of what is signed */
    mtlsmut_free(m);
}

static void another_seed_signs_with_other_keys(void **state) {
    (void)state;
    mtlsmut *m;
    mtlsmut_options options = {.format = MTLSMUT_CERTIFICATE, .seed = "another"};
    assert_int_equal(mtlsmut_new(&options, &m), MTLS_OK);
    assert_in_range(mutate_leaf(m, 200).verified, 0, 10);
    mtlsmut_free(m);
}

static void a_mutant_never_takes_more_room_than_there_is(void **state) {
    (void)state;
    uint8_t bytes[ROOM + 1];
    for (size_t i = 0; i < 3; i++) {
        for (unsigned seed = 0; seed < 300; seed++) {
            size_t len = seed_of(formats[i], bytes), room = len - 20 + seed % 40;
            memset(bytes + room, 0xa5, sizeof bytes - room);
            size_t new_len = mtlsmut_mutate(mutators[i], bytes, len < room ? len : room, room, seed);
            assert_in_range(new_len, 1, room);
            for (size_t at = room; at < sizeof bytes; at++) {
                assert_int_equal(bytes[at], 0xa5);
            }
        }
    }
}

/* Under a sanitizer this is the test that nothing is read or written outside. */
static void no_garbage_is_too_bad(void **state) {
    (void)state;
    mtlsmut_random random = {99};
    uint8_t bytes[ROOM], other[ROOM], out[ROOM];
    for (unsigned seed = 0; seed < 4000; seed++) {
        size_t len = seed_of(formats[seed % 3], bytes), cut = mtlsmut_below(&random, len + 1);
        size_t other_len = seed_of(formats[seed % 3], other);
        if (seed % 2 == 0) {
            len = cut;
        }
        for (size_t i = mtlsmut_below(&random, 40); i > 0 && len > 0; i--) {
            bytes[mtlsmut_below(&random, len)] = (uint8_t)mtlsmut_random_next(&random);
        }
        if (seed % 5 == 0) {
            for (size_t i = 0; i < len; i++) {
                bytes[i] = (uint8_t)mtlsmut_random_next(&random);
            }
        }
        mtlsmut *m = mutators[mtlsmut_below(&random, 3)];
        assert_in_range(mtlsmut_repair(m, bytes, len, out, ROOM), 0, ROOM);
        assert_in_range(mtlsmut_crossover(m, bytes, len, other, other_len, out, ROOM, seed), 0, ROOM);
        assert_in_range(mtlsmut_crossover(m, other, other_len, bytes, len, out, ROOM, seed), 0, ROOM);
        assert_in_range(mtlsmut_mutate(m, bytes, len, ROOM, seed), 1, ROOM);
    }
    assert_int_equal(mtlsmut_mutate(NULL, bytes, 1, ROOM, 0), 0);
    assert_int_equal(mtlsmut_repair(mutators[0], NULL, 0, out, ROOM), 0);
}

/* A field of the other's certificate comes in the place of the same field, and the signature fits. */
static void crossing_over_takes_the_same_field(void **state) {
    (void)state;
    uint8_t out[ROOM];
    size_t num_subjects = 0, num_parsed = 0;
    X509 *ca = parse(der("int").data, der("int").len);
    for (unsigned seed = 0; seed < 400; seed++) {
        size_t len = mtlsmut_crossover(mutators[0], der("leaf").data, der("leaf").len, der("int").data,
                                       der("int").len, out, ROOM, seed);
        X509 *x = parse(out, len);
        if (x != NULL) {
            num_parsed++;
            num_subjects += X509_NAME_cmp(X509_get_subject_name(x), X509_get_subject_name(ca)) == 0;
        }
        X509_free(x);
    }
    X509_free(ca);
    assert_in_range(num_parsed, 340, 400);
    assert_in_range(num_subjects, 20, 200);
}

/* Seven lies about a length become true; the eighth, by its bytes, stays. */
static void repair_makes_lengths_fit_and_signs(void **state) {
    (void)state;
    uint8_t bytes[ROOM], out[ROOM];
    size_t num_verified = 0, num_same = 0;
    for (unsigned i = 0; i < 32; i++) {
        size_t len = seed_of(MTLSMUT_CERTIFICATE, bytes);
        bytes[3] = (uint8_t)(bytes[3] + 1 + i); /* the certificate's own length */
        assert_false(signed_by(bytes, len, "int"));
        size_t new_len = mtlsmut_repair(mutators[0], bytes, len, out, ROOM);
        num_verified += signed_by(out, new_len, "int");
        num_same += new_len == len && memcmp(out, bytes, len) == 0;
    }
    assert_int_equal(num_verified + num_same, 32);
    assert_in_range(num_same, 1, 10);
}

static void in_pem_both_layers_change_and_the_rest_stays(void **state) {
    (void)state;
    uint8_t bytes[ROOM], before[ROOM];
    size_t num_armour = 0, num_der = 0, before_len = seed_of(MTLSMUT_PEM, before);
    for (unsigned seed = 0; seed < 400; seed++) {
        size_t len = mtlsmut_mutate(mutators[2], bytes, seed_of(MTLSMUT_PEM, bytes), ROOM, seed);
        BIO *bio = BIO_new_mem_buf(bytes, (int)len);
        X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        bool text = len > 12 && memcmp(bytes, before, 12) == 0;
        if (x == NULL || !text) {
            num_armour++;
        } else if (!mtls_view_equal((mtls_view){bytes, len}, (mtls_view){before, before_len})) {
            num_der++;
        }
        X509_free(x);
        BIO_free(bio);
        ERR_clear_error();
    }
    assert_in_range(num_armour, 20, 200);
    assert_in_range(num_der, 200, 380);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_data_and_seed_give_the_same_mutants),
        cmocka_unit_test(what_was_mutated_before_changes_nothing),
        cmocka_unit_test(mutants_mostly_parse_and_are_mostly_signed),
        cmocka_unit_test(without_signing_no_mutant_verifies_but_by_chance),
        cmocka_unit_test(another_seed_signs_with_other_keys),
        cmocka_unit_test(a_mutant_never_takes_more_room_than_there_is),
        cmocka_unit_test(no_garbage_is_too_bad),
        cmocka_unit_test(crossing_over_takes_the_same_field),
        cmocka_unit_test(repair_makes_lengths_fit_and_signs),
        cmocka_unit_test(in_pem_both_layers_change_and_the_rest_stays),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
