/* A target that falls over in the way that its input's first byte says, for the tests of the replay driver.
 */
#include "fuzz/oracle.h"

#include <signal.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    switch (size == 0 ? 0 : data[0]) {
    case 'a':
        abort();
    case 's':
        raise(SIGSEGV);
        break;
    case 'h':
        raise(SIGALRM); /* as the driver's own alarm does to what hangs */
        break;
    case 'r':
        MTLSFUZZ_REACHED("a rare place");
        break;
    default:
        break;
    }
    MTLSFUZZ_ORACLE("no-o", size == 0 || data[0] != 'o', "the input has %zu bytes", size);
    return 0;
}
