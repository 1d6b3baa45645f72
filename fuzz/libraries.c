#include "fuzz/libraries.h"

#include "fuzz/oracle.h"

#include <string.h>

/* The build renames what each adapter's main.c has: main, and the adapter_main that it ends with. */
#define ADAPTER(name)                                                                                        \
    int mtlsfuzz_##name##_main(void);                                                                        \
    int mtlsfuzz_##name##_register(const adapter_library *library);                                          \
    static const adapter_library *library_##name = NULL;                                                     \
    int mtlsfuzz_##name##_register(const adapter_library *library) {                                         \
        library_##name = library;                                                                            \
        return 0;                                                                                            \
    }                                                                                                        \
    static const adapter_library *start_##name(void) {                                                       \
        if (library_##name == NULL) {                                                                        \
            int status = mtlsfuzz_##name##_main();                                                           \
            mtlsfuzz_must(status == 0 && library_##name != NULL ? MTLS_OK : MTLS_ERR_INPUT,                  \
                          "set up " #name);                                                                  \
        }                                                                                                    \
        return library_##name;                                                                               \
    }

#ifdef MTLSFUZZ_WITH_OPENSSL
ADAPTER(openssl)
#endif
#ifdef MTLSFUZZ_WITH_GNUTLS
ADAPTER(gnutls)
#endif
#ifdef MTLSFUZZ_WITH_MBEDTLS
ADAPTER(mbedtls)
#endif
#ifdef MTLSFUZZ_WITH_WOLFSSL
ADAPTER(wolfssl)
#endif
#ifdef MTLSFUZZ_WITH_NSS
ADAPTER(nss)
#endif

static const adapter_library *start(mtlsfuzz_library library) {
    switch (library) {
#ifdef MTLSFUZZ_WITH_OPENSSL
    case MTLSFUZZ_OPENSSL:
        return start_openssl();
#endif
#ifdef MTLSFUZZ_WITH_GNUTLS
    case MTLSFUZZ_GNUTLS:
        return start_gnutls();
#endif
#ifdef MTLSFUZZ_WITH_MBEDTLS
    case MTLSFUZZ_MBEDTLS:
        return start_mbedtls();
#endif
#ifdef MTLSFUZZ_WITH_WOLFSSL
    case MTLSFUZZ_WOLFSSL:
        return start_wolfssl();
#endif
#ifdef MTLSFUZZ_WITH_NSS
    case MTLSFUZZ_NSS:
        return start_nss();
#endif
    default:
        return NULL;
    }
}

const char *mtlsfuzz_library_name(mtlsfuzz_library library) {
    static const char *const names[MTLSFUZZ_NUM_LIBRARIES] = {"openssl", "gnutls", "mbedtls", "wolfssl",
                                                              "nss"};
    return names[(unsigned)library < MTLSFUZZ_NUM_LIBRARIES ? library : 0];
}

const char *mtlsfuzz_word_text(mtlsfuzz_word word) {
    static const char *const texts[] = {"(not asked)", "SUCCESS", "FAILED", "ABORTED", "(file refused)"};
    return texts[(unsigned)word < sizeof texts / sizeof *texts ? word : 0];
}

void mtlsfuzz_library_ask(mtlsfuzz_library library, const uint8_t *file, size_t file_len,
                          const adapter_bytes *chain, size_t num_certificates, int64_t time,
                          mtlsfuzz_opinion *out) {
    static const mtlsfuzz_word words[] = {[ADAPTER_OK] = MTLSFUZZ_SUCCESS,
                                          [ADAPTER_REFUSED] = MTLSFUZZ_FAILED,
                                          [ADAPTER_UNDECODED] = MTLSFUZZ_UNDECODED,
                                          [ADAPTER_UNSUPPORTED] = MTLSFUZZ_NOT_ASKED};
    const adapter_library *with = start(library);
    *out = (mtlsfuzz_opinion){.word = MTLSFUZZ_NOT_ASKED};
    if (with == NULL) {
        return;
    }
    out->answer.result = ADAPTER_UNSUPPORTED;
    if (file != NULL) {
        with->load((adapter_bytes){file, file_len}, (time_t)time, &out->answer);
    }
    if (out->answer.result == ADAPTER_REFUSED) {
        out->word = MTLSFUZZ_FILE_REFUSED;
    } else {
        out->answer = (adapter_answer){.result = ADAPTER_UNSUPPORTED};
        with->verify(chain, num_certificates, (time_t)time, &out->answer);
        out->word = words[out->answer.result];
    }
    with->unload();
}
