#include "validator/program/picture.h"

#include <openssl/x509.h>
#include <string.h>

#include "core/text.h"
#include "validator/time.h"

/* Certificates of a file that are drawn; the rest is counted. */
enum { DRAWN_MAX = 64, PREFIX_MAX = DRAWN_MAX * 6, NAME_TEXT_MAX = 8 * 1024 * 1024, NAME_LEAST = 24 };

typedef struct {
    const char *ca, *leaf, *bad, *missing; /* what stands before a name */
    const char *branch, *last_branch, *trunk, *trunk_end, *gap, *cut;
} signs;

static const signs unicode_signs = {"●", "○", "✗", "?", "├─ ", "└─ ", "│  ", "│", "   ", "…"};
static const signs ascii_signs = {"*", "o", "x", "?", "|- ", "`- ", "|  ", "|", "   ", "..."};

static const signs *signs_of(const layout *l) {
    return l->unicode ? &unicode_signs : &ascii_signs;
}

/* A name of a stranger: escaped, and cut where it would leave too little of the line. */
static void put_name(const layout *l, mtls_view name, int at) {
    mtls_buf text = {.max = NAME_TEXT_MAX};
    int room = l->width - at < NAME_LEAST ? NAME_LEAST : l->width - at;
    mtls_view cut = {name.data, name.len > DRAWN_MAX * 16 ? DRAWN_MAX * 16 : name.len};
    if (name.len == 0) {
        fputs("(empty name)", l->out);
    } else if (mtls_text_escape(cut, &text) == MTLS_OK && mtls_buf_text(&text) != NULL) {
        const char *bytes = (const char *)text.data;
        size_t len = 0;
        for (int columns = 0; len < text.len && columns < room; columns++) {
            len++;
            while (len < text.len && (text.data[len] & 0xC0) == 0x80) {
                len++;
            }
        }
        fwrite(bytes, 1, len, l->out);
        if (len < text.len || cut.len < name.len) {
            fputs(signs_of(l)->cut, l->out);
        }
    }
    mtls_buf_clear(&text);
}

static void put_x509_name(const layout *l, const X509_NAME *name, int at) {
    mtls_buf text = {.max = NAME_TEXT_MAX};
    if (mtlsval_x509_name_text(name, &text) == MTLS_OK) {
        put_name(l, mtls_buf_view(&text), at);
    } else {
        fputs("(name too long)", l->out);
    }
    mtls_buf_clear(&text);
}

/* The faint words after a name stand on the next line, under the name. */
static void put_note(const layout *l, const char *prefix, paint colour, const char *note) {
    fprintf(l->out, "\n  %s ", prefix);
    layout_paint(l, colour);
    fputs(note, l->out);
    layout_plain(l);
}

/* The certificates of a file as a forest. */
typedef struct {
    const layout *l;
    const mtlsval_upload *upload;
    size_t num_drawn; /* certificates that are looked at */
    bool seen[DRAWN_MAX];
    bool leaf_is_ignored;
} forest;

static const mtlsval_upload_certificate *at(const forest *f, size_t index) {
    return &f->upload->certificates[index];
}

/* In a file that was taken the upload check knows who issued whom, by signature; in a refused one names tell.
 */
static bool is_issuer(const forest *f, size_t issuer, size_t index) {
    if (issuer == index || at(f, issuer)->role == MTLSVAL_ROLE_LEAF) {
        return false;
    }
    if (f->upload->code == MTLS_UPLOAD_ACCEPTED && at(f, index)->parent != MTLSVAL_NO_CERTIFICATE) {
        return at(f, index)->parent == issuer;
    }
    return strcmp(at(f, issuer)->subject, at(f, index)->issuer) == 0;
}

static bool has_issuer(const forest *f, size_t index) {
    for (size_t i = 0; i < f->num_drawn; i++) {
        if (is_issuer(f, i, index)) {
            return true;
        }
    }
    return false;
}

static bool is_self_issued(const forest *f, size_t index) {
    return strcmp(at(f, index)->subject, at(f, index)->issuer) == 0;
}

static void put_certificate(const forest *f, size_t index, const char *prefix, const char *below) {
    const mtlsval_upload_certificate *certificate = at(f, index);
    const signs *s = signs_of(f->l);
    bool is_leaf = certificate->role == MTLSVAL_ROLE_LEAF;
    char until[MTLSVAL_TIME_TEXT_MAX], note[160];
    fprintf(f->l->out, "  %s%s ", prefix, is_leaf ? s->leaf : s->ca);
    layout_paint(f->l, PAINT_STRONG);
    put_name(f->l, mtls_view_of_text(certificate->subject), (int)strlen(prefix) + 4);
    layout_plain(f->l);
    snprintf(note, sizeof note, "%s%s, certificate %u, line %zu, until %.10s",
             mtlsval_role_text(certificate->role), is_leaf && f->leaf_is_ignored ? " (ignored)" : "",
             certificate->number, certificate->line,
             mtlsval_time_format(certificate->certificate.not_after, until));
    put_note(f->l, below, PAINT_FAINT, note);
    fputc('\n', f->l->out);
}

static size_t next_child(const forest *f, size_t issuer, size_t from) {
    for (size_t i = from; i < f->num_drawn; i++) {
        if (!f->seen[i] && !is_self_issued(f, i) && is_issuer(f, issuer, i)) {
            return i;
        }
    }
    return f->num_drawn;
}

/* Every certificate is drawn once, so that the depth is at most DRAWN_MAX, also where CAs sign each other. */
static void put_tree(forest *f, size_t index, const char *prefix, const char *own) {
    const signs *s = signs_of(f->l);
    char here[PREFIX_MAX], below[PREFIX_MAX];
    snprintf(here, sizeof here, "%s%s", prefix, own);
    snprintf(below, sizeof below, "%s%s", prefix,
             own[0] == '\0'                     ? ""
             : strcmp(own, s->last_branch) == 0 ? s->gap
                                                : s->trunk);
    f->seen[index] = true;
    size_t child = next_child(f, index, 0);
    char beside[PREFIX_MAX + 8];
    snprintf(beside, sizeof beside, "%s%s", below, child < f->num_drawn ? s->trunk_end : " ");
    put_certificate(f, index, here, beside);
    while (child < f->num_drawn) {
        f->seen[child] = true;
        size_t next = next_child(f, index, child + 1);
        put_tree(f, child, below, next < f->num_drawn ? s->branch : s->last_branch);
        child = next_child(f, index, child + 1);
    }
}

static void put_missing(const layout *l, const char *what) {
    layout_paint(l, PAINT_BAD);
    fputs(what, l->out);
    layout_plain(l);
}

static void put_orphans(forest *f) {
    const signs *s = signs_of(f->l);
    for (size_t i = 0; i < f->num_drawn; i++) {
        if (f->seen[i] || has_issuer(f, i)) {
            continue;
        }
        fprintf(f->l->out, "  ");
        put_missing(f->l, s->missing);
        fputc(' ', f->l->out);
        put_name(f->l, mtls_view_of_text(at(f, i)->issuer), 4);
        put_note(f->l, s->trunk_end, PAINT_BAD, "missing: not in the file");
        fputc('\n', f->l->out);
        put_tree(f, i, "", s->last_branch);
    }
}

void picture_file(const layout *l, const mtlsval_upload *upload, bool leaf_is_ignored) {
    size_t num_drawn = upload->num_certificates > DRAWN_MAX ? DRAWN_MAX : upload->num_certificates;
    forest f = {.l = l, .upload = upload, .num_drawn = num_drawn, .leaf_is_ignored = leaf_is_ignored};
    for (size_t i = 0; i < num_drawn; i++) {
        if (!f.seen[i] && is_self_issued(&f, i)) {
            put_tree(&f, i, "", "");
        }
    }
    put_orphans(&f);
    for (size_t i = 0; i < num_drawn; i++) {
        if (!f.seen[i]) {
            put_tree(&f, i, "", "");
        }
    }
    if (num_drawn < upload->num_certificates) {
        fprintf(l->out, "  and %zu more\n", upload->num_certificates - num_drawn);
    }
}

/* What the verdict says of one certificate of the chain that was built. */
static void put_errors(const layout *l, const mtlsval_client *client, int depth, const char *prefix) {
    const mtlsval_chain_verdict *chain = &client->chain;
    char note[200];
    for (size_t i = 0; i < chain->num_errors; i++) {
        bool decides =
            chain->errors[i].x509_v_err == chain->x509_v_err && chain->errors[i].depth == chain->depth;
        if (chain->errors[i].depth == depth) {
            snprintf(note, sizeof note, "%s %s (%d)%s", signs_of(l)->bad,
                     X509_verify_cert_error_string(chain->errors[i].x509_v_err), chain->errors[i].x509_v_err,
                     decides || chain->num_errors == 1 ? "" : ", overwritten by a later error");
            put_note(l, prefix, decides ? PAINT_BAD : PAINT_FAINT, note);
        }
    }
    if (depth == 0 && client->result == MTLS_VERIFY_FAILED && chain->num_errors == 0) {
        snprintf(note, sizeof note, "%s %s", signs_of(l)->bad,
                 mtls_reason_describe(client->reason)->spelling);
        put_note(l, prefix, PAINT_BAD, note);
    }
}

static void put_place(const layout *l, mtlsval_place place, const char *const *paths, const char *prefix) {
    mtls_buf note = {.max = NAME_TEXT_MAX};
    mtls_status status = MTLS_OK;
    if (place.file != 0) {
        const char *path = paths[place.file - 1];
        status = mtls_buf_append_text(&note, "trusted: ");
        status = status == MTLS_OK ? mtls_text_escape(mtls_view_of_text(path), &note) : status;
        status = status == MTLS_OK ? mtls_buf_appendf(&note, ", certificate %zu, line %zu", place.file_number,
                                                      place.file_line)
                                   : status;
    }
    if (status == MTLS_OK && place.sent_number != 0) {
        status = mtls_buf_appendf(&note, "%ssent: certificate %zu, line %zu", place.file != 0 ? "; " : "",
                                  place.sent_number, place.sent_line);
    }
    const char *text = status == MTLS_OK && note.len > 0 ? mtls_buf_text(&note) : NULL;
    put_note(l, prefix, PAINT_FAINT, text == NULL ? "trusted" : text);
    mtls_buf_clear(&note);
}

static bool stopped_by_depth(const mtlsval_client *client) {
    for (size_t i = 0; i < client->chain.num_errors; i++) {
        if (client->chain.errors[i].x509_v_err == X509_V_ERR_CERT_CHAIN_TOO_LONG) {
            return true;
        }
    }
    return false;
}

static bool is_top(const X509 *certificate) {
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

void picture_client(const layout *l, const mtlsval_gateway *gateway, const mtlsval_client *client,
                    const char *const *paths) {
    const signs *s = signs_of(l);
    int num = client->verified ? sk_X509_num(client->chain.built) : 0;
    int level = 0;
    if (num > 0 && !is_top(sk_X509_value(client->chain.built, num - 1))) {
        fputs("  ", l->out);
        put_missing(l, s->missing);
        fputc(' ', l->out);
        put_x509_name(l, X509_get_issuer_name(sk_X509_value(client->chain.built, num - 1)), 4);
        put_note(l, s->trunk_end, PAINT_BAD,
                 stopped_by_depth(client) ? "not looked for: the chain is too long by here"
                                          : "missing: neither trusted nor sent");
        fputc('\n', l->out);
        level = 1;
    }
    for (int depth = num - 1; depth >= 0; depth--, level++) {
        const X509 *certificate = sk_X509_value(client->chain.built, depth);
        int indent = level == 0 ? 0 : (level - 1) * (int)strlen(s->gap);
        char prefix[PREFIX_MAX], beside[PREFIX_MAX];
        snprintf(prefix, sizeof prefix, "%*s%s", indent, "", level == 0 ? "" : s->last_branch);
        snprintf(beside, sizeof beside, "%*s%s", level * (int)strlen(s->gap), "",
                 depth > 0 ? s->trunk_end : " ");
        fprintf(l->out, "  %s%s ", prefix, depth > 0 ? s->ca : s->leaf);
        layout_paint(l, PAINT_STRONG);
        put_x509_name(l, X509_get_subject_name(certificate), indent + 8);
        layout_plain(l);
        put_place(l, mtlsval_place_find(gateway, &client->peer, certificate), paths, beside);
        put_errors(l, client, depth, beside);
        fputc('\n', l->out);
    }
}
