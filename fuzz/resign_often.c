/* A libFuzzer mutator for handshakes: bytes as ever, and seven mutants in eight have their signatures made
 * again. */
#include "fuzz/handshake.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    size = LLVMFuzzerMutate(data, size, max_size);
    if (size > 0 && seed % 8 != 0) {
        data[0] &= (uint8_t)~MTLSFUZZ_AS_SIGNED;
    }
    return size;
}
