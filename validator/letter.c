#include "validator/letter.h"

#include <stdio.h>

#include "validator/letter_extension.h"
#include "validator/name_rule.h"

/* The first rule in the file that is broken. */
typedef struct {
    mtlsval_finding finding;
    unsigned number; /* of the block, 0 for the file as a whole */
    size_t line;
    size_t der_at;
    bool in_der;
} breach;

static void breach_take(breach *first, breach found) {
    if (first->finding == MTLSVAL_FINDING_NONE || found.line < first->line) {
        *first = found;
    }
}

/* The reader goes on after a note; by the letter it does not. That OpenSSL refuses a type in names is no
 * rule: AttributeValue ::= ANY. */
static mtlsval_finding note_of(const mtlsval_certificate *c) {
    for (int id = 0; (c->notes[0] | c->notes[1]) != 0 && id < MTLSVAL_NUM_FINDINGS; id++) {
        if (id != MTLSVAL_CERTIFICATE_NAME_TYPE && mtlsval_certificate_has_note(c, (mtlsval_finding)id)) {
            return (mtlsval_finding)id;
        }
    }
    return MTLSVAL_FINDING_NONE;
}

/* What hangs together in a certificate (RFC 5280 4.1.2 and 4.2.1). A CA's key "is used to validate digital
 * signatures on certificates" unless keyUsage says otherwise. Whether a certificate is self-signed only its
 * key can tell, so self-issued is enough to need no authorityKeyIdentifier. */
static mtlsval_finding relation_breach(const mtlsval_certificate *c) {
    bool is_ca = mtlsval_certificate_is_ca(c), has_usage = c->key_usage.present;
    bool signs = (c->key_usage.bits & MTLSVAL_USAGE_KEY_CERT_SIGN) != 0;
    bool is_nobody = c->subject.num_attributes == 0;
    bool has_names = c->subject_alt_name.present && c->subject_alt_name.critical;
    bool names_issuer = c->authority_key_id.has_key_id || mtlsval_certificate_is_self_issued(c);
    const struct {
        bool is_broken;
        mtlsval_finding finding;
    } relations[] = {
        {c->issuer_unique_id.data != NULL || c->subject_unique_id.data != NULL,
         MTLSVAL_CERTIFICATE_UNIQUE_ID                                                                                          },
        {has_usage && c->key_usage.bits == 0,                                       MTLSVAL_CERTIFICATE_KEY_USAGE_EMPTY         },
        {signs && !is_ca,                                                           MTLSVAL_CERTIFICATE_CERT_SIGN_NO_CA         },
        {c->basic_constraints.has_path_len && !(is_ca && signs),                    MTLSVAL_CERTIFICATE_PATH_LENGTH_NO_CA       },
        {c->name_constraints.present && !is_ca,                                     MTLSVAL_CERTIFICATE_CONSTRAINTS_NO_CA       },
        {is_nobody && (is_ca || (c->key_usage.bits & MTLSVAL_USAGE_CRL_SIGN) != 0),
         MTLSVAL_CERTIFICATE_SUBJECT_EMPTY_CA                                                                                   },
        {is_nobody && !has_names,                                                   MTLSVAL_CERTIFICATE_SUBJECT_EMPTY           },
        {!names_issuer,                                                             MTLSVAL_CERTIFICATE_AUTHORITY_KEY_ID_MISSING},
        {is_ca && !c->subject_key_id.present,                                       MTLSVAL_CERTIFICATE_SUBJECT_KEY_ID_MISSING  },
        {is_ca && !has_usage,                                                       MTLSVAL_CERTIFICATE_KEY_USAGE_MISSING       },
        {is_ca && signs && !c->basic_constraints.critical,                          MTLSVAL_CERTIFICATE_NOT_CRITICAL            },
    };
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        if (relations[i].is_broken) {
            return relations[i].finding;
        }
    }
    return MTLSVAL_FINDING_NONE;
}

mtlsval_finding mtlsval_letter_broken(const mtlsval_certificate *certificate, mtlsval_fault *out_place) {
    mtlsval_finding found = note_of(certificate);
    *out_place = (mtlsval_fault){MTLSVAL_FINDING_NONE, 0};
    if (found == MTLSVAL_FINDING_NONE) {
        found = mtlsval_name_rule_broken(&certificate->issuer);
    }
    if (found == MTLSVAL_FINDING_NONE) {
        found = mtlsval_name_rule_broken(&certificate->subject);
    }
    if (found == MTLSVAL_FINDING_NONE && !mtlsval_letter_extensions_check(certificate, out_place)) {
        found = out_place->finding;
    }
    return found != MTLSVAL_FINDING_NONE ? found : relation_breach(certificate);
}

/* RFC 7468 section 2: "Files MAY contain multiple textual encoding instances"; those of other kinds are
 * passed over. Blank lines among the base64 are for a lax reader (its Figure 2), which is one. */
static breach breach_find(const mtlsval_upload *upload) {
    const mtlsval_problem *m = &upload->malformed;
    breach first = {m->finding, m->number, m->line, m->der_at, m->in_der};
    for (size_t i = 0; i < upload->num_certificates; i++) {
        const mtlsval_upload_certificate *c = &upload->certificates[i];
        mtlsval_fault place = {MTLSVAL_FINDING_NONE, 0};
        mtlsval_finding finding = c->base64_note == MTLSVAL_PEM_BASE64_TRAILING_BITS
                                      ? c->base64_note
                                      : mtlsval_letter_broken(&c->certificate, &place);
        if (finding != MTLSVAL_FINDING_NONE) {
            breach_take(&first, (breach){finding, c->number, c->line, place.at, place.at > 0});
        }
    }
    return first;
}

static void breach_say(const breach *b, char *out, size_t len) {
    const mtlsval_finding_info *info = mtlsval_finding_describe(b->finding);
    if (b->in_der) {
        snprintf(out, len, "block %u, byte %zu of its DER (line %zu): %s (%s)", b->number, b->der_at, b->line,
                 info->text, info->cite);
    } else if (b->number > 0) {
        snprintf(out, len, "block %u (line %zu): %s (%s)", b->number, b->line, info->text, info->cite);
    } else {
        snprintf(out, len, "line %zu: %s (%s)", b->line, info->text, info->cite);
    }
}

bool mtlsval_letter_judge(const mtlsval_upload *upload, char *out, size_t len) {
    breach first = breach_find(upload);
    if (first.finding != MTLSVAL_FINDING_NONE) {
        breach_say(&first, out, len);
        return false;
    }
    if (upload->num_certificates == 0) {
        snprintf(out, len, "the file holds no certificate");
        return false;
    }
    return true;
}
