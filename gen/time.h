/* The generator's times: RFC 3339 text to UTCTime and GeneralizedTime. No clock is read anywhere. */
#ifndef MTLS_GEN_TIME_H
#define MTLS_GEN_TIME_H

#include <mtls/bytes.h>
#include <mtls/status.h>

typedef enum {
    MTLSGEN_TIME_RFC3339 = 0, /* `text` is RFC 3339 in UTC; UTCTime through 2049, GeneralizedTime otherwise */
    MTLSGEN_TIME_RFC3339_GENERALIZED, /* GeneralizedTime whatever the year */
    MTLSGEN_TIME_UTC,                 /* `text` is the UTCTime's own bytes */
    MTLSGEN_TIME_GENERALIZED          /* `text` is the GeneralizedTime's own bytes */
} mtlsgen_time_form;

/* A point in time as a scenario states it. A NULL text is "not stated". */
typedef struct {
    const char *text;
    mtlsgen_time_form form;
} mtlsgen_time;

/* mtlsgen_time_check answers whether `text` is an RFC 3339 date and time in UTC ("2030-01-01T00:00:00Z") of
 * the years 0000 to 9999 that exists in the calendar (second 60 does not). */
bool mtlsgen_time_check(const char *text);

#endif
