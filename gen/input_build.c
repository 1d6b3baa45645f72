#include "gen/input_build.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "gen/pkcs7.h"
#include "gen/private_key.h"

enum { HEADERS_MAX = 64, NAME_TEXT_MAX = 64 * 1024 };

typedef struct {
    mtlsgen_workshop *shop;
    const mtlsgen_input *input;
    bool *used;
    mtls_buf *out;
    mtls_error *error;
} assembly;

static mtls_status part_fail(const assembly *a, const mtlsgen_part *part, mtls_status status) {
    return mtlsgen_workshop_fail(a->shop->scenario, part->at, status, a->error);
}

static mtls_status eol_write(const assembly *a) {
    return mtls_buf_append(a->out, mtlsgen_eol_bytes(a->input->eol, 0));
}

static mtls_status line_write(const assembly *a, const char *text) {
    const mtls_status status = mtls_buf_append_text(a->out, text);
    return status == MTLS_OK ? eol_write(a) : status;
}

static mtls_status name_line_write(const assembly *a, const char *head, const mtlsgen_name *name) {
    mtls_status status = mtls_buf_append_text(a->out, head);
    if (status == MTLS_OK && name->der.len == 0) {
        status = mtlsgen_name_rfc4514(name, a->out, NULL);
    }
    return status == MTLS_OK ? eol_write(a) : status;
}

/* The lines that `openssl pkcs12` puts before a block. */
static mtls_status attributes_write(const assembly *a, const mtlsgen_part *part) {
    const mtlsgen_scenario *s = a->shop->scenario;
    mtls_status status = line_write(a, "Bag Attributes");
    if (status != MTLS_OK || part->kind != MTLSGEN_PART_CERT) {
        return status == MTLS_OK ? line_write(a, "    friendlyName: mtls-gauntlet") : status;
    }
    const mtlsgen_scenario_certificate *certificate = &s->certificates[part->object];
    const mtlsgen_name *issuer = certificate->issuer_name;
    if (issuer == NULL) {
        const mtlsgen_ref of = certificate->issuer_name_of;
        issuer = &a->shop->certificates[of == MTLSGEN_SELF ? part->object : of].subject;
    }
    if ((status = mtls_buf_append_text(a->out, "    friendlyName: ")) == MTLS_OK &&
        (status = line_write(a, certificate->label)) == MTLS_OK &&
        (status = name_line_write(a, "subject=", &a->shop->certificates[part->object].subject)) == MTLS_OK) {
        status = name_line_write(a, "issuer=", issuer);
    }
    return status;
}

static mtls_status between_write(const assembly *a, const mtlsgen_part *part) {
    switch (a->input->between) {
    case MTLSGEN_BETWEEN_BLANK:
        return eol_write(a);
    case MTLSGEN_BETWEEN_TEXT:
        return line_write(a, "This line is text outside of any block, and not base64.");
    case MTLSGEN_BETWEEN_ATTRIBUTES:
        return attributes_write(a, part);
    case MTLSGEN_BETWEEN_NOTHING:
    default:
        return MTLS_OK;
    }
}

/* One block (or its bare DER), with the input's defaults where the part states nothing. */
static mtls_status block_write(const assembly *a, const mtlsgen_part *part, mtls_view der,
                               const char *label) {
    mtls_buf changed = {.max = MTLSGEN_INPUT_MAX};
    mtls_status status = MTLS_OK;
    if (part->der_truncate > der.len) {
        mtls_fail(MTLS_ERR_INPUT, a->error, "`der-truncate` cuts off %zu bytes, there are %zu",
                  part->der_truncate, der.len);
        return part_fail(a, part, MTLS_ERR_INPUT);
    }
    der.len -= part->der_truncate;
    if (part->der_append.len > 0) {
        if ((status = mtls_buf_append(&changed, der)) == MTLS_OK) {
            status = mtls_buf_append(&changed, part->der_append);
        }
        der = mtls_buf_view(&changed);
    }
    if (status == MTLS_OK && part->der) {
        status = mtls_buf_append(a->out, der);
    } else if (status == MTLS_OK) {
        mtlsgen_pem_options options = part->pem;
        if (!part->has_label) {
            options.label = mtls_view_of_text(label);
        }
        if (!part->has_eol) {
            options.eol = a->input->eol;
        }
        if (!options.has_width && a->input->has_width) {
            options.has_width = true;
            options.width = a->input->width;
        }
        if (options.replace) {
            mtls_fail(MTLS_ERR_INPUT, a->error, "`replace-base64` is past the end of the base64");
        }
        status = mtlsgen_pem_write(der, &options, a->out);
    }
    mtls_buf_clear(&changed);
    return status == MTLS_ERR_USAGE ? part_fail(a, part, status) : status;
}

static mtls_status certificate_use(const assembly *a, mtlsgen_ref certificate, mtls_view *out_der) {
    const mtlsgen_certificate *made;
    const mtls_status status = mtlsgen_workshop_certificate_get(a->shop, certificate, &made, a->error);
    if (status == MTLS_OK) {
        a->used[certificate] = true;
        *out_der = made->der;
    }
    return status;
}

static mtls_status certs_write(const assembly *a, const mtlsgen_part *part) {
    mtls_buf all = {.max = MTLSGEN_INPUT_MAX};
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < part->num_objects; i++) {
        mtls_view der;
        if ((status = certificate_use(a, part->objects[i], &der)) == MTLS_OK) {
            status = mtls_buf_append(&all, der);
        }
    }
    if (status == MTLS_OK) {
        status = block_write(a, part, mtls_buf_view(&all), "CERTIFICATE");
    }
    mtls_buf_clear(&all);
    return status;
}

static mtls_status pkcs7_write(const assembly *a, const mtlsgen_part *part) {
    mtls_view *ders = mtlsgen_arena_zalloc(&a->shop->arena, part->num_objects + 1, sizeof *ders);
    mtls_view der;
    mtls_status status = ders == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < part->num_objects; i++) {
        status = certificate_use(a, part->objects[i], &ders[i]);
    }
    if (status != MTLS_OK) {
        return status;
    }
    status =
        mtlsgen_pkcs7_make(a->shop->maker, ders, part->num_objects, NULL, 0, &a->shop->arena, &der, a->error);
    return status == MTLS_OK ? block_write(a, part, der, "PKCS7") : part_fail(a, part, status);
}

/* A key's file may have two blocks (EC PARAMETERS first). What the part says of a block is said of the key's.
 */
static mtls_status key_write(const assembly *a, const mtlsgen_part *part) {
    const mtlsgen_scenario *s = a->shop->scenario;
    const mtlsgen_key *key;
    mtlsgen_key_block blocks[MTLSGEN_KEY_BLOCKS_MAX];
    size_t num_blocks = 0;
    char address[512];
    mtls_status status = mtlsgen_workshop_key(a->shop, part->object, &key, a->error);
    if (status != MTLS_OK) {
        return status;
    }
    (void)snprintf(address, sizeof address, "%s#key:%s", s->id, s->certificates[part->object].label);
    status = mtlsgen_private_key_write(a->shop->maker, key, part->key_form, address, &a->shop->arena, blocks,
                                       &num_blocks, a->error);
    if (status != MTLS_OK) {
        return part_fail(a, part, status);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_blocks; i++) {
        mtlsgen_part block = *part;
        mtls_view headers[HEADERS_MAX];
        size_t num_headers = 0;
        if (i + 1 < num_blocks) {
            block.pem = (mtlsgen_pem_options){.has_width = part->pem.has_width,
                                              .width = part->pem.width,
                                              .eol = part->pem.eol,
                                              .indent = part->pem.indent};
            block.has_label = false;
            block.der_truncate = 0;
            block.der_append.len = 0;
        }
        for (size_t j = 0; j < 2 && blocks[i].headers[j] != NULL; j++) {
            headers[num_headers++] = mtls_view_of_text(blocks[i].headers[j]);
        }
        for (size_t j = 0; j < block.pem.num_headers && num_headers < HEADERS_MAX; j++) {
            headers[num_headers++] = block.pem.headers[j];
        }
        block.pem.headers = headers;
        block.pem.num_headers = num_headers;
        status = block_write(a, &block, blocks[i].der, blocks[i].label);
    }
    return status;
}

static mtls_status part_write(const assembly *a, const mtlsgen_part *part) {
    mtls_view der = {NULL, 0};
    mtls_status status = MTLS_OK;
    if (part->kind != MTLSGEN_PART_BYTES && !part->der) {
        status = between_write(a, part);
    }
    if (status != MTLS_OK) {
        return status;
    }
    switch (part->kind) {
    case MTLSGEN_PART_CERT:
        status = certificate_use(a, part->object, &der);
        return status == MTLS_OK ? block_write(a, part, der, "CERTIFICATE") : status;
    case MTLSGEN_PART_CERTS:
        return certs_write(a, part);
    case MTLSGEN_PART_CSR:
        status = mtlsgen_workshop_csr(a->shop, part->object, &der, a->error);
        return status == MTLS_OK ? block_write(a, part, der, "CERTIFICATE REQUEST") : status;
    case MTLSGEN_PART_CRL:
        status = mtlsgen_workshop_crl(a->shop, part->object, &der, a->error);
        return status == MTLS_OK ? block_write(a, part, der, "X509 CRL") : status;
    case MTLSGEN_PART_KEY:
        return key_write(a, part);
    case MTLSGEN_PART_PKCS7:
        return pkcs7_write(a, part);
    case MTLSGEN_PART_BLOB:
        return block_write(a, part, part->bytes, "CERTIFICATE");
    case MTLSGEN_PART_BYTES:
    default:
        return mtls_buf_append(a->out, part->bytes);
    }
}

static mtls_status repeat_apply(const assembly *a, size_t from) {
    const size_t len = a->out->len - from;
    mtls_status status = MTLS_OK;
    for (size_t i = 1; status == MTLS_OK && i < a->input->repeat; i++) {
        uint8_t *room;
        if ((status = mtls_buf_extend(a->out, len, &room)) == MTLS_OK && len > 0) {
            memcpy(room, a->out->data + from, len);
        }
    }
    return status;
}

/* Comment lines up to the very byte. */
static mtls_status pad_apply(const assembly *a, size_t from) {
    enum { LINE = 64 };
    const mtls_view eol = mtlsgen_eol_bytes(a->input->eol, 0);
    mtls_status status = MTLS_OK;
    if (a->input->pad_to == 0) {
        return MTLS_OK;
    }
    if (a->out->len - from > a->input->pad_to) {
        mtls_fail(MTLS_ERR_INPUT, a->error, "`pad-to` is %zu, but the parts alone have %zu bytes",
                  a->input->pad_to, a->out->len - from);
        return mtlsgen_workshop_fail(a->shop->scenario, a->input->at, MTLS_ERR_INPUT, a->error);
    }
    size_t left = a->input->pad_to - (a->out->len - from);
    while (status == MTLS_OK && left > 0) {
        const size_t line = left >= 2 * LINE ? LINE : left;
        const size_t marks = line > eol.len ? line - eol.len : line;
        uint8_t *room;
        if ((status = mtls_buf_extend(a->out, line, &room)) == MTLS_OK) {
            memset(room, '#', marks);
            if (marks < line) {
                memcpy(room + marks, eol.data, eol.len);
            }
        }
        left -= line;
    }
    return status;
}

static mtls_status final_eol_apply(const assembly *a, size_t from) {
    mtls_buf *out = a->out;
    if (a->input->no_final_eol && out->len > from) {
        const uint8_t last = out->data[out->len - 1];
        if (last == '\n' || last == '\r') {
            out->len--;
            if (last == '\n' && out->len > from && out->data[out->len - 1] == '\r') {
                out->len--;
            }
        }
    }
    return a->input->second_final_eol ? eol_write(a) : MTLS_OK;
}

static mtls_status utf16_append(mtls_buf *out, uint32_t unit, bool big_endian) {
    const mtls_status status = mtls_buf_append_byte(out, (uint8_t)(big_endian ? unit >> 8 : unit & 0xff));
    return status == MTLS_OK ? mtls_buf_append_byte(out, (uint8_t)(big_endian ? unit & 0xff : unit >> 8))
                             : status;
}

/* The file's text in UTF-16. A byte that is not UTF-8 stands for the character of that number. */
static mtls_status encoding_apply(const assembly *a, mtls_view text, mtls_buf *out) {
    const bool big_endian = a->input->encoding == MTLSGEN_UTF16BE;
    mtls_status status = MTLS_OK;
    if (a->input->encoding != MTLSGEN_UTF16BE && a->input->encoding != MTLSGEN_UTF16LE) {
        return mtls_buf_append(out, text);
    }
    for (size_t at = 0; status == MTLS_OK && at < text.len;) {
        uint32_t code_point;
        if (!mtls_utf8_next(text, &at, &code_point)) {
            code_point = text.data[at++];
        }
        if (code_point >= 0x10000) {
            code_point -= 0x10000;
            status = utf16_append(out, 0xd800 + (code_point >> 10), big_endian);
            code_point = 0xdc00 + (code_point & 0x3ff);
        }
        if (status == MTLS_OK) {
            status = utf16_append(out, code_point, big_endian);
        }
    }
    return status;
}

static mtls_view bom_bytes(mtlsgen_encoding bom) {
    static const uint8_t utf8[] = {0xef, 0xbb, 0xbf}, little[] = {0xff, 0xfe}, big[] = {0xfe, 0xff};
    switch (bom) {
    case MTLSGEN_UTF8:
        return (mtls_view){utf8, sizeof utf8};
    case MTLSGEN_UTF16LE:
        return (mtls_view){little, sizeof little};
    case MTLSGEN_UTF16BE:
        return (mtls_view){big, sizeof big};
    case MTLSGEN_ENCODING_AS_IS:
    default:
        return (mtls_view){NULL, 0};
    }
}

static mtls_status parts_write(const assembly *a) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < a->input->num_parts; i++) {
        status = part_write(a, &a->input->parts[i]);
    }
    if (status == MTLS_OK && (status = repeat_apply(a, 0)) == MTLS_OK &&
        (status = pad_apply(a, 0)) == MTLS_OK) {
        status = final_eol_apply(a, 0);
    }
    return status;
}

mtls_status mtlsgen_input_build(mtlsgen_workshop *shop, const mtlsgen_input *input, bool *used, mtls_buf *out,
                                mtls_error *error) {
    mtls_buf text = {.max = MTLSGEN_INPUT_MAX};
    assembly a = {shop, input, used, &text, error};
    mtls_status status;
    if ((status = parts_write(&a)) == MTLS_OK && (status = mtls_buf_append(out, input->prepend)) == MTLS_OK &&
        (status = mtls_buf_append(out, bom_bytes(input->bom))) == MTLS_OK &&
        (status = encoding_apply(&a, mtls_buf_view(&text), out)) == MTLS_OK) {
        status = mtls_buf_append(out, input->append);
    }
    mtls_buf_cleanse(&text);
    if (status == MTLS_ERR_LIMIT) {
        mtls_fail(status, error, "the input grows past %d bytes", MTLSGEN_INPUT_MAX);
        return mtlsgen_workshop_fail(shop->scenario, input->at, status, error);
    }
    return status == MTLS_ERR_NOMEM ? mtls_fail(status, error, "%s: no memory", shop->scenario->id) : status;
}

mtls_status mtlsgen_key_pem_write(mtlsgen_workshop *shop, mtlsgen_ref certificate, mtls_buf *out,
                                  mtls_error *error) {
    const mtlsgen_part part = {
        .kind = MTLSGEN_PART_KEY, .at = shop->scenario->certificates[certificate].at, .object = certificate};
    const mtlsgen_input input = {.present = true};
    const assembly a = {shop, &input, NULL, out, error};
    return key_write(&a, &part);
}
