/* Signatures that a thread has made already: variants of one scenario often sign the same bytes with the same
 * key again, and all our signatures are deterministic. Worth it for the slow algorithms only. */
#ifndef MTLS_GEN_SIGN_MEMO_H
#define MTLS_GEN_SIGN_MEMO_H

#include "gen/hash.h"
#include "gen/sign.h"

typedef struct mtlsgen_sign_memo mtlsgen_sign_memo;

/* What a signature follows from, in one digest. */
typedef struct {
    uint8_t bytes[32];
} mtlsgen_sign_memo_key;

/* mtlsgen_sign_memo_is_worth answers whether signing with `key` costs more than looking it up. */
bool mtlsgen_sign_memo_is_worth(const mtlsgen_key *key);

mtlsgen_sign_memo_key mtlsgen_sign_memo_key_make(const mtlsgen_key *key, const mtlsgen_sign_options *options,
                                                 mtls_view message);

/* mtlsgen_sign_memo_find copies a remembered signature. `*memo` may be NULL. mtlsgen_sign_memo_put remembers
 * one, in the place of another if need be; without memory it does nothing. */
bool mtlsgen_sign_memo_find(const mtlsgen_sign_memo *memo, const mtlsgen_sign_memo_key *key,
                            uint8_t out_signature[MTLSGEN_SIGNATURE_MAX], size_t *out_len);
void mtlsgen_sign_memo_put(mtlsgen_sign_memo **memo, const mtlsgen_sign_memo_key *key,
                           const uint8_t *signature, size_t len);
void mtlsgen_sign_memo_free(mtlsgen_sign_memo *memo);

#endif
