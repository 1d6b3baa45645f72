/* Writes the manual page and the completions of mtls-gen, from its option tables. */
#include "core/pages.h"
#include "gen/cli_options.h"
#include "gen/corpus.h"

static const mtls_page_command commands[] = {
#define COMMAND(id, name, argument, complete, summary, text) {name, argument, complete, text},
#include "gen/options.def"
};

static const mtls_page_option options[] = {
#define OPTION(command, letter, name, argument, complete, summary)                                           \
    {name, argument, complete, summary, 1ul << CLI_COMMAND_##command},
#include "gen/options.def"
};

static const mtls_page_section sections[] = {
    {"EXIT STATUS",
     "0: done.\n\n2: a usage or input error, with a message on standard error; nothing was written.\n\n"
     "A signal that ends it leaves the corpus that was there before as it was."},
    {"SEE ALSO",    "mtls-validate(1), openssl-req(1)"                         },
};

int main(int argc, char **argv) {
    static const mtls_pages pages = {
        .program = "mtls-gen",
        .version = MTLS_VERSION,
        .summary = "certificates, good and bad, for tests of client authentication with TLS",
        .commands = commands,
        .num_commands = sizeof commands / sizeof commands[0],
        .options = options,
        .num_options = sizeof options / sizeof options[0],
        .sections = sections,
        .num_sections = sizeof sections / sizeof sections[0],
    };
    return mtls_pages_main(&pages, argc, argv);
}
