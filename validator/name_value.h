/* The values of a name's attributes as text. Of use to validator/name*.c and letter*.c. No libcrypto. */
#ifndef MTLS_VALIDATOR_NAME_VALUE_H
#define MTLS_VALIDATOR_NAME_VALUE_H

#include <mtls/bytes.h>

/* How the octets of a string type are to be read. */
typedef enum {
    MTLSVAL_CHARSET_NONE,  /* not a string */
    MTLSVAL_CHARSET_UTF8,  /* UTF8String */
    MTLSVAL_CHARSET_ASCII, /* PrintableString, IA5String, VisibleString, NumericString */
    MTLSVAL_CHARSET_T61,   /* T61String: in practice Latin-1 */
    MTLSVAL_CHARSET_UTF16, /* BMPString, big-endian */
    MTLSVAL_CHARSET_UTF32  /* UniversalString, big-endian */
} mtlsval_charset;

mtlsval_charset mtlsval_value_charset(uint8_t tag);

/* mtlsval_value_next decodes the character at `*at` and moves on; false, and `*at` unmoved, where the bytes
 * are no character of `charset` or `*at` is the end. T61String and ASCII are read as Latin-1, as OpenSSL
 * does. */
bool mtlsval_value_next(mtlsval_charset charset, mtls_view value, size_t *at, uint32_t *out_code_point);

/* mtlsval_value_is_usual: the type is one that OpenSSL takes in a name (its ASN1_PRINTABLE). */
bool mtlsval_value_is_usual(uint8_t tag);

/* mtlsval_value_is_text: the value is well-formed text of its type, or not of a string type. */
bool mtlsval_value_is_text(uint8_t tag, mtls_view value);

/* mtlsval_value_is_folded: OpenSSL compares values of this type as folded text (its x509_name_canon: all
 * string types but NumericString), and this one is well-formed. */
bool mtlsval_value_is_folded(uint8_t tag, mtls_view value);

/* A folding gives a value's characters for comparison: white space (of ASCII) trimmed, runs of it as one
 * space, A to Z as a to z. */
typedef struct {
    mtlsval_charset charset;
    mtls_view value;
    size_t at;
    bool started;
    bool has_held;
    uint32_t held; /* the character after a space that was just given */
} mtlsval_folding;
#define MTLSVAL_FOLD_END UINT32_MAX

void mtlsval_fold_start(mtlsval_folding *folding, uint8_t tag, mtls_view value);
uint32_t mtlsval_fold_next(mtlsval_folding *folding);

#endif
