#include "validator/letter.h"

#include <stdio.h>

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

/* The reader goes on after a note; by the letter it does not. */
static mtlsval_finding certificate_breach(const mtlsval_certificate *certificate) {
    for (int id = 0; id < MTLSVAL_NUM_FINDINGS; id++) {
        if (mtlsval_certificate_has_note(certificate, (mtlsval_finding)id)) {
            return (mtlsval_finding)id;
        }
    }
    mtlsval_finding of_issuer = mtlsval_name_rule_broken(&certificate->issuer);
    return of_issuer != MTLSVAL_FINDING_NONE ? of_issuer : mtlsval_name_rule_broken(&certificate->subject);
}

/* RFC 7468 section 2: "Files MAY contain multiple textual encoding instances"; those of other kinds are
 * passed over. */
static breach breach_find(const mtlsval_upload *upload) {
    const mtlsval_problem *m = &upload->malformed;
    breach first = {m->finding, m->number, m->line, m->der_at, m->in_der};
    for (size_t i = 0; i < upload->num_certificates; i++) {
        const mtlsval_upload_certificate *c = &upload->certificates[i];
        mtlsval_finding finding = certificate_breach(&c->certificate);
        if (finding != MTLSVAL_FINDING_NONE) {
            breach_take(&first, (breach){.finding = finding, .number = c->number, .line = c->line});
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
