/* Text on a terminal: wrapped lines, colour, and the characters that a tree is drawn with. */
#ifndef MTLS_VALIDATOR_PROGRAM_LAYOUT_H
#define MTLS_VALIDATOR_PROGRAM_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum {
    PAINT_PLAIN,
    PAINT_GOOD,
    PAINT_BAD,
    PAINT_WARNING,
    PAINT_STRONG,
    PAINT_FAINT,
    NUM_PAINTS
} paint;

/* How this output is to be written. */
typedef struct {
    FILE *out;
    bool colour;  /* a terminal, and NO_COLOR is not set */
    bool unicode; /* the locale's characters are UTF-8 */
    int width;    /* columns of a line */
} layout;

/* layout_of looks at the stream and the environment. */
layout layout_of(FILE *out);

/* layout_paint starts a colour and layout_plain ends it; neither writes anything without colour. */
void layout_paint(const layout *l, paint p);
void layout_plain(const layout *l);

/* layout_wrap writes `text` and a line end, breaking at spaces before `width` columns. The first line stands
 * at column `at` already; the others are indented to `indent`. A word that is longer than a line stays whole.
 */
void layout_wrap(FILE *out, const char *text, int at, int indent, int width);

#endif
