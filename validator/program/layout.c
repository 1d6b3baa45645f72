#include "validator/program/layout.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 100, WIDTH_LEAST = 40, WIDTH_MOST = 140 };

static int width_of(FILE *out) {
    struct winsize size;
    int width = WIDTH_DEFAULT;
    if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        width = size.ws_col;
    }
    if (width < WIDTH_LEAST) {
        return WIDTH_LEAST;
    }
    return width > WIDTH_MOST ? WIDTH_MOST : width;
}

layout layout_of(FILE *out) {
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    bool is_dumb = terminal != NULL && strcmp(terminal, "dumb") == 0;
    return (layout){
        .out = out,
        .colour = isatty(fileno(out)) && !is_dumb && (no_colour == NULL || no_colour[0] == '\0'),
        .unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .width = width_of(out),
    };
}

void layout_paint(const layout *l, paint p) {
    static const char *const codes[NUM_PAINTS] = {
        [PAINT_PLAIN] = "0",    [PAINT_GOOD] = "1;32", [PAINT_BAD] = "1;31",
        [PAINT_WARNING] = "33", [PAINT_STRONG] = "1",  [PAINT_FAINT] = "2",
    };
    if (l->colour) {
        fprintf(l->out, "\033[%sm", codes[p]);
    }
}

void layout_plain(const layout *l) {
    layout_paint(l, PAINT_PLAIN);
}

/* Columns of a UTF-8 text, one a code point: near enough for where a line breaks. */
static int columns(const char *text, size_t len) {
    int count = 0;
    for (size_t i = 0; i < len; i++) {
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return count;
}

void layout_wrap(FILE *out, const char *text, int at, int indent, int width) {
    bool is_first = true;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        int word = columns(text, len);
        if (!is_first && at + 1 + word > width) {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
        } else if (!is_first) {
            fputc(' ', out);
            at++;
        }
        fwrite(text, 1, len, out);
        at += word;
        text += len;
        text += strspn(text, " ");
        is_first = false;
    }
    fputc('\n', out);
}
