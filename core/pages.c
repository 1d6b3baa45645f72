#include "core/pages.h"

#include <stdbool.h>
#include <string.h>

/* roff text: hyphens that can be copied from the page, no escapes, no line that reads as a request. */
static void put_roff(const char *text, FILE *out) {
    bool at_start = true;
    for (; *text != '\0'; text++) {
        if (at_start && (*text == '.' || *text == '\'')) {
            fputs("\\&", out);
        }
        at_start = *text == '\n';
        if (*text == '-') {
            fputs("\\-", out);
        } else if (*text == '\\') {
            fputs("\\e", out);
        } else if (*text == '\n' && text[1] == '\n') {
            fputs("\n.PP", out);
        } else {
            fputc(*text, out);
        }
    }
    fputc('\n', out);
}

static void put_argument(const char *argument, FILE *out) {
    if (argument[0] != '\0') {
        fprintf(out, " \\fI%s\\fR", argument);
    }
}

static void put_option(const mtls_page_option *option, FILE *out) {
    fputs(".TP\n\\fB\\-\\-", out);
    for (const char *at = option->name; *at != '\0'; at++) {
        fputs(*at == '-' ? "\\-" : (const char[]){*at, '\0'}, out);
    }
    fputs("\\fR", out);
    put_argument(option->argument, out);
    fputc('\n', out);
    put_roff(option->summary, out);
}

static bool goes_with_all(const mtls_pages *pages, const mtls_page_option *option) {
    unsigned long all = (1ul << pages->num_commands) - 1;
    return (option->commands & all) == all;
}

void mtls_pages_man(const mtls_pages *pages, FILE *out) {
    fprintf(out, ".TH \"%s\" 1 \"\" \"%s\" \"User Commands\"\n.SH NAME\n", pages->program, pages->version);
    put_roff(pages->program, out);
    fputs("\\- ", out);
    put_roff(pages->summary, out);
    fprintf(out, ".SH SYNOPSIS\n");
    for (size_t i = 0; i < pages->num_commands; i++) {
        fprintf(out, "%s.B %s %s\n", i == 0 ? "" : ".br\n", pages->program, pages->commands[i].name);
        if (pages->commands[i].argument[0] != '\0') {
            fprintf(out, ".I %s\n", pages->commands[i].argument);
        }
        fputs("[\\fIoption\\fR]...\n", out);
    }
    fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; i < pages->num_commands; i++) {
        fprintf(out, ".SS %s", pages->commands[i].name);
        fprintf(out, "%s%s\n", pages->commands[i].argument[0] == '\0' ? "" : " ",
                pages->commands[i].argument);
        put_roff(pages->commands[i].summary, out);
        for (size_t j = 0; j < pages->num_options; j++) {
            if ((pages->options[j].commands & (1ul << i)) != 0 && !goes_with_all(pages, &pages->options[j])) {
                put_option(&pages->options[j], out);
            }
        }
    }
    fputs(".SH OPTIONS OF EVERY COMMAND\n", out);
    for (size_t j = 0; j < pages->num_options; j++) {
        if (goes_with_all(pages, &pages->options[j])) {
            put_option(&pages->options[j], out);
        }
    }
    for (size_t i = 0; i < pages->num_sections; i++) {
        fprintf(out, ".SH %s\n", pages->sections[i].heading);
        put_roff(pages->sections[i].text, out);
    }
}

/* A shell function's name: the program's with underscores. */
static void put_function(const mtls_pages *pages, FILE *out) {
    fputc('_', out);
    for (const char *at = pages->program; *at != '\0'; at++) {
        fputc(*at == '-' ? '_' : *at, out);
    }
}

static void put_bash_words(const char *complete, FILE *out) {
    if (strcmp(complete, "file") == 0) {
        fputs("mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")", out);
    } else if (complete[0] == '\0') {
        fputs(":", out);
    } else {
        fprintf(out, "mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")", complete);
    }
}

static void put_bash_command(const mtls_pages *pages, size_t index, FILE *out) {
    const mtls_page_command *command = &pages->commands[index];
    fprintf(out,
            "    %s)\n        if [[ $cur == -* ]]; then\n            mapfile -t COMPREPLY < <(compgen -W '",
            command->name);
    const char *before = "";
    for (size_t j = 0; j < pages->num_options; j++) {
        if ((pages->options[j].commands & (1ul << index)) != 0) {
            fprintf(out, "%s--%s", before, pages->options[j].name);
            before = " ";
        }
    }
    fputs("' -- \"$cur\")\n        else\n            ", out);
    put_bash_words(command->complete, out);
    fputs("\n        fi\n        ;;\n", out);
}

void mtls_pages_bash(const mtls_pages *pages, FILE *out) {
    fprintf(out, "# bash completion for %s\n", pages->program);
    put_function(pages, out);
    fputs("() {\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' i\n"
          "    COMPREPLY=()\n    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${COMP_WORDS[i]} in\n  "
          "      ",
          out);
    for (size_t i = 0; i < pages->num_commands; i++) {
        fprintf(out, "%s%s", i == 0 ? "" : " | ", pages->commands[i].name);
    }
    fputs(") command=${COMP_WORDS[i]} && break ;;\n        esac\n    done\n    case $prev in\n", out);
    for (size_t j = 0; j < pages->num_options; j++) {
        if (pages->options[j].argument[0] != '\0') {
            fprintf(out, "    --%s)\n        ", pages->options[j].name);
            put_bash_words(pages->options[j].complete, out);
            fputs("\n        return\n        ;;\n", out);
        }
    }
    fputs("    esac\n    case $command in\n", out);
    for (size_t i = 0; i < pages->num_commands; i++) {
        put_bash_command(pages, i, out);
    }
    fputs("    *) mapfile -t COMPREPLY < <(compgen -W '", out);
    for (size_t i = 0; i < pages->num_commands; i++) {
        fprintf(out, "%s ", pages->commands[i].name);
    }
    fputs("--help --version' -- \"$cur\") ;;\n    esac\n}\ncomplete -o filenames -F ", out);
    put_function(pages, out);
    fprintf(out, " %s\n", pages->program);
}

/* Text inside single quotes that zsh's _arguments and _describe take apart at colons and brackets. */
static void put_zsh(const char *text, FILE *out) {
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
        } else {
            fprintf(out, "%s%c", strchr(":[]\\", *text) != NULL ? "\\" : "", *text);
        }
    }
}

static void put_zsh_action(const char *argument, const char *complete, FILE *out) {
    fputc(':', out);
    put_zsh(argument, out);
    if (strcmp(complete, "file") == 0) {
        fputs(":_files", out);
    } else {
        fprintf(out, ":(%s)", complete);
    }
}

static void put_zsh_command(const mtls_pages *pages, size_t index, FILE *out) {
    const mtls_page_command *command = &pages->commands[index];
    fprintf(out, "        %s)\n            _arguments", command->name);
    for (size_t j = 0; j < pages->num_options; j++) {
        const mtls_page_option *option = &pages->options[j];
        if ((option->commands & (1ul << index)) == 0) {
            continue;
        }
        fprintf(out, " \\\n                '*--%s%s[", option->name, option->argument[0] == '\0' ? "" : "=");
        put_zsh(option->summary, out);
        fputc(']', out);
        if (option->argument[0] != '\0') {
            put_zsh_action(option->argument, option->complete, out);
        }
        fputc('\'', out);
    }
    if (command->argument[0] != '\0') {
        fputs(" \\\n                '1", out);
        put_zsh_action(command->argument, command->complete, out);
        fputc('\'', out);
    }
    fputs("\n            ;;\n", out);
}

void mtls_pages_zsh(const mtls_pages *pages, FILE *out) {
    fprintf(out, "#compdef %s\n", pages->program);
    put_function(pages, out);
    fputs("() {\n    local context state line\n    typeset -A opt_args\n    local -a commands\n    "
          "commands=(\n",
          out);
    for (size_t i = 0; i < pages->num_commands; i++) {
        fprintf(out, "        '%s:", pages->commands[i].name);
        put_zsh(pages->commands[i].summary, out);
        fputs("'\n", out);
    }
    fputs("    )\n    _arguments -C '1:command:->command' '*::argument:->rest'\n    case $state in\n"
          "    command) _describe command commands ;;\n    rest)\n        case $line[1] in\n",
          out);
    for (size_t i = 0; i < pages->num_commands; i++) {
        put_zsh_command(pages, i, out);
    }
    fputs("        esac\n        ;;\n    esac\n}\n", out);
    put_function(pages, out);
    fputs(" \"$@\"\n", out);
}

int mtls_pages_main(const mtls_pages *pages, int argc, char **argv) {
    static const struct {
        const char *name;
        void (*write)(const mtls_pages *pages, FILE *out);
    } kinds[] = {
        {"man",  mtls_pages_man },
        {"bash", mtls_pages_bash},
        {"zsh",  mtls_pages_zsh },
    };
    for (size_t i = 0; argc == 2 && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(argv[1], kinds[i].name) == 0) {
            kinds[i].write(pages, stdout);
            return fflush(stdout) == 0 ? 0 : 2;
        }
    }
    fprintf(stderr, "usage: %s man|bash|zsh\n", argv[0]);
    return 2;
}
