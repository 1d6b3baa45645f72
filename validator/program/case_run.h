/* One case of a corpus, run under a profile. */
#ifndef MTLS_VALIDATOR_PROGRAM_CASE_RUN_H
#define MTLS_VALIDATOR_PROGRAM_CASE_RUN_H

#include "core/case.h"
#include "validator/client.h"
#include "validator/gateway.h"

typedef struct {
    mtlsval_gateway *gateway;
    const mtlsval_file *file; /* NULL: the case uploads nothing */
    mtlsval_client *client;   /* NULL: no client, a rejected file, or `client_error` */
    mtls_error client_error;  /* why the client could not be checked; "" if it was, or none is in the case */
} case_answer;

/* case_run gives the answers of `profile`. What makes a case impossible to run (its time, an option that the
 * profile does not have, a chain that is no PEM) is an answer, in `client_error`; MTLS_ERR_INPUT is for a
 * time that cannot be read. Unless this returns MTLS_OK, `*out_answer` needs no clearing. */
MTLS_MUST_CHECK mtls_status case_run(const mtls_case *c, mtls_profile_id profile, case_answer *out_answer,
                                     mtls_error *error);
void case_answer_clear(case_answer *answer);

/* case_compare appends one line per difference between `answer` and what the case expects of `profile` to
 * `out` (each ended by a line end, nothing if all is as expected). False in `*out_expected` if the case
 * expects nothing of the profile. */
MTLS_MUST_CHECK mtls_status case_compare(const mtls_case *c, mtls_profile_id profile,
                                         const case_answer *answer, bool *out_expected, mtls_buf *out);

#endif
