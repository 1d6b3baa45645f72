/* What the readers of extensions by the letter share. Of use to validator/letter_*.c alone. No libcrypto. */
#ifndef MTLS_VALIDATOR_LETTER_READ_H
#define MTLS_VALIDATOR_LETTER_READ_H

#include "validator/certificate.h"
#include "validator/der_read.h"

/* Where general names stand decides what they may be: anywhere, as names that the CA certifies
 * (subjectAltName, issuerAltName), or in a constraint. */
typedef enum {
    MTLSVAL_NAMES_OF_ANYBODY,
    MTLSVAL_NAMES_CERTIFIED,
    MTLSVAL_NAMES_CONSTRAINED
} mtlsval_names_use;

/* mtlsval_letter_fail records `finding` where `in` stands and gives false. */
bool mtlsval_letter_fail(const mtlsval_der *in, mtlsval_finding finding);

/* mtlsval_letter_enter_list enters a SEQUENCE or SET SIZE (1..MAX) OF. */
bool mtlsval_letter_enter_list(mtlsval_der *in, uint8_t tag, mtlsval_der *out_inside);

/* mtlsval_letter_any takes an element of any type, in DER down to the strings and times in it. */
bool mtlsval_letter_any(mtlsval_der *in);

mtls_view mtlsval_letter_rest(const mtlsval_der *in);
bool mtlsval_letter_is_ia5(mtls_view text);

/* mtlsval_letter_name_broken gives the rule that a general name breaks, or MTLSVAL_FINDING_NONE. */
mtlsval_finding mtlsval_letter_name_broken(const mtlsval_general_name *name, mtlsval_names_use use);

/* mtlsval_letter_names takes all that is left of `in` as the content of a GeneralNames. */
bool mtlsval_letter_names(mtlsval_der *in, mtlsval_names_use use);

#endif
