/* What the parts of mtlsval-bench share. */
#ifndef MTLS_VALIDATOR_BENCH_H
#define MTLS_VALIDATOR_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

#include <mtls/bytes.h>

/* What is timed: it does `count` operations. */
typedef void (*bench_work)(const void *input, size_t count);

/* bench_compare prints seconds per operation of both sides and theirs / ours; `least` is what that must be.
 */
void bench_compare(const char *name, bench_work ours, size_t our_count, bench_work theirs, size_t their_count,
                   const void *input, double least);

/* bench_fail ends the program: what was to be timed does not work. */
void bench_fail(const char *what);

/* Certificates as DER. */
enum { BENCH_CERTIFICATES_MAX = 4096 };
typedef struct {
    mtls_view ders[BENCH_CERTIFICATES_MAX];
    size_t count;
    uint8_t *memory;
} bench_certificates;

/* bench_read decodes the certificates of a PEM file; the caller frees `memory`. */
void bench_read(mtls_view file, bench_certificates *out);

/* bench_issue makes a certificate; `issuer` NULL: self-signed. */
X509 *bench_issue(int index, bool is_ca, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key);

/* bench_upload times an upload check of a root and three intermediates, and its parts. */
void bench_upload(const char *kind, bool rsa);

/* bench_client times a client's verdict, from PEM to answer. */
void bench_client(const char *kind, bool rsa);

#endif
