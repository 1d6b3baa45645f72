/* Distinguished names: walking, comparing, and the gateway's string form. No libcrypto. */
#ifndef MTLS_VALIDATOR_NAME_H
#define MTLS_VALIDATOR_NAME_H

#include <mtls/bytes.h>

#include "validator/der_read.h"

enum {
    MTLSVAL_NAME_ATTRIBUTES_MAX = 256, /* in one name */
    MTLSVAL_RDN_ATTRIBUTES_MAX = 16    /* in one relative distinguished name */
};
#define MTLSVAL_NAME_TEXT_MAX ((size_t)1024 * 1024) /* bytes of one name as a string */

/* A name that mtlsval_name_read has accepted. It borrows the DER. */
typedef struct {
    mtls_view der;           /* the whole element */
    mtls_view rdns;          /* its content: the RDNs */
    unsigned num_attributes; /* 0: the empty name */
    bool bad_type;           /* a value is of a type that OpenSSL refuses in names */
    bool bad_text;           /* a value is not valid text of its string type: OpenSSL refuses the name */
} mtlsval_name;

typedef struct {
    unsigned rdn;      /* which RDN, from 0 in the order of the encoding */
    mtls_view type;    /* the OID's content octets */
    uint8_t tag;       /* the value's identifier octet */
    mtls_view value;   /* and content */
    mtls_view element; /* and the whole of it */
} mtlsval_attribute;

/* mtlsval_name_read takes a Name from `in`: sequence of non-empty, ordered sets of type and value. The text
 * of the values is not judged: a name that is not valid UTF-8 is still a name. */
bool mtlsval_name_read(mtlsval_der *in, mtlsval_name *out_name);

/* mtlsval_name_read_element is the same for the bytes of one whole element (a directoryName's content, say).
 */
bool mtlsval_name_read_element(mtls_view der, mtlsval_name *out_name, mtlsval_fault *out_fault);

/* A walk over the attributes in the order of the encoding. */
typedef struct {
    const uint8_t *at, *end, *rdn_end;
    unsigned rdn;
} mtlsval_name_walk;
void mtlsval_name_walk_start(mtlsval_name_walk *walk, const mtlsval_name *name);
bool mtlsval_name_walk_next(mtlsval_name_walk *walk, mtlsval_attribute *out_attribute);

/* mtlsval_name_equal compares as OpenSSL does (X509_NAME_cmp; RFC 5280 7.1 in its simple form): text is taken
 * as UTF-8 whatever its string type, letters A to Z without case, white space trimmed and runs of it as one
 * space; the attributes of one RDN in any order; other types byte for byte. */
bool mtlsval_name_equal(const mtlsval_name *a, const mtlsval_name *b);

/* mtlsval_name_hash is the same for equal names. */
uint64_t mtlsval_name_hash(const mtlsval_name *name);

/* mtlsval_name_text appends the name as the gateway writes it, which is the form of .NET's
 * X509Certificate2.Subject: RDNs in reverse order joined by ", ", attributes of one RDN by " + ", `S=` for
 * stateOrProvinceName, OID.1.2.3= for a type without a keyword, values in double quotes where they need them.
 * The result is always UTF-8 without NUL: what a value has that is not text comes as \xNN, a value that is no
 * string as # and hex. Control characters stay: core/text.h makes it fit for a terminal. */
MTLS_MUST_CHECK mtls_status mtlsval_name_text(const mtlsval_name *name, mtls_buf *out);

/* mtlsval_oid_text appends an OID's content octets in dotted form. */
MTLS_MUST_CHECK mtls_status mtlsval_oid_text(mtls_view oid, mtls_buf *out);

#endif
