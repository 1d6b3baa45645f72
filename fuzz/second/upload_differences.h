/* Why our upload check and one written on libcrypto's PEM reader may answer differently. */
#ifndef MTLS_FUZZ_SECOND_UPLOAD_DIFFERENCES_H
#define MTLS_FUZZ_SECOND_UPLOAD_DIFFERENCES_H

#include "validator/upload.h"

/* mtlsfuzz_upload_may_differ explains `upload`, our answer to `file`, beside the second check's `code`: where
 * our framing is stricter than libcrypto's, where libcrypto's is stricter than RFC 7468, where they take
 * other certificates (fuzz/differences.def), and where X509_verify asks more than that a signature fits. */
bool mtlsfuzz_upload_may_differ(mtls_view file, const mtlsval_upload *upload, mtls_upload_code code);

#endif
