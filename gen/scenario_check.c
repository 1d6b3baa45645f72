/* What can only be seen when the whole scenario is read. */
#include <stdio.h>
#include <string.h>

#include "gen/scenario_read.h"

const char *const mtlsgen_feature_words[MTLSGEN_NUM_FEATURES] = {
#define FEATURE(id, word) word,
#include "gen/feature.def"
};

/* Follows one reference from `start`; a chain longer than there are certificates goes round. */
static mtls_status cycle_check(mtlsgen_reader *reader, mtlsgen_ref start, bool keys, const char *what) {
    const mtlsgen_scenario *s = reader->scenario;
    char path[200];
    size_t len = (size_t)snprintf(path, sizeof path, "%s", s->certificates[start].label);
    mtlsgen_ref at = start;
    for (size_t steps = 0; steps <= s->num_certificates; steps++) {
        const mtlsgen_scenario_certificate *certificate = &s->certificates[at];
        mtlsgen_ref next = certificate->key.of;
        if (!keys) {
            /* Only a plain `issuer: label` makes a hierarchy; {name: , key: } is how cross-certificates are
             * written. */
            next =
                certificate->issuer_name == NULL && certificate->issuer_name_of == certificate->issuer_key_of
                    ? certificate->issuer_name_of
                    : MTLSGEN_SELF;
            next = next == at ? MTLSGEN_SELF : next;
        }
        if (next == MTLSGEN_SELF) {
            return MTLS_OK;
        }
        if (len < sizeof path - 80) {
            len += (size_t)snprintf(path + len, sizeof path - len, " -> %s", s->certificates[next].label);
        }
        if (next == start) {
            return mtlsgen_reader_fail(reader, s->certificates[start].at, "a cycle of %s: %s", what, path);
        }
        at = next;
    }
    return MTLS_OK; /* it runs into a cycle that `start` is not part of: reported there */
}

static mtls_status cycles_check(mtlsgen_reader *reader) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < reader->scenario->num_certificates; i++) {
        if ((status = cycle_check(reader, i, false, "issuers")) == MTLS_OK) {
            status = cycle_check(reader, i, true, "keys");
        }
    }
    return status;
}

/* The certificate whose subject this one's is said to be, or SELF. */
static mtlsgen_ref subject_of(const mtlsgen_scenario *s, mtlsgen_ref certificate) {
    for (const mtlsgen_name_ref *ref = s->name_refs; ref != NULL; ref = ref->next) {
        if (ref->name == s->certificates[certificate].spec.subject) {
            return ref->certificate;
        }
    }
    return MTLSGEN_SELF;
}

static mtls_status subjects_check(mtlsgen_reader *reader) {
    const mtlsgen_scenario *s = reader->scenario;
    for (size_t i = 0; i < s->num_certificates; i++) {
        mtlsgen_ref at = i;
        for (size_t steps = 0; at != MTLSGEN_SELF && steps <= s->num_certificates; steps++) {
            at = subject_of(s, at);
            if (at == i) {
                return mtlsgen_reader_fail(reader, s->certificates[i].at,
                                           "a cycle of subjects that name each other");
            }
        }
    }
    return MTLS_OK;
}

static bool all_rejected(const mtlsgen_stage *stage) {
    if (stage == NULL) {
        return false;
    }
    for (size_t i = 0; i < stage->num_alternatives; i++) {
        if (stage->any_of[i].upload.accepted) {
            return false;
        }
    }
    return true;
}

static mtls_status stages_check(mtlsgen_reader *reader, const mtlsgen_expectations *expect) {
    const mtlsgen_scenario *s = reader->scenario;
    for (int i = 0; i < MTLS_NUM_PROFILES; i++) {
        const mtlsgen_stage *upload = expect->stages[i][MTLSGEN_STAGE_UPLOAD];
        const mtlsgen_stage *handshake = expect->stages[i][MTLSGEN_STAGE_HANDSHAKE];
        if (upload != NULL && !s->upload.present) {
            return mtlsgen_reader_fail(reader, upload->at,
                                       "nothing is uploaded, so there is no answer to it");
        }
        if (handshake != NULL && !s->client.present) {
            return mtlsgen_reader_fail(reader, handshake->at,
                                       "there is no `client`, so there is no handshake");
        }
        if (handshake != NULL && all_rejected(upload)) {
            return mtlsgen_reader_fail(reader, handshake->at, "a rejected upload has no handshake");
        }
        const mtls_profile_info *profile = mtls_profile_describe((mtls_profile_id)i);
        if (handshake != NULL && !profile->judges_clients) {
            return mtlsgen_reader_fail(reader, handshake->at, "%s judges files, and no handshake",
                                       profile->spelling);
        }
        for (size_t j = 0; upload != NULL && profile->has_codes && j < upload->num_alternatives; j++) {
            const mtls_expect_upload *answer = &upload->any_of[j].upload;
            if (!answer->accepted && answer->code == MTLS_UPLOAD_ACCEPTED) {
                return mtlsgen_reader_fail(reader, upload->at, "%s rejects with a `code`", profile->spelling);
            }
        }
    }
    return MTLS_OK;
}

static bool stages_agree(const mtlsgen_stage *a, const mtlsgen_stage *b, int stage) {
    if (a->num_alternatives != b->num_alternatives) {
        return false;
    }
    for (size_t i = 0; i < a->num_alternatives; i++) {
        const mtlsgen_alternative *x = &a->any_of[i], *y = &b->any_of[i];
        if (stage == MTLSGEN_STAGE_HANDSHAKE
                ? x->handshake.result != y->handshake.result || x->handshake.reason != y->handshake.reason
                : x->upload.accepted != y->upload.accepted || x->upload.code != y->upload.code ||
                      x->has_issuer_dn_of != y->has_issuer_dn_of || x->issuer_dn_of != y->issuer_dn_of) {
            return false;
        }
    }
    return true;
}

static bool choices_exclude(const mtlsgen_choice *a, int a_dimension, const mtlsgen_choice *b,
                            int b_dimension) {
    return (a->excluded >> b_dimension & 1) != 0 || (b->excluded >> a_dimension & 1) != 0;
}

/* Two choices that restate the same stage differently leave their combination without an answer. */
static mtls_status pair_check(mtlsgen_reader *reader, const mtlsgen_choice *a, int a_dimension,
                              const mtlsgen_choice *b, int b_dimension) {
    if (choices_exclude(a, a_dimension, b, b_dimension)) {
        return MTLS_OK;
    }
    for (int i = 0; i < MTLS_NUM_PROFILES; i++) {
        for (int j = 0; j < MTLSGEN_NUM_STAGES; j++) {
            const mtlsgen_stage *x = a->expect.stages[i][j], *y = b->expect.stages[i][j];
            if (x != NULL && y != NULL && !stages_agree(x, y, j)) {
                return mtlsgen_reader_fail(
                    reader, y->at,
                    "%s: %s and %s: %s expect different answers; add `without: [%s]` to one of them",
                    mtlsgen_dimension_word((mtlsgen_dimension)a_dimension), a->name,
                    mtlsgen_dimension_word((mtlsgen_dimension)b_dimension), b->name,
                    mtlsgen_dimension_word((mtlsgen_dimension)b_dimension));
            }
        }
    }
    return MTLS_OK;
}

static mtls_status choices_check(mtlsgen_reader *reader) {
    const mtlsgen_scenario *s = reader->scenario;
    mtls_status status = MTLS_OK;
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        for (size_t i = 0; i < s->variants[d].num_choices; i++) {
            const mtlsgen_choice *choice = &s->variants[d].choices[i];
            if ((status = stages_check(reader, &choice->expect)) != MTLS_OK) {
                return status;
            }
            for (int e = d + 1; e < MTLSGEN_NUM_DIMENSIONS; e++) {
                for (size_t j = 0; j < s->variants[e].num_choices; j++) {
                    if ((status = pair_check(reader, choice, d, &s->variants[e].choices[j], e)) != MTLS_OK) {
                        return status;
                    }
                }
            }
        }
    }
    return MTLS_OK;
}

/* `depth` adds certificates between the one marked `deepen` and its issuer: <label>-1 and so on. */
static mtls_status deepened_labels_check(mtlsgen_reader *reader, const char *deepened) {
    const mtlsgen_scenario *s = reader->scenario;
    const size_t len = strlen(deepened);
    for (size_t i = 0; i < s->num_certificates; i++) {
        const char *label = s->certificates[i].label;
        if (strncmp(label, deepened, len) == 0 && label[len] == '-' && label[len + 1] != '\0' &&
            label[len + 1 + strspn(label + len + 1, "0123456789")] == '\0') {
            return mtlsgen_reader_fail(
                reader, s->certificates[i].at,
                "the variant `depth` makes a certificate \"%s\", too; choose another label", label);
        }
    }
    return MTLS_OK;
}

/* Each dimension needs something that it changes: cases that differ in their id alone are no cases. */
static mtls_status variants_check(mtlsgen_reader *reader) {
    const mtlsgen_scenario *s = reader->scenario;
    size_t keys = 0, digests = 0, subjects = 0, validities = 0, serials = 0, deepened = 0;
    const char *deepest = NULL;
    for (size_t i = 0; i < s->num_certificates; i++) {
        const mtlsgen_scenario_certificate *certificate = &s->certificates[i];
        keys += certificate->key.algorithm == MTLSGEN_KEY_NONE && certificate->key.of == MTLSGEN_SELF;
        digests += certificate->spec.digest == MTLSGEN_DIGEST_DEFAULT;
        subjects += certificate->spec.subject == NULL;
        validities += !certificate->states_validity;
        serials += !certificate->spec.has_serial;
        deepened += certificate->deepen;
        if (certificate->deepen && deepened > 1) {
            return mtlsgen_reader_fail(reader, certificate->at,
                                       "a second certificate marked `deepen`; one is enough");
        }
        deepest = certificate->deepen ? certificate->label : deepest;
    }
    const mtls_status status = deepest == NULL ? MTLS_OK : deepened_labels_check(reader, deepest);
    if (status != MTLS_OK) {
        return status;
    }
    const struct {
        mtlsgen_dimension dimension;
        bool possible;
        const char *why;
    } needs[] = {
        {MTLSGEN_DIMENSION_KEY,       keys > 0,                "no certificate leaves its key open"          },
        {MTLSGEN_DIMENSION_DIGEST,    digests > 0,             "no certificate leaves its digest open"       },
        {MTLSGEN_DIMENSION_DN,        subjects > 0,            "no certificate leaves its subject open"      },
        {MTLSGEN_DIMENSION_DEPTH,     deepened == 1,           "no certificate is marked `deepen: true`"     },
        {MTLSGEN_DIMENSION_ORDER,     s->upload.num_parts > 1, "the upload has fewer than two parts"         },
        {MTLSGEN_DIMENSION_EOL,       s->upload.num_parts > 0, "the upload has no parts"                     },
        {MTLSGEN_DIMENSION_FINAL_EOL, s->upload.num_parts > 0, "the upload has no parts"                     },
        {MTLSGEN_DIMENSION_BETWEEN,   s->upload.num_parts > 0, "the upload has no parts"                     },
        {MTLSGEN_DIMENSION_WIDTH,     s->upload.num_parts > 0, "the upload has no parts"                     },
        {MTLSGEN_DIMENSION_VALIDITY,  validities > 0,          "no certificate leaves its validity open"     },
        {MTLSGEN_DIMENSION_SERIAL,    serials > 0,             "no certificate leaves its serial number open"},
    };
    for (size_t i = 0; i < NUM_ROWS(needs); i++) {
        const mtlsgen_variant *variant = &s->variants[needs[i].dimension];
        if (variant->num_choices > 0 && !needs[i].possible) {
            return mtlsgen_reader_fail(reader, variant->at, "the variant `%s` changes nothing here: %s",
                                       mtlsgen_dimension_word(needs[i].dimension), needs[i].why);
        }
    }
    return MTLS_OK;
}

static mtls_status purpose_check(mtlsgen_reader *reader) {
    const mtlsgen_scenario *s = reader->scenario;
    bool any = false;
    for (int i = 0; i < MTLS_NUM_PROFILES; i++) {
        any |= s->expect.stages[i][MTLSGEN_STAGE_UPLOAD] != NULL ||
               s->expect.stages[i][MTLSGEN_STAGE_HANDSHAKE] != NULL;
    }
    if (!any) {
        return mtlsgen_reader_fail(reader, mtlsgen_document_root(reader->document),
                                   "`expect` expects nothing");
    }
    if (!s->upload.present && !s->client.present) {
        return mtlsgen_reader_fail(reader, mtlsgen_document_root(reader->document),
                                   "a scenario has an `upload`, a `client`, or both");
    }
    return MTLS_OK;
}

mtls_status mtlsgen_scenario_check(mtlsgen_reader *reader) {
    const mtlsgen_scenario *s = reader->scenario;
    mtls_status status;
    if ((status = cycles_check(reader)) == MTLS_OK && (status = subjects_check(reader)) == MTLS_OK &&
        (status = purpose_check(reader)) == MTLS_OK &&
        (status = stages_check(reader, &s->expect)) == MTLS_OK &&
        (status = variants_check(reader)) == MTLS_OK && (status = choices_check(reader)) == MTLS_OK) {
        status = mtlsgen_variants_enumerate(reader);
    }
    return status;
}
