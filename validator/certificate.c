#include "validator/certificate.h"

#include <string.h>

#include "validator/der_read.h"
#include "validator/extension.h"

void mtlsval_certificate_note(mtlsval_certificate *certificate, mtlsval_finding note) {
    certificate->notes[(unsigned)note / 64] |= (uint64_t)1 << ((unsigned)note % 64);
}

bool mtlsval_certificate_has_note(const mtlsval_certificate *certificate, mtlsval_finding note) {
    return (certificate->notes[(unsigned)note / 64] >> ((unsigned)note % 64) & 1) != 0;
}

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm
 * OPTIONAL } */
static bool read_algorithm(mtlsval_der *in, mtlsval_algorithm_identifier *out) {
    mtlsval_der inside;
    mtls_view content;
    uint8_t tag;
    const uint8_t *start = in->at;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) || !mtlsval_der_oid(&inside, &out->oid)) {
        return false;
    }
    out->der = (mtls_view){start, (size_t)(in->at - start)};
    if (!mtlsval_der_at_end(&inside) && !mtlsval_der_any(&inside, &tag, &content, &out->parameters)) {
        return false;
    }
    return mtlsval_der_finish(&inside);
}

/* Version ::= INTEGER { v1(0), v2(1), v3(2) }, [0] EXPLICIT, DEFAULT v1 (RFC 5280 4.1.2.1). */
static bool read_version(mtlsval_der *tbs, mtlsval_certificate *out) {
    mtlsval_der inside;
    uint32_t number;
    out->version = 1;
    if (!mtlsval_der_peek(tbs, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0))) {
        return true;
    }
    if (!mtlsval_der_enter(tbs, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0), &inside)) {
        return false;
    }
    const uint8_t *at = inside.at;
    if (!mtlsval_der_unsigned(&inside, MTLSVAL_TAG_INTEGER, &number) || !mtlsval_der_finish(&inside)) {
        return false;
    }
    if (number == 0) { /* X.690 11.5 */
        mtlsval_certificate_note(out, MTLSVAL_DER_DEFAULT_ENCODED);
    }
    if (number > 2) {
        return mtlsval_der_fail(tbs, MTLSVAL_CERTIFICATE_VERSION, at);
    }
    out->version = number + 1;
    return true;
}

static bool read_serial(mtlsval_der *tbs, mtlsval_certificate *out) {
    if (!mtlsval_der_integer(tbs, MTLSVAL_TAG_INTEGER, &out->serial)) {
        return false;
    }
    /* RFC 5280 4.1.2.2: positive, at most 20 octets; "certificate users SHOULD be prepared to gracefully
     * handle" others. */
    if (out->serial.data[0] >= 0x80 || (out->serial.len == 1 && out->serial.data[0] == 0)) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_SERIAL_NOT_POSITIVE);
    }
    if (out->serial.len > 20) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_SERIAL_LONG);
    }
    return true;
}

/* Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime } (RFC 5280 4.1.2.5) */
static bool read_time(mtlsval_der *validity, mtlsval_certificate *certificate, mtlsval_time *out) {
    mtls_view content;
    bool is_utc = mtlsval_der_peek(validity, MTLSVAL_TAG_UTC_TIME);
    if (!mtlsval_der_read(validity, is_utc ? MTLSVAL_TAG_UTC_TIME : MTLSVAL_TAG_GENERALIZED_TIME, &content)) {
        return false;
    }
    mtlsval_finding finding =
        is_utc ? mtlsval_time_read_utc(content, out) : mtlsval_time_read_generalized(content, out);
    if (finding != MTLSVAL_FINDING_NONE) {
        return mtlsval_der_fail(validity, finding, content.data);
    }
    if (!is_utc && *out < INT64_C(2524608000)) { /* 2050-01-01T00:00:00Z */
        mtlsval_certificate_note(certificate, MTLSVAL_CERTIFICATE_TIME_FORM);
    }
    return true;
}

static bool read_validity(mtlsval_der *tbs, mtlsval_certificate *out) {
    mtlsval_der validity;
    return mtlsval_der_enter(tbs, MTLSVAL_TAG_SEQUENCE, &validity) &&
           read_time(&validity, out, &out->not_before) && read_time(&validity, out, &out->not_after) &&
           mtlsval_der_finish(&validity);
}

static unsigned count_bits(mtls_view integer) {
    size_t i = 0;
    while (i < integer.len && integer.data[i] == 0) {
        i++;
    }
    if (i == integer.len || integer.len - i > 0x100000) {
        return 0;
    }
    unsigned bits = (unsigned)(integer.len - i) * 8;
    for (uint8_t top = 0x80; (integer.data[i] & top) == 0; top >>= 1) {
        bits--;
    }
    return bits;
}

/* The size of the key, as far as it can be read. What stands in the BIT STRING and in the parameters is a
 * matter of the algorithm and not of the certificate's syntax, so that nothing here is a fault. */
static void measure_key(mtlsval_certificate *out) {
    mtlsval_fault ignored;
    mtlsval_der in, inside;
    mtls_view integer;
    switch (out->key_id) {
    case MTLSVAL_KEY_RSA:
    case MTLSVAL_KEY_RSA_PSS: /* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } (RFC 8017 A.1.1) */
        mtlsval_der_start(&in, out->key, &ignored);
        if (mtlsval_der_enter(&in, MTLSVAL_TAG_SEQUENCE, &inside) &&
            mtlsval_der_integer(&inside, MTLSVAL_TAG_INTEGER, &integer)) {
            out->key_bits = count_bits(integer);
        }
        break;
    case MTLSVAL_KEY_DSA: /* Dss-Parms ::= SEQUENCE { p, q, g } (RFC 3279 2.3.2) */
        mtlsval_der_start(&in, out->key_algorithm.parameters, &ignored);
        if (mtlsval_der_enter(&in, MTLSVAL_TAG_SEQUENCE, &inside) &&
            mtlsval_der_integer(&inside, MTLSVAL_TAG_INTEGER, &integer)) {
            out->key_bits = count_bits(integer);
        }
        break;
    case MTLSVAL_KEY_EC: /* namedCurve OBJECT IDENTIFIER (RFC 5480 2.1.1) */
        mtlsval_der_start(&in, out->key_algorithm.parameters, &ignored);
        if (mtlsval_der_peek(&in, MTLSVAL_TAG_OID) && mtlsval_der_oid(&in, &integer)) {
            out->curve = mtlsval_curve_find(integer);
            out->key_bits = mtlsval_curve_bits(out->curve);
        }
        break;
    case MTLSVAL_KEY_ED25519:
        out->key_bits = 256;
        break;
    case MTLSVAL_KEY_ED448:
        out->key_bits = 456;
        break;
    default:
        break;
    }
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING } */
static bool read_key(mtlsval_der *tbs, mtlsval_certificate *out) {
    mtlsval_der inside;
    unsigned unused;
    const uint8_t *start = tbs->at;
    if (!mtlsval_der_enter(tbs, MTLSVAL_TAG_SEQUENCE, &inside) ||
        !read_algorithm(&inside, &out->key_algorithm) ||
        !mtlsval_der_bit_string(&inside, MTLSVAL_TAG_BIT_STRING, &out->key, &unused) ||
        !mtlsval_der_finish(&inside)) {
        return false;
    }
    out->spki = (mtls_view){start, (size_t)(tbs->at - start)};
    out->key_id = mtlsval_key_algorithm_find(out->key_algorithm.oid);
    measure_key(out);
    return true;
}

/* UniqueIdentifier ::= BIT STRING, IMPLICIT (RFC 5280 4.1.2.8). */
static bool read_unique_id(mtlsval_der *tbs, uint8_t number, mtlsval_certificate *certificate,
                           mtls_view *out) {
    unsigned unused;
    uint8_t tag = MTLSVAL_TAG_CONTEXT(number);
    if (!mtlsval_der_peek(tbs, tag) && !mtlsval_der_peek(tbs, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(number))) {
        return true;
    }
    if (certificate->version == 1) {
        mtlsval_certificate_note(certificate, MTLSVAL_CERTIFICATE_UNIQUE_ID_VERSION);
    }
    return mtlsval_der_bit_string(tbs, tag, out, &unused);
}

static bool read_tbs(mtlsval_der *tbs, mtlsval_certificate *out) {
    if (!read_version(tbs, out) || !read_serial(tbs, out) || !read_algorithm(tbs, &out->tbs_signature) ||
        !mtlsval_name_read(tbs, &out->issuer) || !read_validity(tbs, out) ||
        !mtlsval_name_read(tbs, &out->subject) || !read_key(tbs, out)) {
        return false;
    }
    if (out->issuer.num_attributes == 0) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_ISSUER_EMPTY);
    }
    if (out->issuer.bad_text || out->subject.bad_text) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_NAME_ENCODING);
    }
    if (out->issuer.bad_type || out->subject.bad_type) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_NAME_TYPE);
    }
    return read_unique_id(tbs, 1, out, &out->issuer_unique_id) &&
           read_unique_id(tbs, 2, out, &out->subject_unique_id) && mtlsval_extensions_read(tbs, out) &&
           mtlsval_der_finish(tbs);
}

bool mtlsval_certificate_parse(mtls_view der, mtlsval_certificate *out_certificate,
                               mtlsval_fault *out_fault) {
    mtlsval_certificate *out = out_certificate;
    mtlsval_der file, certificate, tbs;
    *out = (mtlsval_certificate){.der = der};
    mtlsval_der_start(&file, der, out_fault);
    if (!mtlsval_der_enter(&file, MTLSVAL_TAG_SEQUENCE, &certificate)) {
        return false;
    }
    out->tbs.data = certificate.at;
    if (!mtlsval_der_enter(&certificate, MTLSVAL_TAG_SEQUENCE, &tbs) || !read_tbs(&tbs, out)) {
        return false;
    }
    out->tbs.len = (size_t)(certificate.at - out->tbs.data);
    if (!read_algorithm(&certificate, &out->signature_algorithm) ||
        !mtlsval_der_bit_string(&certificate, MTLSVAL_TAG_BIT_STRING, &out->signature,
                                &out->signature_unused_bits) ||
        !mtlsval_der_finish(&certificate) || !mtlsval_der_finish(&file)) {
        return false;
    }
    out->signature_id = mtlsval_signature_algorithm_find(out->signature_algorithm.oid);
    if (!mtls_view_equal(out->tbs_signature.der, out->signature_algorithm.der)) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_ALGORITHMS_DIFFER);
    }
    return true;
}

bool mtlsval_certificate_is_ca(const mtlsval_certificate *certificate) {
    return certificate->basic_constraints.ca;
}

bool mtlsval_certificate_is_self_issued(const mtlsval_certificate *certificate) {
    return mtlsval_name_equal(&certificate->subject, &certificate->issuer);
}
