#include "fuzz/mutator/armour.h"

#include "gen/pem_write.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static mtls_view slice(mtls_view file, size_t from, size_t to) {
    return (mtls_view){from == 0 ? file.data : file.data + from, to - from};
}

static mtls_status append_between(mtls_buf *out, mtls_view file, size_t from, size_t to) {
    return mtls_buf_append(out, slice(file, from, to));
}

static mtls_view pick(mtlsmut_random *random, const char *const *words, size_t num_words) {
    return mtls_view_of_text(words[mtlsmut_below(random, num_words)]);
}

/* block_options makes one block depart from RFC 7468 in one way, or only from the ordinary (the first rows).
 */
static void block_options(mtlsmut_random *random, size_t der_len, mtlsgen_pem_options *out,
                          mtls_view headers[2]) {
    static const char *const labels[] = {"X509 CERTIFICATE",
                                         "TRUSTED CERTIFICATE",
                                         "CERTIFICATE REQUEST",
                                         "X509 CRL",
                                         "PKCS7",
                                         "PRIVATE KEY",
                                         "RSA PRIVATE KEY",
                                         "certificate",
                                         "CERTIFICATE ",
                                         "",
                                         "PUBLIC KEY",
                                         "EC PARAMETERS",
                                         "CERT"};
    static const char *const begins[] = {"-----BEGIN CERTIFICATE----",   "----BEGIN CERTIFICATE-----",
                                         "-----BEGIN CERTIFICATE",       " -----BEGIN CERTIFICATE-----",
                                         "-----BEGIN CERTIFICATE----- ", "-----begin certificate-----",
                                         "-----BEGIN  CERTIFICATE-----", "-----BEGINCERTIFICATE-----"};
    static const char *const ends[] = {"-----END CERTIFICATE----",   "-----END X509 CRL-----",
                                       "-----END CERTIFICATE",       "-----END-----",
                                       " -----END CERTIFICATE-----", "-----END CERTIFICATE-----x",
                                       "-----BEGIN CERTIFICATE-----"};
    static const char *const replacements[] = {"-", "_", "=", " ", "\n", "\t", "!", "\xff", "====", "\f"};
    static const size_t widths[] = {0, 1, 4, 63, 65, 76, 77, 80, 1024};
    size_t base64_len = (der_len + 2) / 3 * 4;
    *out = (mtlsgen_pem_options){.label = mtls_view_of_text("CERTIFICATE"), .no_final_eol = true};
    switch (mtlsmut_below(random, 10)) {
    case 0:
        out->has_width = true;
        out->width = widths[mtlsmut_below(random, COUNT(widths))];
        break;
    case 1:
        out->eol = (mtlsgen_eol)mtlsmut_below(random, MTLSGEN_EOL_MIXED + 1);
        break;
    case 2:
        out->label = pick(random, labels, COUNT(labels));
        break;
    case 3:
        out->begin.given = true;
        out->begin.text = pick(random, begins, COUNT(begins));
        break;
    case 4:
        out->end.given = true;
        out->end.text = pick(random, ends, COUNT(ends));
        break;
    case 5:
        *(mtlsmut_chance(random, 1, 2) ? &out->begin.absent : &out->end.absent) = true;
        break;
    case 6:
        out->truncate_base64 = 1 + mtlsmut_below(random, base64_len < 8 ? base64_len : 8);
        out->truncate_base64 = out->truncate_base64 > base64_len ? base64_len : out->truncate_base64;
        break;
    case 7:
        out->replace = base64_len > 0;
        out->replace_at = mtlsmut_below(random, base64_len);
        out->replace_with = pick(random, replacements, COUNT(replacements));
        break;
    case 8: /* RFC 1421, which RFC 7468 leaves out */
        headers[0] = mtls_view_of_text("Proc-Type: 4,ENCRYPTED");
        headers[1] = mtls_view_of_text("DEK-Info: AES-128-CBC,00");
        out->headers = headers;
        out->num_headers = 1 + mtlsmut_below(random, 2);
        break;
    default:
        out->indent = mtls_view_of_text(mtlsmut_chance(random, 1, 2) ? " " : "\t");
    }
}

static mtls_status write_block(mtlsmut_random *random, const mtlsmut_parts *parts, mtls_buf *out) {
    const mtlsmut_part *part = &parts->items[mtlsmut_below(random, parts->num_items)];
    mtlsgen_pem_options options;
    mtls_view headers[2];
    mtls_status status;
    block_options(random, part->der.len, &options, headers);
    if ((status = append_between(out, parts->file, 0, part->begin_at)) == MTLS_OK &&
        (status = mtlsgen_pem_write(part->der, &options, out)) == MTLS_OK) {
        status = append_between(out, parts->file, part->end_at, parts->file.len);
    }
    return status == MTLS_ERR_USAGE ? mtls_buf_append(out, parts->file) : status;
}

/* write_eols writes every line end anew. */
static mtls_status write_eols(mtlsmut_random *random, mtls_view file, mtls_buf *out) {
    mtlsgen_eol eol = (mtlsgen_eol)mtlsmut_below(random, MTLSGEN_EOL_MIXED + 1);
    mtls_status status = MTLS_OK;
    size_t line = 0, copied = 0;
    for (size_t i = 0; i < file.len && status == MTLS_OK; i++) {
        if (file.data[i] == '\n') {
            size_t end = i > copied && file.data[i - 1] == '\r' ? i - 1 : i;
            if ((status = append_between(out, file, copied, end)) == MTLS_OK) {
                status = mtls_buf_append(out, mtlsgen_eol_bytes(eol, line++));
            }
            copied = i + 1;
        }
    }
    return status == MTLS_OK ? append_between(out, file, copied, file.len) : status;
}

/* write_text puts a fragment at the start of some line, or at the start or the end of the file. */
static mtls_status write_text(mtlsmut_random *random, mtls_view file, mtls_buf *out) {
    static const mtls_view fragments[] = {
#define FRAGMENT(text) {(const uint8_t *)(text), sizeof(text) - 1}
        FRAGMENT("text\n"),
        FRAGMENT("\n"),
        FRAGMENT("\xef\xbb\xbf"),
        FRAGMENT("\0"),
        FRAGMENT("\xff\xfe"),
        FRAGMENT("-----\n"),
        FRAGMENT("-----BEGIN CERTIFICATE-----\n"),
        FRAGMENT("-----END CERTIFICATE-----\n"),
        FRAGMENT("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
        FRAGMENT("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"),
        FRAGMENT(" "),
        FRAGMENT("#\r\n")
#undef FRAGMENT
    };
    size_t num_lines = 0, at = 0;
    for (size_t i = 0; i < file.len; i++) {
        num_lines += file.data[i] == '\n';
    }
    size_t line = mtlsmut_below(random, num_lines + 1);
    for (; at < file.len && line > 0; at++) {
        line -= file.data[at] == '\n';
    }
    mtls_status status;
    if ((status = append_between(out, file, 0, at)) == MTLS_OK &&
        (status = mtls_buf_append(out, fragments[mtlsmut_below(random, COUNT(fragments))])) == MTLS_OK) {
        status = append_between(out, file, at, file.len);
    }
    return status;
}

mtls_status mtlsmut_armour_edit(mtlsmut_random *random, const mtlsmut_parts *parts, mtls_buf *out) {
    size_t way = mtlsmut_below(random, 8);
    if (way == 0) {
        return write_eols(random, parts->file, out);
    }
    if (way < 4 || parts->num_items == 0) {
        return write_text(random, parts->file, out);
    }
    return write_block(random, parts, out);
}

mtls_status mtlsmut_order_edit(mtlsmut_random *random, const mtlsmut_parts *parts, mtls_buf *out) {
    const mtlsmut_part *one = &parts->items[mtlsmut_below(random, parts->num_items)];
    const mtlsmut_part *other = &parts->items[mtlsmut_below(random, parts->num_items)];
    mtls_view file = parts->file;
    mtls_status status;
    if (one->begin_at > other->begin_at) {
        const mtlsmut_part *first = other;
        other = one;
        one = first;
    }
    if (one != other && mtlsmut_chance(random, 1, 2)) { /* in each other's place */
        if ((status = append_between(out, file, 0, one->begin_at)) == MTLS_OK &&
            (status = append_between(out, file, other->begin_at, other->end_at)) == MTLS_OK &&
            (status = append_between(out, file, one->end_at, other->begin_at)) == MTLS_OK &&
            (status = append_between(out, file, one->begin_at, one->end_at)) == MTLS_OK) {
            status = append_between(out, file, other->end_at, file.len);
        }
        return status;
    }
    if (parts->num_items > 1 && mtlsmut_chance(random, 1, 2)) { /* one less */
        status = append_between(out, file, 0, one->begin_at);
        return status == MTLS_OK ? append_between(out, file, one->end_at, file.len) : status;
    }
    if ((status = append_between(out, file, 0, other->end_at)) == MTLS_OK && /* one more */
        (status = parts->pem ? mtls_buf_append_text(out, "\n") : MTLS_OK) == MTLS_OK &&
        (status = append_between(out, file, one->begin_at, one->end_at)) == MTLS_OK) {
        status = append_between(out, file, other->end_at, file.len);
    }
    return status;
}
