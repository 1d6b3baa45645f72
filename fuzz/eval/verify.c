/* What ci/fuzz-eval.sh measures mutators by: one input is the DER of a client's certificates, its own first,
 * and libcrypto verifies them against one root at one time.
 *
 * When the program ends it writes to the file MTLS_EVAL_OUT how many inputs there were, how many parsed, and
 * how many gave each X509_V code. With MTLS_EVAL_SEED it writes the chain that a run starts from to that file
 * and ends. Linked with MTLSEVAL_OURS it has libmtlsmutate's hooks, otherwise libFuzzer's own mutations. */
#include <mtls/generate.h>
#include <mtls/mutate.h>

#include "fuzz/oracle.h"
#include "gen/corpus.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef MTLSEVAL_OURS
MTLSMUT_LIBFUZZER(MTLSMUT_CHAIN);
#endif

enum { DEPTH = 10, AUTH_LEVEL = 2, CERTIFICATES_MAX = 16, CODES_MAX = 256 };
#define CLOCK ((time_t)1893456000) /* 2030-01-01T00:00:00Z */

/* A new verdict is a reason to keep an input: libFuzzer takes these for coverage. */
__attribute__((section("__libfuzzer_extra_counters"))) static volatile uint8_t seen[CODES_MAX];

static struct {
    X509_STORE *store;
    uint64_t num_inputs, num_parsed, num_codes[CODES_MAX];
} eval;

int LLVMFuzzerInitialize(int *argc, char ***argv);

static void write_results(void) {
    const char *path = getenv("MTLS_EVAL_OUT");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file != NULL) {
        fprintf(file, "inputs %llu\nparsed %llu\n", (unsigned long long)eval.num_inputs,
                (unsigned long long)eval.num_parsed);
        for (size_t i = 0; i < CODES_MAX; i++) {
            if (eval.num_codes[i] > 0) {
                fprintf(file, "code %zu %llu %s\n", i, (unsigned long long)eval.num_codes[i],
                        X509_verify_cert_error_string((long)i));
            }
        }
        fclose(file);
    }
}

static void add(mtlsgen_fixtures *set, const char *label, bool ca, const char *issuer) {
    mtlsgen_fixture what = {.ca = ca, .issuer = issuer};
    mtlsfuzz_must(mtlsgen_fixtures_add(set, label, &what, NULL), "issue a certificate");
}

static void trust(mtls_view root) {
    const uint8_t *at = root.data;
    X509 *x = d2i_X509(NULL, &at, (long)root.len);
    eval.store = X509_STORE_new();
    mtlsfuzz_must(x == NULL || eval.store == NULL || X509_STORE_add_cert(eval.store, x) != 1 ? MTLS_ERR_NOMEM
                                                                                             : MTLS_OK,
                  "trust the root");
    X509_free(x);
#ifdef MTLSEVAL_OURS
    mtlsfuzz_must(
        mtlsmut_set_issuers(mtlsmut_libfuzzer(MTLSMUT_CHAIN, LLVMFuzzerMutate), root.data, root.len),
        "tell the mutator of the root");
#endif
}

static void write_seed(const char *path, mtls_view leaf, mtls_view between) {
    FILE *file = fopen(path, "wb");
    bool written = file != NULL && fwrite(leaf.data, 1, leaf.len, file) == leaf.len &&
                   fwrite(between.data, 1, between.len, file) == between.len;
    mtlsfuzz_must(file == NULL || fclose(file) != 0 || !written ? MTLS_ERR_IO : MTLS_OK, "write the seed");
    exit(0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    mtlsgen_fixtures *set = NULL;
    const char *seed_path = getenv("MTLS_EVAL_SEED");
    mtlsfuzz_must(mtlsgen_fixtures_new(MTLSGEN_DEFAULT_SEED, &set), "make fixtures");
    add(set, "root", true, NULL);
    add(set, "int", true, "root");
    add(set, "leaf", false, "int");
    if (seed_path != NULL) {
        write_seed(seed_path, mtlsgen_fixtures_der(set, "leaf"), mtlsgen_fixtures_der(set, "int"));
    }
    trust(mtlsgen_fixtures_der(set, "root"));
    mtlsgen_fixtures_free(set);
    atexit(write_results);
    return 0;
}

/* verify gives X509_verify_cert's answer under libssl's settings for a server. */
static int verify(STACK_OF(X509) * chain) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    mtlsfuzz_must(context == NULL ||
                          X509_STORE_CTX_init(context, eval.store, sk_X509_value(chain, 0), chain) != 1
                      ? MTLS_ERR_NOMEM
                      : MTLS_OK,
                  "prepare a verification");
    X509_VERIFY_PARAM *settings = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_depth(settings, DEPTH);
    X509_VERIFY_PARAM_set_auth_level(settings, AUTH_LEVEL);
    X509_VERIFY_PARAM_set_time(settings, CLOCK);
    X509_VERIFY_PARAM_set_purpose(settings, X509_PURPOSE_SSL_CLIENT);
    X509_VERIFY_PARAM_set_trust(settings, X509_TRUST_SSL_CLIENT);
    X509_VERIFY_PARAM_set_flags(settings, X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_X509_STRICT);
    (void)X509_verify_cert(context);
    int error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    STACK_OF(X509) *chain = sk_X509_new_null();
    const uint8_t *at = data, *end = data + size;
    bool parsed = true;
    while (at < end && parsed && sk_X509_num(chain) < CERTIFICATES_MAX) {
        X509 *x = d2i_X509(NULL, &at, (long)(end - at));
        parsed = x != NULL;
        if (parsed) {
            sk_X509_push(chain, x);
        }
    }
    eval.num_inputs++;
    if (parsed && sk_X509_num(chain) > 0) {
        int code = verify(chain);
        eval.num_parsed++;
        eval.num_codes[code & (CODES_MAX - 1)]++;
        seen[code & (CODES_MAX - 1)] = 1;
    }
    sk_X509_pop_free(chain, X509_free);
    ERR_clear_error();
    return 0;
}
