/* PKCS#12 files (RFC 7292): certificates and at most one key, under PBES2 with PBKDF2-SHA256 and AES-256-CBC
 * and a SHA-256 MAC; salts and IVs are derived, so that the same call gives the same bytes. */
#ifndef MTLS_GEN_PKCS12_H
#define MTLS_GEN_PKCS12_H

#include "gen/arena.h"
#include "gen/key.h"
#include "gen/maker.h"

typedef struct {
    const char *address;
    const mtls_view *certificates; /* DER; the first is the key's */
    size_t num_certificates;
    const mtlsgen_key *key;    /* NULL: only certificates */
    const char *friendly_name; /* ASCII; NULL: none */
    const char *password;      /* ASCII; NULL: MTLSGEN_TEST_PASSWORD */
    unsigned iterations;       /* 0: MTLSGEN_PBKDF2_ITERATIONS */
} mtlsgen_pkcs12_spec;

MTLS_MUST_CHECK mtls_status mtlsgen_pkcs12_make(mtlsgen_maker *maker, const mtlsgen_pkcs12_spec *spec,
                                                mtlsgen_arena *arena, mtls_view *out_der, mtls_error *error);

#endif
