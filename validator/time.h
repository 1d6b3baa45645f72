/* Times: UTCTime and GeneralizedTime as RFC 5280 4.1.2.5 writes them, and RFC 3339 for people. Seconds since
 * 1970-01-01T00:00:00Z without leap seconds, for the years 0000 to 9999. No libcrypto, no clock, no locale.
 */
#ifndef MTLS_VALIDATOR_TIME_H
#define MTLS_VALIDATOR_TIME_H

#include <mtls/bytes.h>

#include "validator/finding.h"

typedef int64_t mtlsval_time;

/* The reads give MTLSVAL_FINDING_NONE and set `*out`, or the finding. UTCTime's years 50 to 99 are 1950 to
 * 1999 (RFC 5280 4.1.2.5.1). */
mtlsval_finding mtlsval_time_read_utc(mtls_view content, mtlsval_time *out);
mtlsval_finding mtlsval_time_read_generalized(mtls_view content, mtlsval_time *out);

/* mtlsval_time_parse reads RFC 3339 (`2030-01-01T00:00:00Z`, or with an offset such as +01:00). Fractions of
 * a second are cut off. False: not of that form, or no such date. */
bool mtlsval_time_parse(const char *text, mtlsval_time *out);

/* mtlsval_time_format writes `2030-01-01T00:00:00Z` and gives `out`. */
#define MTLSVAL_TIME_TEXT_MAX 32
const char *mtlsval_time_format(mtlsval_time time, char out[MTLSVAL_TIME_TEXT_MAX]);

#endif
