/* One handshake as an input (docs/fuzzing.md): options, clock, uploaded file, client's chain, OCSP answer. */
#ifndef MTLS_FUZZ_HANDSHAKE_H
#define MTLS_FUZZ_HANDSHAKE_H

#include <mtls/bytes.h>

enum {
    MTLSFUZZ_VERIFY_ISSUER_DN = 0x01,
    MTLSFUZZ_PASSTHROUGH = 0x02,
    MTLSFUZZ_VERIFY_OCSP = 0x04,
    MTLSFUZZ_NO_BUNDLE = 0x08,
    MTLSFUZZ_NO_CHAIN = 0x10,
    MTLSFUZZ_NO_ANSWER = 0x20,
    MTLSFUZZ_PROFILE_OPENSSL = 0x40,
    MTLSFUZZ_AS_SIGNED = 0x80, /* leave the signatures as they are */
    MTLSFUZZ_TLS12 = 0x80      /* in the target tls */
};

/* The views borrow the input. */
typedef struct {
    unsigned options;
    int64_t time; /* seconds since 1970 */
    mtls_view bundle, chain, ocsp;
} mtlsfuzz_handshake;

/* mtlsfuzz_handshake_read takes an input apart. False when it is too short for options and clock. */
bool mtlsfuzz_handshake_read(mtls_view input, mtlsfuzz_handshake *out);

#endif
