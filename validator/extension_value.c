#include "validator/extension_value.h"

#include <string.h>

#include "validator/extension.h"

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL } */
static bool read_basic_constraints(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    mtlsval_der inside;
    out->basic_constraints.present = true;
    out->basic_constraints.critical = critical;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    if (mtlsval_der_peek(&inside, MTLSVAL_TAG_BOOLEAN)) {
        if (!mtlsval_der_boolean(&inside, &out->basic_constraints.ca)) {
            return false;
        }
        if (!out->basic_constraints.ca) { /* X.690 11.5 */
            mtlsval_certificate_note(out, MTLSVAL_DER_DEFAULT_ENCODED);
        }
    }
    if (!mtlsval_der_at_end(&inside)) {
        out->basic_constraints.has_path_len = true;
        if (!mtlsval_der_unsigned(&inside, MTLSVAL_TAG_INTEGER, &out->basic_constraints.path_len)) {
            return false;
        }
    }
    return mtlsval_der_finish(&inside);
}

static bool read_key_usage(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    mtls_view octets;
    unsigned unused;
    out->key_usage.present = true;
    out->key_usage.critical = critical;
    if (!mtlsval_der_bit_string(in, MTLSVAL_TAG_BIT_STRING, &octets, &unused)) {
        return false;
    }
    /* X.690 11.2.2: a list of named bits ends in a one bit, or is empty. */
    if (octets.len > 0 && (octets.data[octets.len - 1] >> unused & 1) == 0) {
        mtlsval_certificate_note(out, MTLSVAL_DER_NAMED_BITS);
    }
    for (unsigned bit = 0; bit < 9 && bit / 8 < octets.len; bit++) {
        if ((octets.data[bit / 8] >> (7 - bit % 8) & 1) != 0) {
            out->key_usage.bits = (uint16_t)(out->key_usage.bits | 1u << bit);
        }
    }
    return true;
}

/* purpose_of maps 1.3.6.1.5.5.7.3.N and 2.5.29.37.0. */
static uint8_t purpose_of(mtls_view oid) {
    static const uint8_t id_kp[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03};
    if (oid.len == sizeof id_kp + 1 && memcmp(oid.data, id_kp, sizeof id_kp) == 0) {
        switch (oid.data[sizeof id_kp]) {
        case 1:
            return MTLSVAL_PURPOSE_SERVER_AUTH;
        case 2:
            return MTLSVAL_PURPOSE_CLIENT_AUTH;
        case 3:
            return MTLSVAL_PURPOSE_CODE_SIGNING;
        case 4:
            return MTLSVAL_PURPOSE_EMAIL_PROTECTION;
        case 8:
            return MTLSVAL_PURPOSE_TIME_STAMPING;
        case 9:
            return MTLSVAL_PURPOSE_OCSP_SIGNING;
        default:
            return MTLSVAL_PURPOSE_OTHER;
        }
    }
    return oid.len == 4 && memcmp(oid.data, "\x55\x1d\x25", 4) == 0 ? MTLSVAL_PURPOSE_ANY
                                                                    : MTLSVAL_PURPOSE_OTHER;
}

static bool read_ext_key_usage(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    mtlsval_der inside;
    out->ext_key_usage.present = true;
    out->ext_key_usage.critical = critical;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    out->ext_key_usage.value = (mtls_view){inside.at, (size_t)(inside.end - inside.at)};
    if (mtlsval_der_at_end(&inside)) {
        return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_PURPOSES_EMPTY, inside.at);
    }
    while (!mtlsval_der_at_end(&inside)) {
        mtls_view oid;
        if (!mtlsval_der_oid(&inside, &oid)) {
            return false;
        }
        out->ext_key_usage.purposes |= purpose_of(oid);
    }
    return true;
}

static bool read_subject_key_id(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    (void)critical;
    out->subject_key_id.present = true;
    return mtlsval_der_read(in, MTLSVAL_TAG_OCTET_STRING, &out->subject_key_id.key_id);
}

/* OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id } */
static bool read_other_name(mtlsval_der *in) {
    mtlsval_der inside;
    mtls_view content, element;
    uint8_t tag;
    return mtlsval_der_oid(in, &content) &&
           mtlsval_der_enter(in, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0), &inside) &&
           mtlsval_der_any(&inside, &tag, &content, &element) && mtlsval_der_finish(&inside) &&
           mtlsval_der_finish(in);
}

/* DirectoryString ::= CHOICE (RFC 5280 4.1.2.4), under the explicit tag of one of an EDIPartyName's members.
 */
static bool read_directory_string(mtlsval_der *in, uint8_t number) {
    static const uint8_t types[] = {0x0c, 0x13, 0x14, 0x1c, 0x1e};
    mtlsval_der inside;
    mtls_view content, element;
    uint8_t tag;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(number), &inside) ||
        !mtlsval_der_any(&inside, &tag, &content, &element)) {
        return false;
    }
    return memchr(types, tag, sizeof types) == NULL ? mtlsval_der_fail(in, MTLSVAL_DER_TAG, element.data)
                                                    : mtlsval_der_finish(&inside);
}

/* EDIPartyName ::= SEQUENCE { nameAssigner [0] DirectoryString OPTIONAL, partyName [1] DirectoryString } */
static bool read_edi_party_name(mtlsval_der *in) {
    bool has_assigner = mtlsval_der_peek(in, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0));
    return (!has_assigner || read_directory_string(in, 0)) && read_directory_string(in, 1) &&
           mtlsval_der_finish(in);
}

/* GeneralName ::= CHOICE (RFC 5280 4.2.1.6): tags [0] otherName, [3] x400Address, [4] directoryName and [5]
 * ediPartyName are constructed, the other five primitive. */
static bool read_general_name(mtlsval_der *in) {
    static const uint8_t tags[] = {0xa0, 0x81, 0x82, 0xa3, 0xa4, 0xa5, 0x86, 0x87, 0x88};
    if (mtlsval_der_at_end(in)) {
        return mtlsval_der_fail(in, MTLSVAL_DER_MISSING, in->at);
    }
    unsigned number = *in->at & 0x1fu;
    if (number >= sizeof tags || (*in->at & 0xc0) != 0x80) {
        return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_GENERAL_NAME_KIND, in->at);
    }
    uint8_t tag;
    mtls_view content, element;
    if (*in->at != tags[number]) {
        return mtlsval_der_read(in, tags[number], &content); /* fails, with the reason */
    }
    if (!mtlsval_der_any(in, &tag, &content, &element)) {
        return false;
    }
    mtlsval_der inside = {content.data, content.data + content.len, in->origin, in->fault};
    mtlsval_name name;
    switch (number) {
    case 0:
        return read_other_name(&inside);
    case 4:
        return mtlsval_name_read(&inside, &name) && mtlsval_der_finish(&inside);
    case 5:
        return read_edi_party_name(&inside);
    case 8: /* registeredID OBJECT IDENTIFIER, implicit */
        return mtlsval_der_check_oid(in, content);
    default:
        return true;
    }
}

bool mtlsval_general_names_read(mtlsval_der *in, unsigned *out_count) {
    if (mtlsval_der_at_end(in)) {
        return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_GENERAL_NAMES_EMPTY, in->at);
    }
    for (*out_count = 0; !mtlsval_der_at_end(in); ++*out_count) {
        if (!read_general_name(in)) {
            return false;
        }
    }
    return true;
}

static bool read_subject_alt_name(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    mtlsval_der inside;
    out->subject_alt_name.present = true;
    out->subject_alt_name.critical = critical;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    out->subject_alt_name.names = (mtls_view){inside.at, (size_t)(inside.end - inside.at)};
    return mtlsval_general_names_read(&inside, &out->subject_alt_name.num_names);
}

/* AuthorityKeyIdentifier ::= SEQUENCE { [0] KeyIdentifier, [1] GeneralNames, [2] CertificateSerialNumber },
 * each OPTIONAL and IMPLICIT (RFC 5280 4.2.1.1). */
static bool read_authority_key_id(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    mtlsval_der inside, names;
    unsigned ignored;
    (void)critical;
    out->authority_key_id.present = true;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    /* A constructed [0] is a key identifier in pieces: the read tells so. */
    if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT(0)) ||
        mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(0))) {
        out->authority_key_id.has_key_id = true;
        if (!mtlsval_der_read(&inside, MTLSVAL_TAG_CONTEXT(0), &out->authority_key_id.key_id)) {
            return false;
        }
    }
    if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1))) {
        out->authority_key_id.has_issuer = true;
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(1), &names)) {
            return false;
        }
        out->authority_key_id.issuer = (mtls_view){names.at, (size_t)(names.end - names.at)};
        if (!mtlsval_general_names_read(&names, &ignored)) {
            return false;
        }
    }
    if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT(2))) {
        out->authority_key_id.has_serial = true;
        if (!mtlsval_der_integer(&inside, MTLSVAL_TAG_CONTEXT(2), &out->authority_key_id.serial)) {
            return false;
        }
    }
    if (out->authority_key_id.has_issuer != out->authority_key_id.has_serial) {
        mtlsval_certificate_note(out, MTLSVAL_CERTIFICATE_AUTHORITY_PAIR);
    }
    return mtlsval_der_finish(&inside);
}

/* GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL } */
static bool read_subtrees(mtlsval_der *in, mtlsval_certificate *out) {
    if (mtlsval_der_at_end(in)) {
        return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_SUBTREES_EMPTY, in->at);
    }
    while (!mtlsval_der_at_end(in)) {
        mtlsval_der inside;
        uint32_t distance;
        if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) || !read_general_name(&inside)) {
            return false;
        }
        if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT(0))) {
            if (!mtlsval_der_unsigned(&inside, MTLSVAL_TAG_CONTEXT(0), &distance)) {
                return false;
            }
            if (distance == 0) {
                mtlsval_certificate_note(out, MTLSVAL_DER_DEFAULT_ENCODED);
            }
        }
        if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT(1)) &&
            !mtlsval_der_unsigned(&inside, MTLSVAL_TAG_CONTEXT(1), &distance)) {
            return false;
        }
        if (!mtlsval_der_finish(&inside)) {
            return false;
        }
    }
    return true;
}

/* NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] }, IMPLICIT, at least one of
 * them (RFC 5280 4.2.1.10: "MUST NOT issue certificates where name constraints is an empty sequence"). */
static bool read_name_constraints(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    mtlsval_der inside;
    out->name_constraints.present = true;
    out->name_constraints.critical = critical;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    if (mtlsval_der_at_end(&inside)) {
        return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_SUBTREES_EMPTY, inside.at);
    }
    for (unsigned number = 0; number < 2; number++) {
        mtlsval_der subtrees;
        mtls_view *list = number == 0 ? &out->name_constraints.permitted : &out->name_constraints.excluded;
        if (mtlsval_der_peek(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(number))) {
            if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_CONTEXT_CONSTRUCTED(number), &subtrees)) {
                return false;
            }
            *list = (mtls_view){subtrees.at, (size_t)(subtrees.end - subtrees.at)};
            if (!read_subtrees(&subtrees, out)) {
                return false;
            }
        }
    }
    return mtlsval_der_finish(&inside);
}

/* Others are passed over, as X509_get1_ocsp does. */
static bool is_some_uri(mtls_view value) {
    return value.len > 0 && memchr(value.data, '\0', value.len) == NULL;
}

/* AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName } (RFC
 * 5280 4.2.2.1) */
static bool read_authority_info_access(mtlsval_der *in, bool critical, mtlsval_certificate *out) {
    static const uint8_t id_ad_ocsp[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01};
    mtlsval_der inside;
    (void)critical;
    out->authority_info_access.present = true;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside)) {
        return false;
    }
    out->authority_info_access.value = (mtls_view){inside.at, (size_t)(inside.end - inside.at)};
    if (mtlsval_der_at_end(&inside)) {
        return mtlsval_der_fail(in, MTLSVAL_CERTIFICATE_ACCESS_EMPTY, inside.at);
    }
    while (!mtlsval_der_at_end(&inside)) {
        mtlsval_der description;
        mtls_view method;
        if (!mtlsval_der_enter(&inside, MTLSVAL_TAG_SEQUENCE, &description) ||
            !mtlsval_der_oid(&description, &method)) {
            return false;
        }
        mtls_view rest = {description.at, (size_t)(description.end - description.at)};
        mtlsval_general_name location;
        if (!read_general_name(&description) || !mtlsval_der_finish(&description) ||
            !mtlsval_general_name_next(&rest, &location)) {
            return false;
        }
        if (location.kind == 6 && mtls_view_equal(method, (mtls_view){id_ad_ocsp, sizeof id_ad_ocsp}) &&
            is_some_uri(location.value) && out->authority_info_access.ocsp.data == NULL) {
            out->authority_info_access.ocsp = location.value;
        }
    }
    return true;
}

/* The extensions that are read, by OID. Those of id-ce (2.5.29) are told apart by their last octet. */
mtlsval_extension_read_fn mtlsval_extension_find_read(mtls_view oid) {
    static const uint8_t authority_info_access[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01};
    if (oid.len == 3 && oid.data[0] == 0x55 && oid.data[1] == 0x1d) {
        switch (oid.data[2]) {
        case 14:
            return read_subject_key_id;
        case 15:
            return read_key_usage;
        case 17:
            return read_subject_alt_name;
        case 19:
            return read_basic_constraints;
        case 30:
            return read_name_constraints;
        case 35:
            return read_authority_key_id;
        case 37:
            return read_ext_key_usage;
        default:
            return NULL;
        }
    }
    if (oid.len == sizeof authority_info_access && memcmp(oid.data, authority_info_access, oid.len) == 0) {
        return read_authority_info_access;
    }
    return NULL;
}
