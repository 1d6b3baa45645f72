#include "fuzz/mutator/leaf.h"

#include <string.h>

#include "gen/oid.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Content that stands in the program, and content that is copied to the arena. */
#define BYTES(text)                                                                                          \
    { (const uint8_t *)(text), sizeof(text) - 1 }

static mtls_view pick(mtlsmut_job *job, const mtls_view *rows, size_t num_rows) {
    return rows[mtlsmut_below(&job->random, num_rows)];
}

static mtls_view copy(mtlsmut_job *job, mtls_view bytes, uint8_t **out_bytes) {
    uint8_t *made = mtlsgen_arena_alloc(job->arena, bytes.len + 1);
    *out_bytes = made;
    if (made == NULL) {
        return (mtls_view){0};
    }
    if (bytes.len > 0) {
        memcpy(made, bytes.data, bytes.len);
    }
    return (mtls_view){made, bytes.len};
}

static mtls_view random_bytes(mtlsmut_job *job, size_t len) {
    uint8_t *bytes = mtlsgen_arena_alloc(job->arena, len + 1);
    for (size_t i = 0; bytes != NULL && i < len; i++) {
        bytes[i] = (uint8_t)mtlsmut_random_next(&job->random);
    }
    return bytes == NULL ? (mtls_view){0} : (mtls_view){bytes, len};
}

/* Tables of OIDs as dotted text. */
static const char *const attribute_oids[] = {
#define ATTRIBUTE(word, gateway_word, dotted, type) dotted,
#include "gen/attribute.def"
};
/* RFC 5280 4.2.1.12, and Microsoft's smart card logon */
static const char *const purpose_oids[] = {
    "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2",     "1.3.6.1.5.5.7.3.3",
    "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.8",     "1.3.6.1.5.5.7.3.9",
    "2.5.29.37.0",       "2.16.840.1.113730.4.1", "1.3.6.1.4.1.311.20.2.2"};
/* 4.2.1.4, with the CA/Browser Forum's */
static const char *const policy_oids[] = {"2.5.29.32.0",       "2.23.140.1.2.1",    "1.3.6.1.4.1.11129.2.5.3",
                                          "1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2", "2.999.1"};
static const char *const access_oids[] = {"1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2", "1.3.6.1.5.5.7.48.3",
                                          "1.3.6.1.5.5.7.48.5"};
/* RFC 3279, 4055, 5480, 5758, 8410 */
static const char *const algorithm_oids[] = {
    "1.2.840.113549.1.1.1",  "1.2.840.113549.1.1.4",  "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.10",
    "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.13", "1.2.840.10045.2.1",    "1.2.840.10045.4.1",
    "1.2.840.10045.4.3.2",   "1.2.840.10045.4.3.3",   "1.3.101.110",          "1.3.101.112",
    "1.3.101.113",           "1.2.840.10040.4.1",     "1.2.840.10040.4.3"};
/* Those of gen/extension.def, the ones of RFC 6960, 6962, 7633 and 3820, Netscape's, and an unknown one. */
static const char *const extension_oids[] = {"2.5.29.9",
                                             "2.5.29.14",
                                             "2.5.29.15",
                                             "2.5.29.17",
                                             "2.5.29.18",
                                             "2.5.29.19",
                                             "2.5.29.30",
                                             "2.5.29.31",
                                             "2.5.29.32",
                                             "2.5.29.33",
                                             "2.5.29.35",
                                             "2.5.29.36",
                                             "2.5.29.37",
                                             "2.5.29.46",
                                             "2.5.29.54",
                                             "2.5.29.16",
                                             "1.3.6.1.5.5.7.1.1",
                                             "1.3.6.1.5.5.7.1.11",
                                             "2.5.29.20",
                                             "2.5.29.27",
                                             "2.5.29.28",
                                             "2.5.29.29",
                                             "1.3.6.1.5.5.7.48.1.5",
                                             "1.3.6.1.4.1.11129.2.4.2",
                                             "1.3.6.1.4.1.11129.2.4.3",
                                             "1.3.6.1.5.5.7.1.24",
                                             "1.3.6.1.5.5.7.1.14",
                                             "2.16.840.1.113730.1.1",
                                             "1.3.6.1.5.5.7.1.7",
                                             "1.3.6.1.5.5.7.1.8",
                                             "1.2.3.4.5"};

mtls_view mtlsmut_leaf_oid(mtlsmut_job *job, mtlsmut_oids group) {
    static const struct {
        const char *const *rows;
        size_t num_rows;
    } groups[MTLSMUT_NUM_OIDS] = {
        {policy_oids,    COUNT(policy_oids)   }, /* of no group */
        {attribute_oids, COUNT(attribute_oids)},
        {extension_oids, COUNT(extension_oids)},
        {purpose_oids,   COUNT(purpose_oids)  },
        {policy_oids,    COUNT(policy_oids)   },
        {access_oids,    COUNT(access_oids)   },
        {algorithm_oids, COUNT(algorithm_oids)},
    };
    mtlsgen_oid oid;
    uint8_t *bytes;
    const char *dotted = groups[group].rows[mtlsmut_below(&job->random, groups[group].num_rows)];
    if (!mtlsgen_oid_read(dotted, &oid)) {
        return (mtls_view){0};
    }
    return copy(job, (mtls_view){oid.bytes, oid.len}, &bytes);
}

/* INTEGERs that count: path lengths, versions, skipped certificates. */
static mtls_view make_small(mtlsmut_job *job) {
    static const mtls_view rows[] = {BYTES("\x00"),
                                     BYTES("\x01"),
                                     BYTES("\x02"),
                                     BYTES("\x03"),
                                     BYTES("\x0a"),
                                     BYTES("\x7f"),
                                     BYTES("\x00\x80"),
                                     BYTES("\xff"),
                                     BYTES("\x80"),
                                     BYTES("\x7f\xff\xff\xff"),
                                     BYTES("\x00\x80\x00\x00\x00"),
                                     BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff"),
                                     BYTES("\x01\x00\x00\x00\x00\x00\x00\x00\x00")};
    return mtlsmut_chance(&job->random, 3, 4) ? rows[mtlsmut_below(&job->random, 4)]
                                              : pick(job, rows, COUNT(rows));
}

/* INTEGERs that identify: RFC 5280 4.1.2.2 has them positive and of 20 octets at most. */
static mtls_view make_number(mtlsmut_job *job) {
    static const uint8_t lens[] = {1, 4, 8, 16, 19, 20, 21, 64, 127, 128};
    uint8_t *bytes;
    if (mtlsmut_chance(&job->random, 1, 4)) {
        return make_small(job);
    }
    mtls_view made = copy(job, random_bytes(job, lens[mtlsmut_below(&job->random, COUNT(lens))]), &bytes);
    if (made.len > 1 && mtlsmut_chance(&job->random, 7, 8)) {
        bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);
    }
    return made;
}

/* UTCTime and GeneralizedTime (RFC 5280 4.1.2.5): around the clocks that tests use and at the borders of the
 * forms; the last rows of each are not in DER's form. */
static mtls_view make_time(mtlsmut_job *job, uint8_t *io_tag) {
    static const mtls_view utc[] = {
        BYTES("200101000000Z"),     BYTES("211231235959Z"), BYTES("300101000000Z"), BYTES("491231235959Z"),
        BYTES("500101000000Z"),     BYTES("700101000000Z"), BYTES("991231235959Z"), BYTES("000101000000Z"),
        BYTES("380119031408Z"),     BYTES("200229000000Z"), BYTES("210229000000Z"), BYTES("2001010000Z"),
        BYTES("200101000000+0100"), BYTES("200101000000"),  BYTES("201301000000Z"), BYTES("200100000000Z"),
        BYTES("200101240000Z"),     BYTES("200101006000Z"), BYTES("200101000060Z"), BYTES("")};
    static const mtls_view general[] = {BYTES("20500101000000Z"),     BYTES("21191231235959Z"),
                                        BYTES("99991231235959Z"),     BYTES("21000101000000Z"),
                                        BYTES("00000101000000Z"),     BYTES("19700101000000Z"),
                                        BYTES("20200101000000Z"),     BYTES("20380119031408Z"),
                                        BYTES("19500101000000Z"),     BYTES("20210101000000Z"),
                                        BYTES("205001010000Z"),       BYTES("20500101000000.5Z"),
                                        BYTES("20500101000000+0100"), BYTES("20500101000000"),
                                        BYTES("20501301000000Z"),     BYTES("20500001000000Z"),
                                        BYTES("20210229000000Z"),     BYTES("20500101250000Z"),
                                        BYTES("2050010100Z"),         BYTES("")};
    if (*io_tag != MTLSGEN_DER_UTC_TIME && *io_tag != MTLSGEN_DER_GENERALIZED_TIME) {
        *io_tag = mtlsmut_chance(&job->random, 1, 2) ? MTLSGEN_DER_UTC_TIME : MTLSGEN_DER_GENERALIZED_TIME;
    }
    const mtls_view *rows = *io_tag == MTLSGEN_DER_UTC_TIME ? utc : general;
    return mtlsmut_chance(&job->random, 3, 4) ? rows[mtlsmut_below(&job->random, 10)]
                                              : pick(job, rows, COUNT(utc));
}

static mtls_view make_text(mtlsmut_job *job, uint8_t *io_tag) {
    static const uint8_t tags[] = {MTLSGEN_DER_UTF8_STRING,    MTLSGEN_DER_PRINTABLE_STRING,
                                   MTLSGEN_DER_IA5_STRING,     MTLSGEN_DER_T61_STRING,
                                   MTLSGEN_DER_BMP_STRING,     MTLSGEN_DER_UNIVERSAL_STRING,
                                   MTLSGEN_DER_NUMERIC_STRING, MTLSGEN_DER_VISIBLE_STRING};
    static const mtls_view rows[] = {BYTES("a"),
                                     BYTES(""),
                                     BYTES("TEST DO NOT TRUST"),
                                     BYTES("root"),
                                     BYTES("ROOT"),
                                     BYTES(" root  x "),
                                     BYTES("example.com"),
                                     BYTES("*.example.com"),
                                     BYTES(".example.com"),
                                     BYTES("sub.example.com"),
                                     BYTES("user@example.com"),
                                     BYTES("@"),
                                     BYTES("http://127.0.0.1:18888/"),
                                     BYTES("http://example.com/a"),
                                     BYTES("ldap:///"),
                                     BYTES("127.0.0.1"),
                                     BYTES("a\0b"),
                                     BYTES("\xc3\xa9"),
                                     BYTES("\xff\xfe"),
                                     BYTES("\xe9"),
                                     BYTES("\0\0\0a"),
                                     BYTES("\0a\0b"),
                                     BYTES("\xd8\0"),
                                     BYTES("\x1b[2J\r\n"),
                                     BYTES("xn--nxasmq6b"),
                                     BYTES("AU"),
                                     BYTES("12 34"),
                                     BYTES("\xe2\x80\xae"),
                                     BYTES("<&\"'>")};
    if (*io_tag == 0) {
        *io_tag =
            mtlsmut_chance(&job->random, 1, 2) ? tags[0] : tags[mtlsmut_below(&job->random, COUNT(tags))];
    }
    if (mtlsmut_chance(&job->random, 1, 32)) { /* past RFC 5280's upper bounds (appendix A) */
        uint8_t *bytes;
        mtls_view made = copy(job, random_bytes(job, 65 + mtlsmut_below(&job->random, 1024)), &bytes);
        if (bytes != NULL) {
            memset(bytes, 'A', made.len);
        }
        return made;
    }
    return pick(job, rows, COUNT(rows));
}

/* A BIT STRING's content starts with the number of unused bits (X.690 8.6.2). */
static mtls_view make_named_bits(mtlsmut_job *job) {
    uint8_t *bytes = mtlsgen_arena_zalloc(job->arena, 1, 3);
    if (bytes == NULL) {
        return (mtls_view){0};
    }
    size_t num_bits = 0;
    for (size_t bit = 0; bit < 9; bit++) {
        if (mtlsmut_chance(&job->random, 1, 3)) {
            bytes[1 + bit / 8] |= (uint8_t)(0x80 >> (bit % 8));
            num_bits = bit + 1;
        }
    }
    if (mtlsmut_chance(&job->random, 1, 8)) { /* X.690 11.2.2 would have the zero bits cut off */
        return (mtls_view){bytes, 3};
    }
    bytes[0] = (uint8_t)((8 - num_bits % 8) % 8);
    return (mtls_view){bytes, 1 + (num_bits + 7) / 8};
}

/* Key identifiers, and addresses with and without a mask (4.2.1.6, 4.2.1.10). */
static mtls_view make_octets(mtlsmut_job *job) {
    static const mtls_view rows[] = {BYTES(""),
                                     BYTES("\x7f\0\0\x01"),
                                     BYTES("\x7f\0\0\0\xff\0\0\0"),
                                     BYTES("\0\0\0\0\0\0\0\0"),
                                     BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"),
                                     BYTES("\x7f\0\0\0\xff\0\xff\0"),
                                     BYTES("\x0a\0\0")};
    if (mtlsmut_chance(&job->random, 1, 2)) {
        return pick(job, rows, COUNT(rows));
    }
    if (mtlsmut_chance(&job->random, 1, 2)) {
        return random_bytes(job, mtlsmut_chance(&job->random, 3, 4) ? 20 : mtlsmut_below(&job->random, 40));
    }
    const mtlsgen_key *key = mtlsmut_keys_pick(job->keys, &job->random);
    return key == NULL ? (mtls_view){0} : mtlsgen_key_id(key);
}

static mtls_view make_boolean(mtlsmut_job *job) {
    static const mtls_view rows[] = {BYTES("\xff"), BYTES("\0"), BYTES("\x01"), BYTES(""), BYTES("\xff\xff")};
    return rows[mtlsmut_chance(&job->random, 7, 8) ? mtlsmut_below(&job->random, 2)
                                                   : mtlsmut_below(&job->random, COUNT(rows))];
}

/* IPv4 and IPv6, with and without a subsequent identifier */
static const mtls_view families[] = {BYTES("\0\x01"), BYTES("\0\x02"), BYTES("\0\x01\x01"), BYTES("\0\x03")};

bool mtlsmut_leaf_is(const mtlsmut_type *type) {
    return type->kind >= MTLSMUT_KIND_BOOLEAN;
}

mtls_view mtlsmut_leaf_make(mtlsmut_job *job, const mtlsmut_type *type, uint8_t *io_tag) {
    uint8_t tag = *io_tag, *bytes;
    mtls_view made = {0};
    switch (type->kind) {
    case MTLSMUT_KIND_BOOLEAN:
        made = make_boolean(job);
        break;
    case MTLSMUT_KIND_SMALL:
        made = make_small(job);
        break;
    case MTLSMUT_KIND_NUMBER:
        made = make_number(job);
        break;
    case MTLSMUT_KIND_OID:
        made = mtlsmut_leaf_oid(job, type->oids);
        break;
    case MTLSMUT_KIND_TIME:
        made = make_time(job, &tag);
        break;
    case MTLSMUT_KIND_TEXT:
        made = make_text(job, &tag);
        break;
    case MTLSMUT_KIND_NAMED_BITS:
        made = make_named_bits(job);
        break;
    case MTLSMUT_KIND_BITS:
        made = copy(job, random_bytes(job, 1 + mtlsmut_below(&job->random, 16)), &bytes);
        if (bytes != NULL) {
            bytes[0] = 0;
        }
        break;
    case MTLSMUT_KIND_OCTETS:
        made = make_octets(job);
        break;
    case MTLSMUT_KIND_FAMILY:
        made = pick(job, families, COUNT(families));
        break;
    default: /* a NULL has none */
        break;
    }
    *io_tag = tag;
    return made;
}

static void set_content(mtlsgen_der_node *node, mtls_view bytes) {
    node->form = MTLSGEN_NODE_PRIMITIVE;
    node->first_child = node->last_child = NULL;
    node->bytes = bytes;
}

bool mtlsmut_leaf_scramble(mtlsmut_job *job, mtlsgen_der_node *node) {
    if (node->form != MTLSGEN_NODE_PRIMITIVE) {
        return false;
    }
    size_t len = node->bytes.len, at = mtlsmut_below(&job->random, len + 1), more;
    uint8_t *bytes;
    mtls_view made;
    switch (mtlsmut_below(&job->random, 5)) {
    case 0: /* a bit */
    case 1:
        made = copy(job, node->bytes, &bytes);
        if (made.len == 0) {
            return false;
        }
        bytes[at % len] ^= (uint8_t)(1u << mtlsmut_below(&job->random, 8));
        break;
    case 2: /* cut off */
        if (len == 0) {
            return false;
        }
        made = (mtls_view){node->bytes.data, at % len};
        break;
    case 3: /* longer by some bytes */
        more = 1 + mtlsmut_below(&job->random, 4);
        made = random_bytes(job, len + more);
        if (made.len == 0) {
            return false;
        }
        made = copy(job, made, &bytes);
        if (bytes != NULL && len > 0) {
            memcpy(bytes, node->bytes.data, len);
        }
        break;
    default: /* one byte is another */
        made = copy(job, node->bytes, &bytes);
        if (made.len == 0) {
            return false;
        }
        bytes[at % len] = (uint8_t)mtlsmut_random_next(&job->random);
    }
    node->bytes = made;
    return true;
}

bool mtlsmut_leaf_edit(mtlsmut_job *job, const mtlsmut_type *type, mtlsgen_der_node *node) {
    if (!mtlsmut_leaf_is(type)) {
        return false;
    }
    bool keeps_form = type->kind == MTLSMUT_KIND_TEXT || type->kind == MTLSMUT_KIND_BITS ||
                      type->kind == MTLSMUT_KIND_NUMBER || type->kind == MTLSMUT_KIND_OCTETS;
    if (mtlsmut_chance(&job->random, 1, keeps_form ? 3 : 16)) {
        return mtlsmut_leaf_scramble(job, node);
    }
    uint8_t tag = node->tag;
    if (tag < 0x40 && (type->kind == MTLSMUT_KIND_TIME || type->kind == MTLSMUT_KIND_TEXT) &&
        type->tag == 0 && mtlsmut_chance(&job->random, 1, 4)) {
        tag = 0;
    }
    mtls_view made = mtlsmut_leaf_make(job, type, &tag);
    node->tag = tag;
    set_content(node, made);
    return true;
}
