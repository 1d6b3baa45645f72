/* Files for the upload check, put together from issued certificates and text. */
#ifndef MTLS_VALIDATOR_TESTS_UPLOAD_FILE_H
#define MTLS_VALIDATOR_TESTS_UPLOAD_FILE_H

#include "validator/tests/issue.h"
#include "validator/upload.h"

/* A piece of a file: a certificate, or other text as it is. */
typedef struct {
    const issued *certificate;
    const char *text;
} part;
#define C(name)                                                                                              \
    { &w.name, NULL } /* of the test's own world `w` */
#define T(text)                                                                                              \
    { NULL, text }
enum { MOST = 6 };

/* The names of issued certificates, as details have them. */
#define O "O=TEST DO NOT TRUST"
#define NAME(cn) "\"CN=" cn ", " O "\""

/* append_certificate makes it take 30 lines, blank ones at its end, so that the next one's line is known. */
void append_certificate(const issued *certificate, mtls_buf *file);

/* check_file answers a file of up to MOST parts at TEST_TIME; it fails the running test if that fails. The
 * caller frees the answer. */
mtlsval_upload *check_file(const part *parts_of_file);

/* What the first warning of this id saw, or NULL without one. */
const char *seen(const mtlsval_upload *upload, mtlsval_warning_id id);

#endif
