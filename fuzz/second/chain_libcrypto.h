/* Libcrypto's opinion on a client, under the profile `openssl`. */
#ifndef MTLS_FUZZ_SECOND_CHAIN_LIBCRYPTO_H
#define MTLS_FUZZ_SECOND_CHAIN_LIBCRYPTO_H

#include <mtls/validate.h>

#include "fuzz/handshake.h"

/* mtlsfuzz_chain_compare verifies the handshake's chain with libssl's own server settings and no code of the
 * validator, and compares what it answered. It says nothing about other profiles, and nothing where
 * revocation is asked for. */
void mtlsfuzz_chain_compare(const mtlsfuzz_handshake *handshake, const mtlsval_client *client);

#endif
