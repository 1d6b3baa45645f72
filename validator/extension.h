/* The extensions of a certificate. Of use to validator/certificate.c alone. No libcrypto. */
#ifndef MTLS_VALIDATOR_EXTENSION_H
#define MTLS_VALIDATOR_EXTENSION_H

#include "validator/certificate.h"
#include "validator/der_read.h"

/* mtlsval_extensions_read takes `extensions [3] EXPLICIT Extensions OPTIONAL` from the end of a
 * TBSCertificate and fills what the certificate has for them. */
bool mtlsval_extensions_read(mtlsval_der *tbs, mtlsval_certificate *out);

/* mtlsval_certificate_note records a finding of severity MTLSVAL_NOTE. */
void mtlsval_certificate_note(mtlsval_certificate *certificate, mtlsval_finding note);

#endif
