/* The commands of mtls-gen. */
#ifndef MTLS_GEN_CLI_H
#define MTLS_GEN_CLI_H

#include <getopt.h>
#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/catalog.h"

/* Exit statuses. */
enum { CLI_OK = 0, CLI_FAILED = 2 };

/* The commands get their own name as argv[0] and give an exit status. */
int mtlsgen_cli_list(int argc, char **argv);
int mtlsgen_cli_corpus(int argc, char **argv);
int mtlsgen_cli_scenario(int argc, char **argv);

/* cli_fail prints "mtls-gen COMMAND: MESSAGE" on standard error and gives CLI_FAILED. */
int cli_fail(const char *command, const char *format, ...) MTLS_PRINTF(2, 3);

/* cli_bad_option explains what getopt_long did not take: an unknown option (with the nearest known one), or a
 * missing argument. `given` is what getopt_long returned. */
int cli_bad_option(const char *command, int given, char **argv, const struct option *options);

/* cli_paths_add notes an argument that may come several times. */
typedef struct {
    const char *items[64];
    size_t num_items;
} cli_paths;
bool cli_paths_add(cli_paths *paths, const char *path);

/* cli_seed_check gives CLI_OK for what may be a seed: a forgotten value of a variable is not one. */
int cli_seed_check(const char *command, const char *seed);

/* cli_flush gives CLI_OK, or CLI_FAILED with a message when standard output could not be written. */
int cli_flush(const char *command);

#endif
