/* Certificates put together from parts, any of which a test may replace by bytes of its own: a third reading
 * of RFC 5280's syntax beside the library's and libcrypto's, and the smallest that serves. */
#ifndef MTLS_VALIDATOR_TESTS_PARTS_H
#define MTLS_VALIDATOR_TESTS_PARTS_H

#include <mtls/bytes.h>

#define BYTES(literal) ((mtls_view){(const uint8_t *)(literal), sizeof(literal) - 1})

/* Each is the whole element; an empty view takes the good one, and OMITTED leaves it out. */
typedef struct {
    mtls_view version, serial, tbs_algorithm, issuer, validity, subject, key, unique_ids;
    mtls_view extensions;       /* the extensions one after the other, without what is around them */
    mtls_view extensions_whole; /* in place of that: with [3] and SEQUENCE */
    mtls_view after_tbs_fields, algorithm, signature, after_signature, after_certificate;
} parts;

extern const mtls_view OMITTED;

/* parts_assemble writes the certificate to `out`; it fails the running test if that is full. */
void parts_assemble(const parts *p, mtls_buf *out);

/* The offset in an assembled certificate of what `part` holds. */
size_t parts_offset(const mtls_buf *certificate, mtls_view part);

/* wrap appends an element with this tag and content to `out`, with the shortest length. */
void wrap(uint8_t tag, mtls_view content, mtls_buf *out);

/* pem appends the bytes as a PEM block with lines of 64 characters. */
void pem(const char *label, mtls_view der, const char *line_end, mtls_buf *out);

/* append is mtls_buf_append that fails the running test. */
void append(mtls_buf *out, mtls_view bytes);

/* The good parts. */
extern const mtls_view GOOD_NAME;         /* CN=a */
extern const mtls_view GOOD_CA_EXTENSION; /* basicConstraints critical, CA:TRUE */
extern const mtls_view GOOD_ALGORITHM;    /* ecdsa-with-SHA256 */

#endif
