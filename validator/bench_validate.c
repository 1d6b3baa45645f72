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

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/file.h"
#include "validator/bench.h"
#include "validator/pem.h"
#include "validator/tests/adversarial.h"
#include "validator/upload.h"

enum { ROUNDS = 9, CERTIFICATES_MAX = 4096, CHAIN = 4 };

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
    printf("%-44s ours %10.2f us   libcrypto %10.2f us   ratio %7.2f   at least %6.2f  %s\n", name,
           our_best * 1e6, their_best * 1e6, ratio, least, good ? "ok" : "MISSED");
}

/* Certificates as DER. */
typedef struct {
    mtls_view ders[CERTIFICATES_MAX];
    size_t count;
    uint8_t *memory;
} certificates;

static void read_certificates(mtls_view file, certificates *out) {
    mtlsval_pem scanner;
    mtlsval_pem_block block;
    out->memory = malloc(mtlsval_pem_decoded_max(file));
    if (out->memory == NULL) {
        bench_fail("memory");
    }
    uint8_t *at = out->memory;
    mtlsval_pem_start(&scanner, file);
    while (out->count < CERTIFICATES_MAX && mtlsval_pem_next(&scanner, &block)) {
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
    const certificates *all = input;
    for (size_t i = 0; i < count; i++) {
        mtlsval_certificate certificate;
        mtlsval_fault fault;
        if (!mtlsval_certificate_parse(all->ders[i % all->count], &certificate, &fault)) {
            bench_fail("mtlsval_certificate_parse");
        }
    }
}

static void parse_theirs(const void *input, size_t count) {
    const certificates *all = input;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *at = all->ders[i % all->count].data;
        X509 *certificate = d2i_X509(NULL, &at, (long)all->ders[i % all->count].len);
        if (certificate == NULL) {
            bench_fail("d2i_X509");
        }
        X509_free(certificate);
    }
}

/* A root and three intermediates. */
typedef struct {
    mtls_buf pem;
    certificates ders;
    mtlsval_certificate certificates[CHAIN];
    EVP_PKEY *keys[CHAIN];
} chain;

static void add_extension(X509 *certificate, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, nid, value);
    if (extension == NULL || X509_add_ext(certificate, extension, -1) != 1) {
        bench_fail("X509_add_ext");
    }
    X509_EXTENSION_free(extension);
}

X509 *bench_issue(int index, bool is_ca, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key) {
    char name[32];
    X509 *certificate = X509_new();
    snprintf(name, sizeof name, "TEST DO NOT TRUST %d", index);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), index + 1);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "C", MBSTRING_ASC,
                               (const unsigned char *)"AU", -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_UTF8,
                               (const unsigned char *)"Example", -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer == NULL ? certificate : issuer));
    ASN1_TIME_set(X509_getm_notBefore(certificate), 1577836800); /* 2020 to 2040 */
    ASN1_TIME_set(X509_getm_notAfter(certificate), 2208988800);
    X509_set_pubkey(certificate, key);
    add_extension(certificate, NID_basic_constraints, is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(certificate, NID_key_usage,
                  is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    if (!is_ca) {
        add_extension(certificate, NID_ext_key_usage, "clientAuth");
    }
    add_extension(certificate, NID_subject_key_identifier, "hash");
    if (X509_sign(certificate, issuer_key, EVP_sha256()) <= 0) {
        bench_fail("X509_sign");
    }
    return certificate;
}

static void make_chain(chain *out, bool rsa) {
    X509 *issuer = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    for (int i = 0; i < CHAIN; i++) {
        out->keys[i] = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
        X509 *certificate = bench_issue(i, true, out->keys[i], issuer, out->keys[i == 0 ? 0 : i - 1]);
        PEM_write_bio_X509(bio, certificate);
        X509_free(issuer);
        issuer = certificate;
    }
    X509_free(issuer);
    char *text;
    long len = BIO_get_mem_data(bio, &text);
    out->pem = (mtls_buf){.max = 1 << 20};
    if (mtls_buf_append(&out->pem, (mtls_view){(const uint8_t *)text, (size_t)len}) != MTLS_OK) {
        bench_fail("memory");
    }
    BIO_free(bio);
    read_certificates(mtls_buf_view(&out->pem), &out->ders);
    for (int i = 0; i < CHAIN; i++) {
        mtlsval_fault fault;
        if (!mtlsval_certificate_parse(out->ders.ders[i], &out->certificates[i], &fault)) {
            bench_fail("mtlsval_certificate_parse");
        }
    }
}

static mtls_status say_good(void *context, const mtlsval_certificate *certificate,
                            const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    (void)context;
    (void)certificate;
    (void)issuer;
    *out_answer = MTLSVAL_SIGNATURE_GOOD;
    return MTLS_OK;
}

static void upload(const chain *input, size_t count, const mtlsval_upload_settings *settings) {
    for (size_t i = 0; i < count; i++) {
        mtlsval_upload *answer = NULL;
        if (mtlsval_upload_run(mtls_buf_view(&input->pem), settings, &answer) != MTLS_OK ||
            answer->code != MTLS_UPLOAD_ACCEPTED || answer->num_signature_checks != CHAIN) {
            bench_fail("mtlsval_upload_run");
        }
        mtlsval_upload_free(answer);
    }
}

static void upload_without_signatures(const void *input, size_t count) {
    upload(input, count, &(mtlsval_upload_settings){.time = 1893456000, .check_signature = say_good});
}

static void upload_whole(const void *input, size_t count) {
    upload(input, count, &(mtlsval_upload_settings){.time = 1893456000});
}

static void read_theirs(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        BIO *bio = BIO_new_mem_buf(all->pem.data, (int)all->pem.len);
        for (int c = 0; c < CHAIN; c++) {
            X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
            if (certificate == NULL) {
                bench_fail("PEM_read_bio_X509");
            }
            X509_free(certificate);
        }
        BIO_free(bio);
    }
}

/* The signature checks of an upload: the root by itself, each of the others by the one above. */

static void check_ours(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        mtlsval_signature_cache cache = {
            {NULL, 0},
            NULL
        };
        for (int c = 0; c < CHAIN; c++) {
            mtlsval_signature_answer answer;
            if (mtlsval_signature_check(&cache, &all->certificates[c], &all->certificates[c == 0 ? 0 : c - 1],
                                        &answer) != MTLS_OK ||
                answer != MTLSVAL_SIGNATURE_GOOD) {
                bench_fail("mtlsval_signature_check");
            }
        }
        mtlsval_signature_cache_clear(&cache);
    }
}

static void verify_theirs(const mtlsval_certificate *certificate, EVP_PKEY *key) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestVerify(ctx, certificate->signature.data, certificate->signature.len, certificate->tbs.data,
                         certificate->tbs.len) != 1) {
        bench_fail("EVP_DigestVerify");
    }
    EVP_MD_CTX_free(ctx);
}

/* check_theirs reads each issuer's key once, as ours does. */
static void check_theirs(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        EVP_PKEY *key = NULL;
        for (int c = 0; c < CHAIN; c++) {
            if (c != 1) {
                const mtlsval_certificate *issuer = &all->certificates[c == 0 ? 0 : c - 1];
                const unsigned char *at = issuer->spki.data;
                EVP_PKEY_free(key);
                key = d2i_PUBKEY(NULL, &at, (long)issuer->spki.len);
            }
            verify_theirs(&all->certificates[c], key);
        }
        EVP_PKEY_free(key);
    }
}

static void check_with_keys_at_hand(const void *input, size_t count) {
    const chain *all = input;
    for (size_t i = 0; i < count; i++) {
        for (int c = 0; c < CHAIN; c++) {
            verify_theirs(&all->certificates[c], all->keys[c == 0 ? 0 : c - 1]);
        }
    }
}

static void bench_chain(const char *kind, bool rsa) {
    static chain all;
    char name[64];
    all = (chain){.pem = {.max = 0}};
    make_chain(&all, rsa);
    snprintf(name, sizeof name, "%s: upload without signatures", kind);
    bench_compare(name, upload_without_signatures, 2000, read_theirs, 60, &all, 20);
    snprintf(name, sizeof name, "%s: four signatures, keys from the file", kind);
    bench_compare(name, check_ours, 100, check_theirs, 60, &all, 1 / 1.1);
    snprintf(name, sizeof name, "%s: four signatures, libcrypto has keys", kind);
    bench_compare(name, check_ours, 100, check_with_keys_at_hand, 100, &all, 0);
    snprintf(name, sizeof name, "%s: whole upload to reading alone", kind);
    bench_compare(name, upload_whole, 100, read_theirs, 60, &all, 0);
    for (int i = 0; i < CHAIN; i++) {
        EVP_PKEY_free(all.keys[i]);
    }
    free(all.ders.memory);
    mtls_buf_clear(&all.pem);
}

static void bench_parse(const char *path) {
    static certificates all;
    mtls_buf file = {.max = 64 << 20};
    mtls_error error;
    if (mtls_file_read(path, &file, &error) != MTLS_OK) {
        fprintf(stderr, "mtlsval-bench: %s\n", error.text);
        exit(2);
    }
    read_certificates(mtls_buf_view(&file), &all);
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
    bench_chain("P-256", false);
    bench_chain("RSA 2048", true);
    bench_client("P-256", false);
    bench_client("RSA 2048", true);
    return all_good ? 0 : 1;
}
