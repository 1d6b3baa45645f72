/* PEM blocks (RFC 7468), good and bad. */
#ifndef MTLS_GEN_PEM_WRITE_H
#define MTLS_GEN_PEM_WRITE_H

#include <mtls/bytes.h>
#include <mtls/status.h>

typedef enum {
    MTLSGEN_EOL_LF = 0,
    MTLSGEN_EOL_CRLF,
    MTLSGEN_EOL_CR,
    MTLSGEN_EOL_NONE,
    MTLSGEN_EOL_MIXED /* LF and CRLF in turn */
} mtlsgen_eol;

/* The bytes of the `line`th line end (from 0) of a file. */
mtls_view mtlsgen_eol_bytes(mtlsgen_eol eol, size_t line);

/* One of the two delimiter lines. */
typedef struct {
    bool absent; /* neither the line nor its line end */
    bool given;  /* `text` is the whole line */
    mtls_view text;
} mtlsgen_pem_delimiter;

/* How a block departs from the ordinary one. All zero is the ordinary one, but for the label. */
typedef struct {
    mtls_view label; /* "CERTIFICATE" */
    mtlsgen_pem_delimiter begin, end;
    bool has_body;
    mtls_view body; /* in place of the base64, as it is, followed by a line end unless it is empty */
    const mtls_view *headers; /* header lines; an empty line follows them */
    size_t num_headers;
    bool has_width;
    size_t width; /* base64 characters a line; 0: one line; default 64 */
    mtls_view indent;
    mtlsgen_eol eol;
    bool no_final_eol;      /* no line end after END */
    size_t truncate_base64; /* characters cut off the base64's end, at most all */
    bool replace;
    size_t replace_at; /* in the base64 after truncation, without line ends; MTLS_ERR_USAGE past its end */
    mtls_view replace_with; /* takes the place of as many characters, or of those that are left */
} mtlsgen_pem_options;

/* mtlsgen_pem_write appends one block with the base64 of `der`. `options` NULL: a good CERTIFICATE. */
MTLS_MUST_CHECK mtls_status mtlsgen_pem_write(mtls_view der, const mtlsgen_pem_options *options,
                                              mtls_buf *out);

#endif
