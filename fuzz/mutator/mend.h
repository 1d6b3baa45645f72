/* A certificate made to fit the schema again. */
#ifndef MTLS_FUZZ_MUTATOR_MEND_H
#define MTLS_FUZZ_MUTATOR_MEND_H

#include "fuzz/mutator/job.h"
#include "fuzz/mutator/site.h"

/* mtlsmut_mend takes out what no field is, makes what must be there and is not, and gives values that no
 * reader of DER takes otherwise. Gives whether it changed anything: then the sites are no longer to be used.
 */
bool mtlsmut_mend(mtlsmut_job *job, const mtlsmut_sites *sites);

#endif
