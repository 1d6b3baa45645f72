/* The faults that memcheck.sh must find, one a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    const char *fault = argc == 2 ? argv[1] : "";
    unsigned char *volatile memory = malloc(16);
    if (memory == NULL) {
        return 1;
    }
    if (strcmp(fault, "uninitialised") != 0) {
        memory[0] = 1;
    }
    size_t at = strcmp(fault, "overread") == 0 ? 16 : 0;
    if (memory[at] == 1) {
        puts("one");
    } else {
        puts("other");
    }
    if (strcmp(fault, "leak") == 0) {
        memory = NULL;
    }
    free(memory); /* NOLINT(clang-analyzer-unix.Malloc): the leak is asked for */
    return 0;
}
