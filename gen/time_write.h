/* Times into DER trees. */
#ifndef MTLS_GEN_TIME_WRITE_H
#define MTLS_GEN_TIME_WRITE_H

#include "gen/der_write.h"
#include "gen/time.h"

/* mtlsgen_time_add adds a Time (RFC 5280 4.1.2.5); `fallback` is RFC 3339 text for one that is not stated. */
MTLS_MUST_CHECK mtls_status mtlsgen_time_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                             const char *name, const mtlsgen_time *time, const char *fallback,
                                             mtls_error *error);

#endif
