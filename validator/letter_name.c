#include "validator/letter_name.h"

#include <string.h>

enum { LABEL_MAX = 63, HOST_MAX = 253 };

static bool is_letter_or_digit(uint8_t c) {
    uint8_t letter = c | 0x20;
    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9');
}

static bool is_one_of(uint8_t c, const char *set) {
    return c != '\0' && strchr(set, c) != NULL;
}

static mtls_view part(mtls_view text, size_t from, size_t to) {
    return (mtls_view){text.data + from, to - from};
}

bool mtlsval_letter_is_host(mtls_view text) {
    size_t label = 0; /* where it starts */
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.data[i] != '.') {
            if (!is_letter_or_digit(text.data[i]) && !is_one_of(text.data[i], "-*")) {
                return false;
            }
            continue;
        }
        if (i == label || i - label > LABEL_MAX || text.data[label] == '-' || text.data[i - 1] == '-') {
            return false;
        }
        label = i + 1;
    }
    return text.len <= HOST_MAX;
}

/* Dot-string: atoms apart by dots. Gives where it ends. */
static size_t dot_string_end(mtls_view text) {
    size_t i = 0;
    while (i < text.len &&
           (is_letter_or_digit(text.data[i]) || is_one_of(text.data[i], "!#$%&'*+-/=?^_`{|}~") ||
            (text.data[i] == '.' && i > 0 && text.data[i - 1] != '.'))) {
        i++;
    }
    return i > 0 && text.data[i - 1] == '.' ? 0 : i;
}

/* Quoted-string. Gives where it ends, 0 if it does not. */
static size_t quoted_string_end(mtls_view text) {
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] == '"') {
            return i + 1;
        }
        i += text.data[i] == '\\';
    }
    return 0;
}

bool mtlsval_letter_is_mailbox(mtls_view text) {
    bool is_quoted = text.len > 0 && text.data[0] == '"';
    size_t at = is_quoted ? quoted_string_end(text) : dot_string_end(text);
    if (at == 0 || at + 1 >= text.len || text.data[at] != '@') {
        return false;
    }
    mtls_view domain = part(text, at + 1, text.len);
    bool is_literal = domain.len > 2 && domain.data[0] == '[' && domain.data[domain.len - 1] == ']';
    return is_literal || mtlsval_letter_is_host(domain);
}

/* [ userinfo "@" ] host [ ":" port ], where the host may be an IP address (RFC 3986 3.2). */
static bool is_authority(mtls_view text) {
    size_t start = 0, end;
    for (size_t i = 0; i < text.len; i++) {
        start = text.data[i] == '@' ? i + 1 : start;
    }
    if (start < text.len && text.data[start] == '[') {
        const uint8_t *bracket = memchr(text.data + start, ']', text.len - start);
        if (bracket == NULL || bracket == text.data + start + 1) {
            return false;
        }
        end = (size_t)(bracket - text.data) + 1;
    } else {
        for (end = start; end < text.len && text.data[end] != ':';) {
            end++;
        }
        if (!mtlsval_letter_is_host(part(text, start, end))) {
            return false;
        }
    }
    for (size_t i = end + 1; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return end == text.len || text.data[end] == ':';
}

static bool is_hex(uint8_t c) {
    return is_letter_or_digit(c) && (c | 0x20) <= 'f';
}

bool mtlsval_letter_is_uri(mtls_view text) {
    size_t scheme = 0, fragments = 0;
    while (scheme < text.len && text.data[scheme] != ':') {
        scheme++;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool is_escape = c == '%' && i + 2 < text.len && is_hex(text.data[i + 1]) && is_hex(text.data[i + 2]);
        if (!is_escape && !is_letter_or_digit(c) && !is_one_of(c, "-._~:/?#[]@!$&'()*+,;=")) {
            return false;
        }
        fragments += c == '#';
    }
    if (fragments > 1) {
        return false;
    }
    if (scheme + 2 >= text.len || text.data[scheme + 1] != '/' || text.data[scheme + 2] != '/') {
        return true;
    }
    size_t end = scheme + 3;
    while (end < text.len && !is_one_of(text.data[end], "/?#")) {
        end++;
    }
    return is_authority(part(text, scheme + 3, end));
}

bool mtlsval_letter_is_uri_constraint(mtls_view text) {
    bool is_domain = text.len > 0 && text.data[0] == '.';
    return mtlsval_letter_is_host(part(text, is_domain ? 1 : 0, text.len));
}

bool mtlsval_letter_is_range(mtls_view octets) {
    bool has_ended = false;
    for (size_t i = octets.len / 2; i < octets.len; i++) {
        uint8_t zeros = (uint8_t)~octets.data[i];
        if ((zeros & (zeros + 1u)) != 0 || (has_ended && zeros != 0xff)) {
            return false;
        }
        has_ended = zeros != 0;
    }
    return true;
}
