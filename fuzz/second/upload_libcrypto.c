#include "fuzz/second/upload_libcrypto.h"

#include "fuzz/oracle.h"
#include "fuzz/second/pem_differences.h"
#include "fuzz/second/upload_differences.h"
#include "validator/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

/* Past these the second check has no opinion: it tries every chain. */
enum { CAS_MAX = 8, CERTIFICATES_MAX = 64 };

/* A file as libcrypto reads it. */
typedef struct {
    STACK_OF(X509_INFO) * infos; /* NULL: it cannot read it */
    bool has_key, has_other;     /* blocks that are no certificates */
    X509 *cas[CAS_MAX];
    int num_cas, num_certificates, num_roots, root;
    bool too_many;
} reading;

static BIO *reader_of(mtls_view file) {
    return BIO_new_mem_buf(file.data, (int)(file.len < INT32_MAX ? file.len : INT32_MAX));
}

/* look_at_labels notes what else is in the file: PEM_X509_INFO_read_bio passes over labels that it does not
 * know. */
static void look_at_labels(mtls_view file, reading *r) {
    BIO *bio = reader_of(file);
    char *name = NULL, *header = NULL;
    unsigned char *bytes = NULL;
    long len = 0;
    while (PEM_read_bio(bio, &name, &header, &bytes, &len) == 1) {
        size_t name_len = strlen(name);
        if (name_len >= 11 && strcasecmp(name + name_len - 11, "PRIVATE KEY") == 0) {
            r->has_key = true;
        } else if (strcmp(name, PEM_STRING_X509) != 0) {
            r->has_other = true;
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(bytes);
    }
    BIO_free(bio);
}

static bool is_root(X509 *x) {
    EVP_PKEY *key = X509_get0_pubkey(x);
    return X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0 && key != NULL &&
           X509_verify(x, key) == 1;
}

static void look_at_certificate(X509 *x, reading *r) {
    X509_check_purpose(x, -1, 0); /* decodes the extensions */
    uint32_t flags = X509_get_extension_flags(x);
    r->num_certificates++;
    if ((flags & EXFLAG_BCONS) == 0 || (flags & EXFLAG_CA) == 0) {
        return;
    }
    if (r->num_cas == CAS_MAX) {
        r->too_many = true;
        return;
    }
    if (is_root(x)) {
        r->num_roots++;
        r->root = r->num_cas;
    }
    r->cas[r->num_cas++] = x;
}

static void read_file(mtls_view file, reading *r) {
    BIO *bio = reader_of(file);
    char no_password[] = "";
    look_at_labels(file, r);
    r->infos = PEM_X509_INFO_read_bio(bio, NULL, NULL, no_password);
    r->too_many = sk_X509_INFO_num(r->infos) > CERTIFICATES_MAX;
    for (int i = 0; !r->too_many && i < sk_X509_INFO_num(r->infos); i++) {
        const X509_INFO *info = sk_X509_INFO_value(r->infos, i);
        r->has_other = r->has_other || info->crl != NULL;
        r->has_key = r->has_key || info->x_pkey != NULL || info->enc_data != NULL;
        if (info->x509 != NULL) {
            look_at_certificate(info->x509, r);
        }
    }
    BIO_free(bio);
}

/* What the rules of the seed document give, in our order (docs/scenarios.md). */
static mtls_upload_code judge(const reading *r) {
    return r->has_key ? MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY
           : r->infos == NULL || r->has_other || r->num_certificates == 0 ? MTLS_UPLOAD_INVALID_DATA
           : r->num_cas == 0   ? MTLS_UPLOAD_DOES_NOT_CONTAIN_ANY_CA
           : r->num_roots != 1 ? MTLS_UPLOAD_ONLY_ONE_ROOT_ALLOWED
                               : MTLS_UPLOAD_ACCEPTED;
}

/* The longest chain down from the root (facts#issuer-dn-rule): every one is tried. An authority, which is a
 * name with a key, stands in it once; of equal chains the one whose last certificate stands first in the file
 * wins. */
typedef struct {
    const reading *r;
    int path[CAS_MAX], best[CAS_MAX];
    int length, best_length;
} chain_search;

static bool is_same_authority(X509 *a, X509 *b) {
    return X509_NAME_cmp(X509_get_subject_name(a), X509_get_subject_name(b)) == 0 &&
           EVP_PKEY_eq(X509_get0_pubkey(a), X509_get0_pubkey(b)) == 1;
}

static bool may_follow(const chain_search *s, X509 *x) {
    X509 *above = s->r->cas[s->path[s->length - 1]];
    for (int i = 0; i < s->length; i++) {
        if (s->r->cas[s->path[i]] == x || is_same_authority(s->r->cas[s->path[i]], x)) {
            return false;
        }
    }
    return X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(above)) == 0 &&
           X509_get0_pubkey(above) != NULL && X509_verify(x, X509_get0_pubkey(above)) == 1;
}

/* Depth at most CAS_MAX. */
static void walk(chain_search *s) {
    if (s->length > s->best_length ||
        (s->length == s->best_length && s->path[s->length - 1] < s->best[s->best_length - 1])) {
        memcpy(s->best, s->path, sizeof s->best);
        s->best_length = s->length;
    }
    for (int i = 0; i < s->r->num_cas && s->length < CAS_MAX; i++) {
        if (may_follow(s, s->r->cas[i])) {
            s->path[s->length++] = i;
            walk(s);
            s->length--;
        }
    }
}

/* The subject of the longest chain's last CA, as the gateway writes it. */
static bool issuer_dn_is(const reading *r, const char *expected) {
    chain_search s = {.r = r, .path = {r->root}, .length = 1};
    walk(&s);
    const unsigned char *der = NULL;
    size_t len = 0;
    mtlsval_name name;
    mtlsval_fault fault;
    mtls_buf text = {.max = MTLSVAL_NAME_TEXT_MAX};
    X509_NAME_get0_der(X509_get_subject_name(r->cas[s.best[s.best_length - 1]]), &der, &len);
    bool same = mtlsval_name_read_element((mtls_view){der, len}, &name, &fault) &&
                mtlsval_name_text(&name, &text) == MTLS_OK &&
                mtls_view_equal_text(mtls_buf_view(&text), expected);
    mtls_buf_clear(&text);
    return same;
}

void mtlsfuzz_upload_compare(mtls_view file, const mtlsval_upload *upload) {
    reading r = {.root = -1};
    if (upload->code == MTLS_UPLOAD_MUST_SPECIFY_DATA) {
        MTLSFUZZ_ORACLE("blank",
                        memchr(file.data == NULL ? (const uint8_t *)"" : file.data, '-', file.len) == NULL,
                        "a file with a hyphen in it is said to hold no data");
        return;
    }
    read_file(file, &r);
    mtls_upload_code code = judge(&r);
    if (!r.too_many && !upload->search_limited) {
        MTLSFUZZ_REACHED("compared");
        MTLSFUZZ_ORACLE("model-code", upload->code == code || mtlsfuzz_upload_may_differ(file, upload, code),
                        "code %d, the second check says %d", (int)upload->code, (int)code);
        /* Where libcrypto takes a block for text, it knows another chain. */
        if (upload->code == MTLS_UPLOAD_ACCEPTED && code == MTLS_UPLOAD_ACCEPTED &&
            !mtlsfuzz_pem_is_read_otherwise(file)) {
            MTLSFUZZ_REACHED("both accept");
            MTLSFUZZ_ORACLE("model-issuer-dn", issuer_dn_is(&r, upload->client_cert_issuer_dn),
                            "clientCertIssuerDN %s is not the last CA of the longest chain",
                            upload->client_cert_issuer_dn);
        }
    }
    sk_X509_INFO_pop_free(r.infos, X509_INFO_free);
    ERR_clear_error();
}
