/* BearSSL as its `brssl server -CA` uses it: every certificate of the file becomes a trust anchor (a name and
 * a key, with no validity of its own), and the chain goes through the "minimal" engine in the order in which
 * it was sent. */
#include "c/adapter.h"

#include <bearssl.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANCHORS_MAX = 4096, DAYS_TO_1970 = 719528 };

/* An anchor's key lies in the decoder that read it, so that stays. */
typedef struct {
    br_x509_decoder_context decoder;
    unsigned char *name;
    size_t name_len;
} trusted_certificate;

static trusted_certificate *trusted[ANCHORS_MAX];
static br_x509_trust_anchor anchors[ANCHORS_MAX];
static size_t num_trusted;

/* DER of the PEM object being read. */
static unsigned char *object;
static size_t object_len;

static const char *version(void) {
    return "0.6"; /* the only release; nothing in the library tells */
}

static void *must(void *memory) {
    if (memory == NULL) {
        fprintf(stderr, "bearssl: out of memory\n");
        exit(2);
    }
    return memory;
}

static void append_name(void *context, const void *bytes, size_t len) {
    trusted_certificate *certificate = context;
    certificate->name = must(realloc(certificate->name, certificate->name_len + len));
    memcpy(certificate->name + certificate->name_len, bytes, len);
    certificate->name_len += len;
}

static void append_object(void *context, const void *bytes, size_t len) {
    (void)context;
    object = must(realloc(object, object_len + len + 1));
    memcpy(object + object_len, bytes, len);
    object_len += len;
}

static const char *name_of(int error) {
    static const char *const names[] = {"OK",
                                        "INVALID_VALUE",
                                        "TRUNCATED",
                                        "EMPTY_CHAIN",
                                        "INNER_TRUNC",
                                        "BAD_TAG_CLASS",
                                        "BAD_TAG_VALUE",
                                        "INDEFINITE_LENGTH",
                                        "EXTRA_ELEMENT",
                                        "UNEXPECTED",
                                        "NOT_CONSTRUCTED",
                                        "NOT_PRIMITIVE",
                                        "PARTIAL_BYTE",
                                        "BAD_BOOLEAN",
                                        "OVERFLOW",
                                        "BAD_DN",
                                        "BAD_TIME",
                                        "UNSUPPORTED",
                                        "LIMIT_EXCEEDED",
                                        "WRONG_KEY_TYPE",
                                        "BAD_SIGNATURE",
                                        "TIME_UNKNOWN",
                                        "EXPIRED",
                                        "DN_MISMATCH",
                                        "BAD_SERVER_NAME",
                                        "CRITICAL_EXTENSION",
                                        "NOT_CA",
                                        "FORBIDDEN_KEY_USAGE",
                                        "WEAK_PUBLIC_KEY",
                                        "61",
                                        "NOT_TRUSTED"};
    bool is_known = error >= BR_ERR_X509_OK && error <= BR_ERR_X509_NOT_TRUSTED;
    return is_known ? names[error - BR_ERR_X509_OK] : "?";
}

static void say_error(int error, adapter_answer *answer) {
    adapter_say(answer, "BR_ERR_X509_%s (%d)", name_of(error), error);
}

/* add_anchor reads the object as a certificate, as brssl's certificate_to_trust_anchor_inner does. */
static bool add_anchor(adapter_answer *answer) {
    if (num_trusted == ANCHORS_MAX) {
        adapter_say(answer, "more than %d certificates", ANCHORS_MAX);
        return false;
    }
    trusted_certificate *certificate = must(calloc(1, sizeof *certificate));
    trusted[num_trusted] = certificate;
    br_x509_decoder_init(&certificate->decoder, append_name, certificate);
    br_x509_decoder_push(&certificate->decoder, object, object_len);
    br_x509_pkey *key = br_x509_decoder_get_pkey(&certificate->decoder);
    if (key == NULL) {
        say_error(br_x509_decoder_last_error(&certificate->decoder), answer);
        free(certificate->name);
        free(certificate);
        return false;
    }
    anchors[num_trusted++] = (br_x509_trust_anchor){
        .dn = {certificate->name, certificate->name_len},
        .flags = br_x509_decoder_isCA(&certificate->decoder) ? BR_X509_TA_CA : 0,
        .pkey = *key,
    };
    return true;
}

/* is_named compares as brssl does: letters and digits only, in either case. It has to: before CR LF the
 * decoder leaves the closing hyphens in the name. */
static bool is_named(const char *name, const char *letters) {
    for (; *name != '\0'; name++) {
        if (isalnum((unsigned char)*name) && toupper((unsigned char)*name) != *letters++) {
            return false;
        }
    }
    return *letters == '\0';
}

/* What the reader of a file is in the middle of. */
typedef struct {
    br_pem_decoder_context pem;
    bool is_inside, is_certificate;
} file_reader;

static bool read_part(file_reader *reader, const uint8_t *at, size_t len, adapter_answer *answer) {
    const uint8_t *end = at + len;
    bool is_good = true;
    while (is_good && at < end) {
        at += br_pem_decoder_push(&reader->pem, at, (size_t)(end - at));
        switch (br_pem_decoder_event(&reader->pem)) {
        case BR_PEM_BEGIN_OBJ:
            reader->is_inside = true;
            reader->is_certificate = is_named(br_pem_decoder_name(&reader->pem), "CERTIFICATE") ||
                                     is_named(br_pem_decoder_name(&reader->pem), "X509CERTIFICATE");
            object_len = 0;
            br_pem_decoder_setdest(&reader->pem, append_object, NULL);
            break;
        case BR_PEM_END_OBJ:
            reader->is_inside = false;
            is_good = !reader->is_certificate || add_anchor(answer);
            break;
        case BR_PEM_ERROR:
            adapter_say(answer, "invalid PEM encoding");
            is_good = false;
            break;
        default:
            break;
        }
    }
    return is_good;
}

/* load reads the file as brssl's decode_pem and read_certificates do: objects with other names are passed
 * over, and a line end is added to a file that ends within an object. */
static void load(adapter_bytes bundle, time_t now, adapter_answer *answer) {
    file_reader reader = {.is_inside = false};
    (void)now;
    br_pem_decoder_init(&reader.pem);
    bool is_good = read_part(&reader, bundle.data, bundle.len, answer);
    if (is_good && reader.is_inside) {
        is_good = read_part(&reader, (const uint8_t *)"\n", 1, answer);
    }
    if (is_good && reader.is_inside) {
        adapter_say(answer, "unfinished PEM object");
        is_good = false;
    } else if (is_good && num_trusted == 0) {
        adapter_say(answer, "no certificate in file");
        is_good = false;
    }
    answer->result = is_good ? ADAPTER_OK : ADAPTER_REFUSED;
}

static void prepare(br_x509_minimal_context *engine, time_t now) {
    br_x509_minimal_init(engine, &br_sha256_vtable, anchors, num_trusted);
    br_x509_minimal_set_hash(engine, br_sha1_ID, &br_sha1_vtable);
    br_x509_minimal_set_hash(engine, br_sha224_ID, &br_sha224_vtable);
    br_x509_minimal_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
    br_x509_minimal_set_hash(engine, br_sha384_ID, &br_sha384_vtable);
    br_x509_minimal_set_hash(engine, br_sha512_ID, &br_sha512_vtable);
    br_x509_minimal_set_rsa(engine, br_rsa_pkcs1_vrfy_get_default());
    br_x509_minimal_set_ecdsa(engine, br_ec_get_default(), br_ecdsa_vrfy_asn1_get_default());
    br_x509_minimal_set_time(engine, (uint32_t)(now / 86400 + DAYS_TO_1970), (uint32_t)(now % 86400));
}

static void judge(unsigned error, adapter_answer *answer) {
    answer->result = ADAPTER_REFUSED;
    say_error((int)error, answer);
    switch (error) {
    case BR_ERR_X509_NOT_TRUSTED: /* no anchor of that name has a key that verifies the signature */
        adapter_reason(answer, ADAPTER_NO_TRUSTED_ISSUER, "signature-invalid", NULL);
        break;
    case BR_ERR_X509_DN_MISMATCH: /* the next certificate sent is not the issuer */
        adapter_reason(answer, ADAPTER_NO_TRUSTED_ISSUER, "subject-issuer-mismatch", NULL);
        break;
    case BR_ERR_X509_EXPIRED: /* before its time, too */
        adapter_reason(answer, "expired", "not-yet-valid", NULL);
        break;
    case BR_ERR_X509_BAD_SIGNATURE:
        adapter_reason(answer, "signature-invalid", NULL);
        break;
    case BR_ERR_X509_CRITICAL_EXTENSION:
        adapter_reason(answer, "critical-extension", NULL);
        break;
    case BR_ERR_X509_NOT_CA: /* it checks the path length here */
        adapter_reason(answer, "invalid-ca", "path-length-exceeded", NULL);
        break;
    case BR_ERR_X509_FORBIDDEN_KEY_USAGE:
        adapter_reason(answer, "no-cert-sign", "purpose-client-auth", NULL);
        break;
    case BR_ERR_X509_WEAK_PUBLIC_KEY:
        adapter_reason(answer, "ee-key-too-weak", "ca-key-too-weak", NULL);
        break;
    case BR_ERR_X509_UNSUPPORTED:
    case BR_ERR_X509_WRONG_KEY_TYPE:
        break;
    default:
        answer->result = ADAPTER_UNDECODED;
    }
}

static void verify(const adapter_bytes *certificates, size_t count, time_t now, adapter_answer *answer) {
    br_x509_minimal_context engine;
    unsigned usages = 0;
    prepare(&engine, now);
    const br_x509_class **class = &engine.vtable;
    (*class)->start_chain(class, NULL);
    for (size_t i = 0; i < count; i++) {
        (*class)->start_cert(class, (uint32_t)certificates[i].len);
        if (certificates[i].len > 0) {
            (*class)->append(class, certificates[i].data, certificates[i].len);
        }
        (*class)->end_cert(class);
    }
    unsigned error = (*class)->end_chain(class);
    const br_x509_pkey *key = (*class)->get_pkey(class, &usages);
    if (error != 0) {
        judge(error, answer);
    } else if (key == NULL ||
               (usages & BR_KEYTYPE_SIGN) == 0) { /* as the handshake's CertificateVerify needs */
        answer->result = ADAPTER_REFUSED;
        adapter_reason(answer, "purpose-client-auth", NULL);
        adapter_say(answer, "the key may not sign");
    } else {
        answer->result = ADAPTER_OK;
    }
}

static void unload(void) {
    while (num_trusted > 0) {
        num_trusted--;
        free(trusted[num_trusted]->name);
        free(trusted[num_trusted]);
    }
}

int main(void) {
    static const char *const features[] = {
        "clock", "p521", "sha1", "weak-key", "malformed-client-certificate", NULL};
    static const adapter_library library = {"bearssl", features, version, load, verify, unload};
    return adapter_main(&library);
}
