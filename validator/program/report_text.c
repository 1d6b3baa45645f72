#include "validator/program/report_text.h"

#include <string.h>

#include "core/text.h"
#include "validator/program/picture.h"

enum { HEADING_WIDTH = 10, SEEN_MAX = 4, TEXT_MAX = 8 * 1024 * 1024 };

void report_text_escaped(FILE *out, const char *text) {
    mtls_buf escaped = {.max = TEXT_MAX};
    if (mtls_text_escape(mtls_view_of_text(text), &escaped) == MTLS_OK) {
        fwrite(escaped.len == 0 ? "" : (const char *)escaped.data, 1, escaped.len, out);
    }
    mtls_buf_clear(&escaped);
}

void report_text_row(const layout *l, paint p, const char *heading, const char *text) {
    fputs("  ", l->out);
    layout_paint(l, p);
    fputs(heading, l->out);
    layout_plain(l);
    fprintf(l->out, "%*s", HEADING_WIDTH - (int)strlen(heading), "");
    layout_wrap(l->out, text, HEADING_WIDTH + 2, HEADING_WIDTH + 2, l->width);
}

static void put_headline(const layout *l, paint p, const char *word, const char *rest) {
    layout_paint(l, p);
    fputs(word, l->out);
    layout_plain(l);
    fprintf(l->out, "%s%s\n", rest[0] == '\0' ? "" : "  ", rest);
}

static void put_issuer_dn(const layout *l, const char *dn) {
    mtls_buf escaped = {.max = TEXT_MAX};
    if (mtls_text_escape(mtls_view_of_text(dn), &escaped) == MTLS_OK && mtls_buf_text(&escaped) != NULL) {
        report_text_row(l, PAINT_FAINT, "issuer DN", (const char *)escaped.data);
    }
    mtls_buf_clear(&escaped);
}

/* A kind of warning is written once: what was seen, certificate by certificate, then what to know about it.
 */
static void put_warning(const layout *l, const mtlsval_upload *upload, mtlsval_warning_id id) {
    size_t num = 0;
    for (size_t i = 0; i < upload->num_warnings; i++) {
        if (upload->warnings[i].id == id && ++num <= SEEN_MAX) {
            report_text_row(l, PAINT_WARNING, num == 1 ? "warning" : "", upload->warnings[i].seen);
        }
    }
    if (num > SEEN_MAX) {
        fprintf(l->out, "%*sand %zu more like it\n", HEADING_WIDTH + 2, "", num - SEEN_MAX);
    }
    if (num > 0) {
        report_text_row(l, PAINT_FAINT, "", mtlsval_warning_describe(id)->text);
    }
}

static void put_warnings(const layout *l, const mtlsval_upload *upload) {
    for (int id = 0; id < MTLSVAL_NUM_WARNINGS; id++) {
        put_warning(l, upload, (mtlsval_warning_id)id);
    }
    if (upload->num_warnings < upload->num_all_warnings) {
        fprintf(l->out, "  and %zu more warnings\n", upload->num_all_warnings - upload->num_warnings);
    }
}

static void put_path(const layout *l, const char *path) {
    if (strcmp(path, "-") == 0) {
        fputs("standard input", l->out);
    } else {
        report_text_escaped(l->out, path);
    }
    fputs(": ", l->out);
}

void report_text_file(const layout *l, const mtlsval_gateway *gateway, const mtlsval_file *file,
                      const char *path) {
    const mtlsval_file_verdict *verdict = &file->verdict;
    bool has_code = verdict->code != MTLS_UPLOAD_ACCEPTED,
         own = mtls_profile_describe(gateway->profile->id)->has_codes;
    put_path(l, path);
    put_headline(l, verdict->accepted ? PAINT_GOOD : PAINT_BAD, verdict->accepted ? "accepted" : "rejected",
                 has_code ? mtls_upload_code_describe(verdict->code)->spelling : "");
    if (!verdict->accepted) {
        report_text_row(l, PAINT_FAINT, "seen", verdict->detail);
    }
    if (has_code) {
        report_text_row(l, PAINT_FAINT, "do", mtls_upload_code_describe(verdict->code)->advice);
    }
    if (verdict->client_cert_issuer_dn != NULL) {
        put_issuer_dn(l, verdict->client_cert_issuer_dn);
    }
    if (file->upload->num_certificates > 0) {
        fputc('\n', l->out);
        picture_file(l, file->upload, own);
    }
    if (own && file->upload->num_warnings > 0) {
        fputc('\n', l->out);
        put_warnings(l, file->upload);
    }
}

static paint paint_of(const mtlsval_client *client) {
    return mtlsval_client_goes_on(client) ? PAINT_GOOD : PAINT_BAD;
}

void report_text_client(const layout *l, const mtlsval_gateway *gateway, const mtlsval_client *client,
                        const char *const *paths) {
    const char *log = mtlsval_client_ssl_client_verify(client), *detail = mtlsval_client_detail(client);
    const char *advice = mtlsval_client_advice(client);
    int status = mtlsval_client_http_status(client);
    fputs("client: ", l->out);
    put_headline(l, paint_of(client), log == NULL ? mtlsval_client_result(client) : log, "");
    if (status == 0) {
        report_text_row(l, PAINT_FAINT, "answer",
                        "none: the TLS handshake ends with an alert, nothing is logged");
    } else {
        report_text_row(l, PAINT_FAINT, "answer",
                        mtlsval_client_goes_on(client) ? "the request goes on" : "HTTP 400 (Bad Request)");
    }
    if (detail[0] != '\0') {
        report_text_row(l, PAINT_FAINT, "seen", detail);
    }
    if (advice != NULL) {
        report_text_row(l, PAINT_FAINT, "do", advice);
    }
    if (client->verified) {
        fputc('\n', l->out);
        picture_client(l, gateway, client, paths);
    }
}
