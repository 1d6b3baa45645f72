/* Libcrypto's opinion on a certificate's DER. */
#ifndef MTLS_FUZZ_SECOND_CERTIFICATE_LIBCRYPTO_H
#define MTLS_FUZZ_SECOND_CERTIFICATE_LIBCRYPTO_H

#include "validator/certificate.h"

/* mtlsfuzz_certificate_compare decodes `der` with d2i_X509. What the reader took (`accepted`) libcrypto must
 * take too, with equal fields, but for what a note announces; what it refused (NULL, with its fault)
 * libcrypto may take where a row of fuzz/differences.def says why. */
void mtlsfuzz_certificate_compare(mtls_view der, const mtlsval_certificate *accepted, mtlsval_fault fault);

#endif
