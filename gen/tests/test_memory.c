/* Every allocation on the way from a seed to a signed object is made to fail, one after the other: ours by
 * way of the linker's --wrap, libcrypto's by its own hook. Each time there is an error, or the bytes that
 * there are with memory; nothing of ours is left over. */
#include "core/tests/cmocka_includes.h"

#include <openssl/pem.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mtls/generate.h>

#include "core/tests/failing_malloc.h"
#include "gen/certificate.h"
#include "gen/crl.h"
#include "gen/key_pool.h"
#include "gen/ocsp.h"
#include "gen/pem_write.h"
#include "gen/pkcs12.h"
#include "gen/private_key.h"

/* What one run needs and makes. */
typedef struct {
    mtlsgen_key_algorithm algorithm;
    mtlsgen_key_pool *pool; /* its own, unless the run is given one */
    mtlsgen_maker *maker;
    mtlsgen_arena arena;
    mtls_buf out; /* everything that was made, in PEM */
} work;

static mtls_status append(work *w, mtls_status status, mtls_view der) {
    return status == MTLS_OK ? mtlsgen_pem_write(der, NULL, &w->out) : status;
}

static mtls_status make_certificate(work *w, const mtlsgen_key *key, mtlsgen_certificate *out) {
    static const char *const purposes[] = {"clientAuth"};
    static const mtlsgen_fault fault = {.at = "tbs.extensions[extKeyUsage].value[0]",
                                        .operation = MTLSGEN_FAULT_DUPLICATE};
    mtlsgen_name name;
    mtls_status status = mtlsgen_name_read(mtls_view_of_text("C=AU, O=a+CN=b"), &w->arena, &name, NULL);
    mtlsgen_general_name dn = {.kind = MTLSGEN_NAME_DN, .name = &name};
    mtlsgen_extension extensions[] = {
        {.kind = MTLSGEN_EXT_EXT_KEY_USAGE,    .u.purposes = {purposes, 1}},
        {.kind = MTLSGEN_EXT_SUBJECT_ALT_NAME, .u.names = {&dn, 1}        },
        {.kind = MTLSGEN_EXT_KEY_USAGE,        .copy = true               },
    };
    mtlsgen_certificate_spec spec = {
        .address = "t#a",
        .subject = &name,
        .key = key,
        .extensions = extensions,
        .num_extensions = 3,
        .faults = &fault,
        .num_faults = 1,
    };
    spec.signature.pss = mtlsgen_key_algorithm_describe(w->algorithm)->kind == MTLSGEN_KIND_RSA;
    if (status == MTLS_OK) {
        status = mtlsgen_certificate_make(w->maker, &spec, &w->arena, out, NULL);
    }
    return append(w, status, out->der);
}

static mtls_status make_others(work *w, const mtlsgen_key *key, const mtlsgen_certificate *certificate) {
    mtls_view der;
    mtlsgen_name name;
    mtls_status status = mtlsgen_name_default("a", &w->arena, &name);
    if (status == MTLS_OK) {
        mtlsgen_revoked revoked = {.serial = certificate->serial};
        mtlsgen_crl_spec crl = {
            .address = "t#crl", .issuer = &name, .key = key, .revoked = &revoked, .num_revoked = 1};
        status = append(w, mtlsgen_crl_make(w->maker, &crl, &w->arena, &der, NULL), der);
    }
    if (status == MTLS_OK) {
        mtlsgen_ocsp_spec ocsp = {.address = "t#ocsp", .subject = certificate};
        status = append(w, mtlsgen_ocsp_make(w->maker, &ocsp, &w->arena, &der, NULL), der);
    }
    if (status == MTLS_OK) {
        mtlsgen_pkcs12_spec p12 = {.address = "t#p12",
                                   .certificates = &certificate->der,
                                   .num_certificates = 1,
                                   .key = key,
                                   .friendly_name = "a",
                                   .iterations = 1};
        status = append(w, mtlsgen_pkcs12_make(w->maker, &p12, &w->arena, &der, NULL), der);
    }
    if (status == MTLS_OK) {
        mtlsgen_key_block blocks[MTLSGEN_KEY_BLOCKS_MAX];
        size_t num_blocks;
        status = mtlsgen_private_key_write(w->maker, key, MTLSGEN_KEY_FORM_PKCS8, "t#key", &w->arena, blocks,
                                           &num_blocks, NULL);
        status = append(w, status, blocks[0].der);
    }
    return status;
}

/* run goes from a seed to objects of every kind, and gives back everything but what it made. */
static mtls_status run(work *w) {
    bool lent = w->pool != NULL;
    mtlsgen_seed seed;
    const mtlsgen_key *key;
    mtlsgen_certificate certificate = {0};
    mtlsgen_seed_init("test", &seed);
    mtls_status status = lent ? MTLS_OK : mtlsgen_key_pool_new(&seed, &w->pool);
    if (status == MTLS_OK && (status = mtlsgen_maker_new(&seed, &w->maker)) == MTLS_OK &&
        (status = mtlsgen_key_pool_get(w->pool, w->algorithm, 0, &key)) == MTLS_OK &&
        (status = make_certificate(w, key, &certificate)) == MTLS_OK) {
        status = make_others(w, key, &certificate);
    }
    mtlsgen_maker_free(w->maker);
    if (!lent) {
        mtlsgen_key_pool_free(w->pool);
    }
    mtlsgen_arena_clear(&w->arena);
    return status;
}

static void sweep(mtlsgen_key_algorithm algorithm, mtlsgen_key_pool *pool, failing_malloc *a, bool for_good,
                  size_t least) {
    work good = {.algorithm = algorithm, .pool = pool, .out = {.max = 1 << 20}};
    assert_int_equal(run(&good), MTLS_OK); /* and libcrypto has loaded what it keeps */
    size_t n = 0;
    do {
        long held = failing_ours.num_held;
        work w = {.algorithm = algorithm, .pool = pool, .out = {.max = 1 << 20}};
        a->failed = false;
        a->for_good = for_good;
        a->left = n++;
        mtls_status status = run(&w);
        a->left = SIZE_MAX;
        if (status == MTLS_OK) {
            assert_true(mtls_view_equal(mtls_buf_view(&w.out), mtls_buf_view(&good.out)));
        } else {
            assert_true(status == MTLS_ERR_NOMEM || (status == MTLS_ERR_CRYPTO && a == &failing_theirs));
            assert_true(a->failed);
        }
        mtls_buf_clear(&w.out);
        assert_int_equal(failing_ours.num_held, held);
    } while (a->failed);
    assert_true(n > least); /* the hook is in place */
    mtls_buf_clear(&good.out);
}

/* The public fixtures: after a lack of memory the same call works, with the same bytes. */
static mtls_status add_fixture(mtlsgen_fixtures *set) {
    static char subject[40000]; /* no room for it is left by chance */
    memset(subject, 'a', sizeof subject - 1);
    memcpy(subject, "CN=", 3);
    return mtlsgen_fixtures_add(set, "a", &(mtlsgen_fixture){.ca = true, .subject = subject}, NULL);
}

static bool fixtures_get_over(failing_malloc *a, size_t n) {
    mtlsgen_fixtures *set = NULL;
    a->left = n;
    mtls_status status = mtlsgen_fixtures_new("test", &set);
    if (status == MTLS_OK) {
        status = add_fixture(set);
    }
    a->left = SIZE_MAX;
    bool good = status == MTLS_OK || (a->failed && (set == NULL || mtlsgen_fixtures_pem(set, "a") == NULL));
    if (good && status != MTLS_OK) {
        good = (set != NULL || mtlsgen_fixtures_new("test", &set) == MTLS_OK) && add_fixture(set) == MTLS_OK;
    }
    BIO *bio = good ? BIO_new_mem_buf(mtlsgen_fixtures_pem(set, "a"), -1) : NULL;
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    good = good && X509_NAME_entry_count(X509_get_subject_name(certificate)) == 1;
    X509_free(certificate);
    BIO_free(bio);
    mtlsgen_fixtures_free(set);
    return good;
}

/* Each in a process of its own, in which nothing has been made yet that libcrypto or a curve keeps. */
static void fixtures_get_over_a_lack_of_memory(void **state) {
    (void)state;
    enum { BAD = 1, DONE = 2 };
    failing_malloc *const both[] = {&failing_ours, &failing_theirs};
    for (size_t i = 0; i < 2; i++) {
        int result = 0;
        size_t n = 0;
        for (; result == 0; n++) {
            const pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                const bool good = fixtures_get_over(both[i], n);
                _exit(!good ? BAD : both[i]->failed ? 0 : DONE);
            }
            assert_int_equal(waitpid(child, &result, 0), child);
        }
        if (!WIFEXITED(result) || WEXITSTATUS(result) != DONE) {
            fail_msg("%s allocation %zu: status %d", i == 0 ? "our" : "libcrypto's", n - 1, result);
        }
        assert_true(n > 8); /* the hook is in place */
    }
}

static void every_allocation_of_ours_may_fail(void **state) {
    (void)state;
    for (int for_good = 0; for_good <= 1; for_good++) {
        sweep(MTLSGEN_KEY_P256, NULL, &failing_ours, for_good, 8);
        sweep(MTLSGEN_KEY_ED25519, NULL, &failing_ours, for_good, 8);
        sweep(MTLSGEN_KEY_RSA1024, NULL, &failing_ours, for_good, 8);
    }
}

static void every_allocation_of_libcrypto_may_fail(void **state) {
    (void)state;
    mtlsgen_seed seed;
    mtlsgen_key_pool *pool; /* so that the search for primes is not done thousands of times */
    mtlsgen_seed_init("test", &seed);
    assert_int_equal(mtlsgen_key_pool_new(&seed, &pool), MTLS_OK);
    for (int for_good = 0; for_good <= 1; for_good++) {
        sweep(MTLSGEN_KEY_P256, NULL, &failing_theirs, for_good, 50);
        sweep(MTLSGEN_KEY_ED25519, NULL, &failing_theirs, for_good, 50);
        sweep(MTLSGEN_KEY_RSA1024, pool, &failing_theirs, for_good, 50);
    }
    mtlsgen_key_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixtures_get_over_a_lack_of_memory),
        cmocka_unit_test(every_allocation_of_ours_may_fail),
        cmocka_unit_test(every_allocation_of_libcrypto_may_fail),
    };
    if (!failing_crypto_hook()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
