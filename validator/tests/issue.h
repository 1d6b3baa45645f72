/* Certificates for the tests, issued with libcrypto alone: what they show is not the generator's reading. */
#ifndef MTLS_VALIDATOR_TESTS_ISSUE_H
#define MTLS_VALIDATOR_TESTS_ISSUE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include <mtls/bytes.h>

/* All tests verify at this time, and certificates are good around it: 2030-01-01T00:00:00Z. */
#define TEST_TIME INT64_C(1893456000)

enum { DAY = 24 * 60 * 60 };

typedef struct issued issued;
struct issued {
    X509 *certificate;
    EVP_PKEY *key;
    mtls_buf der, pem;
};

typedef struct {
    const char *common_name;
    const issued *issuer; /* NULL: self-signed */
    const issued *named;  /* the issuer's name is taken from here, if given, and not from `issuer` */
    bool ca;
    const char *basic_constraints; /* in place of what `ca` gives; "" for none */
    const char *key_usage;         /* likewise */
    const char *eku;               /* NULL: none */
    const char *aia;
    const char *name_constraints;
    const char *unknown_critical_oid;
    int rsa_bits;             /* 0: an EC key */
    const char *curve;        /* NULL: P-256 */
    const char *digest;       /* NULL: SHA256 */
    int start_days, end_days; /* relative to TEST_TIME; both 0: 1000 days before to 1000 after */
} issue_spec;

/* issue makes a key and a certificate; it fails the running test if libcrypto does. */
issued issue(issue_spec spec);
void issued_clear(issued *one);

#endif
