#include "validator/name.h"

#include <string.h>

#include "core/text.h"
#include "validator/name_value.h"

/* Attribute types that have a keyword in .NET's form of a name. */
static const struct {
    const char *keyword, *oid; /* content octets */
    size_t oid_len;
} keywords[] = {
#define ATTRIBUTE(keyword, oid) {keyword, oid, sizeof(oid) - 1},
    ATTRIBUTE("CN", "\x55\x04\x03")                        /* 2.5.4.3 commonName */
    ATTRIBUTE("SN", "\x55\x04\x04")                        /* 2.5.4.4 surname */
    ATTRIBUTE("SERIALNUMBER", "\x55\x04\x05")              /* 2.5.4.5 serialNumber */
    ATTRIBUTE("C", "\x55\x04\x06")                         /* 2.5.4.6 countryName */
    ATTRIBUTE("L", "\x55\x04\x07")                         /* 2.5.4.7 localityName */
    ATTRIBUTE("S", "\x55\x04\x08")                         /* 2.5.4.8 stateOrProvinceName */
    ATTRIBUTE("STREET", "\x55\x04\x09")                    /* 2.5.4.9 streetAddress */
    ATTRIBUTE("O", "\x55\x04\x0a")                         /* 2.5.4.10 organizationName */
    ATTRIBUTE("OU", "\x55\x04\x0b")                        /* 2.5.4.11 organizationalUnitName */
    ATTRIBUTE("T", "\x55\x04\x0c")                         /* 2.5.4.12 title */
    ATTRIBUTE("Description", "\x55\x04\x0d")               /* 2.5.4.13 description */
    ATTRIBUTE("PostalCode", "\x55\x04\x11")                /* 2.5.4.17 postalCode */
    ATTRIBUTE("POBox", "\x55\x04\x12")                     /* 2.5.4.18 postOfficeBox */
    ATTRIBUTE("Phone", "\x55\x04\x14")                     /* 2.5.4.20 telephoneNumber */
    ATTRIBUTE("X21Address", "\x55\x04\x18")                /* 2.5.4.24 x121Address */
    ATTRIBUTE("G", "\x55\x04\x2a")                         /* 2.5.4.42 givenName */
    ATTRIBUTE("I", "\x55\x04\x2b")                         /* 2.5.4.43 initials */
    ATTRIBUTE("dnQualifier", "\x55\x04\x2e")               /* 2.5.4.46 dnQualifier */
    ATTRIBUTE("E", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01") /* 1.2.840.113549.1.9.1 emailAddress */
    ATTRIBUTE("DC",
              "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19") /* 0.9.2342.19200300.100.1.25 domainComponent */
#undef ATTRIBUTE
};

mtls_status mtlsval_oid_text(mtls_view oid, mtls_buf *out) {
    mtls_status status = MTLS_OK;
    uint64_t part = 0;
    bool is_first = true, is_huge = false;
    for (size_t i = 0; status == MTLS_OK && i < oid.len; i++) {
        is_huge = is_huge || part > UINT64_MAX >> 7;
        part = part << 7 | (oid.data[i] & 0x7f);
        if (oid.data[i] >= 0x80) {
            continue;
        }
        if (is_huge) { /* nothing that anybody registered; shown, not computed */
            status = mtls_buf_append_text(out, is_first ? "2.huge" : ".huge");
        } else if (is_first) {
            /* X.690 8.19.4: the first octets hold 40 times the first part plus the second. */
            unsigned first = part >= 80 ? 2 : (unsigned)(part / 40);
            status = mtls_buf_appendf(out, "%u.%llu", first, (unsigned long long)(part - first * 40u));
        } else {
            status = mtls_buf_appendf(out, ".%llu", (unsigned long long)part);
        }
        is_first = is_huge = false;
        part = 0;
    }
    return status;
}

static mtls_status append_type(mtls_view type, mtls_buf *out) {
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (type.len == keywords[i].oid_len && memcmp(type.data, keywords[i].oid, type.len) == 0) {
            return mtls_buf_append_text(out, keywords[i].keyword);
        }
    }
    mtls_status status = mtls_buf_append_text(out, "OID.");
    return status == MTLS_OK ? mtlsval_oid_text(type, out) : status;
}

static size_t encode_utf8(uint32_t c, uint8_t out[4]) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[4] = {0, 0xC0, 0xE0, 0xF0};
    for (size_t i = more; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (uint8_t)(lead[more] | c);
    return more + 1;
}

/* .NET reads a T61String as UTF-8 where it is that, and else as Latin-1. */
static mtlsval_charset display_charset(uint8_t tag, mtls_view value) {
    mtlsval_charset charset = mtlsval_value_charset(tag);
    if (charset == MTLSVAL_CHARSET_T61 && mtlsval_value_is_text(MTLSVAL_TAG_UTF8_STRING, value)) {
        return MTLSVAL_CHARSET_UTF8;
    }
    return charset;
}

static size_t unit_size(mtlsval_charset charset) {
    return charset == MTLSVAL_CHARSET_UTF16 ? 2 : charset == MTLSVAL_CHARSET_UTF32 ? 4 : 1;
}

/* append_character appends the character of `value` at `*at`, doubling quotes if `quoted`. What is none, and
 * NUL, comes as \xNN for each byte. */
static mtls_status append_character(mtlsval_charset charset, mtls_view value, size_t *at, bool quoted,
                                    mtls_buf *out) {
    size_t start = *at;
    uint32_t c;
    uint8_t utf8[4];
    if (mtlsval_value_next(charset, value, at, &c) && c != 0 &&
        !(charset == MTLSVAL_CHARSET_ASCII && c >= 0x80)) {
        if (c == '"' && quoted) {
            return mtls_buf_append_text(out, "\"\"");
        }
        return mtls_buf_append(out, (mtls_view){utf8, encode_utf8(c, utf8)});
    }
    size_t end = value.len - start < unit_size(charset) ? value.len : start + unit_size(charset);
    mtls_status status = MTLS_OK;
    for (size_t i = start; status == MTLS_OK && i < end; i++) {
        status = mtls_buf_appendf(out, "\\x%02X", value.data[i]);
    }
    *at = end;
    return status;
}

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What means something in a name. .NET does not count the carriage return, only the line feed. */
static bool is_special(uint32_t c) {
    switch (c) {
    case ',':
    case '+':
    case '=':
    case '"':
    case '<':
    case '>':
    case '#':
    case ';':
    case '\n':
        return true;
    default:
        return false;
    }
}

/* needs_quotes: empty, white space at either end, or a special character. */
static bool needs_quotes(mtlsval_charset charset, mtls_view value) {
    uint32_t c = ' ';
    bool is_bytes =
        charset == MTLSVAL_CHARSET_UTF8 || charset == MTLSVAL_CHARSET_ASCII || charset == MTLSVAL_CHARSET_T61;
    for (size_t at = 0; at < value.len;) {
        bool is_first = at == 0;
        if (is_bytes && value.data[at] < 0x80) {
            c = value.data[at++];
        } else if (!mtlsval_value_next(charset, value, &at, &c)) {
            at += unit_size(charset);
            c = '.'; /* it will be shown as \xNN */
        }
        if (is_special(c) || (is_first && is_space(c))) {
            return true;
        }
    }
    return is_space(c);
}

/* Runs of characters that stand in the result as they are need no look at each. */
static size_t plain_run(mtlsval_charset charset, mtls_view value, size_t at) {
    size_t end = at;
    while (end < value.len && value.data[end] != 0 && value.data[end] < 0x80 && value.data[end] != '"') {
        end++;
    }
    return charset == MTLSVAL_CHARSET_UTF8 || charset == MTLSVAL_CHARSET_ASCII ||
                   charset == MTLSVAL_CHARSET_T61
               ? end - at
               : 0;
}

static mtls_status append_value(const mtlsval_attribute *attribute, mtls_buf *out) {
    mtls_view value = attribute->value;
    mtlsval_charset charset = display_charset(attribute->tag, value);
    mtls_status status = MTLS_OK;
    if (charset == MTLSVAL_CHARSET_NONE) { /* as Windows writes what is no text: the whole element */
        status = mtls_buf_append_byte(out, '#');
        for (size_t i = 0; status == MTLS_OK && i < attribute->element.len; i++) {
            status = mtls_buf_appendf(out, "%02X", attribute->element.data[i]);
        }
        return status;
    }
    bool quoted = needs_quotes(charset, value);
    if (quoted) {
        status = mtls_buf_append_byte(out, '"');
    }
    for (size_t at = 0; status == MTLS_OK && at < value.len;) {
        size_t run = plain_run(charset, value, at);
        status = run > 0 ? mtls_buf_append(out, (mtls_view){value.data + at, run})
                         : append_character(charset, value, &at, quoted, out);
        at += run;
    }
    if (quoted && status == MTLS_OK) {
        status = mtls_buf_append_byte(out, '"');
    }
    return status;
}

mtls_status mtlsval_name_text(const mtlsval_name *name, mtls_buf *out) {
    const uint8_t *rdns[MTLSVAL_NAME_ATTRIBUTES_MAX];
    unsigned num_rdns = 0;
    mtlsval_name_walk walk;
    mtlsval_attribute attributes[MTLSVAL_RDN_ATTRIBUTES_MAX];
    mtlsval_name_walk_start(&walk, name);
    for (const uint8_t *at = walk.at; mtlsval_name_walk_next(&walk, attributes); at = walk.at) {
        if (attributes->rdn == num_rdns && num_rdns < MTLSVAL_NAME_ATTRIBUTES_MAX) {
            rdns[num_rdns++] = at;
        }
    }
    mtls_status status = MTLS_OK;
    /* The RDNs from the last to the first, the attributes of each in their own order. */
    for (unsigned rdn = num_rdns; status == MTLS_OK && rdn > 0; rdn--) {
        unsigned count = 0;
        walk = (mtlsval_name_walk){.at = rdns[rdn - 1], .end = walk.end, .rdn_end = rdns[rdn - 1]};
        while (count < MTLSVAL_RDN_ATTRIBUTES_MAX && mtlsval_name_walk_next(&walk, &attributes[count]) &&
               attributes[count].rdn == 0) {
            count++;
        }
        if (rdn != num_rdns) {
            status = mtls_buf_append_text(out, ", ");
        }
        for (unsigned i = 0; status == MTLS_OK && i < count; i++) {
            if (i > 0) {
                status = mtls_buf_append_text(out, " + ");
            }
            if (status == MTLS_OK && (status = append_type(attributes[i].type, out)) == MTLS_OK &&
                (status = mtls_buf_append_byte(out, '=')) == MTLS_OK) {
                status = append_value(&attributes[i], out);
            }
        }
    }
    return status;
}
