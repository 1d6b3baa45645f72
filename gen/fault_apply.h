/* Faults made in a DER tree, before and after it is signed. */
#ifndef MTLS_GEN_FAULT_APPLY_H
#define MTLS_GEN_FAULT_APPLY_H

#include "gen/der_write.h"
#include "gen/fault.h"

/* mtlsgen_fault_apply makes one fault. MTLS_ERR_USAGE for a path that matches nothing, for an operation that
 * its node does not allow, and for one that would change nothing. */
MTLS_MUST_CHECK mtls_status mtlsgen_fault_apply(mtlsgen_der_tree *tree, const mtlsgen_fault *fault,
                                                mtls_error *error);

/* The faults of one object, some of them made. */
typedef struct {
    const mtlsgen_fault *faults;
    size_t num_faults;
    bool made[MTLSGEN_FAULTS_MAX];
} mtlsgen_faults;

/* mtlsgen_faults_apply_signed makes those that change what is signed: not stale, and on `to_be_signed` or
 * below it. mtlsgen_faults_apply_rest makes the others, in their order. */
MTLS_MUST_CHECK mtls_status mtlsgen_faults_apply_signed(mtlsgen_der_tree *tree, mtlsgen_faults *faults,
                                                        const mtlsgen_der_node *to_be_signed,
                                                        mtls_error *error);
MTLS_MUST_CHECK mtls_status mtlsgen_faults_apply_rest(mtlsgen_der_tree *tree, mtlsgen_faults *faults,
                                                      mtls_error *error);

#endif
