/* Object identifiers: from dotted text, or from a name that the language knows, to their DER content. */
#ifndef MTLS_GEN_OID_H
#define MTLS_GEN_OID_H

#include <mtls/bytes.h>
#include <mtls/status.h>

enum { MTLSGEN_OID_MAX = 128 }; /* bytes of an OBJECT IDENTIFIER's content */

typedef struct {
    uint8_t bytes[MTLSGEN_OID_MAX];
    size_t len;
} mtlsgen_oid;

/* mtlsgen_oid_read reads "1.2.840.113549": at least two arcs, the first 0 to 2, the second below 40 under 0
 * and 1, no leading zeros, arcs of up to 128 bits. False for anything else. */
bool mtlsgen_oid_read(const char *dotted, mtlsgen_oid *out);

#endif
