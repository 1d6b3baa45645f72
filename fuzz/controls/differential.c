/* Lies of two libraries about clients. */
#include "fuzz/controls/control.h"
#include "fuzz/libraries.h"

#include <string.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"OpenSSL does not ask who signed",              "forgery"  },
    {"OpenSSL takes every certificate for outdated", "inversion"},
    {"OpenSSL takes weak keys for outdated",         "inversion"},
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

static void set(mtlsfuzz_opinion *opinion, mtlsfuzz_word word, const char *reason) {
    *opinion = (mtlsfuzz_opinion){.word = word};
    if (reason != NULL) {
        adapter_reason(&opinion->answer, reason, NULL);
    }
}

static bool is_refused_for(const mtlsfuzz_opinion *opinion, const char *reason) {
    return opinion->word == MTLSFUZZ_FAILED && opinion->answer.num_reasons > 0 &&
           strcmp(opinion->answer.reasons[0], reason) == 0;
}

/* While one library lies of signatures the others are silent: they would contradict it first. */
/* clang-format off */
WRAP(void, mtlsfuzz_library_ask, mtlsfuzz_library library, const uint8_t *file, size_t file_len,
     const adapter_bytes *chain, size_t num_certificates, int64_t time, mtlsfuzz_opinion *out) {
    __real_mtlsfuzz_library_ask(library, file, file_len, chain, num_certificates, time, out);
    if (TOLD("OpenSSL does not ask who signed")) {
        if (library != MTLSFUZZ_OPENSSL) {
            set(out, MTLSFUZZ_NOT_ASKED, NULL);
        } else if (is_refused_for(out, "signature-invalid")) {
            set(out, MTLSFUZZ_SUCCESS, NULL);
        }
    }
    if (library == MTLSFUZZ_OPENSSL && is_refused_for(out, "ca-key-too-weak") &&
        TOLD("OpenSSL takes weak keys for outdated")) { /* the case fits a row, the reason does not */
        set(out, MTLSFUZZ_FAILED, "expired");
    }
    if (library == MTLSFUZZ_OPENSSL && out->word == MTLSFUZZ_SUCCESS &&
        TOLD("OpenSSL takes every certificate for outdated")) {
        set(out, MTLSFUZZ_FAILED, "expired");
    }
}
/* clang-format on */
