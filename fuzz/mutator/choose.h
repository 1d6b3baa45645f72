/* Which place of a certificate a change takes, and what changes of all kinds do there. */
#ifndef MTLS_FUZZ_MUTATOR_CHOOSE_H
#define MTLS_FUZZ_MUTATOR_CHOOSE_H

#include "fuzz/mutator/job.h"
#include "fuzz/mutator/site.h"

enum { MTLSMUT_TRIES = 16 }; /* places are tried before a change is given up */

typedef bool (*mtlsmut_site_test)(const mtlsmut_site *site);

/* mtlsmut_choose gives one of the sites that pass, each as likely, never the certificate itself; NULL for
 * none. */
const mtlsmut_site *mtlsmut_choose(mtlsmut_job *job, const mtlsmut_sites *sites, mtlsmut_site_test passes);

bool mtlsmut_site_is_any(const mtlsmut_site *site);
bool mtlsmut_site_is_list(const mtlsmut_site *site); /* a SEQUENCE OF or SET OF whose elements are nodes */

void mtlsmut_put_instead(mtlsgen_der_node *old, mtlsgen_der_node *new_node);

/* mtlsmut_copy gives a copy in the job's tree; NULL without memory. */
mtlsgen_der_node *mtlsmut_copy(mtlsmut_job *job, const mtlsgen_der_node *node);

#endif
