/* The commands of mtls-validate. Each gives the exit status and writes its own messages. */
#ifndef MTLS_VALIDATOR_PROGRAM_COMMANDS_H
#define MTLS_VALIDATOR_PROGRAM_COMMANDS_H

#include "validator/program/options.h"

int command_upload(const options *o);
int command_client(const options *o);
int command_corpus(const options *o);
int command_explain(const options *o);
int command_serve(const options *o);

/* command_fail writes the message to standard error, escaped, and gives EXIT_TROUBLE. */
int command_fail(const char *message);

#endif
