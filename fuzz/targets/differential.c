/* Several TLS libraries on one client. One input is a handshake, as in `client`: uploaded file, chain and
 * clock; the gateway's own options do not count.
 *
 * Oracles: no library lets a client in unless real signatures lead from it to some certificate of the file;
 * where one lets the client in and another keeps it out, fuzz/second/inversions.def explains each reason that
 * the other one gives. What the libraries say goes back to the engine as counters, so that an input with new
 * answers is kept. */
#include "fuzz/forgery.h"
#include "fuzz/handshake.h"
#include "fuzz/oracle.h"
#include "fuzz/resign.h"
#include "fuzz/second/inversions.h"
#include "validator/pem.h"

#include <string.h>

enum { FILE_MAX = 64 * 1024 * 1024, ASKED_FILE_MAX = 64 * 1024, CHAIN_MAX = 32, NUM_COUNTERS = 1 << 14 };
static const int64_t latest = INT64_C(253402300799); /* the year 9999 */

__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t counters[NUM_COUNTERS];

/* NSS and GnuTLS keep memory until the process ends, which is not ours to find. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "quarantine_size_mb=16:detect_leaks=0";
}

typedef struct {
    mtls_view file; /* with a 0 byte behind it; data is NULL where nothing is uploaded */
    adapter_bytes chain[CHAIN_MAX];
    size_t num_certificates;
    int64_t time;
    mtlsfuzz_opinion opinions[MTLSFUZZ_NUM_LIBRARIES];
} question;

/* read_chain decodes the certificates; false for a chain that no client can send, or one too long to ask
 * about. */
static bool read_chain(mtls_view pem_text, mtls_buf *ders, question *q) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_fault fault;
    uint8_t *der = NULL;
    mtls_buf_reset(ders);
    mtlsfuzz_must(mtls_buf_extend(ders, mtlsval_pem_decoded_max(pem_text), &der), "make room for a chain");
    mtlsval_pem_start(&pem, pem_text);
    while (mtlsval_pem_next(&pem, &block)) {
        size_t len = 0;
        if (block.finding != MTLSVAL_FINDING_NONE || !mtls_view_equal_text(block.label, "CERTIFICATE") ||
            q->num_certificates == CHAIN_MAX || !mtlsval_pem_decode(block.body, der, &len, &fault)) {
            return false;
        }
        q->chain[q->num_certificates++] = (adapter_bytes){der, len};
        der += len;
    }
    return q->num_certificates > 0;
}

static uint32_t hash_text(uint32_t hash, const char *text) {
    for (; *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * 16777619u;
    }
    return hash;
}

static void ask_all(question *q) {
    bool no_wolfssl = q->file.data != NULL && mtlsfuzz_breaks_wolfssl(q->file, q->chain, q->num_certificates);
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < MTLSFUZZ_NUM_LIBRARIES; i++) {
        mtlsfuzz_opinion *opinion = &q->opinions[i];
        if (i == MTLSFUZZ_WOLFSSL && no_wolfssl) {
            MTLSFUZZ_REACHED("kept from wolfssl");
            opinion->word = MTLSFUZZ_NOT_ASKED;
            continue;
        }
        mtlsfuzz_library_ask((mtlsfuzz_library)i, q->file.data, q->file.len, q->chain, q->num_certificates,
                             q->time, opinion);
        hash = hash_text(hash, mtlsfuzz_word_text(opinion->word));
        hash = hash_text(hash, opinion->answer.num_reasons == 0 ? "-" : opinion->answer.reasons[0]);
    }
    counters[(hash ^ hash >> 14) % NUM_COUNTERS] = 1;
}

static void check_pair(const question *q, mtlsfuzz_features features, unsigned in, unsigned out) {
    const char *unexplained = mtlsfuzz_inversion_unexplained((mtlsfuzz_library)in, (mtlsfuzz_library)out,
                                                             &q->opinions[out].answer, features);
    MTLSFUZZ_ORACLE("inversion", unexplained == NULL, "%s lets in, %s keeps out: %s (%s), with %s",
                    mtlsfuzz_library_name((mtlsfuzz_library)in), mtlsfuzz_library_name((mtlsfuzz_library)out),
                    unexplained, q->opinions[out].answer.raw, mtlsfuzz_features_text(features));
    MTLSFUZZ_REACHED("inversion explained");
}

static void check_answers(const question *q, mtls_view chain) {
    /* What libcrypto or our own reader cannot read: nothing can be claimed of who may get in. */
    const mtlsfuzz_features unsure =
        MTLSFUZZ_FEATURE(FILE_UNSOUND) | MTLSFUZZ_FEATURE(ODD_NAME) | MTLSFUZZ_FEATURE(UNUSED_SIGNATURE_BITS);
    size_t num_in = 0, num_out = 0;
    mtlsfuzz_features features;
    if (!mtlsfuzz_features_of(q->file, q->chain, q->num_certificates, q->time, &features)) {
        return;
    }
    if ((features & MTLSFUZZ_FEATURE(MALFORMED)) !=
        0) { /* anything may be in it, for those who can read it */
        MTLSFUZZ_REACHED("malformed");
        return;
    }
    for (unsigned i = 0; i < MTLSFUZZ_NUM_LIBRARIES; i++) {
        num_in += q->opinions[i].word == MTLSFUZZ_SUCCESS;
        num_out += q->opinions[i].word == MTLSFUZZ_FAILED;
        for (unsigned j = 0; j < MTLSFUZZ_NUM_LIBRARIES; j++) {
            if (q->opinions[i].word == MTLSFUZZ_SUCCESS && q->opinions[j].word == MTLSFUZZ_FAILED) {
                check_pair(q, features, i, j);
            }
        }
    }
    if (num_in > 0 && (features & unsure) == 0) {
        MTLSFUZZ_ORACLE("forgery", mtlsfuzz_chain_is_anchored(q->file, chain),
                        "%zu libraries let in a client whose signatures lead to no certificate of the file",
                        num_in);
    }
    if (num_in > 1 && num_out == 0) {
        MTLSFUZZ_REACHED("all let in");
    }
    if (num_out > 1 && num_in == 0) {
        MTLSFUZZ_REACHED("all keep out");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static mtls_buf bundle = {.max = FILE_MAX}, chain = {.max = FILE_MAX}, ders = {.max = FILE_MAX};
    static question q;
    mtlsfuzz_handshake handshake;
    q = (question){.num_certificates = 0};
    if (!mtlsfuzz_handshake_read((mtls_view){data, size}, &handshake) || handshake.time < 0 ||
        handshake.time > latest || (handshake.options & MTLSFUZZ_NO_CHAIN) != 0 ||
        handshake.bundle.len > ASKED_FILE_MAX) {
        return 0;
    }
    if ((handshake.options & MTLSFUZZ_AS_SIGNED) == 0) {
        mtlsfuzz_resign(handshake.bundle, handshake.chain, &bundle, &chain);
        handshake.chain = mtls_buf_view(&chain);
    } else {
        mtls_buf_reset(&bundle);
        mtlsfuzz_must(mtls_buf_append(&bundle, handshake.bundle), "copy a file");
    }
    q.time = handshake.time;
    if ((handshake.options & MTLSFUZZ_NO_BUNDLE) == 0) {
        mtlsfuzz_must(mtls_buf_append_byte(&bundle, 0), "end a file");
        q.file = (mtls_view){bundle.data, bundle.len - 1};
    }
    if (!read_chain(handshake.chain, &ders, &q)) {
        return 0;
    }
    ask_all(&q);
    check_answers(&q, handshake.chain);
    return 0;
}
