#include "core/vocabulary.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const mtls_upload_code_info upload_codes[MTLS_NUM_UPLOAD_CODES] = {
#define UPLOAD_CODE(id, spelling, cite, summary, advice)                                                     \
    [MTLS_UPLOAD_##id] = {spelling, cite, summary, advice},
#include "core/vocabulary.def"
};

static const mtls_reason_info reasons[MTLS_NUM_REASONS] = {
#define REASON(id, slug, x509_v_err, spelling, old_spelling, gateway_spelling, cite, advice)                 \
    [MTLS_REASON_##id] = {slug, x509_v_err, spelling, old_spelling, gateway_spelling, cite, advice},
#include "core/vocabulary.def"
};

static const mtls_profile_info profiles[MTLS_NUM_PROFILES] = {
#define PROFILE(id, spelling, has_codes, judges_clients, summary)                                            \
    [MTLS_PROFILE_##id] = {spelling, summary, has_codes, judges_clients},
#include "core/vocabulary.def"
};

static const mtls_word_info bases[MTLS_NUM_BASES] = {
#define BASIS(id, spelling, meaning) [MTLS_BASIS_##id] = {spelling, meaning},
#include "core/vocabulary.def"
};

static const mtls_verify_result_info verify_results[MTLS_NUM_VERIFY_RESULTS] = {
#define RESULT(id, spelling, cite, summary, advice) [MTLS_VERIFY_##id] = {spelling, cite, summary, advice},
#include "core/vocabulary.def"
};

const mtls_upload_code_info *mtls_upload_code_describe(mtls_upload_code code) {
    return &upload_codes[code];
}

const mtls_reason_info *mtls_reason_describe(mtls_reason reason) {
    return &reasons[reason];
}

const mtls_profile_info *mtls_profile_describe(mtls_profile_id profile) {
    return &profiles[profile];
}

const mtls_word_info *mtls_basis_describe(mtls_basis basis) {
    return &bases[basis];
}

const mtls_verify_result_info *mtls_verify_result_describe(mtls_verify_result result) {
    return &verify_results[result];
}

bool mtls_upload_code_find(const char *text, mtls_upload_code *out) {
    for (int i = MTLS_UPLOAD_ACCEPTED + 1; i < MTLS_NUM_UPLOAD_CODES; i++) {
        if (strcmp(text, upload_codes[i].spelling) == 0) {
            *out = (mtls_upload_code)i;
            return true;
        }
    }
    return false;
}

bool mtls_reason_find(const char *text, mtls_reason *out) {
    for (int i = MTLS_REASON_NONE + 1; i < MTLS_NUM_REASONS; i++) {
        if (strcmp(text, reasons[i].slug) == 0) {
            *out = (mtls_reason)i;
            return true;
        }
    }
    return false;
}

bool mtls_profile_find(const char *text, mtls_profile_id *out) {
    for (int i = 0; i < MTLS_NUM_PROFILES; i++) {
        if (strcmp(text, profiles[i].spelling) == 0) {
            *out = (mtls_profile_id)i;
            return true;
        }
    }
    return false;
}

bool mtls_basis_find(const char *text, mtls_basis *out) {
    for (int i = 0; i < MTLS_NUM_BASES; i++) {
        if (strcmp(text, bases[i].spelling) == 0) {
            *out = (mtls_basis)i;
            return true;
        }
    }
    return false;
}

bool mtls_verify_result_find(const char *text, mtls_verify_result *out) {
    for (int i = 0; i < MTLS_NUM_VERIFY_RESULTS; i++) {
        if (strcmp(text, verify_results[i].spelling) == 0) {
            *out = (mtls_verify_result)i;
            return true;
        }
    }
    return false;
}

mtls_reason mtls_reason_from_x509(int x509_v_err) {
    if (x509_v_err == 0) {
        return MTLS_REASON_NONE;
    }
    /* -1 marks the rows that libcrypto has no number for. */
    for (int i = MTLS_REASON_NONE + 1; x509_v_err > 0 && i < MTLS_NUM_REASONS; i++) {
        if (reasons[i].x509_v_err == x509_v_err) {
            return (mtls_reason)i;
        }
    }
    return MTLS_REASON_UNSPECIFIED;
}

mtls_reason mtls_reason_from_text(const char *text) {
    static const char failed[] = "FAILED:";
    if (strncasecmp(text, failed, sizeof failed - 1) == 0) {
        text += sizeof failed - 1;
    }
    for (int i = MTLS_REASON_NONE + 1; i < MTLS_NUM_REASONS; i++) {
        const mtls_reason_info *row = &reasons[i];
        if (strcasecmp(text, row->spelling) == 0 ||
            (row->old_spelling != NULL && strcasecmp(text, row->old_spelling) == 0) ||
            (row->gateway_spelling != NULL && strcasecmp(text, row->gateway_spelling) == 0)) {
            return (mtls_reason)i;
        }
    }
    return MTLS_REASON_NONE;
}

const char *mtls_reason_client_verify(mtls_verify_result result, mtls_reason reason, mtls_profile_id profile,
                                      char out[MTLS_CLIENT_VERIFY_MAX]) {
    if (result != MTLS_VERIFY_FAILED || reason == MTLS_REASON_NONE) {
        snprintf(out, MTLS_CLIENT_VERIFY_MAX, "%s", verify_results[result].spelling);
        return out;
    }
    const mtls_reason_info *row = &reasons[reason];
    const char *spelling =
        profiles[profile].has_codes && row->gateway_spelling != NULL ? row->gateway_spelling : row->spelling;
    int start = snprintf(out, MTLS_CLIENT_VERIFY_MAX, "FAILED:%s", spelling) > 7 ? 7 : 0;
    /* The seed document writes the reasons as headings; in the log they are nginx's, in lower case. */
    if (spelling == row->gateway_spelling && out[start] >= 'A' && out[start] <= 'Z') {
        out[start] = (char)(out[start] - 'A' + 'a');
    }
    return out;
}
