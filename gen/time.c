#include "gen/time_write.h"

#include <string.h>

/* digits reads `num` decimal digits. */
static bool digits(const char *text, size_t num, int *out) {
    *out = 0;
    for (size_t i = 0; i < num; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

static int days_of_month(int year, int month) {
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

bool mtlsgen_time_check(const char *text) {
    /* RFC 3339 5.6, in UTC: 2030-01-01T00:00:00Z */
    int year, month, day, hour, minute, second;
    return strlen(text) == 20 && digits(text, 4, &year) && text[4] == '-' && digits(text + 5, 2, &month) &&
           text[7] == '-' && digits(text + 8, 2, &day) && text[10] == 'T' && digits(text + 11, 2, &hour) &&
           text[13] == ':' && digits(text + 14, 2, &minute) && text[16] == ':' &&
           digits(text + 17, 2, &second) && text[19] == 'Z' && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_of_month(year, month) && hour <= 23 && minute <= 59 && second <= 59;
}

mtls_status mtlsgen_time_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                             const mtlsgen_time *time, const char *fallback, mtls_error *error) {
    const char *text = time->text != NULL ? time->text : fallback;
    mtlsgen_time_form form = time->text != NULL || time->form == MTLSGEN_TIME_RFC3339_GENERALIZED
                                 ? time->form
                                 : MTLSGEN_TIME_RFC3339;
    if (form == MTLSGEN_TIME_UTC || form == MTLSGEN_TIME_GENERALIZED) {
        mtlsgen_der_add_bytes(tree, parent,
                              form == MTLSGEN_TIME_UTC ? MTLSGEN_DER_UTC_TIME : MTLSGEN_DER_GENERALIZED_TIME,
                              name, mtls_view_of_text(text));
        return MTLS_OK;
    }
    if (!mtlsgen_time_check(text)) {
        return mtls_fail(MTLS_ERR_INPUT, error,
                         "\"%.40s\" is not a time: write it as RFC 3339 in UTC, such as 2030-01-01T00:00:00Z",
                         text);
    }
    char *compact = mtlsgen_arena_alloc(tree->arena, 16);
    if (compact == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    static const uint8_t kept[15] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 19};
    for (size_t i = 0; i < sizeof kept; i++) {
        compact[i] = text[kept[i]];
    }
    compact[sizeof kept] = '\0';
    /* RFC 5280 4.1.2.5: UTCTime through the year 2049 (it starts with 1950), GeneralizedTime from 2050 */
    bool utc =
        form == MTLSGEN_TIME_RFC3339 && strncmp(compact, "1950", 4) >= 0 && strncmp(compact, "2050", 4) < 0;
    mtlsgen_der_add_bytes(tree, parent, utc ? MTLSGEN_DER_UTC_TIME : MTLSGEN_DER_GENERALIZED_TIME, name,
                          mtls_view_of_text(utc ? compact + 2 : compact));
    return MTLS_OK;
}
