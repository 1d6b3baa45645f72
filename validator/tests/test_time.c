#include "core/tests/cmocka_includes.h"

#include "validator/time.h"

static const struct {
    const char *text;
    mtlsval_finding finding;
    const char *rfc3339;
} utc[] =
    {
        {"300101000000Z",     MTLSVAL_FINDING_NONE,   "2030-01-01T00:00:00Z"},
        {"491231235959Z",     MTLSVAL_FINDING_NONE,   "2049-12-31T23:59:59Z"},
        {"500101000000Z",     MTLSVAL_FINDING_NONE,   "1950-01-01T00:00:00Z"},
        {"000229120000Z",     MTLSVAL_FINDING_NONE,   "2000-02-29T12:00:00Z"},
        {"010229120000Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"301301000000Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"300001000000Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"300100000000Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"300431000000Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"300101240000Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"300101006000Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"300101000060Z",     MTLSVAL_DER_TIME_VALUE, NULL                  },
        {"3001010000Z",       MTLSVAL_DER_UTC_TIME,   NULL                  },
        {"300101000000",      MTLSVAL_DER_UTC_TIME,   NULL                  },
        {"300101000000z",     MTLSVAL_DER_UTC_TIME,   NULL                  },
        {"300101000000+0000", MTLSVAL_DER_UTC_TIME,   NULL                  },
        {"30010100000xZ",     MTLSVAL_DER_UTC_TIME,   NULL                  },
        {"-10101000000Z",     MTLSVAL_DER_UTC_TIME,   NULL                  },
        {"",                  MTLSVAL_DER_UTC_TIME,   NULL                  },
},
  generalized[] = {
      {"20500101000000Z", MTLSVAL_FINDING_NONE, "2050-01-01T00:00:00Z"},
      {"99991231235959Z", MTLSVAL_FINDING_NONE, "9999-12-31T23:59:59Z"},
      {"00000101000000Z", MTLSVAL_FINDING_NONE, "0000-01-01T00:00:00Z"},
      {"19000228000000Z", MTLSVAL_FINDING_NONE, "1900-02-28T00:00:00Z"},
      {"19000229000000Z", MTLSVAL_DER_TIME_VALUE, NULL},
      {"20500101000000.5Z", MTLSVAL_DER_GENERALIZED_TIME, NULL},
      {"205001010000Z", MTLSVAL_DER_GENERALIZED_TIME, NULL},
      {"20500101000000", MTLSVAL_DER_GENERALIZED_TIME, NULL},
      {"20500101000000+01", MTLSVAL_DER_GENERALIZED_TIME, NULL},
      {"2050010100000aZ", MTLSVAL_DER_GENERALIZED_TIME, NULL},
};

static void check_row(mtlsval_finding found, mtlsval_finding expected, mtlsval_time time, const char *text,
                      const char *rfc3339) {
    char shown[MTLSVAL_TIME_TEXT_MAX];
    if (found != expected) {
        fail_msg("%s: %s", text, mtlsval_finding_describe(found)->slug);
    }
    if (rfc3339 != NULL) {
        assert_string_equal(mtlsval_time_format(time, shown), rfc3339);
    }
}

static void times_of_certificates_are_read_in_one_form_only(void **state) {
    (void)state;
    mtlsval_time time = 0;
    for (size_t i = 0; i < sizeof utc / sizeof utc[0]; i++) {
        mtlsval_finding found = mtlsval_time_read_utc(mtls_view_of_text(utc[i].text), &time);
        check_row(found, utc[i].finding, time, utc[i].text, utc[i].rfc3339);
    }
    for (size_t i = 0; i < sizeof generalized / sizeof generalized[0]; i++) {
        mtlsval_finding found = mtlsval_time_read_generalized(mtls_view_of_text(generalized[i].text), &time);
        check_row(found, generalized[i].finding, time, generalized[i].text, generalized[i].rfc3339);
    }
}

static void rfc_3339_is_read_with_offsets_and_fractions(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t seconds;
    } rows[] = {
        {"1970-01-01T00:00:00Z",      true,  0           },
        {"2030-01-01T00:00:00Z",      true,  1893456000  },
        {"2030-01-01t00:00:00z",      true,  1893456000  },
        {"2030-01-01 00:00:00Z",      true,  1893456000  },
        {"2030-01-01T00:00:00.999Z",  true,  1893456000  },
        {"2030-01-01T01:30:00+01:30", true,  1893456000  },
        {"2029-12-31T19:00:00-05:00", true,  1893456000  },
        {"1969-12-31T23:59:59Z",      true,  -1          },
        {"2030-01-01",                false, 0           },
        {"2030-01-01T00:00:00",       false, 0           },
        {"2030-01-01T00:00:00.Z",     false, 0           },
        {"2030-01-01T00:00:00+0100",  false, 0           },
        {"2030-01-01T00:00:00+24:00", false, 0           },
        {"2030-02-30T00:00:00Z",      false, 0           },
        {"2030-01-01T00:00:00Zx",     false, 0           },
        {"30-01-01T00:00:00Z",        false, 0           },
        {"",                          false, 0           },
        {"9999-12-31T23:59:59Z",      true,  253402300799},
        {"9999-12-31T23:59:59-01:00", false, 0           },
        {"0000-01-01T00:00:00+14:00", false, 0           },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtlsval_time time = 0;
        if (mtlsval_time_parse(rows[i].text, &time) != rows[i].good ||
            (rows[i].good && time != rows[i].seconds)) {
            fail_msg("%s: %lld", rows[i].text, (long long)time);
        }
    }
}

static void every_day_of_ten_thousand_years_comes_back(void **state) {
    (void)state;
    char text[MTLSVAL_TIME_TEXT_MAX];
    for (int64_t day = -719528; day <= 2932896; day += 13) { /* 0000-01-01 to 9999-12-31 */
        mtlsval_time time = 0, seconds = day * 86400 + (day * 7919 % 86400 + 86400) % 86400;
        assert_true(mtlsval_time_parse(mtlsval_time_format(seconds, text), &time));
        assert_int_equal(time, seconds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_certificates_are_read_in_one_form_only),
        cmocka_unit_test(rfc_3339_is_read_with_offsets_and_fractions),
        cmocka_unit_test(every_day_of_ten_thousand_years_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
