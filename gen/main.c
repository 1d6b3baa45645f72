/* mtls-gen: the corpus generator. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "gen/cli.h"
#include "gen/cli_options.h"
#include "gen/corpus.h"
#include "gen/manifest.h"

static int (*const runs[CLI_NUM_COMMANDS])(int argc, char **argv) = {
    [CLI_COMMAND_LIST] = mtlsgen_cli_list,
    [CLI_COMMAND_CORPUS] = mtlsgen_cli_corpus,
    [CLI_COMMAND_SCENARIO] = mtlsgen_cli_scenario,
};

/* The names of files and options in a message are a stranger's too. Line ends and the backslashes of what is
 * escaped already stay as they are. */
static void message_print(const char *text) {
    mtls_buf shown = {.max = 16 * sizeof(mtls_error)};
    mtls_status status = MTLS_OK;
    for (size_t len; status == MTLS_OK && *text != '\0'; text += len) {
        len = strcspn(text, "\n\\");
        if (len > 0) {
            status = mtls_text_escape((mtls_view){(const uint8_t *)text, len}, &shown);
        } else {
            len = 1;
            status = mtls_buf_append(&shown, (mtls_view){(const uint8_t *)text, len});
        }
    }
    const char *line = mtls_buf_text(&shown);
    (void)fprintf(stderr, "%s\n", line != NULL ? line : mtls_status_text(MTLS_ERR_NOMEM));
    mtls_buf_clear(&shown);
}

int cli_fail(const char *command, const char *format, ...) {
    mtls_error message;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message.text, sizeof message.text, format, args);
    va_end(args);
    (void)fprintf(stderr, "mtls-gen%s%s: ", command != NULL ? " " : "", command != NULL ? command : "");
    message_print(message.text);
    return CLI_FAILED;
}

int cli_bad_option(const char *command, int given, char **argv, const struct option *options) {
    const char *words[64];
    size_t num_words = 0;
    char option[80];
    if (given == ':') {
        return cli_fail(command, "%s needs an argument; see mtls-gen %s --help", argv[optind - 1], command);
    }
    if (optopt != 0 && strncmp(argv[optind - 1], "--", 2) != 0) {
        return cli_fail(command, "unknown option -%c; see mtls-gen %s --help", optopt, command);
    }
    (void)snprintf(option, sizeof option, "%s", argv[optind - 1]);
    option[strcspn(option, "=")] = '\0';
    for (; options->name != NULL && num_words < 64; options++) {
        words[num_words++] = options->name;
    }
    const char *nearest = mtls_text_nearest(option + 2, words, num_words);
    return nearest != NULL ? cli_fail(command, "unknown option %s; did you mean --%s?", option, nearest)
                           : cli_fail(command, "unknown option %s; see mtls-gen %s --help", option, command);
}

bool cli_paths_add(cli_paths *paths, const char *path) {
    if (paths->num_items == sizeof paths->items / sizeof paths->items[0]) {
        return false;
    }
    paths->items[paths->num_items++] = path;
    return true;
}

int cli_seed_check(const char *command, const char *seed) {
    return seed[0] != '\0'
               ? CLI_OK
               : cli_fail(command,
                          "--seed is empty; any text will do, and the default is " MTLSGEN_DEFAULT_SEED);
}

int cli_flush(const char *command) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_fail(command, "standard output cannot be written: %s", strerror(errno));
    }
    return CLI_OK;
}

static int help(FILE *to) {
    (void)fputs("Usage: mtls-gen COMMAND [OPTION]...\n"
                "Makes certificates, good and bad, for tests of client authentication with TLS.\n\n"
                "Commands:\n",
                to);
    for (int i = 0; i < CLI_NUM_COMMANDS; i++) {
        (void)fprintf(to, "  %-10s %s\n", cli_command_name((cli_command)i),
                      cli_command_summary((cli_command)i));
    }
    (void)fputs("\n`mtls-gen COMMAND --help` explains a command; --version prints the versions.\n"
                "All keys follow from a public seed: nothing made here protects anything.\n",
                to);
    return CLI_OK;
}

int main(int argc, char **argv) {
    const char *words[CLI_NUM_COMMANDS];
    if (argc < 2) {
        (void)help(stderr);
        return CLI_FAILED;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        (void)help(stdout);
        return cli_flush(NULL);
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("mtls-gen " MTLS_VERSION " (corpus format %d)\n", MTLSGEN_CORPUS_FORMAT);
        return cli_flush(NULL);
    }
    for (int i = 0; i < CLI_NUM_COMMANDS; i++) {
        words[i] = cli_command_name((cli_command)i);
        if (strcmp(argv[1], words[i]) == 0) {
            return runs[i](argc - 1, argv + 1);
        }
    }
    const char *nearest = mtls_text_nearest(argv[1], words, CLI_NUM_COMMANDS);
    return nearest != NULL ? cli_fail(NULL, "unknown command \"%s\"; did you mean %s?", argv[1], nearest)
                           : cli_fail(NULL, "unknown command \"%s\"; see mtls-gen --help", argv[1]);
}
