/* The command line of mtls-validate. */
#ifndef MTLS_VALIDATOR_PROGRAM_OPTIONS_H
#define MTLS_VALIDATOR_PROGRAM_OPTIONS_H

#include <mtls/bytes.h>

#include "core/vocabulary.h"

/* Exit statuses. */
enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_TROUBLE = 2 };

typedef enum {
    COMMAND_NONE = 0,
#define COMMAND(id, name, argument, complete, summary) COMMAND_##id,
#include "validator/program/options.def"
    NUM_COMMANDS
} command_id;

typedef struct {
    command_id command;
    bool help, version;
    bool json;
    mtls_profile_id profile;
    int64_t time;         /* seconds since 1970 */
    const char *argument; /* the command's FILE, PATH or CODE; NULL if it has none */
    const char **trust;   /* num_trust paths */
    size_t num_trust;
    const char *cert, *ocsp, *only; /* NULL: not given */
    bool verify_issuer_dn, passthrough, verify_ocsp;
} options;

/* options_parse reads the command line. A mistake is MTLS_ERR_USAGE with a message in `error`. The texts
 * belong to `argv`; options_clear frees the rest. */
MTLS_MUST_CHECK mtls_status options_parse(int argc, char **argv, options *out, mtls_error *error);
void options_clear(options *parsed);

/* options_help writes what the command takes, or for COMMAND_NONE the overview, to standard output. */
void options_help(command_id command);

#endif
