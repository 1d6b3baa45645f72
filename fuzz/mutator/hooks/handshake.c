/* Mutants of a handshake (fuzz/handshake.h): mostly of its uploaded file or its chain, else of its bytes. The
 * targets sign: seven mutants in eight are marked to have their signatures made again. */
#include <mtls/mutate.h>

#include "fuzz/handshake.h"
#include "fuzz/oracle.h"

#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max_size, unsigned seed);

enum { FIELD_MAX = 1024 * 1024 };

static mtlsmut *mutator(void) {
    static mtlsmut *only;
    if (only == NULL) {
        const mtlsmut_options options = {
            .format = MTLSMUT_PEM, .mutate_bytes = LLVMFuzzerMutate, .unsigned_only = true};
        mtlsfuzz_must(mtlsmut_new(&options, &only), "make a mutator");
    }
    return only;
}

static size_t mark(uint8_t *data, size_t size, unsigned seed) {
    if (size > 0 && seed % 8 != 0) {
        data[0] &= (uint8_t)~MTLSFUZZ_AS_SIGNED;
    }
    return size;
}

/* choose gives the field that changes: the chain twice as often as the uploaded file. */
static mtls_view choose(const mtlsfuzz_handshake *handshake, unsigned seed) {
    bool chain = handshake->chain.len > 0 && (handshake->bundle.len == 0 || seed / 32 % 3 != 0);
    return chain ? handshake->chain : handshake->bundle;
}

/* put writes the handshake at `data` with another field in the place of `old`, which is part of it; `out` may
 * be `data`. 0 where it does not fit. */
static size_t put(const uint8_t *data, size_t size, mtls_view old, const uint8_t *field, size_t field_len,
                  uint8_t *out, size_t max_size) {
    size_t at = (size_t)(old.data - data), rest = size - at - old.len;
    if (field_len == 0 || size - old.len > max_size || field_len > max_size - (size - old.len)) {
        return 0;
    }
    memmove(out + at + field_len, data + at + old.len, rest);
    if (out != data) {
        memcpy(out, data, at);
    }
    memcpy(out + at, field, field_len);
    return size - old.len + field_len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    static uint8_t field[FIELD_MAX];
    mtlsfuzz_handshake handshake;
    if (seed / 8 % 4 != 0 && mtlsfuzz_handshake_read((mtls_view){data, size}, &handshake)) {
        mtls_view old = choose(&handshake, seed);
        if (old.len > 0 && old.len <= FIELD_MAX) {
            memcpy(field, old.data, old.len);
            size_t len = mtlsmut_mutate(mutator(), field, old.len, FIELD_MAX, seed);
            size_t new_size = put(data, size, old, field, len, data, max_size);
            if (new_size > 0) {
                return mark(data, new_size, seed);
            }
        }
    }
    return mark(data, LLVMFuzzerMutate == NULL ? size : LLVMFuzzerMutate(data, size, max_size), seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max_size, unsigned seed) {
    static uint8_t field[FIELD_MAX];
    mtlsfuzz_handshake handshake, donor;
    if (!mtlsfuzz_handshake_read((mtls_view){a, a_size}, &handshake) ||
        !mtlsfuzz_handshake_read((mtls_view){b, b_size}, &donor)) {
        return 0;
    }
    mtls_view old = choose(&handshake, seed), other = choose(&donor, seed / 8);
    if (old.len == 0) {
        return 0;
    }
    size_t len =
        mtlsmut_crossover(mutator(), old.data, old.len, other.data, other.len, field, FIELD_MAX, seed);
    return mark(out, put(a, a_size, old, field, len, out, max_size), seed);
}
