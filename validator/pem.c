#include "validator/pem.h"

#include <string.h>
#include <strings.h>

/* A delimiter, or what was meant as one. */
typedef struct {
    bool is_end;
    size_t at, after; /* its hyphens, first and past the last */
    mtls_view label;
    mtlsval_finding finding; /* NONE for `-----BEGIN label-----` alone on its line */
} delimiter;

static bool is_blank(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool is_line_end(uint8_t c) {
    return c == '\n' || c == '\r';
}

static bool is_space(uint8_t c) {
    return is_blank(c) || is_line_end(c);
}

/* Bit 0 of each byte of `word` that is `c`. */
static uint64_t bytes_equal(uint64_t word, uint8_t c) {
    const uint64_t low_bits = UINT64_C(0x7f7f7f7f7f7f7f7f);
    word ^= c * UINT64_C(0x0101010101010101);
    return ~(((word & low_bits) + low_bits) | word | low_bits) >> 7;
}

/* The count of line ends that begin in [from, to): LF, and CR that no LF follows. Eight bytes at a time,
 * whose counts add up in eight bytes until one of them might pass 255. */
static size_t count_lines(mtls_view file, size_t from, size_t to) {
    enum { WORDS_MAX = 255 };
    const uint64_t even_bytes = UINT64_C(0x00ff00ff00ff00ff);
    size_t lines = 0, i = from;
    while (i + sizeof(uint64_t) <= to && i + sizeof(uint64_t) < file.len) {
        uint64_t counts = 0, word, next;
        for (unsigned n = 0; n < WORDS_MAX && i + sizeof word <= to && i + sizeof word < file.len;
             n++, i += sizeof word) {
            memcpy(&word, file.data + i, sizeof word);
            memcpy(&next, file.data + i + 1, sizeof next);
            counts += bytes_equal(word, '\n') | (bytes_equal(word, '\r') & ~bytes_equal(next, '\n'));
        }
        counts = (counts & even_bytes) + (counts >> 8 & even_bytes);
        lines += (size_t)(counts * UINT64_C(0x0001000100010001) >> 48);
    }
    for (; i < to; i++) {
        bool is_crlf = file.data[i] == '\r' && i + 1 < file.len && file.data[i + 1] == '\n';
        lines += is_line_end(file.data[i]) && !is_crlf;
    }
    return lines;
}

/* advance moves to `to`, keeping the line number and the line's start. */
static void advance(mtlsval_pem *pem, size_t to) {
    pem->line += count_lines(pem->file, pem->at, to);
    for (size_t i = to; i > pem->at; i--) {
        uint8_t c = pem->file.data[i - 1];
        if (c == '\n' || (c == '\r' && !(i < pem->file.len && pem->file.data[i] == '\n'))) {
            pem->line_start = i;
            break;
        }
    }
    pem->at = to;
}

static bool starts_with(mtls_view text, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len >= len && memcmp(text.data, prefix, len) == 0;
}

static bool starts_with_letters(mtls_view text, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len >= len && strncasecmp((const char *)text.data, prefix, len) == 0;
}

static mtls_view from(mtls_view file, size_t at) {
    return (mtls_view){file.data + at, file.len - at};
}

/* keyword_len is the length of BEGIN or END at the start of `text`, in any letter case; 0 if neither is there
 * as a whole word. */
static size_t keyword_len(mtls_view text, bool *out_is_end) {
    *out_is_end = starts_with_letters(text, "END");
    size_t len = *out_is_end ? 3 : starts_with_letters(text, "BEGIN") ? 5 : 0;
    if (len > 0 && len < text.len && !is_space(text.data[len]) && text.data[len] != '-') {
        return 0;
    }
    return len;
}

/* What a misspelt delimiter must speak of: "--- end of list ---" between two certificates is only text. */
static bool names_an_object(mtls_view label) {
    static const char *const words[] = {"CERTIFICATE", "KEY", "X509", "CRL", "PKCS", "CMS", "PARAMETERS"};
    size_t len = label.len < 128 ? label.len : 128;
    for (size_t i = 0; i < len; i++) {
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            if (starts_with_letters(from(label, i), words[w])) {
                return true;
            }
        }
    }
    return false;
}

/* RFC 7468 section 3: label = [ labelchar *( ["-" / SP] labelchar ) ], labelchar = any printable character
 * but "-". */
static bool is_label(mtls_view label) {
    bool after_joint = true; /* neither the start nor a joint may be followed by a joint */
    for (size_t i = 0; i < label.len; i++) {
        uint8_t c = label.data[i];
        bool is_joint = c == ' ' || c == '-';
        if (c < 0x20 || c > 0x7e || (is_joint && after_joint)) {
            return false;
        }
        after_joint = is_joint;
    }
    return label.len == 0 || !after_joint;
}

static bool only_blanks(mtls_view file, size_t from_at, size_t to) {
    for (size_t i = from_at; i < to; i++) {
        if (!is_blank(file.data[i])) {
            return false;
        }
    }
    return true;
}

static mtls_view trim(mtls_view text) {
    while (text.len > 0 && is_blank(text.data[0])) {
        text = from(text, 1);
    }
    while (text.len > 0 && is_blank(text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* parse_delimiter looks at the hyphens at `at`. False: they begin no delimiter. `*out_after` is where to look
 * on. */
static bool parse_delimiter(const mtlsval_pem *pem, size_t at, delimiter *out, size_t *out_after) {
    mtls_view file = pem->file;
    size_t i = at;
    while (i < file.len && file.data[i] == '-') {
        i++;
    }
    size_t leading = i - at;
    *out_after = i;
    size_t word_at = i;
    while (word_at < file.len && is_blank(file.data[word_at])) {
        word_at++;
    }
    size_t word_len = leading < 2 ? 0 : keyword_len(from(file, word_at), &out->is_end);
    if (word_len == 0) {
        return false;
    }
    bool strict_start =
        leading == 5 && word_at == i && starts_with(from(file, word_at), out->is_end ? "END" : "BEGIN");
    i = word_at + word_len;
    size_t label_at = i;
    while (i < file.len && !is_line_end(file.data[i]) &&
           !(file.data[i] == '-' && i + 1 < file.len && file.data[i + 1] == '-')) {
        i++;
    }
    size_t label_end = i;
    while (i < file.len && file.data[i] == '-') {
        i++;
    }
    size_t trailing = i - label_end;
    bool one_space = label_at < label_end && file.data[label_at] == ' ';
    out->label = (mtls_view){file.data + label_at + one_space, label_end - label_at - one_space};
    bool good_label = one_space && is_label(out->label);
    if (!good_label) {
        out->label = trim(out->label);
    }
    if (!strict_start && !names_an_object(out->label)) {
        return false;
    }

    /* `cat` makes ten hyphens of a file without a final line end and the next file's first line. */
    bool ignored;
    bool shares_line = trailing >= 6 && keyword_len(from(file, i), &ignored) > 0;
    if (shares_line) {
        i -= 5;
        trailing -= 5;
    }
    bool exact = strict_start && good_label && trailing == 5;
    size_t rest = i;
    while (rest < file.len && is_blank(file.data[rest])) {
        rest++;
    }
    bool text_after = rest < file.len && !is_line_end(file.data[rest]);
    bool text_before = at != pem->line_start;
    out->at = at;
    out->after = i;
    out->finding = shares_line && out->is_end                              ? MTLSVAL_PEM_DELIMITERS_SHARE_LINE
                   : !exact                                                ? MTLSVAL_PEM_DELIMITER_SPELLING
                   : text_before && only_blanks(file, pem->line_start, at) ? MTLSVAL_PEM_DELIMITER_INDENTED
                   : text_before || text_after                             ? MTLSVAL_PEM_DELIMITER_NOT_ALONE
                                                                           : MTLSVAL_FINDING_NONE;
    *out_after = i;
    return true;
}

/* next_delimiter moves to the next delimiter and leaves `pem->at` on its first hyphen; at the end of the file
 * it moves there and gives false. */
static bool next_delimiter(mtlsval_pem *pem, delimiter *out) {
    for (size_t at = pem->at;;) {
        const uint8_t *hyphen =
            at < pem->file.len ? memchr(pem->file.data + at, '-', pem->file.len - at) : NULL;
        if (hyphen == NULL) {
            advance(pem, pem->file.len);
            return false;
        }
        at = (size_t)(hyphen - pem->file.data);
        /* One hyphen alone is base64url or text: not worth a look at its line. */
        if (at + 1 < pem->file.len && pem->file.data[at + 1] != '-') {
            at += 1;
            continue;
        }
        advance(pem, at);
        if (parse_delimiter(pem, at, out, &at)) {
            return true;
        }
    }
}

static void note(mtlsval_pem_block *block, mtlsval_finding finding, size_t at, size_t line) {
    if (block->finding == MTLSVAL_FINDING_NONE && finding != MTLSVAL_FINDING_NONE) {
        block->finding = finding;
        block->finding_at = at;
        block->finding_line = line;
    }
}

/* skip_headers takes RFC 1421 headers (section 4.6: `Proc-Type: 4,ENCRYPTED` and so on, continued by indented
 * lines, ended by a blank line) from the front of the body. */
static void skip_headers(mtlsval_pem_block *block) {
    mtls_view body = block->body;
    size_t at = 0;
    while (at < body.len && is_space(body.data[at])) {
        at++;
    }
    size_t after = 0;
    for (bool more = true; more;) {
        size_t end = at;
        bool has_colon = false;
        while (end < body.len && !is_line_end(body.data[end])) {
            has_colon = has_colon || body.data[end] == ':';
            end++;
        }
        more = has_colon || (after > 0 && end > at && is_blank(body.data[at]));
        if (more) {
            end += end + 1 < body.len && body.data[end] == '\r' && body.data[end + 1] == '\n' ? 2 : 1;
            at = after = end < body.len ? end : body.len;
        }
    }
    if (after > 0) {
        block->has_headers = true;
        block->body_line += count_lines(body, 0, after);
        block->body = from(body, after);
    }
}

/* finish sets the body, which ends at `body_end`, and looks at what it is. */
static void finish(mtls_view file, mtlsval_pem_block *block, size_t body_at, size_t body_end) {
    block->body = (mtls_view){file.data + body_at, body_end - body_at};
    skip_headers(block);
    if (block->has_headers && !mtlsval_pem_label_is_private_key(block->label)) {
        size_t header_at = body_at;
        while (is_space(file.data[header_at])) {
            header_at++;
        }
        note(block, MTLSVAL_PEM_HEADERS, header_at,
             block->begin_line + count_lines(file, body_at, header_at));
    }
    size_t i = 0;
    while (i < block->body.len && is_space(block->body.data[i])) {
        i++;
    }
    if (i == block->body.len) {
        note(block, MTLSVAL_PEM_EMPTY_BODY, block->begin_at, block->begin_line);
    }
}

/* find_mark recognises a byte order mark, and UTF-16 text without one by its first two characters. */
static mtlsval_finding find_mark(mtls_view file) {
    const uint8_t *d = file.data;
    if (file.len >= 3 && d[0] == 0xEF && d[1] == 0xBB && d[2] == 0xBF) {
        return MTLSVAL_PEM_BOM;
    }
    bool has_mark = file.len >= 2 && ((d[0] == 0xFF && d[1] == 0xFE) || (d[0] == 0xFE && d[1] == 0xFF));
    bool is_wide = file.len >= 4 && (d[0] == 0) != (d[1] == 0) && (d[0] == 0) == (d[2] == 0) &&
                   (d[1] == 0) == (d[3] == 0);
    return has_mark || is_wide ? MTLSVAL_PEM_UTF16 : MTLSVAL_FINDING_NONE;
}

void mtlsval_pem_start(mtlsval_pem *pem, mtls_view file) {
    static const uint8_t nothing[1] = {0}; /* pointer arithmetic on NULL is undefined */
    if (file.data == NULL) {
        file = (mtls_view){nothing, 0};
    }
    if (file.len > MTLSVAL_PEM_FILE_MAX) {
        file.len = MTLSVAL_PEM_FILE_MAX;
    }
    *pem = (mtlsval_pem){.file = file, .line = 1, .file_finding = find_mark(file)};
    if (pem->file_finding == MTLSVAL_PEM_BOM) {
        pem->at = pem->line_start = 3;
    }
    const uint8_t *nul = file.len > 0 ? memchr(file.data, 0, file.len) : NULL;
    if (nul != NULL) {
        pem->has_nul = true;
        pem->nul_at = (size_t)(nul - file.data);
        pem->nul_line = 1 + count_lines(file, 0, pem->nul_at);
    }
}

bool mtlsval_pem_next(mtlsval_pem *pem, mtlsval_pem_block *out_block) {
    delimiter begin, end;
    *out_block = (mtlsval_pem_block){.finding = MTLSVAL_FINDING_NONE};
    if (!next_delimiter(pem, &begin)) {
        return false;
    }
    mtlsval_pem_block *block = out_block;
    block->begin_at = begin.at;
    block->begin_line = block->body_line = block->end_line = pem->line;
    block->end_at = begin.after;
    block->label = begin.label;
    advance(pem, begin.after);
    if (begin.is_end) {
        note(block, MTLSVAL_PEM_END_WITHOUT_BEGIN, begin.at, block->begin_line);
        if (begin.finding == MTLSVAL_PEM_DELIMITERS_SHARE_LINE) {
            pem->line_start = pem->at;
        }
        return true;
    }
    block->is_block = true;
    pem->num_begin++;
    note(block, begin.finding, begin.at, block->begin_line);

    size_t body_at = pem->at;
    bool found = next_delimiter(pem, &end);
    block->end_at = pem->at;
    block->end_line = pem->line;
    finish(pem->file, block, body_at, pem->at);
    if (!found || !end.is_end) {
        /* An empty body tells less than the delimiter that is missing. */
        if (block->finding == MTLSVAL_PEM_EMPTY_BODY) {
            block->finding = MTLSVAL_FINDING_NONE;
        }
        note(block, found ? MTLSVAL_PEM_NESTED_BEGIN : MTLSVAL_PEM_BEGIN_WITHOUT_END,
             found ? end.at : block->begin_at, found ? pem->line : block->begin_line);
        return true;
    }
    note(block, end.finding, end.at, pem->line);
    if (!mtls_view_equal(begin.label, end.label)) {
        note(block, MTLSVAL_PEM_LABEL_MISMATCH, end.at, pem->line);
    }
    advance(pem, end.after);
    block->end_at = end.after;
    if (end.finding == MTLSVAL_PEM_DELIMITERS_SHARE_LINE) {
        pem->line_start = pem->at; /* the BEGIN that follows is not at fault a second time */
    }
    return true;
}

bool mtlsval_pem_is_blank(mtls_view file) {
    mtlsval_finding mark = find_mark(file);
    bool is_wide = mark == MTLSVAL_PEM_UTF16;
    for (size_t i = is_wide ? 2 : mark == MTLSVAL_PEM_BOM ? 3 : 0; i < file.len; i++) {
        if (!is_space(file.data[i]) && !(is_wide && file.data[i] == 0)) {
            return false;
        }
    }
    return true;
}

bool mtlsval_pem_label_is_private_key(mtls_view label) {
    static const char words[] = "PRIVATE KEY";
    size_t len = sizeof words - 1;
    return label.len >= len && strncasecmp((const char *)label.data + (label.len - len), words, len) == 0;
}
