/* Allocations that fail when a test wants them to: ours by way of the linker's --wrap, libcrypto's by its own
 * hook. A program that has this is declared with mtls_add_memory_test (cmake/layout.cmake). */
#ifndef MTLS_CORE_TESTS_FAILING_MALLOC_H
#define MTLS_CORE_TESTS_FAILING_MALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `left` allocations succeed, then one fails, or all that follow if it is for good; SIZE_MAX: all succeed.
 * `num_held` counts what is not freed; of ours only. */
typedef struct {
    size_t left;
    bool for_good, failed;
    long num_held;
} failing_malloc;

extern failing_malloc failing_ours, failing_theirs;

/* failing_crypto_hook makes libcrypto use failing_theirs. First thing in main; false: it is too late. */
bool failing_crypto_hook(void);

#endif
