/* A strict reader of DER (X.690): one encoding per value, everything else is a finding with its byte offset.
 * Zero-copy, no allocation, no recursion, no libcrypto.
 *
 * A reader stands on the elements of one constructed value. Every read gives true and moves on, or gives
 * false, leaves the first fault in `*in->fault` and is then not to be used again. */
#ifndef MTLS_VALIDATOR_DER_READ_H
#define MTLS_VALIDATOR_DER_READ_H

#include <mtls/bytes.h>

#include "validator/finding.h"

/* Identifier octets (X.690 8.1.2). */
enum {
    MTLSVAL_TAG_BOOLEAN = 0x01,
    MTLSVAL_TAG_INTEGER = 0x02,
    MTLSVAL_TAG_BIT_STRING = 0x03,
    MTLSVAL_TAG_OCTET_STRING = 0x04,
    MTLSVAL_TAG_NULL = 0x05,
    MTLSVAL_TAG_OID = 0x06,
    MTLSVAL_TAG_UTF8_STRING = 0x0c,
    MTLSVAL_TAG_NUMERIC_STRING = 0x12,
    MTLSVAL_TAG_PRINTABLE_STRING = 0x13,
    MTLSVAL_TAG_T61_STRING = 0x14,
    MTLSVAL_TAG_IA5_STRING = 0x16,
    MTLSVAL_TAG_UTC_TIME = 0x17,
    MTLSVAL_TAG_GENERALIZED_TIME = 0x18,
    MTLSVAL_TAG_VISIBLE_STRING = 0x1a,
    MTLSVAL_TAG_UNIVERSAL_STRING = 0x1c,
    MTLSVAL_TAG_BMP_STRING = 0x1e,
    MTLSVAL_TAG_SEQUENCE = 0x30,
    MTLSVAL_TAG_SET = 0x31
};
#define MTLSVAL_TAG_CONTEXT(n) ((uint8_t)(0x80u | (unsigned)(n))) /* [n] IMPLICIT, primitive */
#define MTLSVAL_TAG_CONTEXT_CONSTRUCTED(n)                                                                   \
    ((uint8_t)(0xa0u | (unsigned)(n))) /* [n] EXPLICIT or a SEQUENCE                                         \
                                        */

/* Elements inside elements that mtlsval_der_any looks into. */
#define MTLSVAL_DER_DEPTH_MAX 32

typedef struct {
    const uint8_t *at, *end; /* the bytes not yet read */
    const uint8_t *origin;   /* offset 0 of the faults */
    mtlsval_fault *fault;    /* written once, by the first read that fails */
} mtlsval_der;

/* mtlsval_der_start reads `der`; `*fault` must outlive the reader and is set to none. */
void mtlsval_der_start(mtlsval_der *in, mtls_view der, mtlsval_fault *fault);

/* mtlsval_der_fail records `finding` at `at`, if none is recorded, and gives false. */
bool mtlsval_der_fail(const mtlsval_der *in, mtlsval_finding finding, const uint8_t *at);

bool mtlsval_der_at_end(const mtlsval_der *in);

/* mtlsval_der_peek answers whether the next element has this identifier octet. */
bool mtlsval_der_peek(const mtlsval_der *in, uint8_t tag);

/* mtlsval_der_read takes the element with this identifier octet and gives its content. */
bool mtlsval_der_read(mtlsval_der *in, uint8_t tag, mtls_view *out_content);

/* mtlsval_der_enter takes a constructed element and gives a reader of what is inside. */
bool mtlsval_der_enter(mtlsval_der *in, uint8_t tag, mtlsval_der *out_inside);

/* mtlsval_der_finish fails if elements are left. */
bool mtlsval_der_finish(const mtlsval_der *in);

/* mtlsval_der_in_order fails if the element of a SET OF that starts at `element` and was just taken stands
 * after `*before`, which would have to follow it (X.690 11.6); `*before` becomes it. Starts with none: {0}.
 */
bool mtlsval_der_in_order(const mtlsval_der *in, const uint8_t *element, mtls_view *before);

/* mtlsval_der_any takes an element of any type: its identifier octet, its content, and the whole of it. The
 * elements inside must be DER too, to MTLSVAL_DER_DEPTH_MAX; their types are not checked against each other.
 */
bool mtlsval_der_any(mtlsval_der *in, uint8_t *out_tag, mtls_view *out_content, mtls_view *out_element);

/* mtlsval_der_take takes the element at `*at` of what has been read before, so that its length is known to be
 * good, and gives its content. */
mtls_view mtlsval_der_take(const uint8_t **at);

/* The primitive types. An INTEGER comes as its content octets, minimal and in two's complement; a BIT STRING
 * as its octets and the count of unused bits, which are zero. */
bool mtlsval_der_boolean(mtlsval_der *in, bool *out_value);
bool mtlsval_der_integer(mtlsval_der *in, uint8_t tag, mtls_view *out_octets);
bool mtlsval_der_oid(mtlsval_der *in, mtls_view *out_oid);

/* mtlsval_der_check_oid and mtlsval_der_check_integer answer whether `content`, met under an implicit tag, is
 * that of an OBJECT IDENTIFIER or an INTEGER. */
bool mtlsval_der_check_integer(const mtlsval_der *in, mtls_view content);
bool mtlsval_der_check_oid(const mtlsval_der *in, mtls_view content);
bool mtlsval_der_bit_string(mtlsval_der *in, uint8_t tag, mtls_view *out_octets, unsigned *out_unused);

/* mtlsval_der_unsigned takes an INTEGER that is not negative; one past UINT32_MAX comes as UINT32_MAX. */
bool mtlsval_der_unsigned(mtlsval_der *in, uint8_t tag, uint32_t *out_value);

#endif
