/* A second upload check, written on libcrypto's PEM_X509_INFO_read_bio. */
#ifndef MTLS_FUZZ_SECOND_UPLOAD_LIBCRYPTO_H
#define MTLS_FUZZ_SECOND_UPLOAD_LIBCRYPTO_H

#include "validator/upload.h"

/* mtlsfuzz_upload_compare asks the second check about `file` and compares code and issuer DN with `upload`.
 * Where libcrypto cannot read the file whole, it says only that the file is not to be accepted. */
void mtlsfuzz_upload_compare(mtls_view file, const mtlsval_upload *upload);

#endif
