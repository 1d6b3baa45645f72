/* The files of one case, ready to be tried with other programs: what `mtls-gen scenario` writes. */
#ifndef MTLS_GEN_FIXTURE_H
#define MTLS_GEN_FIXTURE_H

#include "gen/case_build.h"
#include "gen/output.h"

typedef struct {
    const char *seed;
    bool der, p7b, p12;    /* these forms too */
    bool with_expectation; /* the choices are the scenario's own, so that what it expects holds: write
                              case.json */
} mtlsgen_fixture_options;

/* mtlsgen_fixture_write writes the case that `builder` built last: its inputs, and under certs/ every
 * certificate and key of the scenario by its label. */
MTLS_MUST_CHECK mtls_status mtlsgen_fixture_write(mtlsgen_output *output, mtlsgen_builder *builder,
                                                  const mtls_case *c, const mtlsgen_fixture_options *options,
                                                  mtls_error *error);

#endif
