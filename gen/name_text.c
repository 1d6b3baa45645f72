/* The texts of a name: the language's, RFC 4514's, and the gateway's. */
#include "gen/name.h"

#include <string.h>

#include "gen/attribute.h"

typedef mtls_status (*attribute_fn)(const mtlsgen_attribute *, mtls_buf *);

/* How a text is put together. */
typedef struct {
    bool last_first;
    const char *between_rdns, *between_attributes;
    attribute_fn attribute;
} layout;

/* append_hex appends two of `digits`, sixteen characters, for each byte. */
static mtls_status append_hex(mtls_view bytes, const char *digits, mtls_buf *out) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < bytes.len && status == MTLS_OK; i++) {
        status = mtls_buf_appendf(out, "%c%c", digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15]);
    }
    return status;
}

/* RFC 4514 2.4: what is escaped, with hex digits for what a reader could not see or a line could not hold */
static mtls_status append_escaped(mtls_view value, mtls_buf *out) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < value.len && status == MTLS_OK; i++) {
        uint8_t c = value.data[i];
        bool edge_space = c == ' ' && (i == 0 || i + 1 == value.len);
        if (c < 0x20 || c == 0x7f) {
            status = mtls_buf_appendf(out, "\\%02x", c);
        } else if (edge_space || (c == '#' && i == 0) || strchr("\"+,;<>\\", c) != NULL) {
            status = mtls_buf_appendf(out, "\\%c", c);
        } else {
            status = mtls_buf_append_byte(out, c);
        }
    }
    return status;
}

static mtls_status append_attribute(const mtlsgen_attribute *attribute, mtls_buf *out) {
    const mtlsgen_attribute_info *info = mtlsgen_attribute_describe(attribute->type);
    mtls_status status = mtls_buf_appendf(out, "%s=", info == NULL ? attribute->type : info->word);
    if (status != MTLS_OK || attribute->as != MTLSGEN_STRING_RAW) {
        return status == MTLS_OK ? append_escaped(attribute->value, out) : status;
    }
    status = mtls_buf_append_text(out, "#");
    return status == MTLS_OK ? append_hex(attribute->value, "0123456789abcdef", out) : status;
}

static bool is_white(uint8_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* quotes_needed: .NET quotes a value that is empty, starts or ends with white space, or holds one of these;
 * the carriage return is not among them (docs/facts.md, dotnet-names). */
static bool quotes_needed(mtls_view value) {
    if (value.len == 0 || is_white(value.data[0]) || is_white(value.data[value.len - 1])) {
        return true;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != 0 && strchr(",+=\"<>#;\n", value.data[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static mtls_status append_attribute_for_gateway(const mtlsgen_attribute *attribute, mtls_buf *out) {
    const mtlsgen_attribute_info *info = mtlsgen_attribute_describe(attribute->type);
    mtls_status status =
        info != NULL && info->gateway_word != NULL
            ? mtls_buf_appendf(out, "%s=", info->gateway_word)
            : mtls_buf_appendf(out, "OID.%s=", info == NULL ? attribute->type : info->dotted);
    if (status == MTLS_OK && attribute->as == MTLSGEN_STRING_RAW) {
        status = mtls_buf_append_text(out, "#");
        return status == MTLS_OK ? append_hex(attribute->value, "0123456789ABCDEF", out) : status;
    }
    bool quoted = quotes_needed(attribute->value);
    if (status == MTLS_OK && quoted) {
        status = mtls_buf_append_text(out, "\"");
    }
    for (size_t i = 0; i < attribute->value.len && status == MTLS_OK; i++) {
        uint8_t c = attribute->value.data[i];
        status = c == '"' ? mtls_buf_append_text(out, "\"\"") : mtls_buf_append_byte(out, c);
    }
    if (status == MTLS_OK && quoted) {
        status = mtls_buf_append_text(out, "\"");
    }
    return status;
}

static mtls_status append_rdn(const mtlsgen_rdn *rdn, const layout *l, mtlsgen_arena *arena, mtls_buf *out,
                              mtls_error *error) {
    const mtlsgen_attribute **sorted;
    mtls_status status = mtlsgen_rdn_sort(rdn, arena, &sorted, error);
    if (status != MTLS_OK) {
        return status;
    }
    for (size_t i = 0; i < rdn->num_attributes && status == MTLS_OK; i++) {
        status = i == 0 ? MTLS_OK : mtls_buf_append_text(out, l->between_attributes);
        if (status == MTLS_OK) {
            status = l->attribute(sorted[i], out);
        }
    }
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s", mtls_status_text(status));
}

static mtls_status append_name(const mtlsgen_name *name, const layout *l, mtls_buf *out, mtls_error *error) {
    if (name->der.len > 0 && name->num_rdns == 0) {
        return mtls_fail(MTLS_ERR_USAGE, error, "a name that is given by its DER has no text");
    }
    mtlsgen_arena arena = {0};
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < name->num_rdns && status == MTLS_OK; i++) {
        if (i > 0 && (status = mtls_buf_append_text(out, l->between_rdns)) != MTLS_OK) {
            mtls_fail(status, error, "%s", mtls_status_text(status));
            break;
        }
        status = append_rdn(&name->rdns[l->last_first ? name->num_rdns - 1 - i : i], l, &arena, out, error);
    }
    mtlsgen_arena_clear(&arena);
    return status;
}

mtls_status mtlsgen_name_write(const mtlsgen_name *name, mtls_buf *out, mtls_error *error) {
    return append_name(name, &(layout){false, ", ", "+", append_attribute}, out, error);
}

mtls_status mtlsgen_name_rfc4514(const mtlsgen_name *name, mtls_buf *out, mtls_error *error) {
    return append_name(name, &(layout){true, ",", "+", append_attribute}, out, error);
}

mtls_status mtlsgen_name_gateway(const mtlsgen_name *name, mtls_buf *out, mtls_error *error) {
    return append_name(name, &(layout){true, ", ", " + ", append_attribute_for_gateway}, out, error);
}
