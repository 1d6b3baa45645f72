/* The objects of one scenario with choices made, each made when first asked for. Private to the builder. */
#ifndef MTLS_GEN_WORKSHOP_H
#define MTLS_GEN_WORKSHOP_H

#include "gen/key_pool.h"
#include "gen/scenario.h"

typedef struct {
    mtlsgen_name subject;   /* stated or default */
    unsigned key_index;     /* where the certificate has its own key */
    const mtlsgen_key *key; /* NULL until asked for */
    bool made;
    mtlsgen_certificate certificate;
} mtlsgen_workshop_certificate;

typedef struct {
    const mtlsgen_key *key;
    unsigned key_index;
    mtls_view der; /* empty until asked for */
} mtlsgen_workshop_object;

typedef struct {
    mtlsgen_maker *maker;
    mtlsgen_key_pool *pool;
    mtlsgen_arena arena;
    const mtlsgen_scenario
        *scenario; /* borrowed; its variants may take turns while the objects stay the same */
    mtlsgen_workshop_certificate *certificates;
    mtlsgen_workshop_object *csrs, *crls, *ocsp;
} mtlsgen_workshop;

/* mtlsgen_workshop_open forgets all objects and gets ready for those of `scenario`: names are made, keys
 * chosen. */
MTLS_MUST_CHECK mtls_status mtlsgen_workshop_open(mtlsgen_workshop *shop, const mtlsgen_scenario *scenario,
                                                  mtls_error *error);

/* mtlsgen_workshop_rebind goes on with `scenario`, whose certificates are those of the one before in every
 * respect. */
void mtlsgen_workshop_rebind(mtlsgen_workshop *shop, const mtlsgen_scenario *scenario);
void mtlsgen_workshop_clear(mtlsgen_workshop *shop);

/* The objects by their place in the scenario. What cannot be made is MTLS_ERR_INPUT with its place in the
 * file. */
MTLS_MUST_CHECK mtls_status mtlsgen_workshop_key(mtlsgen_workshop *shop, mtlsgen_ref certificate,
                                                 const mtlsgen_key **out, mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_workshop_certificate_get(mtlsgen_workshop *shop, mtlsgen_ref certificate,
                                                             const mtlsgen_certificate **out,
                                                             mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_workshop_csr(mtlsgen_workshop *shop, size_t csr, mtls_view *out,
                                                 mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_workshop_crl(mtlsgen_workshop *shop, size_t crl, mtls_view *out,
                                                 mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_workshop_ocsp(mtlsgen_workshop *shop, size_t ocsp, mtls_view *out,
                                                  mtls_error *error);

/* mtlsgen_workshop_fail turns the message that a maker left in `error` into one with the place of `at`. */
mtls_status mtlsgen_workshop_fail(const mtlsgen_scenario *scenario, const yaml_node_t *at, mtls_status status,
                                  mtls_error *error);

/* mtlsgen_scenario_key_owner follows references to the certificate whose own key is meant. */
mtlsgen_ref mtlsgen_scenario_key_owner(const mtlsgen_scenario *scenario, mtlsgen_ref certificate);

/* mtlsgen_certificate_is_ca answers what the basicConstraints say; mtlsgen_certificate_is_root whether the
 * certificate is also issued under its own name with its own key. */
bool mtlsgen_certificate_is_ca(const mtlsgen_scenario_certificate *certificate);
bool mtlsgen_certificate_is_root(const mtlsgen_scenario *scenario, mtlsgen_ref certificate);

#endif
