/* Lies about uploads: the check's own, and libcrypto's. */
#include "validator/upload.h"
#include "fuzz/controls/control.h"
#include "fuzz/upload_edits.h"
#include "validator/letter.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"a longer file is said to hold no CA",         "edit-keeps-verdict"},
    {"private keys are overlooked",                 "private-key"       },
    {"an accepted file has no issuer DN",           "answer-members"    },
    {"two roots are as good as one",                "one-root"          },
    {"the issuer DN is that of a leaf",             "issuer-dn"         },
    {"validatedCertData keeps its line breaks",     "validated-data"    },
    {"what is not by the letter has no reason",     "letter-says-why"   },
    {"files are by the letter in turns",            "edit-keeps-letter" },
    {"everything is blank",                         "blank"             },
    {"libcrypto finds nobody to be a CA",           "model-code"        },
    {"the issuer DN is that of the file's last CA", "model-issuer-dn"   },
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

static void accept(mtlsval_upload *upload, const char *issuer_dn) {
    upload->code = MTLS_UPLOAD_ACCEPTED;
    upload->detail = "";
    upload->client_cert_issuer_dn = issuer_dn;
    upload->validated_cert_data = "";
}

static void reject(mtlsval_upload *upload, mtls_upload_code code) {
    upload->code = code;
    upload->detail = "a lie";
    upload->client_cert_issuer_dn = NULL;
    upload->validated_cert_data = NULL;
}

/* The subject of the last certificate that is a CA, or that is none; NULL if there is none. */
static const char *last_subject(const mtlsval_upload *upload, bool ca) {
    for (size_t i = upload->num_certificates; i > 0; i--) {
        if ((upload->certificates[i - 1].role != MTLSVAL_ROLE_LEAF) == ca) {
            return upload->certificates[i - 1].subject;
        }
    }
    return NULL;
}

static void spoil(mtlsval_upload *upload) {
    static size_t last_len = 0;
    bool accepted = upload->code == MTLS_UPLOAD_ACCEPTED;
    const char *leaf = last_subject(upload, false), *ca = last_subject(upload, true);
    bool longer = last_len == upload->num_certificates && accepted;
    last_len = upload->num_certificates;
    if (longer && TOLD("a longer file is said to hold no CA")) {
        reject(upload, MTLS_UPLOAD_DOES_NOT_CONTAIN_ANY_CA);
    } else if (upload->code == MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY && TOLD("private keys are overlooked")) {
        reject(upload, MTLS_UPLOAD_INVALID_DATA);
    } else if (accepted && TOLD("an accepted file has no issuer DN")) {
        upload->client_cert_issuer_dn = NULL;
    } else if (upload->code == MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED && TOLD("two roots are as good as one")) {
        accept(upload, ca);
    } else if (accepted && leaf != NULL && TOLD("the issuer DN is that of a leaf")) {
        upload->client_cert_issuer_dn = leaf;
    } else if (accepted && TOLD("validatedCertData keeps its line breaks")) {
        upload->validated_cert_data = "-----BEGIN CERTIFICATE-----\n";
    } else if (TOLD("everything is blank")) {
        reject(upload, MTLS_UPLOAD_MUST_SPECIFY_DATA);
    } else if (accepted && TOLD("the issuer DN is that of the file's last CA")) {
        upload->client_cert_issuer_dn = ca;
    }
}

/* clang-format off */
WRAP(mtls_status, mtlsval_upload_run, mtls_view file, const mtlsval_upload_settings *settings,
     mtlsval_upload **out_upload) {
    mtls_status status = __real_mtlsval_upload_run(file, settings, out_upload);
    if (status == MTLS_OK) {
        spoil(*out_upload);
    }
    return status;
}

WRAP(bool, mtlsval_letter_judge, const mtlsval_upload *upload, char *out, size_t len) {
    static bool answer = false;
    bool is = __real_mtlsval_letter_judge(upload, out, len);
    if (TOLD("files are by the letter in turns")) {
        answer = !answer;
        snprintf(out, len, "%s", answer ? "" : "a lie");
        return answer;
    }
    if (!is && TOLD("what is not by the letter has no reason")) {
        out[0] = '\0';
    }
    return is;
}

/* The edits would come first, and catch another lie than the one that is meant. */
WRAP(bool, mtlsfuzz_edit_key_before, mtls_view file, mtls_buf *out) {
    return !TOLD("everything is blank") && __real_mtlsfuzz_edit_key_before(file, out);
}

WRAP(bool, mtlsfuzz_edit_key_after, mtls_view file, mtls_buf *out) {
    return !TOLD("everything is blank") && __real_mtlsfuzz_edit_key_after(file, out);
}

WRAP(uint32_t, X509_get_extension_flags, X509 *x) {
    uint32_t flags = __real_X509_get_extension_flags(x);
    return TOLD("libcrypto finds nobody to be a CA") ? flags & ~(uint32_t)EXFLAG_CA : flags;
}
/* clang-format on */
