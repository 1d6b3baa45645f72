#include "fuzz/second/features.h"

#include "fuzz/oracle.h"
#include "fuzz/second/constraint_features.h"
#include "validator/certificate.h"
#include "validator/pem.h"
#include "validator/signature.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CERTIFICATES_MAX = 64, DAY = 24 * 60 * 60, RECORD = 16384, IP_ADDRESS = 7 };

typedef struct {
    mtlsval_certificate c;
    bool is_sent;
    bool is_client; /* the client's, or an uploaded copy of it */
    bool is_rooted; /* issued, by name and signature and over any number of others, by an uploaded root */
} item;

typedef struct {
    item items[CERTIFICATES_MAX]; /* the sent ones first */
    size_t num_items, num_sent;
    int64_t time;
    mtlsfuzz_features features;
    bool too_many;
} look;

#define NOTE(l, holds, name) ((l)->features |= (holds) ? MTLSFUZZ_FEATURE(name) : 0)

static void add(look *l, mtls_view der, bool is_sent, mtls_view client) {
    mtlsval_fault fault;
    if (l->num_items == CERTIFICATES_MAX) {
        l->too_many = true;
        return;
    }
    item *added = &l->items[l->num_items];
    if (!mtlsval_certificate_parse(der, &added->c, &fault)) {
        NOTE(l, true, MALFORMED);
        return;
    }
    added->is_sent = is_sent;
    added->is_client = mtls_view_equal(der, client);
    added->is_rooted = false;
    l->num_items++;
    l->num_sent += is_sent;
}

/* add_file adds the file's certificates; `ders` keeps their bytes. */
static void add_file(look *l, mtls_view file, mtls_view client, mtls_buf *ders) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_fault fault;
    uint8_t *der = NULL;
    mtls_buf_reset(ders);
    mtlsfuzz_must(mtls_buf_extend(ders, mtlsval_pem_decoded_max(file), &der), "make room for certificates");
    mtlsval_pem_start(&pem, file);
    NOTE(l, pem.file_finding != MTLSVAL_FINDING_NONE || pem.has_nul, FILE_UNSOUND);
    while (mtlsval_pem_next(&pem, &block)) {
        size_t len = 0;
        bool sound =
            block.finding == MTLSVAL_FINDING_NONE && mtls_view_equal_text(block.label, "CERTIFICATE") &&
            mtlsval_pem_decode(block.body, der, &len, &fault) && fault.finding == MTLSVAL_FINDING_NONE;
        NOTE(l, !sound, FILE_UNSOUND);
        if (sound) {
            add(l, (mtls_view){der, len}, false, client);
            der += len;
        }
    }
}

static bool are_policies_readable(mtls_view extension) {
    const unsigned char *at = extension.data;
    CERTIFICATEPOLICIES *policies = d2i_CERTIFICATEPOLICIES(NULL, &at, (long)extension.len);
    CERTIFICATEPOLICIES_free(policies);
    ERR_clear_error();
    return policies != NULL;
}

static void look_at_extensions(look *l, const item *i) {
    static const char *const usual[] = {"\x55\x1d\x0f", "\x55\x1d\x11", "\x55\x1d\x13", "\x55\x1d\x1e",
                                        "\x55\x1d\x25"};
    mtls_view rest = i->c.extensions;
    mtlsval_extension e;
    while (mtlsval_extension_next(&rest, &e)) {
        bool is_unusual = e.critical;
        for (size_t n = 0; n < sizeof usual / sizeof *usual; n++) {
            is_unusual = is_unusual && !mtls_view_equal_text(e.oid, usual[n]);
        }
        NOTE(l, is_unusual, CRITICAL_UNUSUAL);
        NOTE(l, is_unusual && !i->is_sent, UPLOADED_CRITICAL);
        NOTE(l, is_unusual && !i->is_sent && mtlsval_certificate_is_self_issued(&i->c), ROOT_CRITICAL);
        NOTE(l,
             is_unusual &&
                 (mtls_view_equal_text(e.oid, "\x55\x1d\x0e") || mtls_view_equal_text(e.oid, "\x55\x1d\x23")),
             CRITICAL_KEY_ID);
        NOTE(l, is_unusual && mtls_view_equal_text(e.oid, "\x2b\x06\x01\x05\x05\x07\x01\x0e"),
             CRITICAL_PROXY);
        NOTE(l,
             is_unusual && (mtls_view_equal_text(e.oid, "\x2b\x06\x01\x05\x05\x07\x01\x01") ||
                            mtls_view_equal_text(e.oid, "\x2b\x06\x01\x05\x05\x07\x01\x0b")),
             CRITICAL_ACCESS);
        NOTE(l,
             mtls_view_equal_text(e.oid, "\x2b\x06\x01\x05\x05\x07\x01\x07") ||
                 mtls_view_equal_text(e.oid, "\x2b\x06\x01\x05\x05\x07\x01\x08"),
             NUMBER_RESOURCES);
        NOTE(l, mtls_view_equal_text(e.oid, "\x55\x1d\x20") && !are_policies_readable(e.value),
             POLICIES_UNREADABLE);
        NOTE(l, mtls_view_equal_text(e.oid, "\x60\x86\x48\x01\x86\xf8\x42\x01\x01"), NETSCAPE_TYPE);
    }
}

static bool is_key_usable(const mtlsval_certificate *c) {
    const unsigned char *at = c->spki.data;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)c->spki.len);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return key != NULL;
}

static bool may(const mtlsval_certificate *c, unsigned usage) {
    return !c->key_usage.present || (c->key_usage.bits & usage) != 0;
}

static void look_at_algorithms(look *l, const mtlsval_certificate *c) {
    const mtlsval_signature_algorithm_info *signature = mtlsval_signature_algorithm_describe(c->signature_id);
    bool is_rsa = c->key_id == MTLSVAL_KEY_RSA, is_ec = c->key_id == MTLSVAL_KEY_EC;
    bool is_usual = signature->key == MTLSVAL_KEY_RSA || signature->key == MTLSVAL_KEY_EC;
    NOTE(l, (!is_rsa && !is_ec) || c->signature_id == MTLSVAL_SIGNATURE_UNKNOWN || !is_usual,
         UNUSUAL_ALGORITHM);
    NOTE(l, c->signature_id == MTLSVAL_SIGNATURE_RSA_PSS, RSA_PSS);
    NOTE(l,
         is_ec && c->curve != MTLSVAL_CURVE_P256 && c->curve != MTLSVAL_CURVE_P384 &&
             c->curve != MTLSVAL_CURVE_P521,
         UNUSUAL_CURVE);
    NOTE(l, is_ec && c->curve == MTLSVAL_CURVE_UNKNOWN, UNKNOWN_CURVE);
    NOTE(l, signature->weak_digest, WEAK_DIGEST);
    NOTE(l, (is_rsa && c->key_bits < 2048) || (is_ec && c->key_bits != 0 && c->key_bits < 224), WEAK_KEY);
    NOTE(l, !is_key_usable(c), KEY_UNUSABLE);
}

static bool is_signed_by(const mtlsval_certificate *c, const mtlsval_certificate *issuer) {
    mtlsval_signature_answer answer;
    mtlsfuzz_must(mtlsval_signature_check(NULL, c, issuer, &answer), "check a signature");
    return answer == MTLSVAL_SIGNATURE_GOOD;
}

static void look_at_uploaded(look *l, const item *i) {
    const mtlsval_certificate *c = &i->c;
    bool is_root = mtlsval_certificate_is_self_issued(c), signs = may(c, MTLSVAL_USAGE_KEY_CERT_SIGN);
    NOTE(l, i->is_client, CLIENT_UPLOADED);
    NOTE(l, is_root && !is_signed_by(c, c), ROOT_UNSIGNED);
    NOTE(l, is_root && !c->basic_constraints.present, ROOT_NO_CONSTRAINTS);
    NOTE(l, is_root && !signs, ROOT_NO_CERT_SIGN);
    NOTE(l, !i->is_client && !signs, UPLOADED_NO_CERT_SIGN);
    NOTE(l, !i->is_client && !i->is_rooted, UPLOADED_ROOTLESS);
    NOTE(l, !i->is_client && !mtlsval_certificate_is_ca(c), UPLOADED_NO_CA);
    NOTE(l, c->basic_constraints.has_path_len, UPLOADED_LENGTH);
}

static void look_at_client(look *l, const mtlsval_certificate *c) {
    NOTE(l, (c->ext_key_usage.purposes & MTLSVAL_PURPOSE_ANY) != 0, CLIENT_ANY_PURPOSE);
    NOTE(l, c->basic_constraints.ca || (c->key_usage.present && may(c, MTLSVAL_USAGE_KEY_CERT_SIGN)),
         CLIENT_IS_CA);
    NOTE(l, mtlsval_certificate_is_self_issued(c), CLIENT_SELF_ISSUED);
    NOTE(l, !may(c, MTLSVAL_USAGE_DIGITAL_SIGNATURE), CLIENT_NO_SIGNATURE);
    NOTE(l, c->key_usage.present && c->key_usage.bits == 0, CLIENT_NO_USAGE);
    NOTE(l, c->key_usage.present && may(c, MTLSVAL_USAGE_ENCIPHER_ONLY | MTLSVAL_USAGE_DECIPHER_ONLY),
         CLIENT_HALF_AGREES);
}

static void look_at_ca(look *l, const mtlsval_certificate *c) {
    NOTE(l, c->ext_key_usage.present, CA_PURPOSE);
    NOTE(l, !c->subject_key_id.present, KEY_ID_MISSING);
    NOTE(l, c->subject.num_attributes == 0, ODD_NAME);
}

static void look_at_alternative_names(look *l, const mtlsval_certificate *c) {
    mtls_view rest = c->subject_alt_name.names;
    mtlsval_general_name name;
    while (mtlsval_general_name_next(&rest, &name)) {
        NOTE(l, name.kind == IP_ADDRESS && name.value.len != 4 && name.value.len != 16, SAN_IP_ODD);
    }
}

static void look_at_encoding(look *l, const mtlsval_certificate *c) {
#define HAS(note) mtlsval_certificate_has_note(c, MTLSVAL_##note)
    NOTE(l, HAS(CERTIFICATE_NAME_ENCODING) || HAS(CERTIFICATE_NAME_TYPE) || HAS(CERTIFICATE_ISSUER_EMPTY),
         ODD_NAME);
#undef HAS
    NOTE(l, c->signature_unused_bits != 0, UNUSED_SIGNATURE_BITS);
    NOTE(l, c->version < 3, OLD_VERSION);
}

static void look_at_one(look *l, const item *i) {
    const mtlsval_certificate *c = &i->c;
    NOTE(l, c->not_after == l->time, AT_NOT_AFTER);
    NOTE(l, c->not_before > l->time && c->not_before - l->time <= DAY, DAY_BEFORE);
    NOTE(l, c->authority_key_id.has_issuer || c->authority_key_id.has_serial, KEY_ID_DIFFERS);
    look_at_encoding(l, c);
    look_at_extensions(l, i);
    look_at_alternative_names(l, c);
    l->features |= mtlsfuzz_constraint_features(c, l->items[0].is_client ? &l->items[0].c : NULL);
    look_at_algorithms(l, c);
    if (i->is_client) {
        look_at_client(l, c);
    } else {
        look_at_ca(l, c);
    }
    if (!i->is_sent) {
        look_at_uploaded(l, i);
    }
}

/* is_issued: by name, key identifier, signature and what a CA may do. */
static bool is_issued(const mtlsval_certificate *c, const mtlsval_certificate *by) {
    bool ids_differ = c->authority_key_id.has_key_id && by->subject_key_id.present &&
                      !mtls_view_equal(c->authority_key_id.key_id, by->subject_key_id.key_id);
    return mtlsval_name_equal(&c->issuer, &by->subject) && !ids_differ && mtlsval_certificate_is_ca(by) &&
           may(by, MTLSVAL_USAGE_KEY_CERT_SIGN) && is_signed_by(c, by);
}

/* find_rooted goes down from the uploaded self-issued certificates. */
static void find_rooted(look *l) {
    bool goes_on = true;
    while (goes_on) {
        goes_on = false;
        for (size_t i = l->num_sent; i < l->num_items; i++) {
            item *below = &l->items[i];
            bool is_rooted = below->is_rooted || mtlsval_certificate_is_self_issued(&below->c);
            for (size_t j = l->num_sent; !is_rooted && j < l->num_items; j++) {
                is_rooted = l->items[j].is_rooted && is_issued(&below->c, &l->items[j].c);
            }
            goes_on = goes_on || is_rooted != below->is_rooted;
            below->is_rooted = is_rooted;
        }
    }
}

static void look_at_names(look *l, const mtlsval_name *a, const mtlsval_name *b) {
    NOTE(l, mtlsval_name_equal(a, b) && !mtls_view_equal(a->der, b->der), NAMES_DIFFER_IN_BYTES);
}

static void look_at_two(look *l, const item *below, const item *above) {
    const mtlsval_certificate *a = &below->c, *b = &above->c;
    bool same_subject = mtlsval_name_equal(&a->subject, &b->subject),
         same_key = mtls_view_equal(a->spki, b->spki);
    bool same = mtls_view_equal(a->der, b->der), issued = mtlsval_name_equal(&a->issuer, &b->subject);
    bool has_ids = a->authority_key_id.has_key_id && b->subject_key_id.present;
    bool ids_fit = has_ids && mtls_view_equal(a->authority_key_id.key_id, b->subject_key_id.key_id);
    bool both_uploaded = !below->is_sent && !above->is_sent && issued && !same;
    NOTE(l, both_uploaded && b->name_constraints.present, UPLOADED_CONSTRAINS);
    NOTE(l, both_uploaded && (l->time < b->not_before || b->not_after < l->time), UPLOADED_OUTSIDE_VALIDITY);
    NOTE(l, same_subject && !same, SEVERAL_ISSUERS);
    NOTE(l, same_subject && !same && same_key, CROSS_SIGNED);
    NOTE(l, !same_subject && same_key, KEY_TWICE);
    NOTE(l, issued && has_ids && !ids_fit, KEY_ID_DIFFERS);
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
        NOTE(l, !mtlsval_name_equal(&l->items[i - 1].c.issuer, &l->items[i].c.subject), SENT_OUT_OF_ORDER);
        NOTE(l, !is_issuer_of_one(l, i), UNRELATED_SENT);
    }
}

bool mtlsfuzz_features_of(mtls_view file, const adapter_bytes *chain, size_t num_certificates, int64_t time,
                          mtlsfuzz_features *out_features) {
    static mtls_buf ders = {.max = 64 * 1024 * 1024};
    static look l;
    mtls_view client = {chain[0].data, chain[0].len};
    size_t sent_len = 0;
    l = (look){.time = time};
    for (size_t i = 0; i < num_certificates; i++) {
        add(&l, (mtls_view){chain[i].data, chain[i].len}, true, client);
        sent_len += chain[i].len;
    }
    NOTE(&l, sent_len + 4096 > RECORD, LARGE_CHAIN);
    add_file(&l, file, client, &ders);
    find_rooted(&l);
    for (size_t i = 0; i < l.num_items; i++) {
        look_at_one(&l, &l.items[i]);
        for (size_t j = 0; j < l.num_items; j++) {
            look_at_two(&l, &l.items[i], &l.items[j]);
        }
    }
    look_at_order(&l);
    NOTE(&l, l.num_items >= 8, LONG_CHAIN);
    *out_features = l.features;
    return !l.too_many;
}

static bool has_signature_of_another(const mtlsval_certificate *uploaded, const adapter_bytes *chain,
                                     size_t num_certificates) {
    for (size_t i = 0; i < num_certificates; i++) {
        mtlsval_certificate sent;
        mtlsval_fault fault;
        if (mtlsval_certificate_parse((mtls_view){chain[i].data, chain[i].len}, &sent, &fault) &&
            mtls_view_equal(sent.signature, uploaded->signature) &&
            !mtls_view_equal(sent.der, uploaded->der)) {
            return true;
        }
    }
    return false;
}

bool mtlsfuzz_breaks_wolfssl(mtls_view file, const adapter_bytes *chain, size_t num_certificates) {
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
            breaks = breaks || has_signature_of_another(&c, chain, num_certificates);
        }
    }
    free(der);
    return breaks;
}

const char *mtlsfuzz_features_text(mtlsfuzz_features features) {
    static const char *const names[] = {
#define FEATURE(name) #name,
#include "fuzz/second/features.def"
    };
    static char text[2048];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < MTLSFUZZ_NUM_FEATURES; i++) {
        if ((features >> i & 1) != 0) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used == 0 ? "" : " ", names[i]);
        }
    }
    return used == 0 ? "nothing unusual" : text;
}
