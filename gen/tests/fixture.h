/* What tests of signed objects need: a seed's keys, a maker, and memory. */
#ifndef MTLS_GEN_TESTS_FIXTURE_H
#define MTLS_GEN_TESTS_FIXTURE_H

#include "core/tests/cmocka_includes.h"

#include "gen/certificate.h"
#include "gen/key_pool.h"

typedef struct {
    mtlsgen_seed seed;
    mtlsgen_key_pool *pool;
    mtlsgen_maker *maker;
    mtlsgen_arena arena;
} fixture;

static inline int fixture_set_up(void **state) {
    static fixture f;
    f = (fixture){0};
    mtlsgen_seed_init("test", &f.seed);
    *state = &f;
    return mtlsgen_key_pool_new(&f.seed, &f.pool) == MTLS_OK &&
                   mtlsgen_maker_new(&f.seed, &f.maker) == MTLS_OK
               ? 0
               : -1;
}

static inline int fixture_tear_down(void **state) {
    fixture *f = *state;
    mtlsgen_maker_free(f->maker);
    mtlsgen_key_pool_free(f->pool);
    mtlsgen_arena_clear(&f->arena);
    return 0;
}

static inline const mtlsgen_key *fixture_key(fixture *f, mtlsgen_key_algorithm algorithm, unsigned index) {
    const mtlsgen_key *key;
    assert_int_equal(mtlsgen_key_pool_get(f->pool, algorithm, index, &key), MTLS_OK);
    return key;
}

/* fixture_make makes a certificate, and fails the test with the error's text if it cannot. */
static inline mtlsgen_certificate fixture_make(fixture *f, const mtlsgen_certificate_spec *spec) {
    mtlsgen_certificate made;
    mtls_error error = {""};
    mtls_status status = mtlsgen_certificate_make(f->maker, spec, &f->arena, &made, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, MTLS_OK);
    return made;
}

#endif
