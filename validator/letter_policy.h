/* The extensions on certificate policies by the letter of RFC 5280. Of use to validator/letter_extension.c
 * alone. No libcrypto. */
#ifndef MTLS_VALIDATOR_LETTER_POLICY_H
#define MTLS_VALIDATOR_LETTER_POLICY_H

#include "validator/der_read.h"

/* Each takes the value of an extension: certificatePolicies (4.2.1.4), policyMappings (4.2.1.5),
 * policyConstraints (4.2.1.11), inhibitAnyPolicy (4.2.1.14). */
bool mtlsval_letter_policies(mtlsval_der *in);
bool mtlsval_letter_policy_mappings(mtlsval_der *in);
bool mtlsval_letter_policy_constraints(mtlsval_der *in);
bool mtlsval_letter_skip_certificates(mtlsval_der *in);

#endif
