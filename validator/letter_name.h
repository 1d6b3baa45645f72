/* What RFC 5280 4.2.1.6 and 4.2.1.10 say of the text of general names. Of use to validator/letter_*.c alone.
 * No libcrypto. */
#ifndef MTLS_VALIDATOR_LETTER_NAME_H
#define MTLS_VALIDATOR_LETTER_NAME_H

#include <mtls/bytes.h>

/* mtlsval_letter_is_host: the "preferred name syntax" of RFC 1034 3.5, as RFC 1123 2.1 modifies it. An
 * asterisk counts as a letter, for RFC 5280 leaves wildcards to others. */
bool mtlsval_letter_is_host(mtls_view text);

/* mtlsval_letter_is_mailbox: a Mailbox of RFC 2821 4.1.2. */
bool mtlsval_letter_is_mailbox(mtls_view text);

/* mtlsval_letter_is_uri: the characters of RFC 3986 2, and where there is an authority a host in it. That it
 * is absolute is not asked here. */
bool mtlsval_letter_is_uri(mtls_view text);

/* mtlsval_letter_is_uri_constraint: "host.example.com" or ".example.com". */
bool mtlsval_letter_is_uri_constraint(mtls_view text);

/* mtlsval_letter_is_range: an address and a mask of ones followed by zeros, as many octets each (RFC 4632).
 */
bool mtlsval_letter_is_range(mtls_view octets);

#endif
