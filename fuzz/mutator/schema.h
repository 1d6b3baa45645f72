/* What a certificate is made of (RFC 5280 4.1, 4.2 and appendix A), as data: it tells a mutator which element
 * of a DER tree is which field, what may be left out or come again, and what a field holds. */
#ifndef MTLS_FUZZ_MUTATOR_SCHEMA_H
#define MTLS_FUZZ_MUTATOR_SCHEMA_H

#include <mtls/bytes.h>

typedef enum {
    MTLSMUT_KIND_ANY, /* whatever is there */
    MTLSMUT_KIND_SEQUENCE,
    MTLSMUT_KIND_CHOICE,
    MTLSMUT_KIND_LIST,  /* SEQUENCE OF, SET OF */
    MTLSMUT_KIND_VALUE, /* extnValue: an OCTET STRING around what the OID before it says */
    MTLSMUT_KIND_BOOLEAN,
    MTLSMUT_KIND_SMALL,  /* an INTEGER that counts */
    MTLSMUT_KIND_NUMBER, /* an INTEGER that identifies */
    MTLSMUT_KIND_OID,
    MTLSMUT_KIND_TIME,
    MTLSMUT_KIND_TEXT, /* DirectoryString, and the other string types */
    MTLSMUT_KIND_BITS,
    MTLSMUT_KIND_NAMED_BITS,
    MTLSMUT_KIND_OCTETS,
    MTLSMUT_KIND_FAMILY, /* addressFamily of RFC 3779 2.2.3.3 */
    MTLSMUT_KIND_NULL
} mtlsmut_kind;

/* The OIDs that a field takes (fuzz/mutator/leaf.c). */
typedef enum {
    MTLSMUT_OIDS_NONE,
    MTLSMUT_OIDS_ATTRIBUTE,
    MTLSMUT_OIDS_EXTENSION,
    MTLSMUT_OIDS_PURPOSE,
    MTLSMUT_OIDS_POLICY,
    MTLSMUT_OIDS_ACCESS,
    MTLSMUT_OIDS_ALGORITHM,
    MTLSMUT_NUM_OIDS
} mtlsmut_oids;

/* What the generator makes better than the schema alone could. */
typedef enum {
    MTLSMUT_MADE_BY_SCHEMA,
    MTLSMUT_MADE_AS_EXTENSION,
    MTLSMUT_MADE_AS_KEY,
    MTLSMUT_MADE_AS_ALGORITHM
} mtlsmut_making;

typedef struct mtlsmut_type mtlsmut_type;

/* `number` is a context tag, or MTLSMUT_NO_NUMBER for the type's own tag. */
enum { MTLSMUT_NO_NUMBER = 0xff };
typedef struct {
    const char *name;
    const mtlsmut_type *type;
    uint8_t number;
    bool explicit_tag, optional;
} mtlsmut_field;

struct mtlsmut_type {
    const char *name;
    mtlsmut_kind kind;
    uint8_t tag; /* universal; 0 for ANY, CHOICE and the like */
    const mtlsmut_field *fields;
    size_t num_fields;
    const mtlsmut_type *of; /* a LIST's elements */
    mtlsmut_oids oids;
    mtlsmut_making making;
};

extern const mtlsmut_type mtlsmut_certificate_type, mtlsmut_any_type;

/* mtlsmut_type_of_extension gives what the extension with this OID (content octets) holds. */
const mtlsmut_type *mtlsmut_type_of_extension(mtls_view oid);

/* mtlsmut_type_takes answers whether an element with this identifier octet can be of the type, without a
 * context tag of a field. */
bool mtlsmut_type_takes(const mtlsmut_type *type, uint8_t tag);

/* mtlsmut_field_takes answers whether an element with this identifier octet is such a field. */
bool mtlsmut_field_takes(const mtlsmut_field *field, uint8_t tag);

/* mtlsmut_field_tag is the identifier octet of an implicit or untagged field; 0 for a choice. */
uint8_t mtlsmut_field_tag(const mtlsmut_field *field);

#endif
