/* mtls-bench-peer ours|libcrypto WORK SECONDS FOLDER: pieces of the work done in a second. */
#include "ci/bench/peers/native.h"

#include <mtls/validate.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/file.h"
#include "gen/certificate.h"
#include "gen/key_pool.h"
#include "gen/pem_write.h"
#include "validator/certificate.h"

static const char *folder;

void bench_require(bool good, const char *what) {
    if (!good) {
        fprintf(stderr, "mtls-bench-peer: %s failed\n", what);
        exit(1);
    }
}

mtls_view bench_file(const char *name) {
    char path[4096];
    mtls_error error;
    mtls_buf file = {.max = 64 << 20};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    bench_require(mtls_file_read(path, &file, &error) == MTLS_OK, path);
    return mtls_buf_view(&file);
}

mtls_view bench_certificate(void) {
    enum { MOST = 1024 };
    static mtls_view ders[MOST];
    static size_t count, next;
    if (count == 0) {
        mtls_view file = bench_file("roots.pem");
        BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
        char *name, *header;
        unsigned char *der;
        long len;
        while (count < MOST && PEM_read_bio(bio, &name, &header, &der, &len)) {
            ders[count++] = (mtls_view){der, (size_t)len};
            OPENSSL_free(name);
            OPENSSL_free(header);
        }
        BIO_free(bio);
        bench_require(count > 0, "roots.pem");
    }
    return ders[next++ % count];
}

static struct {
    mtlsgen_seed seed;
    mtlsgen_key_pool *pool;
    mtlsgen_maker *maker;
    mtlsgen_arena arena;
    mtls_buf pem;
    mtlsgen_name issuer;
    const mtlsgen_key *issuer_key, *key;
    unsigned counter;
} maker;

static void maker_start(void) {
    static mtlsgen_arena names;
    maker.pem.max = 1 << 20;
    mtlsgen_seed_init("bench", &maker.seed);
    bench_require(mtlsgen_key_pool_new(&maker.seed, &maker.pool) == MTLS_OK &&
                      mtlsgen_maker_new(&maker.seed, &maker.maker) == MTLS_OK &&
                      mtlsgen_name_default("root", &names, &maker.issuer) == MTLS_OK &&
                      mtlsgen_key_pool_get(maker.pool, MTLSGEN_KEY_P256, 0, &maker.issuer_key) == MTLS_OK &&
                      mtlsgen_key_pool_get(maker.pool, MTLSGEN_KEY_P256, 1, &maker.key) == MTLS_OK,
                  "maker");
}

/* A client certificate of its own name and serial number under one CA, as DER and PEM. */
static void issue(const mtlsgen_key *key) {
    char address[64], label[32];
    mtlsgen_certificate made;
    snprintf(label, sizeof label, "leaf-%u", maker.counter++);
    snprintf(address, sizeof address, "bench/certificate#%s", label);
    mtlsgen_arena_reset(&maker.arena);
    mtls_buf_reset(&maker.pem);
    mtlsgen_issuer issuer = {.name = &maker.issuer, .key = maker.issuer_key};
    mtlsgen_certificate_spec spec = {.address = address, .label = label, .key = key, .issuer = &issuer};
    bench_require(mtlsgen_certificate_make(maker.maker, &spec, &maker.arena, &made, NULL) == MTLS_OK &&
                      mtlsgen_pem_write(made.der, NULL, &maker.pem) == MTLS_OK,
                  "certificate");
}

static void create(void) {
    issue(maker.key);
}

static void create_with_key(void) {
    mtlsgen_key *key = NULL;
    bench_require(mtlsgen_key_derive(&maker.seed, MTLSGEN_KEY_P256, maker.counter, &key) == MTLS_OK, "key");
    issue(key);
    mtlsgen_key_free(key);
}

static void parse(void) {
    mtlsval_certificate certificate;
    mtlsval_fault fault;
    bench_require(mtlsval_certificate_parse(bench_certificate(), &certificate, &fault), "parse");
}

static mtlsval_gateway *gateway;
static mtls_view client_pem;

static void verify_start(void) {
    mtlsval_file_answer answer;
    mtls_view bundle = bench_file("bundle.pem");
    client_pem = bench_file("client.pem");
    bench_require(mtlsval_gateway_new("openssl", &gateway, NULL) == MTLS_OK &&
                      mtlsval_gateway_add_file(gateway, bundle.data, bundle.len, BENCH_NOW, &answer) ==
                          MTLS_OK &&
                      answer.accepted,
                  "bundle.pem");
}

static void verify(void) {
    mtlsval_client *client = NULL;
    mtlsval_client_options options = {.time = BENCH_NOW};
    bench_require(mtlsval_client_check(gateway, client_pem.data, client_pem.len, &options, &client, NULL) ==
                          MTLS_OK &&
                      mtlsval_client_goes_on(client),
                  "client.pem");
    mtlsval_client_free(client);
}

const bench_work bench_ours[] = {
    {"create",          maker_start, create},
    {"create-with-key",           maker_start, create_with_key},
    {"parse", NULL, parse},
    {"verify",  verify_start, verify},
    {0          },
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    const bench_work *work = argc == 5 && strcmp(argv[1], "ours") == 0        ? bench_ours
                             : argc == 5 && strcmp(argv[1], "libcrypto") == 0 ? bench_libcrypto
                                                                              : NULL;
    while (work != NULL && work->name != NULL && strcmp(work->name, argv[2]) != 0) {
        work++;
    }
    double seconds = argc == 5 ? strtod(argv[3], NULL) : 0;
    if (work == NULL || work->name == NULL || seconds <= 0) {
        fprintf(stderr, "usage: mtls-bench-peer ours|libcrypto WORK SECONDS FOLDER\n");
        return 2;
    }
    folder = argv[4];
    if (work->start != NULL) {
        work->start();
    }
    work->work();
    double start = now(), took;
    size_t done = 0;
    do {
        for (size_t i = 0; i < 16; i++) {
            work->work();
        }
        done += 16;
        took = now() - start;
    } while (took < seconds);
    printf("%.1f\n", (double)done / took);
    return 0;
}
