/* Certificates (RFC 5280 4.1) from a plain struct whose zero value is a good self-signed leaf. */
#ifndef MTLS_GEN_CERTIFICATE_H
#define MTLS_GEN_CERTIFICATE_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/arena.h"
#include "gen/extension.h"
#include "gen/fault.h"
#include "gen/key.h"
#include "gen/maker.h"
#include "gen/name.h"
#include "gen/sign.h"
#include "gen/time.h"

enum {
    MTLSGEN_EXTENSIONS_MAX = 4096,        /* extensions of one certificate */
    MTLSGEN_OBJECT_MAX = 64 * 1024 * 1024 /* bytes of one DER object */
};

typedef enum {
    MTLSGEN_VALIDITY_GOOD = 0, /* 2020-01-01T00:00:00Z to 2119-12-31T23:59:59Z */
    MTLSGEN_VALIDITY_EXPIRED,  /* 2020-01-01T00:00:00Z to 2021-12-31T23:59:59Z */
    MTLSGEN_VALIDITY_FUTURE    /* 2100-01-01T00:00:00Z to 2119-12-31T23:59:59Z */
} mtlsgen_validity_span;

/* A time that is stated wins over the span's. */
typedef struct {
    mtlsgen_validity_span span;
    mtlsgen_time not_before, not_after;
} mtlsgen_validity;

/* How a signature departs from the ordinary one. All zero is the ordinary one. */
typedef struct {
    bool pss;
    const mtlsgen_key *key;      /* signed by this key, whatever the issuer; NULL: the issuer's */
    const char *algorithm;       /* written in signatureAlgorithm: a name or dotted OID; NULL: the true one */
    const char *inner_algorithm; /* written in tbs.signature; NULL: the true one */
    bool has_value;
    mtls_view value; /* in place of the signature */
    bool flip;
    size_t flip_bit; /* inverted; bit 0 is the first byte's most significant */
} mtlsgen_signature;

/* Who issues. NULL members are the certificate's own. */
typedef struct {
    const mtlsgen_name *name;
    const mtlsgen_key *key;
    mtls_view key_id; /* for authorityKeyIdentifier; empty: that of `key` */
} mtlsgen_issuer;

/* Everything is borrowed while the certificate is made. */
typedef struct {
    const char *address;          /* names the randomness: "upload/leaf-only#leaf"; required */
    const char *label;            /* for the default subject; required unless `subject` is given */
    bool ca;                      /* basicConstraints CA:TRUE, keyCertSign and cRLSign, no extKeyUsage */
    const mtlsgen_name *subject;  /* NULL: mtlsgen_name_default(label) */
    const mtlsgen_issuer *issuer; /* NULL: itself */
    const mtlsgen_key *key;       /* required */
    bool explicit_parameters;     /* an EC key's curve is written out instead of named */
    mtlsgen_digest digest;
    mtlsgen_signature signature;
    mtlsgen_validity validity;
    bool has_serial;
    mtls_view serial; /* the INTEGER's content as it is; default: 16 positive bytes at "<address>.serial" */
    int version;      /* 0: 3; 1 and 2 leave out the default extensions, and `version` 1 its field */
    const mtlsgen_extension *extensions; /* each takes the place of the default of its kind */
    size_t num_extensions;
    const mtlsgen_fault *faults;
    size_t num_faults;
} mtlsgen_certificate_spec;

/* A made certificate. Views live in the arena that it was made in; names and serial are those before faults.
 */
typedef struct {
    mtls_view der;
    mtls_view subject, issuer; /* the Names' DER */
    mtls_view serial;          /* the INTEGER's content */
    const mtlsgen_key *key;
    const mtlsgen_key *issuer_key; /* that of the issuer, even where another key signed */
} mtlsgen_certificate;

/* mtlsgen_certificate_make builds and signs one certificate. MTLS_ERR_USAGE for a spec that does not go
 * together or a fault path that matches nothing, MTLS_ERR_INPUT for a name, OID or time that cannot be read:
 * `error` says which. */
MTLS_MUST_CHECK mtls_status mtlsgen_certificate_make(mtlsgen_maker *maker,
                                                     const mtlsgen_certificate_spec *spec,
                                                     mtlsgen_arena *arena, mtlsgen_certificate *out,
                                                     mtls_error *error);

/* mtlsgen_integer_content turns decimal text of any sign and up to 4096 digits into an INTEGER's content,
 * minimal, in the arena. */
MTLS_MUST_CHECK mtls_status mtlsgen_integer_content(const char *decimal, mtlsgen_arena *arena,
                                                    mtls_view *out_content);

/* mtlsgen_sha256 is the digest of any bytes: for a case's list of certificates, and for manifests. */
void mtlsgen_sha256(mtls_view bytes, uint8_t out[32]);

#endif
