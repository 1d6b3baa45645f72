/* The answers as text, for people. */
#ifndef MTLS_VALIDATOR_PROGRAM_REPORT_TEXT_H
#define MTLS_VALIDATOR_PROGRAM_REPORT_TEXT_H

#include "validator/client.h"
#include "validator/gateway.h"
#include "validator/program/layout.h"

/* report_text_file writes what the profile says of a trusted file. */
void report_text_file(const layout *l, const mtlsval_gateway *gateway, const mtlsval_file *file,
                      const char *path);

/* report_text_client writes what becomes of the client; `paths` are the trusted files' names. */
void report_text_client(const layout *l, const mtlsval_gateway *gateway, const mtlsval_client *client,
                        const char *const *paths);

/* report_text_row writes a line of a heading in the left column and wrapped text beside it. */
void report_text_row(const layout *l, paint p, const char *heading, const char *text);

/* report_text_escaped is printf's "%s" for a text from outside. */
void report_text_escaped(FILE *out, const char *text);

#endif
