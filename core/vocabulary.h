/* The vocabulary: upload codes, handshake reasons and results, profiles and bases, each with its spelling,
 * advice and citation. All of it is expanded from core/vocabulary.def. */
#ifndef MTLS_CORE_VOCABULARY_H
#define MTLS_CORE_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    MTLS_UPLOAD_ACCEPTED = 0, /* no code: the file is taken */
#define UPLOAD_CODE(id, spelling, cite, summary, advice) MTLS_UPLOAD_##id,
#include "core/vocabulary.def"
    MTLS_NUM_UPLOAD_CODES
} mtls_upload_code;

typedef enum {
    MTLS_REASON_NONE = 0, /* no reason: nothing failed */
#define REASON(id, slug, x509_v_err, spelling, old_spelling, gateway_spelling, cite, advice) MTLS_REASON_##id,
#include "core/vocabulary.def"
    MTLS_NUM_REASONS
} mtls_reason;

typedef enum {
#define PROFILE(id, spelling, has_codes, judges_clients, summary) MTLS_PROFILE_##id,
#include "core/vocabulary.def"
    MTLS_NUM_PROFILES
} mtls_profile_id;

typedef enum {
#define BASIS(id, spelling, meaning) MTLS_BASIS_##id,
#include "core/vocabulary.def"
    MTLS_NUM_BASES
} mtls_basis;

typedef enum {
#define RESULT(id, spelling, cite, summary, advice) MTLS_VERIFY_##id,
#include "core/vocabulary.def"
    MTLS_NUM_VERIFY_RESULTS
} mtls_verify_result;

typedef struct {
    const char *spelling, *cite, *summary, *advice;
} mtls_upload_code_info;

typedef struct {
    const char *spelling, *cite, *summary, *advice;
} mtls_verify_result_info;

typedef struct {
    const char *slug;
    int x509_v_err;               /* X509_V_ERR number, or -1 where libcrypto has none */
    const char *spelling;         /* OpenSSL 3.0.8 and later, or the gateway's where OpenSSL has none */
    const char *old_spelling;     /* an older OpenSSL's, or NULL */
    const char *gateway_spelling; /* the seed document's, or NULL */
    const char *cite, *advice;
} mtls_reason_info;

typedef struct {
    const char *spelling, *summary;
    bool has_codes;      /* rejects a file with an upload code; spells reasons as the gateway does */
    bool judges_clients; /* has a handshake to tell of, beside the file */
} mtls_profile_info;

typedef struct {
    const char *spelling, *summary; /* the summary of a basis is its meaning */
} mtls_word_info;

/* The infos are static and never NULL for a valid id (not MTLS_UPLOAD_ACCEPTED, not MTLS_REASON_NONE). */
const mtls_upload_code_info *mtls_upload_code_describe(mtls_upload_code code);
const mtls_reason_info *mtls_reason_describe(mtls_reason reason);
const mtls_verify_result_info *mtls_verify_result_describe(mtls_verify_result result);
const mtls_profile_info *mtls_profile_describe(mtls_profile_id profile);
const mtls_word_info *mtls_basis_describe(mtls_basis basis);

/* The finds answer whether `text` is a known spelling (for a reason: its slug) and set `*out` if it is. */
bool mtls_upload_code_find(const char *text, mtls_upload_code *out);
bool mtls_reason_find(const char *text, mtls_reason *out);
bool mtls_profile_find(const char *text, mtls_profile_id *out);
bool mtls_basis_find(const char *text, mtls_basis *out);
bool mtls_verify_result_find(const char *text, mtls_verify_result *out);

/* mtls_reason_from_x509 maps an X509_V_ERR number: MTLS_REASON_NONE for 0, MTLS_REASON_UNSPECIFIED for a
 * number the table does not have. */
mtls_reason mtls_reason_from_x509(int x509_v_err);

/* mtls_reason_from_text maps any known spelling of a reason, new, old or the gateway's, with or without
 * nginx's "FAILED:", whatever its letter case. MTLS_REASON_NONE when no row has it. */
mtls_reason mtls_reason_from_text(const char *text);

/* mtls_reason_client_verify writes the value of $ssl_client_verify, such as "FAILED:certificate has expired",
 * in the profile's spelling. It gives `out`. */
#define MTLS_CLIENT_VERIFY_MAX 160
const char *mtls_reason_client_verify(mtls_verify_result result, mtls_reason reason, mtls_profile_id profile,
                                      char out[MTLS_CLIENT_VERIFY_MAX]);

#endif
