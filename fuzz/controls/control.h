/* Positive controls: each oracle of a target must be able to fail. A control is a target linked with
 * functions that stand before those of the code under test (the linker's --wrap) and lie when told to. None
 * of it is in a program that is installed or fuzzed. */
#ifndef MTLS_FUZZ_CONTROLS_CONTROL_H
#define MTLS_FUZZ_CONTROLS_CONTROL_H

#include "fuzz/oracle.h"

/* A wrong answer, and the oracle that must catch it. */
typedef struct {
    const char *name;
    const char *oracle;
} mtlsfuzz_lie;

/* Each control has its table. */
extern const mtlsfuzz_lie mtlsfuzz_lies[];
extern const size_t mtlsfuzz_num_lies;

/* mtlsfuzz_lie_is_told answers whether the lie of this name is to be told now. */
bool mtlsfuzz_lie_is_told(const char *name);
#define TOLD mtlsfuzz_lie_is_told

/* WRAP declares the real function and the one that the linker puts before it, and opens the latter's body. */
#define WRAP(type, name, ...)                                                                                \
    type __real_##name(__VA_ARGS__);                                                                         \
    type __wrap_##name(__VA_ARGS__);                                                                         \
    type __wrap_##name(__VA_ARGS__)

#endif
