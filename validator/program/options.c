#include "validator/program/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"
#include "validator/program/layout.h"
#include "validator/time.h"

typedef struct {
    const char *name, *argument, *summary;
} command_row;

static const command_row commands[NUM_COMMANDS] = {
#define COMMAND(id, name, argument, complete, summary) [COMMAND_##id] = {name, argument, summary},
#include "validator/program/options.def"
};

typedef enum {
#define OPTION(id, name, argument, complete, commands, summary) OPTION_##id,
#include "validator/program/options.def"
    NUM_OPTIONS
} option_id;

#define IN(command) (1u << COMMAND_##command)

typedef struct {
    const char *name, *argument, *summary;
    unsigned commands;
} option_row;

static const option_row rows[NUM_OPTIONS] = {
#define OPTION(id, name, argument, complete, commands, summary)                                              \
    [OPTION_##id] = {name, argument, summary, commands},
#include "validator/program/options.def"
};

/* getopt_long's numbers for the long options start behind every letter. */
enum { LONG_BASE = 256 };

/* A word that is none of a few: the message lists them. */
static mtls_status unknown(const char *kind, const char *word, const char *const *words, size_t num_words,
                           mtls_error *error) {
    char list[256] = "";
    for (size_t i = 0; i < num_words; i++) {
        size_t len = strlen(list);
        snprintf(list + len, sizeof list - len, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    return mtls_fail(MTLS_ERR_USAGE, error, "there is no %s '%.64s'; there are: %s", kind, word, list);
}

static mtls_status unknown_option(const char *word, mtls_error *error) {
    const char *names[NUM_OPTIONS];
    char bare[96], hint[64] = "";
    for (int i = 0; i < NUM_OPTIONS; i++) {
        names[i] = rows[i].name;
    }
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(word, "="), word);
    const char *near = mtls_text_nearest(bare + strspn(bare, "-"), names, NUM_OPTIONS);
    if (near != NULL) {
        snprintf(hint, sizeof hint, "did you mean '--%s'? ", near);
    }
    return mtls_fail(MTLS_ERR_USAGE, error, "there is no option '%.64s'; %smtls-validate --help lists them",
                     bare, hint);
}

static mtls_status set_profile(const char *value, options *out, mtls_error *error) {
    const char *names[MTLS_NUM_PROFILES];
    if (mtls_profile_find(value, &out->profile)) {
        return MTLS_OK;
    }
    for (int i = 0; i < MTLS_NUM_PROFILES; i++) {
        names[i] = mtls_profile_describe((mtls_profile_id)i)->spelling;
    }
    return unknown("profile", value, names, MTLS_NUM_PROFILES, error);
}

/* set_choice takes one of two words; `*out` is true for the second. */
static mtls_status set_choice(const char *option, const char *value, const char *first, const char *second,
                              bool *out, mtls_error *error) {
    *out = strcmp(value, second) == 0;
    if (*out || strcmp(value, first) == 0) {
        return MTLS_OK;
    }
    return mtls_fail(MTLS_ERR_USAGE, error, "--%s is '%s' or '%s', not '%.64s'", option, first, second,
                     value);
}

static mtls_status add_trust(const char *path, options *out) {
    const char **trust = realloc(out->trust, (out->num_trust + 1) * sizeof *trust);
    if (trust == NULL) {
        return MTLS_ERR_NOMEM;
    }
    out->trust = trust;
    out->trust[out->num_trust++] = path;
    return MTLS_OK;
}

static mtls_status set_option(option_id id, const char *value, options *out, mtls_error *error) {
    switch (id) {
    case OPTION_PROFILE:
        return set_profile(value, out, error);
    case OPTION_JSON:
        out->json = true;
        return MTLS_OK;
    case OPTION_TIME:
        return mtlsval_time_parse(value, &out->time)
                   ? MTLS_OK
                   : mtls_fail(MTLS_ERR_USAGE, error,
                               "--time '%.64s' is no time of the form 2030-01-01T00:00:00Z (RFC 3339)",
                               value);
    case OPTION_TRUST:
        return add_trust(value, out);
    case OPTION_CERT:
        out->cert = value;
        return MTLS_OK;
    case OPTION_VERIFY_ISSUER_DN:
        out->verify_issuer_dn = true;
        return MTLS_OK;
    case OPTION_MODE:
        return set_choice("mode", value, "strict", "passthrough", &out->passthrough, error);
    case OPTION_REVOCATION:
        return set_choice("revocation", value, "none", "ocsp", &out->verify_ocsp, error);
    case OPTION_OCSP:
        out->ocsp = value;
        return MTLS_OK;
    case OPTION_ONLY:
        out->only = value;
        return MTLS_OK;
    case OPTION_HELP:
        out->help = true;
        return MTLS_OK;
    default:
        out->version = true;
        return MTLS_OK;
    }
}

static mtls_status find_command(const char *word, options *out, mtls_error *error) {
    const char *names[NUM_COMMANDS];
    for (int i = COMMAND_NONE + 1; i < NUM_COMMANDS; i++) {
        names[i - 1] = commands[i].name;
        if (strcmp(word, commands[i].name) == 0) {
            out->command = (command_id)i;
            return MTLS_OK;
        }
    }
    return unknown("command", word, names, NUM_COMMANDS - 1, error);
}

static size_t is_standard_input(const char *path) {
    return path != NULL && strcmp(path, "-") == 0;
}

static mtls_status check_together(const options *out, unsigned given, mtls_error *error) {
    const command_row *command = &commands[out->command];
    for (int i = 0; i < NUM_OPTIONS; i++) {
        if ((given & (1u << i)) != 0 && (rows[i].commands & (1u << out->command)) == 0) {
            return mtls_fail(MTLS_ERR_USAGE, error, "--%s does not go with '%s'; see mtls-validate %s --help",
                             rows[i].name, command->name, command->name);
        }
    }
    if (out->argument == NULL && command->argument[0] != '\0') {
        return mtls_fail(MTLS_ERR_USAGE, error, "'%s' needs a %s; see mtls-validate %s --help", command->name,
                         command->argument, command->name);
    }
    if (out->command == COMMAND_CLIENT && out->num_trust == 0 && !out->passthrough) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "'client' needs a --trust FILE; only --mode passthrough does without");
    }
    size_t num_standard_input = is_standard_input(out->cert) + is_standard_input(out->ocsp);
    for (size_t i = 0; i < out->num_trust; i++) {
        num_standard_input += is_standard_input(out->trust[i]);
    }
    if (num_standard_input > 1) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "standard input is one file: '-' may be given once; name the other files");
    }
    if ((given & (1u << OPTION_REVOCATION)) != 0 && !out->verify_ocsp && out->ocsp != NULL) {
        return mtls_fail(MTLS_ERR_USAGE, error, "--ocsp does not go with --revocation none");
    }
    return MTLS_OK;
}

/* The words that are no options: the command and its argument. */
static mtls_status take_words(int argc, char **argv, options *out, mtls_error *error) {
    if (optind == argc) {
        return out->help || out->version
                   ? MTLS_OK
                   : mtls_fail(MTLS_ERR_USAGE, error, "there is no command; see mtls-validate --help");
    }
    mtls_status status = find_command(argv[optind++], out, error);
    if (status == MTLS_OK && optind < argc && commands[out->command].argument[0] != '\0') {
        out->argument = argv[optind++];
    }
    if (status == MTLS_OK && optind < argc) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "'%s' does not take a further '%.64s'; see mtls-validate %s --help",
                         commands[out->command].name, argv[optind], commands[out->command].name);
    }
    return status;
}

/* `-json` is read letter by letter, and permutation may have moved it: the word that has the letter. */
static const char *word_of_letter(int argc, char **argv, int letter) {
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1] != '-' && strchr(argv[i] + 1, letter) != NULL) {
            return argv[i];
        }
    }
    return argv[optind - 1];
}

mtls_status options_parse(int argc, char **argv, options *out, mtls_error *error) {
    struct option longs[NUM_OPTIONS + 1];
    memset(longs, 0, sizeof longs);
    *out = (options){.profile = MTLS_PROFILE_AZURE_APPGW, .time = (int64_t)time(NULL)};
    for (int i = 0; i < NUM_OPTIONS; i++) {
        longs[i] = (struct option){
            rows[i].name, rows[i].argument[0] == '\0' ? no_argument : required_argument, NULL, LONG_BASE + i};
    }
    unsigned given = 0;
    mtls_status status = MTLS_OK;
    opterr = 0;
    while (status == MTLS_OK) {
        int at = optind;
        int found = getopt_long(argc, argv, ":h", longs, NULL);
        if (found == -1) {
            break;
        }
        if (found == 'h') {
            found = LONG_BASE + OPTION_HELP;
        }
        if (found == ':') {
            status = mtls_fail(MTLS_ERR_USAGE, error, "option '%.64s' needs a value", argv[optind - 1]);
        } else if (found < LONG_BASE) {
            /* Permutation may have moved words: the option in question is the last one taken. */
            const bool is_letter = optopt > 0 && optopt < LONG_BASE;
            status = unknown_option(is_letter     ? word_of_letter(argc, argv, optopt)
                                    : optind > at ? argv[optind - 1]
                                                  : argv[at],
                                    error);
        } else {
            given |= 1u << (found - LONG_BASE);
            status = set_option((option_id)(found - LONG_BASE), optarg, out, error);
        }
    }
    if (status == MTLS_OK) {
        status = take_words(argc, argv, out, error);
    }
    if (status == MTLS_OK && !out->help && !out->version) {
        status = check_together(out, given, error);
    }
    out->verify_ocsp |= out->ocsp != NULL;
    return status;
}

void options_clear(options *parsed) {
    free(parsed->trust);
    parsed->trust = NULL;
}

enum { NAME_COLUMN = 2, TEXT_COLUMN = 24, LINE_WIDTH = 96 };

static void help_row(const char *before, const char *name, const char *argument, const char *summary) {
    char head[64];
    snprintf(head, sizeof head, "%s%s%s%s", before, name, argument[0] == '\0' ? "" : " ", argument);
    printf("%*s%-*s", NAME_COLUMN, "", TEXT_COLUMN - NAME_COLUMN, head);
    layout_wrap(stdout, summary, TEXT_COLUMN, TEXT_COLUMN, LINE_WIDTH);
}

static void help_overview(void) {
    printf("mtls-validate: what a gateway's mutual authentication answers, before you ask the gateway\n\n"
           "Usage: mtls-validate COMMAND [ARGUMENT] [OPTION]...\n\nCommands:\n");
    for (int i = COMMAND_NONE + 1; i < NUM_COMMANDS; i++) {
        help_row("", commands[i].name, commands[i].argument, commands[i].summary);
    }
    printf("\nOptions of every command:\n");
    for (int i = 0; i < NUM_OPTIONS; i++) {
        if ((rows[i].commands & IN(EXPLAIN)) != 0) {
            help_row("--", rows[i].name, rows[i].argument, rows[i].summary);
        }
    }
    printf("\n'-' in place of a file is standard input. Exit status: 0 accepted, the request goes on, or all "
           "as\n"
           "expected; 1 rejected, failed, or not as expected; 2 usage or input error.\n"
           "mtls-validate COMMAND --help shows what a command takes.\n");
}

void options_help(command_id command) {
    if (command == COMMAND_NONE) {
        help_overview();
        return;
    }
    const command_row *row = &commands[command];
    printf("Usage: mtls-validate %s%s%s [OPTION]...\n\n", row->name, row->argument[0] == '\0' ? "" : " ",
           row->argument);
    layout_wrap(stdout, row->summary, 0, 0, LINE_WIDTH);
    printf("\nOptions:\n");
    for (int i = 0; i < NUM_OPTIONS; i++) {
        if ((rows[i].commands & (1u << command)) != 0) {
            help_row("--", rows[i].name, rows[i].argument, rows[i].summary);
        }
    }
}
