/* What must be true of an OCSP answer whose status is believed (RFC 6960), established without
 * OCSP_basic_verify. */
#ifndef MTLS_FUZZ_OCSP_PROOF_H
#define MTLS_FUZZ_OCSP_PROOF_H

#include <openssl/x509.h>

#include <mtls/bytes.h>

#include "core/vocabulary.h"

/* mtlsfuzz_ocsp_proves answers whether `answer` says of the first certificate of `built`, at `time`, what
 * `reason` stands for (MTLS_REASON_NONE: good), under a signature of the second one's key, or of a
 * responder's whose certificate that key signed with extKeyUsage OCSPSigning. */
bool mtlsfuzz_ocsp_proves(mtls_view answer, STACK_OF(X509) * built, int64_t time, mtls_reason reason);

/* mtlsfuzz_ocsp_is_plain answers whether `answer` leaves no way but to believe it: one status, of this
 * certificate, at `time`, signed by the issuer itself, which it names as its responder and whose name the
 * certificate writes as the issuer does. `*out_reason` is what it says. */
bool mtlsfuzz_ocsp_is_plain(mtls_view answer, STACK_OF(X509) * built, int64_t time, mtls_reason *out_reason);

#endif
