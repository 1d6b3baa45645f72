#include "gen/certificate.h"

#include <string.h>

#include "gen/hash.h"
#include "gen/key_material.h"
#include "gen/maker_state.h"
#include "gen/signed_object.h"
#include "gen/tbs.h"

enum { SERIAL_LEN = 16, DECIMAL_MAX = 4096 };

void mtlsgen_sha256(mtls_view bytes, uint8_t out[32]) {
    mtlsgen_hash_once(MTLSGEN_HASH_SHA256, bytes, out);
}

/* content_negate turns a magnitude with room for a sign bit into two's complement. */
static void content_negate(uint8_t *bytes, size_t len) {
    unsigned carry = 1;
    for (size_t i = len; i > 0; i--) {
        carry += (uint8_t)~bytes[i - 1];
        bytes[i - 1] = (uint8_t)carry;
        carry >>= 8;
    }
}

mtls_status mtlsgen_integer_content(const char *decimal, mtlsgen_arena *arena, mtls_view *out_content) {
    const char *digits = decimal + (*decimal == '-' ? 1 : 0);
    size_t num_digits = strlen(digits);
    if (num_digits == 0 || num_digits > DECIMAL_MAX || strspn(digits, "0123456789") != num_digits) {
        return MTLS_ERR_INPUT;
    }
    BIGNUM *number = NULL;
    if (BN_dec2bn(&number, digits) == 0) {
        return MTLS_ERR_NOMEM;
    }
    size_t len = (size_t)BN_num_bits(number) / 8 + 1; /* with a sign bit */
    uint8_t *bytes = mtlsgen_arena_alloc(arena, len);
    if (bytes != NULL) {
        BN_bn2binpad(number, bytes, (int)len);
        if (*decimal == '-') {
            content_negate(bytes, len);
        }
        /* -128 and the like need one octet less than their magnitude and a sign bit */
        bool shorter = len > 1 && bytes[0] == 0xff && (bytes[1] & 0x80) != 0;
        *out_content = (mtls_view){bytes + (shorter ? 1 : 0), len - (shorter ? 1 : 0)};
    }
    BN_free(number);
    return bytes == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
}

static mtls_status check(const mtlsgen_certificate_spec *spec, mtls_error *error) {
    if (spec->address == NULL || spec->key == NULL || (spec->label == NULL && spec->subject == NULL)) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "a certificate needs an address, a key, and a label or a subject");
    }
    return MTLS_OK;
}

/* subject_encode writes the spec's subject, or the default one. */
static mtls_status subject_encode(mtlsgen_maker *maker, const mtlsgen_certificate_spec *spec, mtls_view *out,
                                  mtls_error *error) {
    mtlsgen_name name;
    if (spec->subject != NULL) {
        return mtlsgen_name_encode(spec->subject, &maker->scratch, out, error);
    }
    mtls_status status = mtlsgen_name_default(spec->label, &maker->scratch, &name);
    return status == MTLS_OK ? mtlsgen_name_encode(&name, &maker->scratch, out, error)
                             : mtls_fail(status, error, "%s", mtls_status_text(status));
}

/* serial_make derives a serial number that is positive and has no leading zeros (RFC 5280 4.1.2.2). */
static mtls_status serial_make(mtlsgen_maker *maker, const mtlsgen_certificate_spec *spec, mtls_view *out,
                               mtls_error *error) {
    mtls_view random;
    mtls_status status =
        mtlsgen_maker_expand(maker, spec->address, "serial", SERIAL_LEN, &maker->scratch, &random);
    uint8_t *bytes = mtlsgen_arena_alloc(&maker->scratch, SERIAL_LEN);
    if (status != MTLS_OK || bytes == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    memcpy(bytes, random.data, SERIAL_LEN);
    bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);
    *out = (mtls_view){bytes, SERIAL_LEN};
    return MTLS_OK;
}

static const mtlsgen_key *issuer_key(const mtlsgen_certificate_spec *spec) {
    return spec->issuer != NULL && spec->issuer->key != NULL ? spec->issuer->key : spec->key;
}

/* parts_fill computes what the spec leaves open, in scratch memory. */
static mtls_status parts_fill(mtlsgen_maker *maker, const mtlsgen_certificate_spec *spec,
                              mtlsgen_tbs_parts *out, mtls_error *error) {
    mtls_status status = subject_encode(maker, spec, &out->subject, error);
    out->issuer = out->subject;
    if (status == MTLS_OK && spec->issuer != NULL && spec->issuer->name != NULL) {
        status = mtlsgen_name_encode(spec->issuer->name, &maker->scratch, &out->issuer, error);
    }
    out->serial = spec->serial;
    if (status == MTLS_OK && !spec->has_serial) {
        status = serial_make(maker, spec, &out->serial, error);
    }
    out->issuing_key_id = spec->issuer != NULL && spec->issuer->key_id.len > 0
                              ? spec->issuer->key_id
                              : mtlsgen_key_id(issuer_key(spec));
    return status;
}

/* keep copies the parts that outlive the scratch memory. */
static mtls_status keep(const mtlsgen_tbs_parts *parts, mtlsgen_arena *arena, mtlsgen_certificate *out,
                        mtls_error *error) {
    if (!mtlsgen_arena_copy(arena, parts->subject, &out->subject) ||
        !mtlsgen_arena_copy(arena, parts->issuer, &out->issuer) ||
        !mtlsgen_arena_copy(arena, parts->serial, &out->serial)) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "out of memory");
    }
    return MTLS_OK;
}

mtls_status mtlsgen_certificate_make(mtlsgen_maker *maker, const mtlsgen_certificate_spec *spec,
                                     mtlsgen_arena *arena, mtlsgen_certificate *out, mtls_error *error) {
    mtlsgen_certificate made = {0};
    mtls_status status = check(spec, error);
    *out = made;
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_arena_reset(&maker->scratch);
    mtlsgen_signing signing = {
        .address = spec->address,
        .key = issuer_key(spec),
        .digest = spec->digest,
        .signature = &spec->signature,
        .faults = spec->faults,
        .num_faults = spec->num_faults,
    };
    mtlsgen_tbs_parts parts = {0};
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &maker->scratch);
    mtlsgen_der_node *certificate =
        mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, "certificate");
    mtlsgen_der_node *tbs;
    if ((status = parts_fill(maker, spec, &parts, error)) == MTLS_OK &&
        (status = mtlsgen_signing_start(maker, &signing, error)) == MTLS_OK) {
        parts.signature = signing.inner;
        if ((status = mtlsgen_tbs_add(&tree, certificate, spec, &parts, &tbs, error)) == MTLS_OK &&
            (status = mtlsgen_signing_finish(maker, &signing, &tree, tbs, arena, &made.der, error)) ==
                MTLS_OK) {
            status = keep(&parts, arena, &made, error);
        }
    }
    if (status != MTLS_OK && tree.status != MTLS_OK) { /* what else went wrong came of it */
        return mtls_fail(tree.status, error, "%s", mtls_status_text(tree.status));
    }
    if (status == MTLS_OK) {
        made.key = spec->key;
        made.issuer_key = issuer_key(spec);
        *out = made;
    }
    return status;
}
