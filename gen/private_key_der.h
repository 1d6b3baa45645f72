/* The DER of private keys, for their files and for PKCS#12. */
#ifndef MTLS_GEN_PRIVATE_KEY_DER_H
#define MTLS_GEN_PRIVATE_KEY_DER_H

#include "gen/arena.h"
#include "gen/key.h"

/* RFC 5958 PrivateKeyInfo, version 1. */
MTLS_MUST_CHECK mtls_status mtlsgen_private_key_info(const mtlsgen_key *key, mtlsgen_arena *arena,
                                                     mtls_view *out_der);

/* RFC 5915 ECPrivateKey (EC), RFC 8017 A.1.2 RSAPrivateKey (RSA). MTLS_ERR_USAGE for Ed25519 and Ed448. */
MTLS_MUST_CHECK mtls_status mtlsgen_private_key_traditional(const mtlsgen_key *key, mtlsgen_arena *arena,
                                                            mtls_view *out_der);

#endif
