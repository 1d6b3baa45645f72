/* Mutants of one certificate's DER. */
#include <mtls/mutate.h>

MTLSMUT_LIBFUZZER(MTLSMUT_CERTIFICATE);
