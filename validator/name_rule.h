/* What RFC 5280 says of the values of a name's attributes, beyond their encoding: string types, characters,
 * lengths (section 4.1.2.4, Appendix A.1). Most readers pass over it; only a profile that goes by the letter
 * asks. No libcrypto. */
#ifndef MTLS_VALIDATOR_NAME_RULE_H
#define MTLS_VALIDATOR_NAME_RULE_H

#include "validator/finding.h"
#include "validator/name.h"

/* mtlsval_name_rule_broken gives the first rule that an attribute of `name` breaks, or MTLSVAL_FINDING_NONE.
 * Attribute types that RFC 5280 does not define have no rules. */
mtlsval_finding mtlsval_name_rule_broken(const mtlsval_name *name);

#endif
