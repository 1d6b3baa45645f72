/* Writes the manual page and the completions of mtls-validate, from its option tables. */
#include "core/pages.h"
#include "core/vocabulary.h"

enum {
#define COMMAND(id, name, argument, complete, summary) COMMAND_##id,
#include "validator/program/options.def"
    NUM_COMMANDS
};
#define IN(command) (1ul << COMMAND_##command)

static const mtls_page_command commands[] = {
#define COMMAND(id, name, argument, complete, summary) {name, argument, complete, summary},
#include "validator/program/options.def"
};

static const mtls_page_option options[] = {
#define OPTION(id, name, argument, complete, commands, summary) {name, argument, complete, summary, commands},
#include "validator/program/options.def"
};

static const mtls_page_section sections[] = {
    {"EXIT STATUS", "0: the file is accepted, the client's request goes on, or every case is as expected.\n\n"
                    "1: the file is rejected, the client fails or presents no certificate in strict mode, or "
                    "some case is not as "
                    "expected.\n\n"
                    "2: a usage or input error, with a message on standard error."},
    {"FILES",
     "A single hyphen in place of a file is standard input. A file of certificates may have 256 MiB; more is "
     "refused."                                                                                      },
    {"ENVIRONMENT", "NO_COLOR: no colour, whatever the terminal. LC_CTYPE: trees are drawn with UTF-8 "
                    "characters where the locale "
                    "has them."                                                   },
    {"SEE ALSO",    "mtls-gen(1), openssl-verify(1)"                                                 },
};

int main(int argc, char **argv) {
    static const mtls_pages pages = {
        .program = "mtls-validate",
        .version = MTLS_VERSION,
        .summary = "what a gateway's mutual authentication answers, before you ask the gateway",
        .commands = commands,
        .num_commands = sizeof commands / sizeof commands[0],
        .options = options,
        .num_options = sizeof options / sizeof options[0],
        .sections = sections,
        .num_sections = sizeof sections / sizeof sections[0],
    };
    return mtls_pages_main(&pages, argc, argv);
}
