/* The reader of names in scenarios: RFC 4514's strings, but in the order of the encoding. */
#include "gen/name.h"

#include <string.h>

typedef struct {
    mtls_view text;
    size_t at;
    mtlsgen_arena *arena;
    mtls_error *error;
} reader;

static mtls_status fail_here(const reader *r, const char *what) {
    return mtls_fail(MTLS_ERR_INPUT, r->error, "name, column %zu: %s", r->at + 1, what);
}

static mtls_status fail_memory(const reader *r) {
    return mtls_fail(MTLS_ERR_NOMEM, r->error, "out of memory");
}

static bool at_end(const reader *r) {
    return r->at == r->text.len;
}

/* peek gives the next byte, or 0 at the end; a real NUL is caught by whoever takes it. */
static uint8_t peek(const reader *r) {
    return at_end(r) ? 0 : r->text.data[r->at];
}

static void skip_spaces(reader *r) {
    while (peek(r) == ' ') {
        r->at++;
    }
}

static int hex_digit(uint8_t c) {
    static const char digits[] = "0123456789abcdef";
    const char *at = c == 0 ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* hex_pair reads two hex digits. */
static bool hex_pair(reader *r, uint8_t *out) {
    if (r->text.len - r->at < 2) {
        return false;
    }
    int high = hex_digit(r->text.data[r->at]), low = hex_digit(r->text.data[r->at + 1]);
    if (high < 0 || low < 0) {
        return false;
    }
    *out = (uint8_t)(high * 16 + low);
    r->at += 2;
    return true;
}

static mtls_status read_type(reader *r, mtlsgen_attribute *out) {
    size_t start = r->at;
    while (!at_end(r) && strchr("=,+ ", r->text.data[r->at]) == NULL) {
        r->at++;
    }
    char *type = mtlsgen_arena_alloc(r->arena, r->at - start + 1);
    if (type == NULL) {
        return fail_memory(r);
    }
    memcpy(type, r->text.data + start, r->at - start);
    type[r->at - start] = '\0';
    if (!mtlsgen_attribute_known(type)) {
        r->at = start;
        return fail_here(r, "an attribute type is expected: CN, O, OU, C, ST, L, ... or a dotted OID");
    }
    skip_spaces(r);
    if (peek(r) != '=') {
        return fail_here(r, "\"=\" is expected after the attribute type");
    }
    r->at++;
    out->type = type;
    return MTLS_OK;
}

/* read_hex reads RFC 4514's `#` form: the value's BER, identifier and length too. */
static mtls_status read_hex(reader *r, uint8_t *bytes, mtlsgen_attribute *out) {
    size_t len = 0;
    for (r->at++; !at_end(r) && strchr(",+ ", peek(r)) == NULL;) {
        if (!hex_pair(r, &bytes[len++])) {
            return fail_here(r, "two hex digits are expected");
        }
    }
    if (len == 0) {
        return fail_here(r, "hex digits are expected after \"#\"; write \\# for the character");
    }
    out->as = MTLSGEN_STRING_RAW;
    out->value = (mtls_view){bytes, len};
    return MTLS_OK;
}

static mtls_status read_string(reader *r, uint8_t *bytes, mtlsgen_attribute *out) {
    size_t len = 0, kept = 0; /* unescaped spaces at the end are not kept */
    while (!at_end(r) && peek(r) != ',' && peek(r) != '+') {
        uint8_t c = r->text.data[r->at];
        if (c == '\\') {
            r->at++;
            /* RFC 4514 2.4: a backslash before a special character, or before the two hex digits of a byte */
            if (!at_end(r) && strchr(" \"#+,;<=>\\", peek(r)) != NULL && peek(r) != 0) {
                bytes[len++] = r->text.data[r->at++];
            } else if (!hex_pair(r, &bytes[len++])) {
                return fail_here(r, "after a backslash, a special character or two hex digits are expected");
            }
            kept = len;
            continue;
        }
        if (c == 0 || c == '"' || c == ';' || c == '<' || c == '>') {
            return fail_here(r, "this character is written with a backslash before it (NUL as \\00)");
        }
        r->at++;
        bytes[len++] = c;
        kept = c == ' ' ? kept : len;
    }
    out->value = (mtls_view){bytes, kept};
    return MTLS_OK;
}

static mtls_status read_attribute(reader *r, mtlsgen_attribute *out) {
    skip_spaces(r);
    mtls_status status = read_type(r, out);
    if (status != MTLS_OK) {
        return status;
    }
    skip_spaces(r);
    uint8_t *bytes = mtlsgen_arena_alloc(r->arena, r->text.len - r->at + 1);
    if (bytes == NULL) {
        return fail_memory(r);
    }
    status = peek(r) == '#' ? read_hex(r, bytes, out) : read_string(r, bytes, out);
    skip_spaces(r);
    if (status == MTLS_OK && !at_end(r) && peek(r) != ',' && peek(r) != '+') {
        status = fail_here(r, "\",\", \"+\" or the end is expected");
    }
    return status;
}

static mtls_status read_rdn(reader *r, mtlsgen_rdn *out) {
    mtlsgen_attribute attributes[MTLSGEN_RDN_ATTRIBUTES_MAX];
    size_t num = 0;
    do {
        if (num > 0) {
            r->at++; /* the plus sign */
        }
        if (num == MTLSGEN_RDN_ATTRIBUTES_MAX) {
            return fail_here(r, "too many attributes in one RDN");
        }
        attributes[num] = (mtlsgen_attribute){0};
        mtls_status status = read_attribute(r, &attributes[num++]);
        if (status != MTLS_OK) {
            return status;
        }
    } while (peek(r) == '+');
    mtlsgen_attribute *kept = mtlsgen_arena_alloc(r->arena, num * sizeof *kept);
    if (kept == NULL) {
        return fail_memory(r);
    }
    memcpy(kept, attributes, num * sizeof *kept);
    *out = (mtlsgen_rdn){kept, num};
    return MTLS_OK;
}

mtls_status mtlsgen_name_read(mtls_view text, mtlsgen_arena *arena, mtlsgen_name *out, mtls_error *error) {
    reader r = {.text = text, .arena = arena, .error = error};
    *out = (mtlsgen_name){0};
    skip_spaces(&r);
    if (at_end(&r)) {
        return MTLS_OK;
    }
    /* A comma stands between any two RDNs, so there are no more of them than commas and one. */
    size_t room = 1;
    for (size_t i = 0; i < text.len; i++) {
        room += text.data[i] == ',' ? 1 : 0;
    }
    if (room > MTLSGEN_NAME_RDNS_MAX) {
        room = MTLSGEN_NAME_RDNS_MAX;
    }
    mtlsgen_rdn *rdns = mtlsgen_arena_zalloc(arena, room, sizeof *rdns);
    if (rdns == NULL) {
        return fail_memory(&r);
    }
    size_t num = 0;
    do {
        if (num > 0) {
            r.at++; /* the comma */
        }
        if (num == room) {
            return fail_here(&r, "too many RDNs");
        }
        mtls_status status = read_rdn(&r, &rdns[num++]);
        if (status != MTLS_OK) {
            return status;
        }
    } while (!at_end(&r));
    *out = (mtlsgen_name){.rdns = rdns, .num_rdns = num};
    return MTLS_OK;
}
