/* Signs the certificates of PEM files again, so that a mutant gets past the signature: with the generator's
 * own keys, which everybody can derive. */
#ifndef MTLS_FUZZ_RESIGN_H
#define MTLS_FUZZ_RESIGN_H

#include <mtls/bytes.h>

/* mtlsfuzz_resign writes `bundle` and `chain` again to `out_bundle` and `out_chain` (emptied first). Every
 * certificate in them whose issuer is there too, with a key of the corpus's pools, gets
 * that key's signature over what it now says; one whose signature fits already stays as it is. All other
 * bytes stay too. */
void mtlsfuzz_resign(mtls_view bundle, mtls_view chain, mtls_buf *out_bundle, mtls_buf *out_chain);

#endif
