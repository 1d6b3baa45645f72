/* Certificate revocation lists (RFC 5280 5.1). */
#ifndef MTLS_GEN_CRL_H
#define MTLS_GEN_CRL_H

#include "gen/certificate.h"

typedef struct {
    mtls_view serial;  /* the INTEGER's content */
    mtlsgen_time date; /* default: 2021-01-01T00:00:00Z */
} mtlsgen_revoked;

typedef struct {
    const char *address;
    const mtlsgen_name *issuer; /* required */
    const mtlsgen_key *key;     /* required: the issuer's */
    mtls_view key_id;           /* for authorityKeyIdentifier; empty: that of `key` */
    mtlsgen_digest digest;
    mtlsgen_signature signature;
    mtlsgen_time this_update, next_update; /* default: as good certificates */
    const mtlsgen_revoked *revoked;
    size_t num_revoked;
    const mtlsgen_fault *faults; /* paths start with `crl`, `tbs`, `signatureAlgorithm`, `signatureValue` */
    size_t num_faults;
} mtlsgen_crl_spec;

MTLS_MUST_CHECK mtls_status mtlsgen_crl_make(mtlsgen_maker *maker, const mtlsgen_crl_spec *spec,
                                             mtlsgen_arena *arena, mtls_view *out_der, mtls_error *error);

#endif
