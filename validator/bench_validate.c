/* mtlsval-bench: how fast the readers, the upload check and the client check are, as ratios to libcrypto on
 * the same bytes in one run.
 *
 *   mtlsval-bench [--certificates FILE.pem]     default: /etc/ssl/certs/ca-certificates.crt, if it is there
 *   mtlsval-bench --large [MIB]                 seconds for adversarial files of that size, 100 by default
 *
 * Each figure is processor time, the best of several rounds in which the two sides take turns. Exit 1 if a
 * ratio is below what it must be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <openssl/x509.h>

#include "core/file.h"
#include "validator/bench.h"
#include "validator/pem.h"
#include "validator/tests/adversarial.h"
#include "validator/upload.h"

enum { ROUNDS = 9 };

void bench_fail(const char *what) {
    fprintf(stderr, "mtlsval-bench: %s failed\n", what);
    exit(2);
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double time_of(bench_work work, const void *input, size_t count) {
    double start = now(CLOCK_PROCESS_CPUTIME_ID);
    work(input, count);
    return (now(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)count;
}

static bool all_good = true;

void bench_compare(const char *name, bench_work ours, size_t our_count, bench_work theirs, size_t their_count,
                   const void *input, double least) {
    double our_best = 1e9, their_best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double our_time = time_of(ours, input, our_count), their_time = time_of(theirs, input, their_count);
        our_best = our_time < our_best ? our_time : our_best;
        their_best = their_time < their_best ? their_time : their_best;
    }
    double ratio = their_best / our_best;
    bool good = ratio >= least;
    all_good = all_good && good;
    printf("%-50s ours %10.2f us   libcrypto %10.2f us   ratio %7.2f   at least %6.2f  %s\n", name,
           our_best * 1e6, their_best * 1e6, ratio, least, good ? "ok" : "MISSED");
}

void bench_read(mtls_view file, bench_certificates *out) {
    mtlsval_pem scanner;
    mtlsval_pem_block block;
    out->memory = malloc(mtlsval_pem_decoded_max(file));
    if (out->memory == NULL) {
        bench_fail("memory");
    }
    uint8_t *at = out->memory;
    mtlsval_pem_start(&scanner, file);
    while (out->count < BENCH_CERTIFICATES_MAX && mtlsval_pem_next(&scanner, &block)) {
        mtlsval_fault fault;
        size_t len;
        if (!mtlsval_pem_decode(block.body, at, &len, &fault)) {
            bench_fail("base64");
        }
        out->ders[out->count++] = (mtls_view){at, len};
        at += len;
    }
}

static void parse_ours(const void *input, size_t count) {
    const bench_certificates *all = input;
    for (size_t i = 0; i < count; i++) {
        mtlsval_certificate certificate;
        mtlsval_fault fault;
        if (!mtlsval_certificate_parse(all->ders[i % all->count], &certificate, &fault)) {
            bench_fail("mtlsval_certificate_parse");
        }
    }
}

static void parse_theirs(const void *input, size_t count) {
    const bench_certificates *all = input;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *at = all->ders[i % all->count].data;
        X509 *certificate = d2i_X509(NULL, &at, (long)all->ders[i % all->count].len);
        if (certificate == NULL) {
            bench_fail("d2i_X509");
        }
        X509_free(certificate);
    }
}

static void bench_parse(const char *path) {
    static bench_certificates all;
    mtls_buf file = {.max = 64 << 20};
    mtls_error error;
    if (mtls_file_read(path, &file, &error) != MTLS_OK) {
        fprintf(stderr, "mtlsval-bench: %s\n", error.text);
        exit(2);
    }
    bench_read(mtls_buf_view(&file), &all);
    printf("%zu certificates of %s\n", all.count, path);
    bench_compare("parse a certificate", parse_ours, 20 * all.count, parse_theirs, all.count, &all, 50);
    free(all.memory);
    mtls_buf_clear(&file);
}

static void time_large(const char *name, const mtls_buf *file) {
    mtlsval_upload *answer = NULL;
    struct rusage usage;
    double start = now(CLOCK_MONOTONIC);
    if (mtlsval_upload_run(mtls_buf_view(file), NULL, &answer) != MTLS_OK) {
        bench_fail("mtlsval_upload_run");
    }
    double seconds = now(CLOCK_MONOTONIC) - start;
    mtlsval_upload_free(answer);
    getrusage(RUSAGE_SELF, &usage);
    printf("%-32s %6.1f MiB  %7.3f s  %8.0f MiB/s  peak so far %ld MiB\n", name,
           (double)file->len / (1 << 20), seconds, (double)file->len / (1 << 20) / seconds,
           usage.ru_maxrss / 1024);
}

static void bench_large(size_t len) {
    for (size_t i = 0; i <= num_adversarial_files; i++) {
        mtls_buf file = {.max = (size_t)1 << 30};
        bool good = i < num_adversarial_files ? adversarial_make(&adversarial_files[i], len, &file)
                                              : adversarial_nest(len, &file);
        if (!good) {
            bench_fail("memory");
        }
        time_large(i < num_adversarial_files ? adversarial_files[i].name : "nested elements", &file);
        mtls_buf_clear(&file);
    }
}

int main(int argc, char **argv) {
    const char *path = "/etc/ssl/certs/ca-certificates.crt";
    if (argc >= 2 && strcmp(argv[1], "--large") == 0) {
        unsigned long mib = argc >= 3 ? strtoul(argv[2], NULL, 10) : 100;
        if (mib == 0 || mib > 255) {
            fprintf(stderr, "mtlsval-bench: --large takes 1 to 255 MiB\n");
            return 2;
        }
        bench_large((size_t)mib << 20);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "--certificates") == 0) {
        path = argv[2];
    } else if (argc != 1) {
        fprintf(stderr, "usage: mtlsval-bench [--certificates FILE.pem | --large [MIB]]\n");
        return 2;
    }
    bench_parse(path);
    bench_upload("P-256", false);
    bench_upload("RSA 2048", true);
    bench_client("P-256", false);
    bench_client("RSA 2048", true);
    return all_good ? 0 : 1;
}
