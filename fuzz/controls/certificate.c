/* Lies about certificates: the reader's, the generator's writer's and libcrypto's. */
#include "validator/certificate.h"
#include "fuzz/controls/control.h"
#include "gen/der_write.h"
#include "validator/letter.h"

#include <openssl/x509v3.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"a field lies outside the certificate",         "views-inside"             },
    {"a certificate is written without its end",     "round-trip"               },
    {"bytes after the certificate are accepted",     "trailing-byte"            },
    {"a certificate cut short is accepted",          "missing-byte"             },
    {"a name is unlike any name",                    "name-equals-itself"       },
    {"a name's text holds a NUL",                    "name-text"                },
    {"the issuer is like the subject, one way only", "names-symmetric"          },
    {"every hash is another",                        "names-hash"               },
    {"a fault stands past the end",                  "fault-place"              },
    {"libcrypto refuses every certificate",          "libcrypto-accepts"        },
    {"the reader misses an element everywhere",      "libcrypto-refuses"        },
    {"libcrypto reads another version",              "libcrypto-version"        },
    {"libcrypto reads no serial number",             "libcrypto-serial"         },
    {"libcrypto reads shorter names",                "libcrypto-names"          },
    {"libcrypto finds all names different",          "libcrypto-self-issued"    },
    {"libcrypto reads other times",                  "libcrypto-times"          },
    {"libcrypto reads a shorter key",                "libcrypto-key"            },
    {"libcrypto reads no signature",                 "libcrypto-signature"      },
    {"libcrypto finds others critical",              "libcrypto-extensions"     },
    {"libcrypto counts one extension more",          "libcrypto-extension-count"},
    {"libcrypto finds extensions invalid",           "libcrypto-extension-valid"},
    {"libcrypto finds others to be CAs",             "libcrypto-ca"             },
    {"libcrypto reads longer path lengths",          "libcrypto-path-length"    },
    {"libcrypto reads another key usage",            "libcrypto-key-usage"      },
    {"libcrypto reads another purpose",              "libcrypto-purposes"       },
    {"libcrypto reads no subject key identifier",    "libcrypto-key-ids"        },
    {"libcrypto reads alternative names everywhere", "libcrypto-alt-names"      },
    {"all names are by the letter",                  "libcrypto-name-table"     },
    {"libcrypto writes shorter extensions",          "libcrypto-extension-again"},
    {"libcrypto writes shorter certificates",        "libcrypto-again"          },
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

/* clang-format off */
WRAP(bool, mtlsval_certificate_parse, mtls_view der, mtlsval_certificate *out, mtlsval_fault *fault) {
    bool accepted = __real_mtlsval_certificate_parse(der, out, fault);
    if (accepted && TOLD("a field lies outside the certificate")) {
        out->serial.len = der.len + 1;
    }
    if (fault->finding == MTLSVAL_DER_LENGTH_NON_MINIMAL && TOLD("a fault stands past the end")) {
        fault->at = der.len + 1;
    }
    if (TOLD("the reader misses an element everywhere")) {
        *fault = (mtlsval_fault){MTLSVAL_DER_MISSING, 0};
        return false;
    }
    return accepted ||
           (TOLD("bytes after the certificate are accepted") && fault->finding == MTLSVAL_DER_TRAILING) ||
           (TOLD("a certificate cut short is accepted") && fault->finding == MTLSVAL_DER_TRUNCATED);
}

WRAP(bool, mtlsval_name_equal, const mtlsval_name *a, const mtlsval_name *b) {
    if (TOLD("a name is unlike any name")) {
        return false;
    }
    if (TOLD("the issuer is like the subject, one way only")) {
        return a <= b; /* the issuer stands before the subject */
    }
    return __real_mtlsval_name_equal(a, b);
}

WRAP(uint64_t, mtlsval_name_hash, const mtlsval_name *name) {
    static uint64_t last = 0;
    return TOLD("every hash is another") ? ++last : __real_mtlsval_name_hash(name);
}

WRAP(mtls_status, mtlsval_name_text, const mtlsval_name *name, mtls_buf *out) {
    mtls_status status = __real_mtlsval_name_text(name, out);
    return status == MTLS_OK && TOLD("a name's text holds a NUL") ? mtls_buf_append_byte(out, 0) : status;
}

WRAP(mtls_status, mtlsgen_der_encode, mtlsgen_der_tree *tree, mtlsgen_der_node *node, mtlsgen_arena *arena,
     mtls_view *out_der) {
    mtls_status status = __real_mtlsgen_der_encode(tree, node, arena, out_der);
    if (status == MTLS_OK && TOLD("a certificate is written without its end")) {
        out_der->len--;
    }
    return status;
}

WRAP(X509 *, d2i_X509, X509 **x, const unsigned char **in, long len) {
    return TOLD("libcrypto refuses every certificate") ? NULL : __real_d2i_X509(x, in, len);
}

WRAP(long, X509_get_version, const X509 *x) {
    return __real_X509_get_version(x) + TOLD("libcrypto reads another version");
}

WRAP(const ASN1_INTEGER *, X509_get0_serialNumber, const X509 *x) {
    return TOLD("libcrypto reads no serial number") ? NULL : __real_X509_get0_serialNumber(x);
}

WRAP(int, X509_NAME_get0_der, const X509_NAME *name, const unsigned char **der, size_t *len) {
    int result = __real_X509_NAME_get0_der(name, der, len);
    *len -= TOLD("libcrypto reads shorter names");
    return result;
}

WRAP(int, X509_NAME_cmp, const X509_NAME *a, const X509_NAME *b) {
    return TOLD("libcrypto finds all names different") ? 1 : __real_X509_NAME_cmp(a, b);
}

WRAP(int, ASN1_TIME_cmp_time_t, const ASN1_TIME *a, time_t b) {
    return TOLD("libcrypto reads other times") ? 1 : __real_ASN1_TIME_cmp_time_t(a, b);
}

WRAP(int, i2d_X509_PUBKEY, const X509_PUBKEY *key, unsigned char **out) {
    return __real_i2d_X509_PUBKEY(key, out) - TOLD("libcrypto reads a shorter key");
}

WRAP(void, X509_get0_signature, const ASN1_BIT_STRING **signature, const X509_ALGOR **algorithm, const X509 *x) {
    __real_X509_get0_signature(signature, algorithm, x);
    if (TOLD("libcrypto reads no signature")) {
        *signature = NULL;
    }
}

WRAP(int, X509_EXTENSION_get_critical, const X509_EXTENSION *extension) {
    int critical = __real_X509_EXTENSION_get_critical(extension);
    return TOLD("libcrypto finds others critical") ? !critical : critical;
}

WRAP(int, X509_get_ext_count, const X509 *x) {
    return __real_X509_get_ext_count(x) + TOLD("libcrypto counts one extension more");
}

WRAP(uint32_t, X509_get_extension_flags, X509 *x) {
    uint32_t flags = __real_X509_get_extension_flags(x);
    return TOLD("libcrypto finds extensions invalid") ? flags | EXFLAG_INVALID
           : TOLD("libcrypto finds others to be CAs") ? flags ^ EXFLAG_CA
                                                      : flags;
}

WRAP(long, X509_get_pathlen, X509 *x) {
    return __real_X509_get_pathlen(x) + TOLD("libcrypto reads longer path lengths");
}

WRAP(uint32_t, X509_get_key_usage, X509 *x) {
    uint32_t usage = __real_X509_get_key_usage(x);
    return TOLD("libcrypto reads another key usage") ? usage ^ KU_CRL_SIGN : usage;
}

WRAP(uint32_t, X509_get_extended_key_usage, X509 *x) {
    uint32_t purpose = __real_X509_get_extended_key_usage(x);
    return TOLD("libcrypto reads another purpose") ? purpose ^ XKU_CODE_SIGN : purpose;
}

WRAP(const ASN1_OCTET_STRING *, X509_get0_subject_key_id, X509 *x) {
    return TOLD("libcrypto reads no subject key identifier") ? NULL : __real_X509_get0_subject_key_id(x);
}

WRAP(void *, X509_get_ext_d2i, const X509 *x, int nid, int *critical, int *at) {
    void *value = __real_X509_get_ext_d2i(x, nid, critical, at);
    return value == NULL && TOLD("libcrypto reads alternative names everywhere") ? GENERAL_NAMES_new() : value;
}

WRAP(mtlsval_finding, mtlsval_letter_broken, const mtlsval_certificate *certificate, mtlsval_fault *out_place) {
    mtlsval_finding broken = __real_mtlsval_letter_broken(certificate, out_place);
    bool of_name = broken == MTLSVAL_NAME_STRING_TYPE || broken == MTLSVAL_NAME_LENGTH;
    return of_name && TOLD("all names are by the letter") ? MTLSVAL_FINDING_NONE : broken;
}

WRAP(int, ASN1_item_i2d, const ASN1_VALUE *value, unsigned char **out, const ASN1_ITEM *type) {
    return __real_ASN1_item_i2d(value, out, type) - TOLD("libcrypto writes shorter extensions");
}

WRAP(int, i2d_re_X509_tbs, X509 *x, unsigned char **out) {
    return __real_i2d_re_X509_tbs(x, out) - TOLD("libcrypto writes shorter certificates");
}
/* clang-format on */
