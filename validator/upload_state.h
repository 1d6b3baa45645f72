/* An upload check on its way: reading, rules, chains, warnings. Of use to validator/upload*.c alone. */
#ifndef MTLS_VALIDATOR_UPLOAD_STATE_H
#define MTLS_VALIDATOR_UPLOAD_STATE_H

#include "validator/pem.h"
#include "validator/text_pool.h"
#include "validator/upload.h"

struct mtlsval_upload_memory {
    uint8_t *ders; /* the decoded blocks, one after the other; in `texts` */
    mtlsval_text_pool texts;
};

typedef struct {
    mtlsval_upload *upload;
    mtlsval_upload_settings settings;
    mtls_view file;
    size_t capacity;
    size_t ders_used;
    unsigned num_blocks;
    size_t num_cas, num_roots;
    size_t signature_budget;
    size_t outside_line; /* of the first text outside the blocks; 0: none */
    struct {
        mtlsval_problem problem;
        mtls_view label;        /* of its block, in the file */
    } first_key, first_invalid; /* the first problem of either code */
    size_t num_chain_ends;      /* CAs at the end of a chain from the root */
    size_t warnings_capacity;
    mtls_buf words; /* names and sentences on their way to the texts; the reader, the rules and the warnings
                       each set the bound of theirs */
    mtlsval_signature_cache keys;
} mtlsval_upload_state;

/* mtlsval_upload_read finds the blocks and reads the certificates. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_read(mtlsval_upload_state *state);

/* mtlsval_upload_check_signature asks whether `issuer`'s key verifies `certificate`. False in `*out_asked`
 * when the file has used up its signature checks. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_check_signature(mtlsval_upload_state *state,
                                                           const mtlsval_certificate *certificate,
                                                           const mtlsval_certificate *issuer, bool *out_asked,
                                                           mtlsval_signature_answer *out_answer);

/* mtlsval_upload_find_roots sets the roles. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_find_roots(mtlsval_upload_state *state);

/* mtlsval_upload_judge asks the rules one after the other and sets code and detail by the first that fails.
 */
MTLS_MUST_CHECK mtls_status mtlsval_upload_judge(mtlsval_upload_state *state);

/* mtlsval_upload_find_chain finds the longest chain of CAs down from the one root, and gives the index of its
 * last CA. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_find_chain(mtlsval_upload_state *state, size_t *out_last);

/* mtlsval_upload_warn_all sets the warnings. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_warn_all(mtlsval_upload_state *state);

/* mtlsval_upload_say_certificate appends `certificate 2 (line 31), "CN=int"`, fit for a terminal. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_say_certificate(const mtlsval_upload_certificate *certificate,
                                                           mtls_buf *out);

/* mtlsval_upload_say_name appends `"CN=int"`, escaped, and cut if it is long. */
MTLS_MUST_CHECK mtls_status mtlsval_upload_say_name(const char *name, mtls_buf *out);

/* Bytes of a detail or of a warning's sentence. */
#define MTLSVAL_UPLOAD_SENTENCE_MAX ((size_t)16 * 1024)

#endif
