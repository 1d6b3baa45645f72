/* What RFC 5280 says of the values of a name's attributes, beyond their encoding: string types, characters,
 * lengths (section 4.1.2.4, Appendix A.1). Most readers pass over it; only a profile that goes by the letter
 * asks. No libcrypto. */
#ifndef MTLS_VALIDATOR_NAME_RULE_H
#define MTLS_VALIDATOR_NAME_RULE_H

#include "validator/finding.h"
#include "validator/name.h"

/* mtlsval_name_rule_broken gives the first rule that an attribute of `name` breaks, or MTLSVAL_FINDING_NONE.
 * Attribute types that RFC 5280 does not define may have any type and length. */
mtlsval_finding mtlsval_name_rule_broken(const mtlsval_name *name);

/* mtlsval_name_rule_text is for one value of the string type `tag`: its characters, and their number, which
 * is to be `least` to `most`; 0 for no bound. What is not of a string type breaks nothing but `least`. */
mtlsval_finding mtlsval_name_rule_text(uint8_t tag, mtls_view text, size_t least, size_t most);

#endif
