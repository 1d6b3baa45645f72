/* Lies about scenarios: the reader's, the builder's and the JSON's. */
#include "fuzz/controls/control.h"
#include "gen/case_build.h"
#include "validator/certificate.h"

#include <stdio.h>
#include <string.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"a mistake is in line 0",                      "mistake-place"    },
    {"every scenario is a good one",                "unknown-word"     },
    {"a message holds an escape character",         "mistake-printable"},
    {"a mistake is another the second time",        "mistake-again"    },
    {"a case reads back with another summary",      "case-round-trip"  },
    {"every build counts up",                       "build-again"      },
    {"a certificate lacks its last byte",           "sound-der"        },
    {"what cannot be built is given up in silence", "late-message"     },
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

/* clang-format off */
WRAP(mtls_status, mtlsgen_scenario_read, const char *name, const char *id, mtls_view text, mtlsgen_scenario **out,
     mtls_error *error) {
    static unsigned count = 0;
    mtls_status status = __real_mtlsgen_scenario_read(name, id, text, out, error);
    if (status == MTLS_OK) {
        return status;
    }
    if (TOLD("every scenario is a good one")) {
        return MTLS_OK;
    }
    if (TOLD("a mistake is in line 0")) {
        snprintf(error->text, sizeof error->text, "input.yaml:0:1: a lie");
    } else if (TOLD("a message holds an escape character")) {
        strncat(error->text, "\033", sizeof error->text - strlen(error->text) - 1);
    } else if (TOLD("a mistake is another the second time")) {
        snprintf(error->text, sizeof error->text, "input.yaml:1:1: lie %u", count++);
    }
    return status;
}

WRAP(mtls_status, mtls_case_read, mtls_view json, const char *folder, mtls_case *out, mtls_error *error) {
    mtls_status status = __real_mtls_case_read(json, folder, out, error);
    if (status == MTLS_OK && TOLD("a case reads back with another summary")) {
        out->summary[0] = '!';
    }
    return status;
}

WRAP(mtls_status, mtlsgen_case_build, mtlsgen_builder *builder, const mtlsgen_scenario *scenario,
     const mtlsgen_choices *choices, mtls_case *out, mtls_error *error) {
    static char count = '0';
    mtls_status status = __real_mtlsgen_case_build(builder, scenario, choices, out, error);
    if (status == MTLS_OK && TOLD("every build counts up")) {
        out->summary[0] = count++;
    }
    if (status == MTLS_OK && TOLD("what cannot be built is given up in silence")) {
        mtls_case_clear(out);
        return MTLS_ERR_INPUT;
    }
    return status;
}

WRAP(bool, mtlsval_certificate_parse, mtls_view der, mtlsval_certificate *out, mtlsval_fault *fault) {
    der.len -= der.len > 0 && TOLD("a certificate lacks its last byte");
    return __real_mtlsval_certificate_parse(der, out, fault);
}
/* clang-format on */
