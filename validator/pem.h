/* PEM framing: RFC 7468's textual encoding and the RFC 1421 headers that old private keys have. No libcrypto.
 *
 * The scanner walks a file once, borrows everything from it and allocates nothing; every byte is looked at a
 * constant number of times, whatever the file holds. It does not decode: mtlsval_pem_decode does, into memory
 * of the caller. It does not judge labels: which ones are welcome is a rule of its user. Text outside the
 * blocks is passed over. Lines end in LF, CRLF or CR. */
#ifndef MTLS_VALIDATOR_PEM_H
#define MTLS_VALIDATOR_PEM_H

#include <mtls/bytes.h>

#include "validator/finding.h"

/* Bytes of a file that the scanner takes. */
#define MTLSVAL_PEM_FILE_MAX ((size_t)256 * 1024 * 1024)

/* One block, or the place of a fault that stands outside any block (then `label` and `body` are empty). */
typedef struct {
    mtlsval_finding
        finding;       /* the first fault of the framing; MTLSVAL_FINDING_NONE: BEGIN, body, END are there */
    size_t finding_at; /* its byte offset in the file */
    size_t finding_line; /* and its line, from 1 */
    bool is_block;       /* there is a BEGIN delimiter, if only a misspelt one */
    bool has_headers;    /* RFC 1421 headers, which `body` leaves out */
    mtls_view label;     /* between "BEGIN " and "-----"; what can be made of it if misspelt */
    mtls_view body;      /* between the delimiters, without headers */
    size_t begin_at,
        end_at; /* the block's bytes: from its BEGIN to just after its END, without the line end */
    size_t begin_line, body_line, end_line; /* lines of BEGIN, of the body's first byte, of END */
} mtlsval_pem_block;

typedef struct {
    mtls_view file;
    size_t at;                    /* first byte not scanned */
    size_t line;                  /* the line that holds it */
    size_t line_start;            /* and the offset where that line starts */
    size_t num_begin;             /* BEGIN delimiters so far */
    mtlsval_finding file_finding; /* of the whole file: MTLSVAL_PEM_BOM, _UTF16, or none */
    bool has_nul;
    size_t nul_at, nul_line; /* the first NUL byte */
} mtlsval_pem;

/* mtlsval_pem_start prepares to scan `file`, of at most MTLSVAL_PEM_FILE_MAX bytes (the rest is not looked
 * at). A byte order mark and UTF-16 text are found here, in `pem->file_finding`; after a UTF-8 mark scanning
 * goes on behind it. */
void mtlsval_pem_start(mtlsval_pem *pem, mtls_view file);

/* mtlsval_pem_next gives the next block or fault in the file's order; false at the end. After a fault
 * scanning goes on behind it, so that a file's every block is seen. */
bool mtlsval_pem_next(mtlsval_pem *pem, mtlsval_pem_block *out_block);

/* mtlsval_pem_is_blank answers whether `file` is empty, or only white space, or only a byte order mark. */
bool mtlsval_pem_is_blank(mtls_view file);

/* mtlsval_pem_label_is_private_key: PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA, EC, DSA, OPENSSH ... PRIVATE
 * KEY, in any letter case. */
bool mtlsval_pem_label_is_private_key(mtls_view label);

/* mtlsval_pem_decoded_max is enough room for the bytes of `body`. */
size_t mtlsval_pem_decoded_max(mtls_view body);

/* mtlsval_pem_decode writes the bytes of a body to `out`, which has room for mtlsval_pem_decoded_max, and
 * sets
 * `*out_len`. White space is passed over anywhere (RFC 7468's lax form). False on bad base64: `*out_fault` is
 * the finding and its offset in `body`. A true may come with a note in `*out_fault` (trailing bits, blank
 * line). */
bool mtlsval_pem_decode(mtls_view body, uint8_t *out, size_t *out_len, mtlsval_fault *out_fault);

/* mtlsval_pem_line gives the line in the file of the byte `at` of `block`'s body; mtlsval_pem_decoded_line
 * that of the byte `der_at` of what the body decodes to. */
size_t mtlsval_pem_line(const mtlsval_pem_block *block, size_t at);
size_t mtlsval_pem_decoded_line(const mtlsval_pem_block *block, size_t der_at);

#endif
