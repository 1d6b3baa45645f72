/* Mutants of a PEM file. */
#include <mtls/mutate.h>

MTLSMUT_LIBFUZZER(MTLSMUT_PEM);
