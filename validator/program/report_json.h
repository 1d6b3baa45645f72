/* The answers as JSON, for programs. */
#ifndef MTLS_VALIDATOR_PROGRAM_REPORT_JSON_H
#define MTLS_VALIDATOR_PROGRAM_REPORT_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "validator/client.h"
#include "validator/gateway.h"

/* The reports give a new object, or NULL when memory ran out. Of a client that was not checked, since a
 * trusted file was refused, `client` is NULL. */
json_t *report_json_file(const mtlsval_gateway *gateway, const mtlsval_file *file);
json_t *report_json_client(const mtlsval_gateway *gateway, const mtlsval_client *client);

/* The two stages as the corpus report and the adapter protocol write them. */
json_t *report_json_handshake(const mtlsval_client *client);

/* report_json_set sets a member, taking `value` over; a NULL `value`, or a failure, sets `*failed`. */
void report_json_set(json_t *object, const char *member, json_t *value, bool *failed);
json_t *report_json_text(const char *text); /* null for NULL */

/* report_json_print writes the value and a line end: indented, or on one line. No byte of it is a control
 * character or outside ASCII. MTLS_ERR_IO when the output takes no more. The value is released. */
MTLS_MUST_CHECK mtls_status report_json_print(json_t *value, bool indented, FILE *out);

#endif
