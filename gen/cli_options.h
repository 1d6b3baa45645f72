/* The commands and options of mtls-gen as tables (gen/options.def). */
#ifndef MTLS_GEN_CLI_OPTIONS_H
#define MTLS_GEN_CLI_OPTIONS_H

#include <getopt.h>

typedef enum {
#define COMMAND(id, name, argument, complete, summary, text) CLI_COMMAND_##id,
#include "gen/options.def"
    CLI_NUM_COMMANDS
} cli_command;

enum { CLI_OPTIONS_MAX = 16 }; /* of one command, the end mark included */

/* cli_options_get gives what getopt_long wants for one command. */
const struct option *cli_options_get(cli_command command, struct option out[CLI_OPTIONS_MAX]);

/* Print help on standard output: of a command, and one line for each command. */
void cli_options_help(cli_command command);
const char *cli_command_name(cli_command command);
const char *cli_command_summary(cli_command command);

#endif
