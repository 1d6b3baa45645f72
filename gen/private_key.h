/* The forms in which a private key stands in a file. The only part of the generator that writes private keys.
 */
#ifndef MTLS_GEN_PRIVATE_KEY_H
#define MTLS_GEN_PRIVATE_KEY_H

#include "gen/arena.h"
#include "gen/key.h"
#include "gen/maker.h"

/* The password of every encrypted key, and the iterations of its PBKDF2: it is a test. */
#define MTLSGEN_TEST_PASSWORD "test"
#define MTLSGEN_PBKDF2_ITERATIONS 2048u

typedef enum {
    MTLSGEN_KEY_FORM_PKCS8 = 0,             /* RFC 5958: PRIVATE KEY */
    MTLSGEN_KEY_FORM_ENCRYPTED_PKCS8,       /* PBES2, PBKDF2-SHA256, AES-256-CBC: ENCRYPTED PRIVATE KEY */
    MTLSGEN_KEY_FORM_SEC1,                  /* RFC 5915: EC PRIVATE KEY */
    MTLSGEN_KEY_FORM_SEC1_WITH_PARAMETERS,  /* the same after an EC PARAMETERS block, as `openssl ecparam`
                                               writes */
    MTLSGEN_KEY_FORM_PKCS1,                 /* RFC 8017 A.1.2: RSA PRIVATE KEY */
    MTLSGEN_KEY_FORM_ENCRYPTED_TRADITIONAL, /* SEC1 or PKCS#1 with Proc-Type and DEK-Info headers, AES-256-CBC
                                             */
    MTLSGEN_NUM_KEY_FORMS
} mtlsgen_key_form;

const char *mtlsgen_key_form_spelling(mtlsgen_key_form form);

/* One block of a key's file: what stands between its delimiters. */
typedef struct {
    const char *label;      /* static: "PRIVATE KEY" */
    const char *headers[2]; /* header lines without line ends; NULL where there are none */
    mtls_view der;
} mtlsgen_key_block;

enum { MTLSGEN_KEY_BLOCKS_MAX = 2 };

/* mtlsgen_private_key_write gives the key's blocks (one, or two with EC PARAMETERS), in the arena. Salt and
 * IV are derived from `address`. MTLS_ERR_USAGE for a form that the key's algorithm does not have. */
MTLS_MUST_CHECK mtls_status mtlsgen_private_key_write(mtlsgen_maker *maker, const mtlsgen_key *key,
                                                      mtlsgen_key_form form, const char *address,
                                                      mtlsgen_arena *arena,
                                                      mtlsgen_key_block out_blocks[MTLSGEN_KEY_BLOCKS_MAX],
                                                      size_t *out_num_blocks, mtls_error *error);

#endif
