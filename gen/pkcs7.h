/* Degenerate SignedData (RFC 2315 9, RFC 5652 5): certificates and CRLs without a signature, as .p7b files
 * hold. */
#ifndef MTLS_GEN_PKCS7_H
#define MTLS_GEN_PKCS7_H

#include "gen/arena.h"
#include "gen/maker.h"

/* The certificates keep their order (writers in the field do not sort this SET OF). */
MTLS_MUST_CHECK mtls_status mtlsgen_pkcs7_make(mtlsgen_maker *maker, const mtls_view *certificates,
                                               size_t num_certificates, const mtls_view *crls,
                                               size_t num_crls, mtlsgen_arena *arena, mtls_view *out_der,
                                               mtls_error *error);

#endif
