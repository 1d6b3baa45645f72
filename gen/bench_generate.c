/* What certificates cost, as ratios within one run: `mtlsgen-bench [SECONDS]`. Each rate is the best of
 * several rounds that take turns, so that a busy machine disturbs all of them alike. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gen/certificate.h"
#include "gen/key_pool.h"
#include "gen/pem_write.h"

enum { ROUNDS = 5, POOL_USED = 64 };

typedef struct {
    mtlsgen_seed seed;
    mtlsgen_key_pool *pool;
    mtlsgen_maker *maker;
    mtlsgen_arena arena;
    mtls_buf pem;
    EVP_MD_CTX *md;
    EVP_PKEY *plain_keys[MTLSGEN_NUM_KEY_ALGORITHMS]; /* libcrypto's own, for comparison */
    unsigned counter;
    const char *failed;
} bench;

typedef void (*step_fn)(bench *b, mtlsgen_key_algorithm algorithm);

static void fail(bench *b, const char *what) {
    if (b->failed == NULL) {
        b->failed = what;
    }
}

/* A certificate of its own address, name and serial number under an issuer, as DER and PEM. */
static void make_certificate(bench *b, const mtlsgen_key *key, const mtlsgen_key *issuer_key) {
    char address[64], label[32];
    unsigned n = b->counter++;
    snprintf(label, sizeof label, "leaf-%u", n);
    snprintf(address, sizeof address, "bench/certificate#%s", label);
    mtlsgen_name name;
    mtlsgen_certificate made;
    mtlsgen_arena_reset(&b->arena);
    mtls_buf_reset(&b->pem);
    if (mtlsgen_name_default("root", &b->arena, &name) != MTLS_OK) {
        fail(b, "name");
    }
    mtlsgen_issuer issuer = {.name = &name, .key = issuer_key};
    mtlsgen_certificate_spec spec = {.address = address, .label = label, .key = key, .issuer = &issuer};
    if (mtlsgen_certificate_make(b->maker, &spec, &b->arena, &made, NULL) != MTLS_OK ||
        mtlsgen_pem_write(made.der, NULL, &b->pem) != MTLS_OK) {
        fail(b, "certificate");
    }
}

static const mtlsgen_key *pooled(bench *b, mtlsgen_key_algorithm algorithm, unsigned index) {
    const mtlsgen_key *key = NULL;
    if (mtlsgen_key_pool_get(b->pool, algorithm, index, &key) != MTLS_OK) {
        fail(b, "key");
    }
    return key;
}

static void step_pooled(bench *b, mtlsgen_key_algorithm algorithm) {
    unsigned used = mtlsgen_key_algorithm_describe(algorithm)->kind == MTLSGEN_KIND_RSA ? 2 : POOL_USED;
    const mtlsgen_key *key = pooled(b, algorithm, 1 + b->counter % used);
    make_certificate(b, key, pooled(b, algorithm, 0));
}

static void step_fresh_key(bench *b, mtlsgen_key_algorithm algorithm) {
    mtlsgen_key *key = NULL;
    if (mtlsgen_key_derive(&b->seed, algorithm, b->counter, &key) != MTLS_OK) {
        fail(b, "key");
        return;
    }
    make_certificate(b, key, pooled(b, algorithm, 0));
    mtlsgen_key_free(key);
}

static void step_derive_key(bench *b, mtlsgen_key_algorithm algorithm) {
    mtlsgen_key *key = NULL;
    if (mtlsgen_key_derive(&b->seed, algorithm, b->counter++, &key) != MTLS_OK) {
        fail(b, "key");
    }
    mtlsgen_key_free(key);
}

static EVP_PKEY *plain_key(bench *b, mtlsgen_key_algorithm algorithm) {
    EVP_PKEY **key = &b->plain_keys[algorithm];
    if (*key == NULL) {
        *key = algorithm == MTLSGEN_KEY_P256      ? EVP_EC_gen("P-256")
               : algorithm == MTLSGEN_KEY_ED25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                                  : EVP_RSA_gen(2048);
    }
    return *key;
}

/* EVP_DigestSign alone, over as many bytes as a TBSCertificate has. */
static void step_digest_sign(bench *b, mtlsgen_key_algorithm algorithm) {
    static uint8_t message[380];
    uint8_t signature[512];
    size_t len = sizeof signature;
    message[0]++;
    const EVP_MD *digest = algorithm == MTLSGEN_KEY_ED25519 ? NULL : EVP_sha256();
    if (EVP_DigestSignInit(b->md, NULL, digest, NULL, plain_key(b, algorithm)) != 1 ||
        EVP_DigestSign(b->md, signature, &len, message, sizeof message) != 1) {
        fail(b, "EVP_DigestSign");
    }
    EVP_MD_CTX_reset(b->md);
}

static void add_extension(X509 *x, int nid, const char *text) {
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, text);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
}

/* What most programs do: the same contents by way of libcrypto's objects. */
static void step_x509_sign(bench *b, mtlsgen_key_algorithm algorithm) {
    char label[32];
    snprintf(label, sizeof label, "leaf-%u", b->counter++);
    EVP_PKEY *key = plain_key(b, algorithm);
    X509 *x = X509_new();
    X509_set_version(x, 2);
    BIGNUM *serial = BN_new();
    BN_rand(serial, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x));
    BN_free(serial);
    ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20200101000000Z");
    ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "21191231235959Z");
    for (int i = 0; i < 2; i++) {
        X509_NAME *name = X509_NAME_new();
        X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const uint8_t *)MTLSGEN_DEFAULT_O, -1, -1, 0);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)(i == 0 ? "root" : label), -1,
                                   -1, 0);
        if (i == 0) {
            X509_set_issuer_name(x, name);
        } else {
            X509_set_subject_name(x, name);
        }
        X509_NAME_free(name);
    }
    X509_set_pubkey(x, key);
    add_extension(x, NID_key_usage, "critical,digitalSignature");
    add_extension(x, NID_ext_key_usage, "clientAuth");
    add_extension(x, NID_subject_key_identifier, "hash");
    add_extension(x, NID_authority_key_identifier, "keyid");
    BIO *bio = BIO_new(BIO_s_mem());
    if (X509_sign(x, key, algorithm == MTLSGEN_KEY_ED25519 ? NULL : EVP_sha256()) <= 0 ||
        PEM_write_bio_X509(bio, x) != 1) {
        fail(b, "X509_sign");
    }
    BIO_free(bio);
    X509_free(x);
}

/* now is the thread's own time: what other programs take of the machine does not count. */
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* measure gives how many steps a second there are, over `seconds`. */
static double measure(bench *b, step_fn step, mtlsgen_key_algorithm algorithm, double seconds) {
    double start = now(), elapsed;
    unsigned long steps = 0;
    do {
        step(b, algorithm);
        steps++;
    } while ((elapsed = now() - start) < seconds);
    return (double)steps / elapsed;
}

typedef struct {
    const char *what;
    step_fn step;
    double best;
} row;

/* compare runs the rows in turns and prints each as a ratio to the first. */
static void compare(bench *b, mtlsgen_key_algorithm algorithm, row *rows, size_t num_rows, double seconds) {
    for (size_t i = 0; i < num_rows; i++) {
        rows[i].best = 0;
        (void)measure(b, rows[i].step, algorithm, seconds / 20); /* keys made, memory warm */
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < num_rows; i++) {
            double rate = measure(b, rows[i].step, algorithm, seconds / ROUNDS);
            rows[i].best = rate > rows[i].best ? rate : rows[i].best;
        }
    }
    printf("%s\n", mtlsgen_key_algorithm_describe(algorithm)->spelling);
    for (size_t i = 0; i < num_rows; i++) {
        printf("  %-44s %9.0f/s  %6.3f\n", rows[i].what, rows[i].best, rows[i].best / rows[0].best);
    }
}

static void costs(bench *b, double seconds) {
    printf("\ncost of a signed certificate (pooled keys), and of a key\n");
    for (int i = MTLSGEN_KEY_NONE + 1; i < MTLSGEN_NUM_KEY_ALGORITHMS; i++) {
        mtlsgen_key_algorithm algorithm = (mtlsgen_key_algorithm)i;
        for (unsigned index = 0; index <= POOL_USED && (index <= 2 || i < MTLSGEN_KEY_RSA1024); index++) {
            (void)pooled(b, algorithm, index);
        }
        double certificates = measure(b, step_pooled, algorithm, seconds / 5);
        double keys = measure(b, step_derive_key, algorithm, seconds / 5);
        printf("  %-10s %10.1f us  %12.1f us\n", mtlsgen_key_algorithm_describe(algorithm)->spelling,
               1e6 / certificates, 1e6 / keys);
    }
}

/* One of several jobs that work at the same time, with all of their own but the keys. */
typedef struct {
    bench b;
    double seconds;
    unsigned long steps;
    double processor; /* seconds that the job was given */
} job;

static double wall(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *job_run(void *argument) {
    job *j = argument;
    const double start = wall(), processor = now();
    j->steps = 0;
    do {
        for (int i = 0; i < 16; i++) {
            step_pooled(&j->b, MTLSGEN_KEY_P256);
        }
        j->steps += 16;
    } while (wall() - start < j->seconds);
    j->processor = now() - processor;
    return NULL;
}

typedef struct {
    double rate;      /* certificates a second of wall time, all jobs together */
    double efficient; /* the same, had every job had a processor all the time */
    double share;     /* of the processors that the jobs could have had */
} together;

static together jobs_measure(job *jobs, size_t num_jobs, double seconds) {
    pthread_t threads[2];
    together t = {0};
    double processor = 0;
    const double start = wall();
    for (size_t i = 0; i < num_jobs; i++) {
        jobs[i].seconds = seconds;
        if (pthread_create(&threads[i], NULL, job_run, &jobs[i]) != 0) {
            abort();
        }
    }
    for (size_t i = 0; i < num_jobs; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    const double elapsed = wall() - start;
    for (size_t i = 0; i < num_jobs; i++) {
        t.rate += (double)jobs[i].steps / elapsed;
        t.efficient += (double)jobs[i].steps / jobs[i].processor;
        processor += jobs[i].processor;
    }
    t.share = processor / (elapsed * (double)num_jobs);
    return t;
}

static void print_jobs(const char *what, const together *t, const together *one) {
    printf("  %-10s %9.0f/s  %6.3f   %3.0f %% of the processors; per processor second %9.0f/s  %6.3f\n", what,
           t->rate, t->rate / one->rate, 100 * t->share, t->efficient, t->efficient / one->efficient);
}

/* The best of several rounds again, one job and two in turns. */
static void jobs_compare(bench *b, double seconds) {
    job jobs[2] = {{.b = {.pem = {.max = 1 << 20}}}, {.b = {.pem = {.max = 1 << 20}}}};
    together best[2] = {{0}};
    for (size_t i = 0; i < 2; i++) {
        jobs[i].b.seed = b->seed;
        jobs[i].b.pool = b->pool;
        jobs[i].b.counter = (unsigned)i << 30;
        if (mtlsgen_maker_new(&b->seed, &jobs[i].b.maker) != MTLS_OK) {
            fail(b, "maker");
            return;
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < 2; i++) {
            const together t = jobs_measure(jobs, i + 1, seconds / ROUNDS);
            best[i] = t.rate > best[i].rate ? t : best[i];
        }
    }
    printf("\ncertificates with p256 and pooled keys, wall time\n");
    print_jobs("one job", &best[0], &best[0]);
    print_jobs("two jobs", &best[1], &best[0]);
    for (size_t i = 0; i < 2; i++) {
        b->failed = b->failed == NULL ? jobs[i].b.failed : b->failed;
        mtls_buf_clear(&jobs[i].b.pem);
        mtlsgen_arena_clear(&jobs[i].b.arena);
        mtlsgen_maker_free(jobs[i].b.maker);
    }
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 2;
    bench b = {.pem = {.max = 1 << 20}, .md = EVP_MD_CTX_new()};
    mtlsgen_seed_init("bench", &b.seed);
    if (seconds <= 0 || b.md == NULL || mtlsgen_key_pool_new(&b.seed, &b.pool) != MTLS_OK ||
        mtlsgen_maker_new(&b.seed, &b.maker) != MTLS_OK) {
        fprintf(stderr, "usage: mtlsgen-bench [SECONDS]\n");
        return 2;
    }
    row rows[] = {
        {"EVP_DigestSign alone",                       step_digest_sign, 0},
        {"our certificates, DER and PEM, pooled keys", step_pooled,      0},
        {"our certificates, a fresh key each",         step_fresh_key,   0},
        {"X509_new ... X509_sign, PEM_write_bio_X509", step_x509_sign,   0},
    };
    static const mtlsgen_key_algorithm compared[] = {MTLSGEN_KEY_P256, MTLSGEN_KEY_ED25519};
    for (size_t i = 0; i < sizeof compared / sizeof compared[0]; i++) {
        compare(&b, compared[i], rows, sizeof rows / sizeof rows[0], seconds);
    }
    jobs_compare(&b, seconds);
    costs(&b, seconds);
    for (size_t i = 0; i < MTLSGEN_NUM_KEY_ALGORITHMS; i++) {
        EVP_PKEY_free(b.plain_keys[i]);
    }
    EVP_MD_CTX_free(b.md);
    mtls_buf_clear(&b.pem);
    mtlsgen_arena_clear(&b.arena);
    mtlsgen_maker_free(b.maker);
    mtlsgen_key_pool_free(b.pool);
    if (b.failed != NULL) {
        fprintf(stderr, "mtlsgen-bench: %s failed\n", b.failed);
        return 1;
    }
    return 0;
}
