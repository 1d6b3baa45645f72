/* The profile rfc5280: whether each certificate of a file is one by the letter of RFC 7468, X.690 and RFC
 * 5280. No libcrypto. */
#ifndef MTLS_VALIDATOR_LETTER_H
#define MTLS_VALIDATOR_LETTER_H

#include "validator/upload.h"

/* mtlsval_letter_broken gives a rule that a certificate breaks which the reader takes, or
 * MTLSVAL_FINDING_NONE. If that is of an extension `out_place->at` is the byte offset in the certificate,
 * else 0. */
mtlsval_finding mtlsval_letter_broken(const mtlsval_certificate *certificate, mtlsval_fault *out_place);

/* mtlsval_letter_judge answers for the file that `upload` was read from. If it answers false `out` says where
 * and against which rule; at most `len` bytes are written. What stands beside the certificates, a key too, is
 * another textual encoding and not asked about; so are signatures, dates, and who is a root. */
bool mtlsval_letter_judge(const mtlsval_upload *upload, char *out, size_t len);

#endif
