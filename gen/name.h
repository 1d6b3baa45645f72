/* Distinguished names: what a scenario says, their DER, and the two texts that they have. */
#ifndef MTLS_GEN_NAME_H
#define MTLS_GEN_NAME_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/arena.h"

/* The O of every default subject: the keys are known to everybody. */
#define MTLSGEN_DEFAULT_O "mtls-gauntlet TEST DO NOT TRUST"

/* What a name may hold, in numbers. */
enum { MTLSGEN_NAME_RDNS_MAX = 4096, MTLSGEN_RDN_ATTRIBUTES_MAX = 256 };

typedef enum {
    MTLSGEN_STRING_DEFAULT =
        0, /* UTF8String; PrintableString for C and SERIALNUMBER, IA5String for DC and E */
    MTLSGEN_STRING_UTF8,
    MTLSGEN_STRING_PRINTABLE,
    MTLSGEN_STRING_IA5,
    MTLSGEN_STRING_BMP,       /* UTF-16BE: a character outside the BMP is MTLS_ERR_INPUT */
    MTLSGEN_STRING_T61,       /* ISO 8859-1, as most software writes it */
    MTLSGEN_STRING_UNIVERSAL, /* UTF-32BE */
    MTLSGEN_STRING_NUMERIC,
    MTLSGEN_STRING_VISIBLE,
    MTLSGEN_STRING_RAW, /* the value is the whole AttributeValue, identifier and length too */
    MTLSGEN_NUM_STRING_TYPES
} mtlsgen_string_type;

/* One attribute. The value is text in UTF-8, which `as` turns into its type's bytes; a type whose alphabet
 * lacks a character takes it nevertheless where a byte can hold it (that is what bad certificates look like).
 */
typedef struct {
    const char *type; /* a word of mtlsgen_attribute_words ("CN"), or a dotted OID */
    mtls_view value;
    mtlsgen_string_type as;
} mtlsgen_attribute;

typedef struct {
    const mtlsgen_attribute *attributes; /* written in the order of DER's SET OF, whatever the order here */
    size_t num_attributes;
} mtlsgen_rdn;

/* RDNs in the order of the encoding. All zero is the empty name. Everything is borrowed. */
typedef struct {
    const mtlsgen_rdn *rdns;
    size_t num_rdns;
    mtls_view der; /* not empty: the Name's DER, written as it is instead */
} mtlsgen_name;

/* The words for attribute types: CN, C, O, OU, ST, L, ... (docs/scenarios.md). */
extern const char *const mtlsgen_attribute_words[];
extern const size_t mtlsgen_num_attribute_words;
bool mtlsgen_attribute_known(const char *type); /* a word, in any letter case, or a valid dotted OID */

/* mtlsgen_name_default makes `O=mtls-gauntlet TEST DO NOT TRUST, CN=<label>` in the arena. */
MTLS_MUST_CHECK mtls_status mtlsgen_name_default(const char *label, mtlsgen_arena *arena, mtlsgen_name *out);

/* mtlsgen_name_read reads "C=AU, O=Example, CN=a": RDNs in the order of the encoding, separated by commas,
 * attributes of one RDN by plus signs, escapes as in RFC 4514 2.4, `#hex` a raw value. The result lives in
 * the arena. MTLS_ERR_INPUT with the column (from 1) in `error`. */
MTLS_MUST_CHECK mtls_status mtlsgen_name_read(mtls_view text, mtlsgen_arena *arena, mtlsgen_name *out,
                                              mtls_error *error);

/* mtlsgen_name_write appends the text that mtlsgen_name_read reads back; mtlsgen_name_rfc4514 appends the
 * string of RFC 4514: the last RDN first, joined by a bare comma; the value of a type without a name as text,
 * where RFC 4514 wants hex, for people read it. */
MTLS_MUST_CHECK mtls_status mtlsgen_name_write(const mtlsgen_name *name, mtls_buf *out, mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_name_rfc4514(const mtlsgen_name *name, mtls_buf *out, mtls_error *error);

/* mtlsgen_name_gateway appends the name as the gateway's clientCertIssuerDN has it: the form of .NET's
 * X509Certificate2.Subject, the last RDN first, joined by ", ", S= for stateOrProvinceName. A name given by
 * its DER alone is MTLS_ERR_USAGE in all three texts. */
MTLS_MUST_CHECK mtls_status mtlsgen_name_gateway(const mtlsgen_name *name, mtls_buf *out, mtls_error *error);

/* mtlsgen_name_encode gives the Name's DER, in the arena. MTLS_ERR_INPUT for an unknown type or a value that
 * the string type cannot hold. */
MTLS_MUST_CHECK mtls_status mtlsgen_name_encode(const mtlsgen_name *name, mtlsgen_arena *arena,
                                                mtls_view *out_der, mtls_error *error);

#endif
