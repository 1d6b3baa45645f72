#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/scenario_read.h"

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of(int64_t days, int64_t *year, int64_t *month, int64_t *day) {
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t day_of_era = days - era * 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

/* "+90d", "-1s": seconds, minutes, hours, days, years of 365 days. */
static bool offset_parse(const char *text, int64_t *out_seconds) {
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {
        {'s', 1          },
        {'m', 60         },
        {'h', 3600       },
        {'d', 86400      },
        {'y', 365 * 86400}
    };
    const size_t digits = text[0] == '+' || text[0] == '-' ? strspn(text + 1, "0123456789") : 0;
    if (digits == 0 || digits > 9 || text[digits + 1] == '\0' || text[digits + 2] != '\0') {
        return false;
    }
    for (size_t i = 0; i < NUM_ROWS(units); i++) {
        if (units[i].unit == text[digits + 1]) {
            *out_seconds = strtoll(text, NULL, 10) * units[i].seconds;
            return true;
        }
    }
    return false;
}

/* "clock", "clock+90d", "clock-1s": a point relative to the verdict's clock, as RFC 3339 text in the arena.
 */
static char *clock_resolve(mtlsgen_reader *reader, const char *text) {
    int64_t offset = 0, year, month, day;
    int y, mo, d, h, mi, s;
    if (text[5] != '\0' && !offset_parse(text + 5, &offset)) {
        return NULL;
    }
    if (sscanf(reader->scenario->time, "%4d-%2d-%2dT%2d:%2d:%2d", &y, &mo, &d, &h, &mi, &s) != 6) {
        return NULL;
    }
    const int64_t at = days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + s + offset;
    int64_t days = at / 86400, rest = at % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    date_of(days, &year, &month, &day);
    char room[80];
    if (year < 0 || year > 9999) {
        return NULL;
    }
    (void)snprintf(room, sizeof room, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)day,
                   (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    return mtlsgen_arena_text(reader->arena, room);
}

static mtls_status read_raw_utc(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_time *time = into;
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    *time = (mtlsgen_time){text, MTLSGEN_TIME_UTC};
    return status;
}

static mtls_status read_raw_generalized(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_time *time = into;
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    *time = (mtlsgen_time){text, MTLSGEN_TIME_GENERALIZED};
    return status;
}

mtls_status mtlsgen_read_time(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"utc",         read_raw_utc,         0},
        {"generalized", read_raw_generalized, 0},
    };
    static const char expected[] = "a time such as 2030-01-01T00:00:00Z, clock+90d, or {utc: ...}";
    if (mtlsgen_is_mapping(node)) {
        const mtls_status status = mtlsgen_read_mapping(reader, node, "a time", keys, NUM_ROWS(keys), into);
        if (status == MTLS_OK && node->data.mapping.pairs.top - node->data.mapping.pairs.start != 1) {
            return mtlsgen_reader_fail(reader, node, "a raw time is {utc: TEXT} or {generalized: TEXT}");
        }
        return status;
    }
    char *text = NULL;
    if (!mtlsgen_is_scalar(node)) {
        return mtlsgen_reader_expect(reader, node, expected);
    }
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    if (status != MTLS_OK) {
        return status;
    }
    if (strncmp(text, "clock", 5) == 0) {
        text = clock_resolve(reader, text);
    }
    if (text == NULL || !mtlsgen_time_check(text)) {
        return mtlsgen_reader_expect(reader, node, expected);
    }
    *(mtlsgen_time *)into = (mtlsgen_time){text, MTLSGEN_TIME_RFC3339};
    return MTLS_OK;
}
