#include "core/text.h"

#include <string.h>
#include <strings.h>

/* Code points that change how the text around them is shown, or do not show at all: controls, the format
 * characters (Unicode category Cf, the bidirectional ones among them), line separators, noncharacters. */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0000,  0x001F  },
    {0x007F,  0x009F  },
    {0x00AD,  0x00AD  },
    {0x0600,  0x0605  },
    {0x061C,  0x061C  },
    {0x06DD,  0x06DD  },
    {0x070F,  0x070F  },
    {0x0890,  0x0891  },
    {0x08E2,  0x08E2  },
    {0x180E,  0x180E  },
    {0x200B,  0x200F  },
    {0x2028,  0x202E  },
    {0x2060,  0x206F  },
    {0xFE00,  0xFE0F  },
    {0xFEFF,  0xFEFF  },
    {0xFFF0,  0xFFFB  },
    {0xFFFE,  0xFFFF  },
    {0x110BD, 0x110BD },
    {0x110CD, 0x110CD },
    {0x13430, 0x1343F },
    {0x1BCA0, 0x1BCA3 },
    {0x1D173, 0x1D17A },
    {0xE0000, 0xE0FFF },
    {0xF0000, 0x10FFFF},
};

static bool is_hidden(uint32_t code_point) {
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (code_point >= hidden[i].first && code_point <= hidden[i].last) {
            return true;
        }
    }
    return false;
}

mtls_status mtls_text_escape(mtls_view bytes, mtls_buf *out) {
    mtls_status status = MTLS_OK;
    for (size_t at = 0; status == MTLS_OK && at < bytes.len;) {
        size_t start = at;
        uint32_t code_point = 0;
        while (at < bytes.len && bytes.data[at] >= 0x20 && bytes.data[at] < 0x7F && bytes.data[at] != '\\') {
            at++;
        }
        if (at > start) {
            status = mtls_buf_append(out, (mtls_view){bytes.data + start, at - start});
            continue;
        }
        if (!mtls_utf8_next(bytes, &at, &code_point)) {
            status = mtls_buf_appendf(out, "\\x%02X", bytes.data[at]);
            at++;
        } else if (code_point == '\\') {
            status = mtls_buf_append_text(out, "\\\\");
        } else if (!is_hidden(code_point)) {
            status = mtls_buf_append(out, (mtls_view){bytes.data + start, at - start});
        } else if (code_point < 0x80) {
            status = mtls_buf_appendf(out, "\\x%02X", (unsigned)code_point);
        } else {
            status = mtls_buf_appendf(out, "\\u{%04X}", (unsigned)code_point);
        }
    }
    return status;
}

enum { WORD_MAX = 96 }; /* characters; a longer word is near to nothing */

/* edits is the Levenshtein distance, letters compared without case. */
static size_t edits(const char *a, const char *b) {
    size_t row[WORD_MAX + 1];
    size_t a_len = strlen(a), b_len = strlen(b);
    for (size_t j = 0; j <= b_len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t above = row[j];
            size_t best = diagonal + (strncasecmp(a + i - 1, b + j - 1, 1) == 0 ? 0 : 1);
            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = above;
            row[j] = best;
        }
    }
    return row[b_len];
}

const char *mtls_text_nearest(const char *word, const char *const *words, size_t num_words) {
    const char *nearest = NULL;
    size_t len = strlen(word);
    if (len > WORD_MAX) {
        return NULL;
    }
    size_t least = len / 3 + 2; /* about one letter in three may differ */
    for (size_t i = 0; i < num_words; i++) {
        size_t distance = strlen(words[i]) > WORD_MAX ? least : edits(word, words[i]);
        if (distance < least) {
            least = distance;
            nearest = words[i];
        }
    }
    return nearest;
}
