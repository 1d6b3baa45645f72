#include "fuzz/second/inversions.h"

#include "fuzz/oracle.h"
#include "validator/certificate.h"
#include "validator/pem.h"
#include "validator/signature.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CERTIFICATES_MAX = 64,
    DAY = 24 * 60 * 60,
    RECORD = 16384,
    DIGITAL_SIGNATURE = 0,
    KEY_CERT_SIGN = 5,
    ENCIPHER_ONLY = 7,
    DECIPHER_ONLY = 8,
    IP_ADDRESS = 7
};

/* The features of fuzz/second/inversions.def, with what they are of. */
#define FEATURES                                                                                             \
    FEATURE(MALFORMED)                 /* a certificate that our reader refuses */                           \
    FEATURE(LOOSE)                     /* one that it takes with a note */                                   \
    FEATURE(FILE_UNSOUND)              /* a file that is not plain blocks of certificates */                 \
    FEATURE(UPLOADED_NO_ROOT)          /* an uploaded certificate that is not self-issued */                 \
    FEATURE(UPLOADED_NO_CA)            /* or is no CA */                                                     \
    FEATURE(UPLOADED_OUTSIDE_VALIDITY) /* or not valid at the time */                                        \
    FEATURE(ANCHOR_LIMITS)             /* or limits what is below it */                                      \
    FEATURE(ROOT_CRITICAL)             /* an uploaded root with an unusual critical extension */             \
    FEATURE(ROOT_NO_CERT_SIGN)         /* or whose keyUsage lacks keyCertSign */                             \
    FEATURE(ROOT_UNSIGNED)             /* or one that its own key did not sign */                            \
    FEATURE(CLIENT_UPLOADED)           /* the client's certificate is in the file */                         \
    FEATURE(SEVERAL_ISSUERS)           /* two certificates of one subject */                                 \
    FEATURE(CROSS_SIGNED)              /* and of one key */                                                  \
    FEATURE(KEY_TWICE)                 /* two subjects of one key */                                         \
    FEATURE(KEY_ID_ODD)                /* key identifiers that do not fit, or a CA without */                \
    FEATURE(NAMES_DIFFER)              /* a key identifier that fits where the name does not */              \
    FEATURE(NAMES_DIFFER_IN_BYTES)     /* names that are equal in other bytes */                             \
    FEATURE(UNRELATED_SENT)            /* a sent certificate that issued none of the others */               \
    FEATURE(SENT_OUT_OF_ORDER)         /* one that did not issue the one before it */                        \
    FEATURE(LONG_CHAIN)                /* eight certificates or more */                                      \
    FEATURE(LARGE_CHAIN)               /* a Certificate message of more than a record */                     \
    FEATURE(KEY_UNUSABLE)              /* a public key that libcrypto cannot load */                         \
    FEATURE(CRITICAL_UNUSUAL)          /* a critical extension beyond those that every library has */        \
    FEATURE(CONSTRAINS_NAMES)          /* name constraints */                                                \
    FEATURE(CA_PURPOSE)                /* extended key usage above the client */                             \
    FEATURE(CLIENT_ANY_PURPOSE)        /* anyExtendedKeyUsage on the client */                               \
    FEATURE(CLIENT_IS_CA)              /* a client that is a CA, or may sign certificates */                 \
    FEATURE(CLIENT_KEY_USAGE)          /* a client whose key may not sign */                                 \
    FEATURE(CLIENT_HALF_AGREES)        /* a client with encipherOnly or decipherOnly */                      \
    FEATURE(SAN_IP_ODD)                /* an iPAddress of neither 4 nor 16 octets */                         \
    FEATURE(NETSCAPE_TYPE)             /* the Netscape certificate type */                                   \
    FEATURE(OLD_VERSION)               /* version 1 or 2 */                                                  \
    FEATURE(AT_NOT_AFTER)              /* the last second of a certificate */                                \
    FEATURE(DAY_BEFORE)                /* the day before its first */                                        \
    FEATURE(WEAK_KEY)                  /* fewer than 112 bits of security */                                 \
    FEATURE(WEAK_DIGEST)               /* MD5 or SHA-1 */                                                    \
    FEATURE(UNUSUAL_ALGORITHM)         /* beyond RSA and ECDSA on P-256 and P-384 with SHA-2 */              \
    FEATURE(ALGORITHMS_DIFFER)         /* the two signature algorithm fields differ */

enum {
#define FEATURE(name) NUMBER_##name,
    FEATURES
#undef FEATURE
        NUM_FEATURES
};

#define FEATURE(name) static const mtlsfuzz_features name = (mtlsfuzz_features)1 << NUMBER_##name;
FEATURES
#undef FEATURE

typedef struct {
    mtlsval_certificate c;
    bool is_sent;
} item;

typedef struct {
    item items[CERTIFICATES_MAX]; /* the sent ones first */
    size_t num_items, num_sent;
    int64_t time;
    mtlsfuzz_features features;
    bool too_many;
} look;

static void note(look *l, bool holds, mtlsfuzz_features feature) {
    l->features |= holds ? feature : 0;
}

static void add(look *l, mtls_view der, bool is_sent) {
    mtlsval_fault fault;
    if (l->num_items == CERTIFICATES_MAX) {
        l->too_many = true;
        return;
    }
    item *added = &l->items[l->num_items];
    if (!mtlsval_certificate_parse(der, &added->c, &fault)) {
        note(l, true, MALFORMED);
        return;
    }
    added->is_sent = is_sent;
    l->num_items++;
    l->num_sent += is_sent;
}

/* add_file adds the file's certificates; `ders` keeps their bytes. */
static void add_file(look *l, mtls_view file, mtls_buf *ders) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_fault fault;
    uint8_t *der = NULL;
    mtls_buf_reset(ders);
    mtlsfuzz_must(mtls_buf_extend(ders, mtlsval_pem_decoded_max(file), &der), "make room for certificates");
    mtlsval_pem_start(&pem, file);
    note(l, pem.file_finding != MTLSVAL_FINDING_NONE || pem.has_nul, FILE_UNSOUND);
    while (mtlsval_pem_next(&pem, &block)) {
        size_t len = 0;
        bool sound =
            block.finding == MTLSVAL_FINDING_NONE && mtls_view_equal_text(block.label, "CERTIFICATE") &&
            mtlsval_pem_decode(block.body, der, &len, &fault) && fault.finding == MTLSVAL_FINDING_NONE;
        note(l, !sound, FILE_UNSOUND);
        if (sound) {
            add(l, (mtls_view){der, len}, false);
            der += len;
        }
    }
}

static bool is_oid(mtls_view oid, const char *octets) {
    return mtls_view_equal_text(oid, octets);
}

static void look_at_extensions(look *l, const item *i) {
    static const char *const usual[] = {"\x55\x1d\x0f", "\x55\x1d\x11", "\x55\x1d\x13", "\x55\x1d\x1e",
                                        "\x55\x1d\x25"};
    mtls_view rest = i->c.extensions;
    mtlsval_extension e;
    while (mtlsval_extension_next(&rest, &e)) {
        bool is_usual = false;
        for (size_t n = 0; n < sizeof usual / sizeof *usual; n++) {
            is_usual = is_usual || is_oid(e.oid, usual[n]);
        }
        note(l, e.critical && !is_usual, CRITICAL_UNUSUAL);
        note(l, e.critical && !is_usual && !i->is_sent, ROOT_CRITICAL | ANCHOR_LIMITS);
        note(l, is_oid(e.oid, "\x60\x86\x48\x01\x86\xf8\x42\x01\x01"), NETSCAPE_TYPE);
    }
}

static bool is_key_usable(const mtlsval_certificate *c) {
    const unsigned char *at = c->spki.data;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)c->spki.len);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return key != NULL;
}

static bool may(const mtlsval_certificate *c, unsigned bit) {
    return !c->key_usage.present || (c->key_usage.bits >> bit & 1) != 0;
}

static void look_at_algorithms(look *l, const mtlsval_certificate *c) {
    const mtlsval_signature_algorithm_info *signature = mtlsval_signature_algorithm_describe(c->signature_id);
    bool is_rsa = c->key_id == MTLSVAL_KEY_RSA, is_ec = c->key_id == MTLSVAL_KEY_EC;
    bool usual_key = (is_rsa && c->key_bits >= 1024 && c->key_bits <= 4096) ||
                     (is_ec && (c->curve == MTLSVAL_CURVE_P256 || c->curve == MTLSVAL_CURVE_P384));
    bool usual_signature = c->signature_id != MTLSVAL_SIGNATURE_UNKNOWN && signature->digest != NULL &&
                           (signature->key == MTLSVAL_KEY_RSA || signature->key == MTLSVAL_KEY_EC);
    note(l, !usual_key || !usual_signature || c->signature_id == MTLSVAL_SIGNATURE_RSA_PSS,
         UNUSUAL_ALGORITHM);
    note(l, signature->weak_digest, WEAK_DIGEST);
    note(l, (is_rsa && c->key_bits < 2048) || (is_ec && c->key_bits < 224), WEAK_KEY);
    note(l, mtlsval_certificate_has_note(c, MTLSVAL_CERTIFICATE_ALGORITHMS_DIFFER), ALGORITHMS_DIFFER);
}

static void look_at_uploaded(look *l, const mtlsval_certificate *c) {
    bool is_root = mtlsval_certificate_is_self_issued(c);
    mtlsval_signature_answer own = MTLSVAL_SIGNATURE_GOOD;
    if (is_root) {
        mtlsfuzz_must(mtlsval_signature_check(NULL, c, c, &own), "check a signature");
    }
    note(l, own != MTLSVAL_SIGNATURE_GOOD, ROOT_UNSIGNED);
    note(l, !is_root, UPLOADED_NO_ROOT);
    note(l, is_root && !may(c, KEY_CERT_SIGN), ROOT_NO_CERT_SIGN);
    note(l, !mtlsval_certificate_is_ca(c), UPLOADED_NO_CA);
    note(l, l->time < c->not_before || c->not_after < l->time, UPLOADED_OUTSIDE_VALIDITY);
    note(l,
         c->name_constraints.present || c->basic_constraints.has_path_len || !may(c, KEY_CERT_SIGN) ||
             c->ext_key_usage.present || !c->basic_constraints.ca,
         ANCHOR_LIMITS);
    note(l, l->num_sent > 0 && mtls_view_equal(c->der, l->items[0].c.der), CLIENT_UPLOADED);
}

static void look_at_client(look *l, const mtlsval_certificate *c) {
    note(l, (c->ext_key_usage.purposes & MTLSVAL_PURPOSE_ANY) != 0, CLIENT_ANY_PURPOSE);
    note(l, c->basic_constraints.ca || (c->key_usage.present && may(c, KEY_CERT_SIGN)), CLIENT_IS_CA);
    note(l, !may(c, DIGITAL_SIGNATURE), CLIENT_KEY_USAGE);
    note(l, c->key_usage.present && (may(c, ENCIPHER_ONLY) || may(c, DECIPHER_ONLY)), CLIENT_HALF_AGREES);
}

static void look_at_alternative_names(look *l, const mtlsval_certificate *c) {
    mtls_view rest = c->subject_alt_name.names;
    mtlsval_general_name name;
    while (mtlsval_general_name_next(&rest, &name)) {
        note(l, name.kind == IP_ADDRESS && name.value.len != 4 && name.value.len != 16, SAN_IP_ODD);
    }
}

static void look_at_one(look *l, size_t index) {
    const item *i = &l->items[index];
    const mtlsval_certificate *c = &i->c;
    note(l, (c->notes[0] | c->notes[1]) != 0 || c->signature_unused_bits != 0, LOOSE);
    note(l, c->subject.bad_text || c->issuer.bad_text || c->subject.bad_type || c->issuer.bad_type, LOOSE);
    note(l, c->issuer.num_attributes == 0 || (index > 0 && c->subject.num_attributes == 0), LOOSE);
    note(l, c->version < 3, OLD_VERSION);
    note(l, c->not_after == l->time, AT_NOT_AFTER);
    note(l, c->not_before > l->time && c->not_before - l->time <= DAY, DAY_BEFORE);
    note(l, c->name_constraints.present, CONSTRAINS_NAMES);
    note(l, index > 0 && c->ext_key_usage.present, CA_PURPOSE);
    note(l, index > 0 && !c->subject_key_id.present, KEY_ID_ODD);
    note(l, c->authority_key_id.has_issuer || c->authority_key_id.has_serial, KEY_ID_ODD);
    note(l, !is_key_usable(c), KEY_UNUSABLE);
    look_at_extensions(l, i);
    look_at_alternative_names(l, c);
    look_at_algorithms(l, c);
    if (!i->is_sent) {
        look_at_uploaded(l, c);
    }
}

static void look_at_names(look *l, const mtlsval_name *a, const mtlsval_name *b) {
    note(l, mtlsval_name_equal(a, b) && !mtls_view_equal(a->der, b->der), NAMES_DIFFER_IN_BYTES);
}

static void look_at_two(look *l, const mtlsval_certificate *a, const mtlsval_certificate *b) {
    bool same_subject = mtlsval_name_equal(&a->subject, &b->subject),
         same_key = mtls_view_equal(a->spki, b->spki);
    bool same = mtls_view_equal(a->der, b->der), issued = mtlsval_name_equal(&a->issuer, &b->subject);
    bool has_ids = a->authority_key_id.has_key_id && b->subject_key_id.present;
    bool ids_fit = has_ids && mtls_view_equal(a->authority_key_id.key_id, b->subject_key_id.key_id);
    note(l, same_subject && !same, SEVERAL_ISSUERS);
    note(l, same_subject && !same && same_key, CROSS_SIGNED);
    note(l, !same_subject && same_key, KEY_TWICE);
    note(l, issued && has_ids && !ids_fit, KEY_ID_ODD);
    note(l, !issued && ids_fit, NAMES_DIFFER);
    look_at_names(l, &a->subject, &b->subject);
    look_at_names(l, &a->issuer, &b->subject);
    look_at_names(l, &a->issuer, &b->issuer);
}

static bool is_issuer_of_one(const look *l, size_t index) {
    for (size_t i = 0; i < l->num_sent; i++) {
        if (i != index && mtlsval_name_equal(&l->items[i].c.issuer, &l->items[index].c.subject)) {
            return true;
        }
    }
    return false;
}

static void look_at_order(look *l) {
    for (size_t i = 1; i < l->num_sent; i++) {
        note(l, !mtlsval_name_equal(&l->items[i - 1].c.issuer, &l->items[i].c.subject), SENT_OUT_OF_ORDER);
        note(l, !is_issuer_of_one(l, i), UNRELATED_SENT);
    }
}

mtlsfuzz_features mtlsfuzz_features_of(mtls_view file, const adapter_bytes *chain, size_t num_certificates,
                                       int64_t time, bool *out_comparable) {
    static mtls_buf ders = {.max = 64 * 1024 * 1024};
    static look l;
    l = (look){.time = time};
    size_t sent_len = 0;
    for (size_t i = 0; i < num_certificates; i++) {
        add(&l, (mtls_view){chain[i].data, chain[i].len}, true);
        sent_len += chain[i].len;
    }
    note(&l, sent_len + 4096 > RECORD, LARGE_CHAIN);
    add_file(&l, file, &ders);
    if (l.num_sent > 0) {
        look_at_client(&l, &l.items[0].c);
    }
    for (size_t i = 0; i < l.num_items; i++) {
        look_at_one(&l, i);
        for (size_t j = 0; j < l.num_items; j++) {
            look_at_two(&l, &l.items[i].c, &l.items[j].c);
        }
    }
    look_at_order(&l);
    note(&l, l.num_items >= 8, LONG_CHAIN);
    *out_comparable = !l.too_many && l.num_sent > 0 && (l.features & (MALFORMED | FILE_UNSOUND | LOOSE)) == 0;
    return l.features;
}

bool mtlsfuzz_breaks_wolfssl(mtls_view file) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_fault fault;
    bool breaks = false;
    uint8_t *der = malloc(mtlsval_pem_decoded_max(file));
    mtlsfuzz_must(der == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "make room for a certificate");
    mtlsval_pem_start(&pem, file);
    while (!breaks && mtlsval_pem_next(&pem, &block)) {
        size_t len = 0;
        mtlsval_certificate c;
        mtlsval_name_walk walk;
        mtlsval_attribute attribute;
        /* What our reader refuses may hold anything; wolfSSL is kept from that as well. */
        breaks = !mtlsval_pem_decode(block.body, der, &len, &fault) ||
                 !mtlsval_certificate_parse((mtls_view){der, len}, &c, &fault);
        if (!breaks) {
            mtlsval_name_walk_start(&walk, &c.subject);
            while (mtlsval_name_walk_next(&walk, &attribute)) {
                breaks = breaks || attribute.value.len == 0;
            }
        }
    }
    free(der);
    return breaks;
}

const char *mtlsfuzz_inversion_cause(mtlsfuzz_library lets_in, mtlsfuzz_library keeps_out,
                                     mtlsfuzz_features features) {
    enum {
        OPENSSL = 1 << MTLSFUZZ_OPENSSL,
        GNUTLS = 1 << MTLSFUZZ_GNUTLS,
        MBEDTLS = 1 << MTLSFUZZ_MBEDTLS,
        WOLFSSL = 1 << MTLSFUZZ_WOLFSSL,
        NSS = 1 << MTLSFUZZ_NSS,
        ANY = OPENSSL | GNUTLS | MBEDTLS | WOLFSSL | NSS
    };
    const struct {
        const char *cause;
        unsigned lets_in, keeps_out;
        mtlsfuzz_features features;
    } rows[] = {
#define INVERSION(cause, lets_in, keeps_out, features) {cause, lets_in, keeps_out, features},
#include "fuzz/second/inversions.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((rows[i].lets_in >> lets_in & 1) != 0 && (rows[i].keeps_out >> keeps_out & 1) != 0 &&
            (features & rows[i].features) == rows[i].features) {
            return rows[i].cause;
        }
    }
    return NULL;
}

const char *mtlsfuzz_features_text(mtlsfuzz_features features) {
    static const char *const names[] = {
#define FEATURE(name) #name,
        FEATURES
#undef FEATURE
    };
    static char text[1024];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < NUM_FEATURES; i++) {
        if ((features >> i & 1) != 0) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used == 0 ? "" : " ", names[i]);
        }
    }
    return used == 0 ? "nothing unusual" : text;
}
