#include "validator/name_rule.h"

#include <string.h>

#include "validator/name_value.h"

typedef enum { DIRECTORY_STRING, PRINTABLE, IA5 } syntax;

/* RFC 5280 Appendix A.1, with its upper bounds in characters; 0 where it has none. */
typedef struct {
    const char *oid; /* content octets */
    size_t oid_len;
    syntax syntax;
    size_t least, most;
} rule;

static const rule rules[] = {
#define RULE(oid, syntax, least, most) {oid, sizeof(oid) - 1, syntax, least, most},
    RULE("\x55\x04\x03", DIRECTORY_STRING, 1, 64)               /* commonName */
    RULE("\x55\x04\x04", DIRECTORY_STRING, 1, 32768)            /* surname */
    RULE("\x55\x04\x05", PRINTABLE, 1, 64)                      /* serialNumber */
    RULE("\x55\x04\x06", PRINTABLE, 2, 2)                       /* countryName */
    RULE("\x55\x04\x07", DIRECTORY_STRING, 1, 128)              /* localityName */
    RULE("\x55\x04\x08", DIRECTORY_STRING, 1, 128)              /* stateOrProvinceName */
    RULE("\x55\x04\x0a", DIRECTORY_STRING, 1, 64)               /* organizationName */
    RULE("\x55\x04\x0b", DIRECTORY_STRING, 1, 64)               /* organizationalUnitName */
    RULE("\x55\x04\x0c", DIRECTORY_STRING, 1, 64)               /* title */
    RULE("\x55\x04\x29", DIRECTORY_STRING, 1, 32768)            /* name */
    RULE("\x55\x04\x2a", DIRECTORY_STRING, 1, 32768)            /* givenName */
    RULE("\x55\x04\x2b", DIRECTORY_STRING, 1, 32768)            /* initials */
    RULE("\x55\x04\x2c", DIRECTORY_STRING, 1, 32768)            /* generationQualifier */
    RULE("\x55\x04\x2e", PRINTABLE, 0, 0)                       /* dnQualifier */
    RULE("\x55\x04\x41", DIRECTORY_STRING, 1, 128)              /* pseudonym */
    RULE("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", IA5, 1, 255)   /* emailAddress */
    RULE("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", IA5, 0, 0) /* domainComponent */
#undef RULE
};

static bool is_of(const rule *r, mtls_view type) {
    return type.len == r->oid_len && type.data[type.len - 1] == (uint8_t)r->oid[type.len - 1] &&
           memcmp(type.data, r->oid, type.len) == 0;
}

static bool has_syntax(syntax wanted, uint8_t tag) {
    switch (wanted) {
    case PRINTABLE:
        return tag == MTLSVAL_TAG_PRINTABLE_STRING;
    case IA5:
        return tag == MTLSVAL_TAG_IA5_STRING;
    default:
        return tag == MTLSVAL_TAG_T61_STRING || tag == MTLSVAL_TAG_PRINTABLE_STRING ||
               tag == MTLSVAL_TAG_UNIVERSAL_STRING || tag == MTLSVAL_TAG_UTF8_STRING ||
               tag == MTLSVAL_TAG_BMP_STRING;
    }
}

/* The alphabet of PrintableString (X.680 41.4). */
static bool is_printable(uint32_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c > 0 && c < 0x80 && strchr(" '()+,-./:=?", (int)c) != NULL);
}

static bool has_character(uint8_t tag, uint32_t c) {
    switch (tag) {
    case MTLSVAL_TAG_PRINTABLE_STRING:
        return is_printable(c);
    case MTLSVAL_TAG_NUMERIC_STRING:
        return c == ' ' || (c >= '0' && c <= '9');
    case MTLSVAL_TAG_VISIBLE_STRING:
        return c >= ' ' && c < 0x7f;
    case MTLSVAL_TAG_IA5_STRING:
        return c < 0x80;
    default:
        return true;
    }
}

mtlsval_finding mtlsval_name_rule_text(uint8_t tag, mtls_view text, size_t least, size_t most) {
    size_t num_characters = 0, at = 0;
    uint32_t c;
    while (mtlsval_value_next(mtlsval_value_charset(tag), text, &at, &c)) {
        if (!has_character(tag, c)) {
            return MTLSVAL_NAME_CHARACTER;
        }
        num_characters++;
    }
    /* A character of a TeletexString may have two octets, a letter and its accent. */
    bool is_long = most > 0 && num_characters > (tag == MTLSVAL_TAG_T61_STRING ? 2 * most : most);
    return num_characters < least || is_long ? MTLSVAL_NAME_LENGTH : MTLSVAL_FINDING_NONE;
}

mtlsval_finding mtlsval_name_rule_broken(const mtlsval_name *name) {
    mtlsval_name_walk walk;
    mtlsval_attribute a;
    mtlsval_finding broken = MTLSVAL_FINDING_NONE;
    mtlsval_name_walk_start(&walk, name);
    while (broken == MTLSVAL_FINDING_NONE && mtlsval_name_walk_next(&walk, &a)) {
        size_t i = 0;
        while (i < sizeof rules / sizeof *rules && !is_of(&rules[i], a.type)) {
            i++;
        }
        if (i == sizeof rules / sizeof *rules) {
            broken = mtlsval_name_rule_text(a.tag, a.value, 0, 0);
        } else if (!has_syntax(rules[i].syntax, a.tag)) {
            broken = MTLSVAL_NAME_STRING_TYPE;
        } else {
            broken = mtlsval_name_rule_text(a.tag, a.value, rules[i].least, rules[i].most);
        }
    }
    return broken;
}
