#include "gen/cli_options.h"

#include <stdio.h>
#include <string.h>

#include "gen/corpus.h"

static const struct {
    const char *name, *argument, *summary, *text;
} commands[CLI_NUM_COMMANDS] = {
#define COMMAND(id, name, argument, complete, summary, text) {name, argument, summary, text},
#include "gen/options.def"
};

static const struct {
    cli_command command;
    int letter;
    const char *name, *argument, *summary;
} rows[] = {
#define OPTION(command, letter, name, argument, complete, summary)                                           \
    {CLI_COMMAND_##command, letter, name, argument, summary},
#include "gen/options.def"
};

enum { NUM_ROWS = sizeof rows / sizeof rows[0], COLUMNS = 98, TEXT_COLUMN = 20 };

const char *cli_command_name(cli_command command) {
    return commands[command].name;
}

const char *cli_command_summary(cli_command command) {
    return commands[command].summary;
}

const struct option *cli_options_get(cli_command command, struct option out[CLI_OPTIONS_MAX]) {
    size_t num = 0;
    for (size_t i = 0; i < NUM_ROWS && num + 1 < CLI_OPTIONS_MAX; i++) {
        if (rows[i].command == command) {
            int takes = rows[i].argument[0] == '\0' ? no_argument : required_argument;
            out[num++] = (struct option){rows[i].name, takes, NULL, rows[i].letter};
        }
    }
    out[num] = (struct option){0};
    return out;
}

/* wrap prints a text whose first line starts at column `at`, and the others at `indent`. */
static void wrap(const char *text, int at, int indent) {
    while (*text != '\0') {
        int len = (int)strcspn(text, " ");
        if (at + 1 + len > COLUMNS) {
            (void)printf("\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            (void)putchar(' ');
            at++;
        }
        (void)printf("%.*s", len, text);
        at += len;
        text += len + (text[len] == ' ' ? 1 : 0);
    }
    (void)putchar('\n');
}

void cli_options_help(cli_command command) {
    (void)printf("Usage: mtls-gen %s%s%s [OPTION]...\n", commands[command].name,
                 commands[command].argument[0] == '\0' ? "" : " ", commands[command].argument);
    wrap(commands[command].text, 0, 0);
    (void)putchar('\n');
    for (size_t i = 0; i < NUM_ROWS; i++) {
        if (rows[i].command == command) {
            int at =
                printf("  --%s%s%s", rows[i].name, rows[i].argument[0] == '\0' ? "" : " ", rows[i].argument);
            (void)printf("%*s", at < TEXT_COLUMN ? TEXT_COLUMN - at : 1, "");
            wrap(rows[i].summary, TEXT_COLUMN, TEXT_COLUMN);
        }
    }
}
