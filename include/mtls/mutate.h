/* libmtlsmutate: mutants of X.509 certificates for fuzzers. It knows the certificate's schema (RFC 5280), so
 * most mutants still parse, and it signs them again, so that they get past the signature.
 *
 * For libFuzzer write one line beside LLVMFuzzerTestOneInput and link with -lmtlsmutate:
 *
 *     MTLSMUT_LIBFUZZER(MTLSMUT_ANY);
 *
 * AFL++ needs no line: AFL_CUSTOM_MUTATOR_LIBRARY=.../libmtlsmutate.so. MTLS_MUTATE_FORMAT may then be
 * certificate, chain or pem, and MTLS_MUTATE_ISSUERS a file as for mtlsmut_set_issuers.
 *
 * What can sign are the keys that mtls-gen and <mtls/generate.h> derive from a seed: start from seeds made by
 * them (`mtls-gen corpus --format fuzz-seeds`). Certificates whose issuer's key is another's keep their
 * signature. The same data and seed give the same mutant. The library writes nothing, never exits and keeps
 * no state but its mutators', mtlsmut_libfuzzer's own and the constants of curves; one mutator is to be used
 * by one thread at a time. */
#ifndef MTLS_MUTATE_H
#define MTLS_MUTATE_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an input is. */
typedef enum {
    MTLSMUT_ANY = 0,     /* PEM where there is a BEGIN line, else a chain */
    MTLSMUT_CERTIFICATE, /* the DER of one certificate */
    MTLSMUT_CHAIN,       /* the DER of certificates, one after the other */
    MTLSMUT_PEM          /* a PEM file with any blocks */
} mtlsmut_format;

/* How a mutator works; all zero is good. Everything is borrowed, and only while it is made. */
typedef struct {
    mtlsmut_format format;
    const char *seed; /* mtls-gen's --seed, which the keys follow from; NULL: its default */
    /* Mutates bytes as they are, 1 time in 16, and returns their number: libFuzzer's LLVMFuzzerMutate. NULL:
     * the library's own. */
    size_t (*mutate_bytes)(uint8_t *data, size_t size, size_t max_size);
    bool unsigned_only; /* mutants are never signed: mtlsmut_repair does it later */
} mtlsmut_options;

typedef struct mtlsmut mtlsmut;

/* mtlsmut_new makes a mutator; `options` may be NULL. It derives some two thousand keys: make one, keep it.
 */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsmut_new(const mtlsmut_options *options, mtlsmut **out_mutator);
MTLS_PUBLIC void mtlsmut_free(mtlsmut *mutator);

/* mtlsmut_set_issuers tells of certificates (PEM or DER, copied) that are outside the inputs and may have
 * issued what is in them, such as the trust store of the program under test. They replace those told before.
 */
MTLS_PUBLIC MTLS_MUST_CHECK mtls_status mtlsmut_set_issuers(mtlsmut *mutator, const void *data, size_t size);

/* mtlsmut_mutate changes `data` in place, which has room for `max_size` bytes, and gives the mutant's size:
 * 0 where nothing fits. 7 of 8 mutants have their signatures made again. */
MTLS_PUBLIC size_t mtlsmut_mutate(mtlsmut *mutator, uint8_t *data, size_t size, size_t max_size,
                                  unsigned seed);

/* mtlsmut_crossover writes `a` to `out`, with an element of `b` in the place of one that is the same field;
 * 0 where nothing fits. */
MTLS_PUBLIC size_t mtlsmut_crossover(mtlsmut *mutator, const uint8_t *a, size_t a_size, const uint8_t *b,
                                     size_t b_size, uint8_t *out, size_t max_size, unsigned seed);

/* mtlsmut_repair writes `data` to `out` with lengths that fit and signatures made again, for mutants of
 * others; 1 in 8, by their bytes, stay as they are, and so do those of which nothing can be read. 0 where it
 * does not fit. */
MTLS_PUBLIC size_t mtlsmut_repair(mtlsmut *mutator, const uint8_t *data, size_t size, uint8_t *out,
                                  size_t max_size);

/* mtlsmut_resign writes `data` to `out` with every signature made again whose issuer's key is known; all
 * other bytes stay, and so do certificates that are not sound DER. 0 where it does not fit. */
MTLS_PUBLIC size_t mtlsmut_resign(mtlsmut *mutator, const uint8_t *data, size_t size, uint8_t *out,
                                  size_t max_size);

/* mtlsmut_libfuzzer gives one mutator for the life of the program, made when first asked for; NULL without
 * memory. For MTLSMUT_LIBFUZZER. */
MTLS_PUBLIC mtlsmut *mtlsmut_libfuzzer(mtlsmut_format format,
                                       size_t (*mutate_bytes)(uint8_t *data, size_t size, size_t max_size));

#ifdef __cplusplus
#define MTLSMUT_EXTERN_C extern "C"
#else
#define MTLSMUT_EXTERN_C extern
#endif

/* MTLSMUT_LIBFUZZER(format) defines libFuzzer's two hooks. An engine without LLVMFuzzerMutate does without
 * it. */
#define MTLSMUT_LIBFUZZER(format)                                                                            \
    MTLSMUT_EXTERN_C __attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *, size_t, size_t);               \
    MTLSMUT_EXTERN_C __attribute__((visibility("default"))) size_t LLVMFuzzerCustomMutator(                  \
        uint8_t *data, size_t size, size_t max_size, unsigned seed);                                         \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {             \
        return mtlsmut_mutate(mtlsmut_libfuzzer(format, LLVMFuzzerMutate), data, size, max_size, seed);      \
    }                                                                                                        \
    MTLSMUT_EXTERN_C __attribute__((visibility("default"))) size_t LLVMFuzzerCustomCrossOver(                \
        const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out, size_t max_size,     \
        unsigned seed);                                                                                      \
    size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,       \
                                     uint8_t *out, size_t max_size, unsigned seed) {                         \
        return mtlsmut_crossover(mtlsmut_libfuzzer(format, LLVMFuzzerMutate), a, a_size, b, b_size, out,     \
                                 max_size, seed);                                                            \
    }                                                                                                        \
    MTLSMUT_EXTERN_C size_t LLVMFuzzerMutate(uint8_t *, size_t, size_t)

#ifdef __cplusplus
}
#endif

#endif
