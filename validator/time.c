#include "validator/time.h"

#include <stdio.h>
#include <string.h>

enum { SECONDS_A_DAY = 24 * 60 * 60 };

typedef struct {
    int year, month, day, hour, minute, second;
} calendar;

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool exists(const calendar *c) {
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c->month < 1 || c->month > 12) {
        return false;
    }
    int last = days[c->month - 1] + (c->month == 2 && is_leap(c->year));
    return c->day >= 1 && c->day <= last && c->hour <= 23 && c->minute <= 59 && c->second <= 59;
}

/* The days from 1970-01-01 to a date of the Gregorian calendar. Years start in March here, so that the leap
 * day is a year's last: month m of such a year starts (153 m + 2) / 5 days into it. */
static int64_t days_from_epoch(int year, int month, int day) {
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static mtlsval_time seconds(const calendar *c) {
    return days_from_epoch(c->year, c->month, c->day) * SECONDS_A_DAY + c->hour * 3600 + c->minute * 60 +
           c->second;
}

/* digits reads `count` decimal digits; -1 if one is none. */
static int digits(const uint8_t *at, size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return -1;
        }
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

/* read_rest reads MMDDhhmmss and Z. */
static mtlsval_finding read_rest(const uint8_t *at, int year, mtlsval_finding bad_form, mtlsval_time *out) {
    calendar c = {
        year, digits(at, 2), digits(at + 2, 2), digits(at + 4, 2), digits(at + 6, 2), digits(at + 8, 2)};
    if (year < 0 || c.month < 0 || c.day < 0 || c.hour < 0 || c.minute < 0 || c.second < 0 || at[10] != 'Z') {
        return bad_form;
    }
    if (!exists(&c)) {
        return MTLSVAL_DER_TIME_VALUE;
    }
    *out = seconds(&c);
    return MTLSVAL_FINDING_NONE;
}

mtlsval_finding mtlsval_time_read_utc(mtls_view content, mtlsval_time *out) {
    if (content.len != 13) {
        return MTLSVAL_DER_UTC_TIME;
    }
    int year = digits(content.data, 2);
    if (year >= 0) {
        year += year >= 50 ? 1900 : 2000;
    }
    return read_rest(content.data + 2, year, MTLSVAL_DER_UTC_TIME, out);
}

mtlsval_finding mtlsval_time_read_generalized(mtls_view content, mtlsval_time *out) {
    if (content.len != 15) {
        return MTLSVAL_DER_GENERALIZED_TIME;
    }
    return read_rest(content.data + 4, digits(content.data, 4), MTLSVAL_DER_GENERALIZED_TIME, out);
}

bool mtlsval_time_parse(const char *text, mtlsval_time *out) {
    /* 2030-01-01T00:00:00, then an optional fraction, then Z or +hh:mm. */
    const uint8_t *t = (const uint8_t *)text;
    size_t len = strlen(text);
    if (len < 20 || t[4] != '-' || t[7] != '-' || (t[10] != 'T' && t[10] != 't' && t[10] != ' ') ||
        t[13] != ':' || t[16] != ':') {
        return false;
    }
    calendar c = {digits(t, 4),      digits(t + 5, 2),  digits(t + 8, 2),
                  digits(t + 11, 2), digits(t + 14, 2), digits(t + 17, 2)};
    if (c.year < 0 || c.month < 0 || c.day < 0 || c.hour < 0 || c.minute < 0 || c.second < 0 || !exists(&c)) {
        return false;
    }
    size_t at = 19;
    if (t[at] == '.') {
        size_t first = ++at;
        while (t[at] >= '0' && t[at] <= '9') {
            at++;
        }
        if (at == first) {
            return false;
        }
    }
    int64_t offset = 0;
    if (t[at] == '+' || t[at] == '-') {
        if (len - at != 6 || t[at + 3] != ':') {
            return false;
        }
        int hours = digits(t + at + 1, 2), minutes = digits(t + at + 4, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return false;
        }
        offset = (t[at] == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
    } else if ((t[at] != 'Z' && t[at] != 'z') || len - at != 1) {
        return false;
    }
    const int64_t first = -62167219200, last = 253402300799; /* 0000-01-01T00:00:00Z, 9999-12-31T23:59:59Z */
    *out = seconds(&c) - offset;
    return *out >= first && *out <= last;
}

const char *mtlsval_time_format(mtlsval_time time, char out[MTLSVAL_TIME_TEXT_MAX]) {
    int64_t days = time / SECONDS_A_DAY;
    int64_t rest = time % SECONDS_A_DAY;
    if (rest < 0) {
        rest += SECONDS_A_DAY;
        days--;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    int month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    int64_t year = year_of_era + era * 400 + (month <= 2);
    snprintf(out, MTLSVAL_TIME_TEXT_MAX, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)(year % 100000),
             month, day, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    return out;
}
