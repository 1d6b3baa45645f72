/* The operators of a mutation, each one small change of a certificate's tree. */
#ifndef MTLS_FUZZ_MUTATOR_OPERATORS_H
#define MTLS_FUZZ_MUTATOR_OPERATORS_H

#include "fuzz/mutator/job.h"
#include "fuzz/mutator/site.h"

/* mtlsmut_operate makes one change by an operator that fits; false where none of several tries did. */
bool mtlsmut_operate(mtlsmut_job *job, const mtlsmut_sites *sites);

/* mtlsmut_lie makes one header depart from DER: a length in a form of BER, one that is too long or short, or
 * bytes after the element. It stays only where nothing is read again before encoding. */
void mtlsmut_lie(mtlsmut_job *job, const mtlsmut_sites *sites);

#endif
