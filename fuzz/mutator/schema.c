#include "fuzz/mutator/schema.h"

#include "gen/der_write.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define LEAF(id, what, tag_octet)                                                                            \
    static const mtlsmut_type id = {.name = #id, .kind = (what), .tag = (tag_octet)};
#define OIDS(id, which)                                                                                      \
    static const mtlsmut_type id = {                                                                         \
        .name = #id, .kind = MTLSMUT_KIND_OID, .tag = MTLSGEN_DER_OID, .oids = (which)};
#define SEQUENCE(id, how)                                                                                    \
    static const mtlsmut_type id = {.name = #id,                                                             \
                                    .kind = MTLSMUT_KIND_SEQUENCE,                                           \
                                    .tag = MTLSGEN_DER_SEQUENCE,                                             \
                                    .fields = id##_fields,                                                   \
                                    .num_fields = COUNT(id##_fields),                                        \
                                    .making = (how)};
#define CHOICE(id)                                                                                           \
    static const mtlsmut_type id = {                                                                         \
        .name = #id, .kind = MTLSMUT_KIND_CHOICE, .fields = id##_fields, .num_fields = COUNT(id##_fields)};
#define LIST(id, element, how)                                                                               \
    static const mtlsmut_type id = {.name = #id,                                                             \
                                    .kind = MTLSMUT_KIND_LIST,                                               \
                                    .tag = MTLSGEN_DER_SEQUENCE,                                             \
                                    .of = &(element),                                                        \
                                    .making = (how)};

/* A field that must be there, one that may; with a context tag, implicit or explicit. */
#define MUST(name, type)                                                                                     \
    { (name), &(type), MTLSMUT_NO_NUMBER, false, false }
#define MAY(name, type)                                                                                      \
    { (name), &(type), MTLSMUT_NO_NUMBER, false, true }
#define IMPLICIT(name, type, number)                                                                         \
    { (name), &(type), (number), false, true }
#define EXPLICIT(name, type, number)                                                                         \
    { (name), &(type), (number), true, true }

const mtlsmut_type mtlsmut_any_type = {.name = "any", .kind = MTLSMUT_KIND_ANY};

LEAF(boolean, MTLSMUT_KIND_BOOLEAN, MTLSGEN_DER_BOOLEAN)
LEAF(small, MTLSMUT_KIND_SMALL, MTLSGEN_DER_INTEGER)
LEAF(number, MTLSMUT_KIND_NUMBER, MTLSGEN_DER_INTEGER)
LEAF(moment, MTLSMUT_KIND_TIME, 0)
LEAF(text, MTLSMUT_KIND_TEXT, 0)
LEAF(ia5, MTLSMUT_KIND_TEXT, MTLSGEN_DER_IA5_STRING)
LEAF(bits, MTLSMUT_KIND_BITS, MTLSGEN_DER_BIT_STRING)
LEAF(named_bits, MTLSMUT_KIND_NAMED_BITS, MTLSGEN_DER_BIT_STRING)
LEAF(octets, MTLSMUT_KIND_OCTETS, MTLSGEN_DER_OCTET_STRING)
LEAF(family, MTLSMUT_KIND_FAMILY, MTLSGEN_DER_OCTET_STRING)
LEAF(null, MTLSMUT_KIND_NULL, MTLSGEN_DER_NULL)
LEAF(value, MTLSMUT_KIND_VALUE, MTLSGEN_DER_OCTET_STRING)

OIDS(attribute_oid, MTLSMUT_OIDS_ATTRIBUTE)
OIDS(extension_oid, MTLSMUT_OIDS_EXTENSION)
OIDS(purpose_oid, MTLSMUT_OIDS_PURPOSE)
OIDS(policy_oid, MTLSMUT_OIDS_POLICY)
OIDS(access_oid, MTLSMUT_OIDS_ACCESS)
OIDS(algorithm_oid, MTLSMUT_OIDS_ALGORITHM)

/* 4.1.1.2; 4.1.2.7 */
static const mtlsmut_field algorithm_fields[] = {MUST("algorithm", algorithm_oid),
                                                 MAY("parameters", mtlsmut_any_type)};
SEQUENCE(algorithm, MTLSMUT_MADE_AS_ALGORITHM)
static const mtlsmut_field key_algorithm_fields[] = {MUST("algorithm", algorithm_oid),
                                                     MAY("parameters", mtlsmut_any_type)};
SEQUENCE(key_algorithm, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field key_fields[] = {MUST("algorithm", key_algorithm), MUST("subjectPublicKey", bits)};
SEQUENCE(key, MTLSMUT_MADE_AS_KEY)

/* 4.1.2.4 */
static const mtlsmut_field attribute_fields[] = {MUST("type", attribute_oid), MUST("value", text)};
SEQUENCE(attribute, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_type rdn = {
    .name = "rdn", .kind = MTLSMUT_KIND_LIST, .tag = MTLSGEN_DER_SET, .of = &attribute};
LIST(name, rdn, MTLSMUT_MADE_BY_SCHEMA)

/* 4.1.2.5 */
static const mtlsmut_field validity_fields[] = {MUST("notBefore", moment), MUST("notAfter", moment)};
SEQUENCE(validity, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.6. In a CHOICE each field is an alternative; directoryName is explicit, being a choice itself. */
static const mtlsmut_field other_name_fields[] = {MUST("type-id", policy_oid),
                                                  EXPLICIT("value", mtlsmut_any_type, 0)};
SEQUENCE(other_name, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field general_name_fields[] = {IMPLICIT("otherName", other_name, 0),
                                                    IMPLICIT("rfc822Name", ia5, 1),
                                                    IMPLICIT("dNSName", ia5, 2),
                                                    IMPLICIT("x400Address", mtlsmut_any_type, 3),
                                                    EXPLICIT("directoryName", name, 4),
                                                    IMPLICIT("ediPartyName", mtlsmut_any_type, 5),
                                                    IMPLICIT("uniformResourceIdentifier", ia5, 6),
                                                    IMPLICIT("iPAddress", octets, 7),
                                                    IMPLICIT("registeredID", policy_oid, 8)};
CHOICE(general_name)
LIST(general_names, general_name, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.1 */
static const mtlsmut_field authority_key_id_fields[] = {IMPLICIT("keyIdentifier", octets, 0),
                                                        IMPLICIT("authorityCertIssuer", general_names, 1),
                                                        IMPLICIT("authorityCertSerialNumber", number, 2)};
SEQUENCE(authority_key_id, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.4 */
static const mtlsmut_field qualifier_fields[] = {MUST("policyQualifierId", policy_oid),
                                                 MUST("qualifier", mtlsmut_any_type)};
SEQUENCE(qualifier, MTLSMUT_MADE_BY_SCHEMA)
LIST(qualifiers, qualifier, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field policy_fields[] = {MUST("policyIdentifier", policy_oid),
                                              MAY("policyQualifiers", qualifiers)};
SEQUENCE(policy, MTLSMUT_MADE_BY_SCHEMA)
LIST(policies, policy, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.5 */
static const mtlsmut_field mapping_fields[] = {MUST("issuerDomainPolicy", policy_oid),
                                               MUST("subjectDomainPolicy", policy_oid)};
SEQUENCE(mapping, MTLSMUT_MADE_BY_SCHEMA)
LIST(mappings, mapping, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.8 */
LIST(attribute_values, mtlsmut_any_type, MTLSMUT_MADE_BY_SCHEMA)
LIST(directory_attributes, attribute_values, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.9 */
static const mtlsmut_field basic_constraints_fields[] = {MAY("cA", boolean), MAY("pathLenConstraint", small)};
SEQUENCE(basic_constraints, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.10 */
static const mtlsmut_field subtree_fields[] = {MUST("base", general_name), IMPLICIT("minimum", small, 0),
                                               IMPLICIT("maximum", small, 1)};
SEQUENCE(subtree, MTLSMUT_MADE_BY_SCHEMA)
LIST(subtrees, subtree, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field name_constraints_fields[] = {IMPLICIT("permittedSubtrees", subtrees, 0),
                                                        IMPLICIT("excludedSubtrees", subtrees, 1)};
SEQUENCE(name_constraints, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.11 */
static const mtlsmut_field policy_constraints_fields[] = {IMPLICIT("requireExplicitPolicy", small, 0),
                                                          IMPLICIT("inhibitPolicyMapping", small, 1)};
SEQUENCE(policy_constraints, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.12 */
LIST(purposes, purpose_oid, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.1.13 */
static const mtlsmut_field point_name_fields[] = {IMPLICIT("fullName", general_names, 0),
                                                  IMPLICIT("nameRelativeToCRLIssuer", rdn, 1)};
CHOICE(point_name)
static const mtlsmut_field point_fields[] = {EXPLICIT("distributionPoint", point_name, 0),
                                             IMPLICIT("reasons", named_bits, 1),
                                             IMPLICIT("cRLIssuer", general_names, 2)};
SEQUENCE(point, MTLSMUT_MADE_BY_SCHEMA)
LIST(points, point, MTLSMUT_MADE_BY_SCHEMA)

/* 4.2.2.1 */
static const mtlsmut_field access_description_fields[] = {MUST("accessMethod", access_oid),
                                                          MUST("accessLocation", general_name)};
SEQUENCE(access_description, MTLSMUT_MADE_BY_SCHEMA)
LIST(accesses, access_description, MTLSMUT_MADE_BY_SCHEMA)

/* RFC 3779 2.2.3: IPAddrBlocks; addresses are BIT STRINGs that end early */
static const mtlsmut_field ip_range_fields[] = {MUST("min", bits), MUST("max", bits)};
SEQUENCE(ip_range, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field ip_block_fields[] = {MUST("addressPrefix", bits), MUST("addressRange", ip_range)};
CHOICE(ip_block)
LIST(ip_blocks, ip_block, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field ip_choice_fields[] = {MUST("inherit", null), MUST("addressesOrRanges", ip_blocks)};
CHOICE(ip_choice)
static const mtlsmut_field ip_family_fields[] = {MUST("addressFamily", family),
                                                 MUST("ipAddressChoice", ip_choice)};
SEQUENCE(ip_family, MTLSMUT_MADE_BY_SCHEMA)
LIST(ip_families, ip_family, MTLSMUT_MADE_BY_SCHEMA)

/* RFC 3779 3.2.3: ASIdentifiers */
static const mtlsmut_field as_range_fields[] = {MUST("min", small), MUST("max", small)};
SEQUENCE(as_range, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field as_block_fields[] = {MUST("id", small), MUST("range", as_range)};
CHOICE(as_block)
LIST(as_blocks, as_block, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field as_choice_fields[] = {MUST("inherit", null), MUST("asIdsOrRanges", as_blocks)};
CHOICE(as_choice)
static const mtlsmut_field as_ids_fields[] = {EXPLICIT("asnum", as_choice, 0), EXPLICIT("rdi", as_choice, 1)};
SEQUENCE(as_ids, MTLSMUT_MADE_BY_SCHEMA)

/* RFC 3820 3.8: ProxyCertInfo */
static const mtlsmut_field proxy_policy_fields[] = {MUST("policyLanguage", policy_oid),
                                                    MAY("policy", octets)};
SEQUENCE(proxy_policy, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field proxy_info_fields[] = {MAY("pCPathLenConstraint", small),
                                                  MUST("proxyPolicy", proxy_policy)};
SEQUENCE(proxy_info, MTLSMUT_MADE_BY_SCHEMA)

/* RFC 7633: TLS Feature */
LIST(features, small, MTLSMUT_MADE_BY_SCHEMA)

/* 4.1.2.9 */
static const mtlsmut_field extension_fields[] = {MUST("extnID", extension_oid), MAY("critical", boolean),
                                                 MUST("extnValue", value)};
SEQUENCE(extension, MTLSMUT_MADE_AS_EXTENSION)
LIST(extensions, extension, MTLSMUT_MADE_BY_SCHEMA)

/* 4.1 */
static const mtlsmut_field tbs_fields[] = {
    EXPLICIT("version", small, 0),        MUST("serialNumber", number),
    MUST("signature", algorithm),         MUST("issuer", name),
    MUST("validity", validity),           MUST("subject", name),
    MUST("subjectPublicKeyInfo", key),    IMPLICIT("issuerUniqueID", bits, 1),
    IMPLICIT("subjectUniqueID", bits, 2), EXPLICIT("extensions", extensions, 3)};
SEQUENCE(tbs, MTLSMUT_MADE_BY_SCHEMA)
static const mtlsmut_field certificate_fields[] = {
    MUST("tbsCertificate", tbs), MUST("signatureAlgorithm", algorithm), MUST("signatureValue", bits)};
const mtlsmut_type mtlsmut_certificate_type = {.name = "certificate",
                                               .kind = MTLSMUT_KIND_SEQUENCE,
                                               .tag = MTLSGEN_DER_SEQUENCE,
                                               .fields = certificate_fields,
                                               .num_fields = COUNT(certificate_fields)};

static const struct {
    const char *oid; /* content octets */
    size_t oid_len;
    const mtlsmut_type *type;
} extension_types[] = {
#define ROW(oid, type)                                                                                       \
    { (oid), sizeof(oid) - 1, &(type) }
    ROW("\x55\x1d\x13", basic_constraints),
    ROW("\x55\x1d\x0f", named_bits),
    ROW("\x55\x1d\x25", purposes),
    ROW("\x55\x1d\x0e", octets),
    ROW("\x55\x1d\x23", authority_key_id),
    ROW("\x55\x1d\x11", general_names),
    ROW("\x55\x1d\x12", general_names),
    ROW("\x55\x1d\x1e", name_constraints),
    ROW("\x55\x1d\x20", policies),
    ROW("\x55\x1d\x21", mappings),
    ROW("\x55\x1d\x24", policy_constraints),
    ROW("\x55\x1d\x36", small),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x01", accesses),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x0b", accesses),
    ROW("\x55\x1d\x1f", points),
    ROW("\x55\x1d\x2e", points),
    ROW("\x55\x1d\x09", directory_attributes),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x07", ip_families),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x08", as_ids),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x0e", proxy_info),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x18", features), /* RFC 7633 */
    ROW("\x2b\x06\x01\x05\x05\x07\x30\x01\x05", null), /* RFC 6960 4.2.2.2.1: id-pkix-ocsp-nocheck */
#undef ROW
};

const mtlsmut_type *mtlsmut_type_of_extension(mtls_view oid) {
    for (size_t i = 0; i < COUNT(extension_types); i++) {
        if (mtls_view_equal(
                oid, (mtls_view){(const uint8_t *)extension_types[i].oid, extension_types[i].oid_len})) {
            return extension_types[i].type;
        }
    }
    return &mtlsmut_any_type;
}

static bool is_string_tag(uint8_t tag) {
    static const uint8_t tags[] = {MTLSGEN_DER_UTF8_STRING,      MTLSGEN_DER_NUMERIC_STRING,
                                   MTLSGEN_DER_PRINTABLE_STRING, MTLSGEN_DER_T61_STRING,
                                   MTLSGEN_DER_IA5_STRING,       MTLSGEN_DER_VISIBLE_STRING,
                                   MTLSGEN_DER_UNIVERSAL_STRING, MTLSGEN_DER_BMP_STRING};
    for (size_t i = 0; i < COUNT(tags); i++) {
        if (tags[i] == tag) {
            return true;
        }
    }
    return false;
}

bool mtlsmut_type_takes(const mtlsmut_type *type, uint8_t tag) {
    switch (type->kind) {
    case MTLSMUT_KIND_ANY:
        return true;
    case MTLSMUT_KIND_CHOICE:
        for (size_t i = 0; i < type->num_fields; i++) {
            if (mtlsmut_field_takes(&type->fields[i], tag)) {
                return true;
            }
        }
        return false;
    case MTLSMUT_KIND_TIME:
        return tag == MTLSGEN_DER_UTC_TIME || tag == MTLSGEN_DER_GENERALIZED_TIME;
    case MTLSMUT_KIND_TEXT:
        return is_string_tag(tag);
    default:
        return tag == type->tag;
    }
}

bool mtlsmut_field_takes(const mtlsmut_field *field, uint8_t tag) {
    if (field->number == MTLSMUT_NO_NUMBER) {
        return mtlsmut_type_takes(field->type, tag);
    }
    return (tag & 0xdf) == (MTLSGEN_DER_CONTEXT | field->number); /* constructed or not */
}

uint8_t mtlsmut_field_tag(const mtlsmut_field *field) {
    if (field->number == MTLSMUT_NO_NUMBER) {
        return field->type->tag;
    }
    bool constructed = field->explicit_tag || field->type->kind == MTLSMUT_KIND_SEQUENCE ||
                       field->type->kind == MTLSMUT_KIND_LIST;
    return (uint8_t)((constructed ? MTLSGEN_DER_CONTEXT_CONSTRUCTED : MTLSGEN_DER_CONTEXT) | field->number);
}
