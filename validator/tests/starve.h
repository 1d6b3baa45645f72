/* Memory that runs out when a test says so: the program is linked with --wrap for malloc, calloc and realloc,
 * and libcrypto is given hooks. One thread. */
#ifndef MTLS_VALIDATOR_TESTS_STARVE_H
#define MTLS_VALIDATOR_TESTS_STARVE_H

#include <stdbool.h>
#include <stddef.h>

/* starve_hook gives libcrypto its hooks; it must come before any use of libcrypto. */
bool starve_hook(void);

/* starve_at lets the `nth` allocation from now on (from 1) fail, and that one alone; 0: none. */
void starve_at(size_t nth);

/* starve_end stops it and tells whether that allocation was reached. */
bool starve_end(void);

#endif
