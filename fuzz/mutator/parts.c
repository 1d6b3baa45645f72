#include "fuzz/mutator/parts.h"

#include "gen/pem_write.h"
#include "validator/pem.h"

#include <string.h>

enum { DER_MAX = 1024 * 1024 };

static const mtlsgen_pem_options block_options = {
    .label = {(const uint8_t *)"CERTIFICATE", 11},
      .no_final_eol = true
};

static mtls_view slice(mtls_view file, size_t from, size_t to) {
    return (mtls_view){from == 0 ? file.data : file.data + from, to - from};
}

static bool has_begin(mtls_view file) {
    static const char begin[] = "-----BEGIN";
    for (size_t at = 0; at + sizeof begin - 1 <= file.len; at++) {
        const uint8_t *found = memchr(file.data + at, '-', file.len - at);
        if (found == NULL) {
            return false;
        }
        at = (size_t)(found - file.data);
        if (at + sizeof begin - 1 <= file.len && memcmp(found, begin, sizeof begin - 1) == 0) {
            return true;
        }
    }
    return false;
}

static mtls_status read_pem(mtlsmut_parts *parts, mtlsgen_arena *arena) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_fault fault;
    mtlsval_pem_start(&pem, parts->file);
    while (parts->num_items < MTLSMUT_PARTS_MAX && mtlsval_pem_next(&pem, &block)) {
        size_t len = 0, room = mtlsval_pem_decoded_max(block.body);
        if (block.finding != MTLSVAL_FINDING_NONE || room > DER_MAX ||
            !mtls_view_equal_text(block.label, "CERTIFICATE")) {
            continue;
        }
        uint8_t *der = mtlsgen_arena_alloc(arena, room + 1);
        if (der == NULL) {
            return MTLS_ERR_NOMEM;
        }
        if (mtlsval_pem_decode(block.body, der, &len, &fault) && len > 0) {
            parts->items[parts->num_items++] = (mtlsmut_part){
                block.begin_at, block.end_at, {der, len}
            };
        }
    }
    return MTLS_OK;
}

/* element_len is how long the element at the front says that it is, at most all there is (X.690 8.1.3). */
static size_t element_len(mtls_view bytes) {
    if (bytes.len < 2 || bytes.data[1] == 0x80) {
        return bytes.len;
    }
    size_t len = bytes.data[1], at = 2;
    if (len > 0x80) {
        size_t octets = len & 0x7f;
        len = 0;
        for (size_t i = 0; i < octets; i++) {
            if (at == bytes.len || len > SIZE_MAX >> 8) {
                return bytes.len;
            }
            len = len << 8 | bytes.data[at++];
        }
    }
    return len > bytes.len - at ? bytes.len : at + len;
}

static void read_row(mtlsmut_parts *parts, bool one) {
    for (size_t at = 0; at < parts->file.len && parts->num_items < MTLSMUT_PARTS_MAX;) {
        mtls_view rest = slice(parts->file, at, parts->file.len);
        size_t len = one ? rest.len : element_len(rest);
        if (rest.data[0] == 0x30) {
            parts->items[parts->num_items++] = (mtlsmut_part){at, at + len, slice(parts->file, at, at + len)};
        }
        at += len;
    }
}

mtls_status mtlsmut_parts_read(mtls_view file, mtlsmut_format format, mtlsgen_arena *arena,
                               mtlsmut_parts *out) {
    out->file = file;
    out->num_items = 0;
    out->inserted = (mtls_view){0};
    out->pem = format == MTLSMUT_PEM || (format == MTLSMUT_ANY && has_begin(file));
    if (out->pem) {
        return read_pem(out, arena);
    }
    read_row(out, format == MTLSMUT_CERTIFICATE);
    return MTLS_OK;
}

static mtls_status write_one(const mtlsmut_parts *parts, mtls_view der, mtls_buf *out) {
    return parts->pem ? mtlsgen_pem_write(der, &block_options, out) : mtls_buf_append(out, der);
}

mtls_status mtlsmut_parts_write(const mtlsmut_parts *parts, const mtls_view *ders, mtls_buf *out) {
    size_t copied = 0;
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < parts->num_items && status == MTLS_OK; i++) {
        const mtlsmut_part *part = &parts->items[i];
        bool more = parts->inserted.len > 0 && parts->inserted_after == i;
        if (ders[i].len > 0) {
            status = mtls_buf_append(out, slice(parts->file, copied, part->begin_at));
            status = status == MTLS_OK ? write_one(parts, ders[i], out) : status;
            copied = part->end_at;
        } else if (more) {
            status = mtls_buf_append(out, slice(parts->file, copied, part->end_at));
            copied = part->end_at;
        }
        if (more && status == MTLS_OK &&
            (status = mtls_buf_append_text(out, parts->pem ? "\n" : "")) == MTLS_OK) {
            status = write_one(parts, parts->inserted, out);
        }
    }
    return status == MTLS_OK ? mtls_buf_append(out, slice(parts->file, copied, parts->file.len)) : status;
}
