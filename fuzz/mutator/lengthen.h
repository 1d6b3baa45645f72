/* Longer chains. */
#ifndef MTLS_FUZZ_MUTATOR_LENGTHEN_H
#define MTLS_FUZZ_MUTATOR_LENGTHEN_H

#include "fuzz/mutator/bench.h"

/* mtlsmut_lengthen appends the file with one more CA certificate in it: like the issuer of another
 * certificate there, but with a name and a key of its own, issued by that issuer and issuing in its place.
 * False where no certificate's issuer is in the file too, with a known key. */
bool mtlsmut_lengthen(mtlsmut_bench *b, mtls_buf *out);

#endif
