/* Certification requests (RFC 2986). */
#ifndef MTLS_GEN_CSR_H
#define MTLS_GEN_CSR_H

#include "gen/certificate.h"

typedef struct {
    const char *address, *label;
    const mtlsgen_name *subject; /* NULL: the default of `label` */
    const mtlsgen_key *key;
    mtlsgen_digest digest;
    const mtlsgen_fault
        *faults; /* paths start with `request`, `info`, `signatureAlgorithm`, `signatureValue` */
    size_t num_faults;
} mtlsgen_csr_spec;

MTLS_MUST_CHECK mtls_status mtlsgen_csr_make(mtlsgen_maker *maker, const mtlsgen_csr_spec *spec,
                                             mtlsgen_arena *arena, mtls_view *out_der, mtls_error *error);

#endif
