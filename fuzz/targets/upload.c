/* The upload check. One input is a whole file as it is uploaded.
 *
 * Oracles: the verdict stays when line ends become CRLF (facts#crlf-accepted), white space is put at the end,
 * or text between the blocks (RFC 7468 section 2: parsers ignore it); a private key added before or after
 * always gives the private-key code; nothing is accepted without exactly one root; what is accepted has an
 * issuer DN that is some CA's subject, and validatedCertData without line breaks; whether the file is one by
 * the letter (rfc5280) stays under the same edits, but for the keys. Second opinion: a model of
 * the upload rules written on libcrypto's PEM_X509_INFO_read_bio answers alike.
 *
 * In the plain build a signature counts as good when the key identifiers agree, so that no libcrypto is in
 * the loop. */
#include "validator/upload.h"
#include "fuzz/oracle.h"
#include "fuzz/upload_edits.h"
#include "validator/letter.h"

#ifdef MTLSFUZZ_SECOND_OPINION
#include "fuzz/second/upload_libcrypto.h"
#endif

#include <string.h>

/* Edits are tried on files up to this size: each is a check of its own. One input in so many is edited, and
 * in one way; one in so many is judged by the letter. */
enum { EDITED_MAX = 64 * 1024, EDITED_ONE_IN = 32, LETTER_ONE_IN = 8 };

#ifdef MTLSFUZZ_SECOND_OPINION
static mtls_status check_signature(void *context, const mtlsval_certificate *certificate,
                                   const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    return mtlsval_signature_check(context, certificate, issuer, out_answer);
}
#else
/* Key identifiers stand in for signatures; without any, a certificate is signed by whoever bears its issuer's
 * name. */
static mtls_status check_signature(void *context, const mtlsval_certificate *certificate,
                                   const mtlsval_certificate *issuer, mtlsval_signature_answer *out_answer) {
    bool says_who = certificate->authority_key_id.has_key_id && issuer->subject_key_id.present;
    bool agree = mtls_view_equal(certificate->authority_key_id.key_id, issuer->subject_key_id.key_id);
    (void)context;
    *out_answer = !says_who || agree ? MTLSVAL_SIGNATURE_GOOD : MTLSVAL_SIGNATURE_BAD;
    return MTLS_OK;
}
#endif

static mtlsval_upload *run(mtls_view file) {
    mtlsval_upload_settings settings = {.check_signature = check_signature};
    mtlsval_upload *upload = NULL;
    mtlsfuzz_must(mtlsval_upload_run(file, &settings, &upload), "check a file");
    return upload;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool by_the_letter(const mtlsval_upload *upload) {
    char why[512] = "";
    bool is = mtlsval_letter_judge(upload, why, sizeof why);
    MTLSFUZZ_ORACLE("letter-says-why", is == (why[0] == '\0'), "by the letter: %d, \"%s\"", is, why);
    return is;
}

/* check_edit runs the edited file and compares what must stay. */
static void check_edit(const mtlsval_upload *before, mtls_buf *edited, const char *edit) {
    mtlsval_upload *after = run(mtls_buf_view(edited));
    MTLSFUZZ_ORACLE("edit-keeps-verdict",
                    after->code == before->code &&
                        same_text(after->client_cert_issuer_dn, before->client_cert_issuer_dn) &&
                        same_text(after->validated_cert_data, before->validated_cert_data) &&
                        after->num_certificates == before->num_certificates,
                    "%s: code %d became %d, %zu certificates became %zu", edit, (int)before->code,
                    (int)after->code, before->num_certificates, after->num_certificates);
    MTLSFUZZ_ORACLE("edit-keeps-letter", by_the_letter(after) == by_the_letter(before),
                    "%s: by the letter %s", edit, by_the_letter(before) ? "no more" : "now");
    mtlsval_upload_free(after);
}

static void check_private_key(mtls_buf *edited, const char *where) {
    mtlsval_upload *after = run(mtls_buf_view(edited));
    MTLSFUZZ_ORACLE("private-key", after->code == MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY,
                    "a private key %s the file gives code %d", where, (int)after->code);
    mtlsval_upload_free(after);
}

typedef struct {
    bool (*apply)(mtls_view file, mtls_buf *out);
    const char *name;
    bool adds_key;
} edit;

static void check_edited(const mtlsval_upload *upload, mtls_view file, const edit *e) {
    static mtls_buf edited = {.max = 4 * EDITED_MAX};
    if (!e->apply(file, &edited)) {
        return;
    }
    if (e->adds_key) {
        check_private_key(&edited, e->name);
    } else {
        check_edit(upload, &edited, e->name);
    }
}

static void check_edits(const mtlsval_upload *upload, mtls_view file) {
    static const edit edits[] = {
        {mtlsfuzz_edit_crlf,         "CRLF line ends",          false},
        {mtlsfuzz_edit_space_after,  "white space at the end",  false},
        {mtlsfuzz_edit_text_between, "text between the blocks", false},
        {mtlsfuzz_edit_key_before,   "before",                  true },
        {mtlsfuzz_edit_key_after,    "after",                   true },
    };
    enum { NUM_EDITS = sizeof edits / sizeof *edits };
    if (mtlsfuzz_thorough) {
        for (size_t i = 0; i < NUM_EDITS; i++) {
            check_edited(upload, file, &edits[i]);
        }
        return;
    }
    unsigned turn = mtlsfuzz_draw(file, NUM_EDITS * EDITED_ONE_IN);
    if (turn < NUM_EDITS) {
        check_edited(upload, file, &edits[turn]);
    }
}

/* A root by our reading (docs/scenarios.md), counted from the certificates and not from their roles. */
static size_t count_roots(const mtlsval_upload *upload) {
    size_t num_roots = 0;
    for (size_t i = 0; i < upload->num_certificates; i++) {
        const mtlsval_certificate *c = &upload->certificates[i].certificate;
        mtlsval_signature_answer answer = MTLSVAL_SIGNATURE_BAD;
        if (c->basic_constraints.present && c->basic_constraints.ca &&
            mtlsval_name_equal(&c->subject, &c->issuer)) {
            mtlsfuzz_must(check_signature(NULL, c, c, &answer), "check a signature");
        }
        num_roots += answer == MTLSVAL_SIGNATURE_GOOD;
    }
    return num_roots;
}

static bool is_subject_of_a_ca(const mtlsval_upload *upload, const char *name) {
    for (size_t i = 0; i < upload->num_certificates; i++) {
        const mtlsval_upload_certificate *c = &upload->certificates[i];
        if (mtlsval_certificate_is_ca(&c->certificate) && same_text(c->subject, name)) {
            return true;
        }
    }
    return false;
}

static void check_answer(const mtlsval_upload *upload) {
    bool accepted = upload->code == MTLS_UPLOAD_ACCEPTED;
    MTLSFUZZ_ORACLE("answer-members",
                    (upload->client_cert_issuer_dn != NULL) == accepted &&
                        (upload->validated_cert_data != NULL) == accepted &&
                        (upload->detail[0] == '\0') == accepted,
                    "code %d with%s an issuer DN, detail \"%s\"", (int)upload->code,
                    upload->client_cert_issuer_dn == NULL ? "out" : "", upload->detail);
    if (!accepted) {
        MTLSFUZZ_REACHED("rejected");
        return;
    }
    MTLSFUZZ_REACHED("accepted");
    size_t num_roots = count_roots(upload);
    MTLSFUZZ_ORACLE("one-root", num_roots == 1, "accepted with %zu roots", num_roots);
    MTLSFUZZ_ORACLE("issuer-dn", is_subject_of_a_ca(upload, upload->client_cert_issuer_dn),
                    "clientCertIssuerDN is the subject of no CA in the file: %s",
                    upload->client_cert_issuer_dn);
    mtls_view data = mtls_view_of_text(upload->validated_cert_data);
    MTLSFUZZ_ORACLE("validated-data",
                    memchr(data.data, '\r', data.len) == NULL && memchr(data.data, '\n', data.len) == NULL,
                    "validatedCertData has a line break");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mtls_view file = {data, size};
    mtlsval_upload *upload = run(file);
    check_answer(upload);
    if ((mtlsfuzz_thorough || mtlsfuzz_draw(file, LETTER_ONE_IN) == 0) && by_the_letter(upload)) {
        MTLSFUZZ_REACHED("by the letter");
    }
    if (size <= EDITED_MAX) {
        check_edits(upload, file);
    }
#ifdef MTLSFUZZ_SECOND_OPINION
    mtlsfuzz_upload_compare(file, upload);
#endif
    mtlsval_upload_free(upload);
    return 0;
}
