/* Several TLS libraries in one process, each behind its adapter for the conformance suite:
 * conformance/adapters/ holds the code that asks them, compiled in here without its main. */
#ifndef MTLS_FUZZ_LIBRARIES_H
#define MTLS_FUZZ_LIBRARIES_H

#include <mtls/bytes.h>

#include "conformance/adapters/c/adapter.h"

typedef enum {
    MTLSFUZZ_OPENSSL,
    MTLSFUZZ_GNUTLS,
    MTLSFUZZ_MBEDTLS,
    MTLSFUZZ_WOLFSSL,
    MTLSFUZZ_NSS,
    MTLSFUZZ_NUM_LIBRARIES
} mtlsfuzz_library;

typedef enum {
    MTLSFUZZ_NOT_ASKED, /* it is not built in, cannot be asked this, or has to be kept from it */
    MTLSFUZZ_SUCCESS,
    MTLSFUZZ_FAILED,
    MTLSFUZZ_UNDECODED,   /* a certificate of the chain does not decode */
    MTLSFUZZ_FILE_REFUSED /* the uploaded file is not loaded */
} mtlsfuzz_word;

typedef struct {
    mtlsfuzz_word word;
    adapter_answer answer; /* of the handshake, or of the file where that is refused */
} mtlsfuzz_opinion;

const char *mtlsfuzz_library_name(mtlsfuzz_library library);
const char *mtlsfuzz_word_text(mtlsfuzz_word word);

/* mtlsfuzz_library_ask has a library load `file` (NULL: nothing is uploaded; file[file_len] is a 0 byte) and
 * verify the chain at `time`, and forget both. A library that is not built in gives MTLSFUZZ_NOT_ASKED. */
void mtlsfuzz_library_ask(mtlsfuzz_library library, const uint8_t *file, size_t file_len,
                          const adapter_bytes *chain, size_t num_certificates, int64_t time,
                          mtlsfuzz_opinion *out);

#endif
