#include "fuzz/rebuild.h"

#include "fuzz/oracle.h"
#include "gen/der_write.h"
#include "gen/time_write.h"
#include "validator/time.h"

#include <string.h>

typedef mtlsgen_der_node node;
typedef mtlsgen_der_tree tree;

static mtls_view encode(tree *t, mtlsgen_arena *arena) {
    mtls_view der = {NULL, 0};
    mtlsfuzz_must(mtlsgen_der_encode(t, &t->document, arena, &der), "encode a certificate again");
    return der;
}

/* A BIT STRING's content: the reader gives the octets, and the octet before them counts the unused bits. */
static void add_bits(tree *t, node *parent, uint8_t tag, mtls_view octets) {
    mtlsgen_der_add_bytes(t, parent, tag, NULL, (mtls_view){octets.data - 1, octets.len + 1});
}

static void add_time(tree *t, node *parent, mtlsval_time seconds, bool generalized) {
    char text[MTLSVAL_TIME_TEXT_MAX];
    mtlsgen_time time = {mtlsgen_arena_text(t->arena, mtlsval_time_format(seconds, text)),
                         generalized ? MTLSGEN_TIME_RFC3339_GENERALIZED : MTLSGEN_TIME_RFC3339};
    mtlsfuzz_must(mtlsgen_time_add(t, parent, NULL, &time, NULL, NULL), "write a time again");
}

static void add_extension(tree *t, node *parent, const mtlsval_extension *extension) {
    node *sequence = mtlsgen_der_add(t, parent, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_bytes(t, sequence, MTLSGEN_DER_OID, NULL, extension->oid);
    if (extension->critical) {
        mtlsgen_der_add_boolean(t, sequence, MTLSGEN_DER_BOOLEAN, NULL, true);
    }
    mtlsgen_der_add_bytes(t, sequence, MTLSGEN_DER_OCTET_STRING, NULL, extension->value);
}

/* RFC 5280 4.1, in its order. */
static void add_tbs(tree *t, node *parent, const mtlsval_certificate *c, bool generalized_before,
                    bool generalized_after) {
    node *tbs = mtlsgen_der_add(t, parent, MTLSGEN_DER_SEQUENCE, NULL);
    if (c->version > 1) {
        mtlsgen_der_add_integer(t, mtlsgen_der_add_explicit(t, tbs, 0), MTLSGEN_DER_INTEGER, NULL,
                                (long)c->version - 1);
    }
    mtlsgen_der_add_bytes(t, tbs, MTLSGEN_DER_INTEGER, NULL, c->serial);
    mtlsgen_der_add_encoded(t, tbs, NULL, c->tbs_signature.der);
    mtlsgen_der_add_encoded(t, tbs, NULL, c->issuer.der);
    node *validity = mtlsgen_der_add(t, tbs, MTLSGEN_DER_SEQUENCE, NULL);
    add_time(t, validity, c->not_before, generalized_before);
    add_time(t, validity, c->not_after, generalized_after);
    mtlsgen_der_add_encoded(t, tbs, NULL, c->subject.der);
    node *spki = mtlsgen_der_add(t, tbs, MTLSGEN_DER_SEQUENCE, NULL);
    mtlsgen_der_add_encoded(t, spki, NULL, c->key_algorithm.der);
    add_bits(t, spki, MTLSGEN_DER_BIT_STRING, c->key);
    if (c->issuer_unique_id.data != NULL) {
        add_bits(t, tbs, MTLSGEN_DER_CONTEXT | 1, c->issuer_unique_id);
    }
    if (c->subject_unique_id.data != NULL) {
        add_bits(t, tbs, MTLSGEN_DER_CONTEXT | 2, c->subject_unique_id);
    }
    if (c->num_extensions > 0) {
        node *extensions =
            mtlsgen_der_add(t, mtlsgen_der_add_explicit(t, tbs, 3), MTLSGEN_DER_SEQUENCE, NULL);
        mtls_view rest = c->extensions;
        mtlsval_extension extension;
        while (mtlsval_extension_next(&rest, &extension)) {
            add_extension(t, extensions, &extension);
        }
    }
}

static mtls_view write_certificate(const mtlsval_certificate *c, mtlsgen_arena *arena,
                                   bool generalized_before, bool generalized_after) {
    tree t;
    mtlsgen_der_tree_init(&t, arena);
    node *certificate = mtlsgen_der_add(&t, &t.document, MTLSGEN_DER_SEQUENCE, NULL);
    add_tbs(&t, certificate, c, generalized_before, generalized_after);
    mtlsgen_der_add_encoded(&t, certificate, NULL, c->signature_algorithm.der);
    add_bits(&t, certificate, MTLSGEN_DER_BIT_STRING, c->signature);
    return encode(&t, arena);
}

/* The form of a time is kept nowhere but in a note: a GeneralizedTime that should be a UTCTime is one of the
 * two. */
static bool certificate_is_same(const mtlsval_certificate *c, mtlsgen_arena *arena) {
    int num_forms = mtlsval_certificate_has_note(c, MTLSVAL_CERTIFICATE_TIME_FORM) ? 4 : 1;
    for (int form = 0; form < num_forms; form++) {
        if (mtls_view_equal(write_certificate(c, arena, (form & 1) != 0, (form & 2) != 0), c->der)) {
            return true;
        }
    }
    return false;
}

static mtls_view write_basic_constraints(const mtlsval_certificate *c, mtlsgen_arena *arena) {
    tree t;
    mtlsgen_der_tree_init(&t, arena);
    node *sequence = mtlsgen_der_add(&t, &t.document, MTLSGEN_DER_SEQUENCE, NULL);
    if (c->basic_constraints.ca) {
        mtlsgen_der_add_boolean(&t, sequence, MTLSGEN_DER_BOOLEAN, NULL, true);
    }
    if (c->basic_constraints.has_path_len) {
        mtlsgen_der_add_integer(&t, sequence, MTLSGEN_DER_INTEGER, NULL, (long)c->basic_constraints.path_len);
    }
    return encode(&t, arena);
}

/* Bit N of RFC 5280's list is bit 7-N of the first octet; X.690 11.2.2 cuts zero bits off the end. */
static mtls_view write_key_usage(const mtlsval_certificate *c, mtlsgen_arena *arena) {
    tree t;
    uint8_t content[3] = {0};
    size_t len = 1;
    for (unsigned n = 0; n < 16; n++) {
        if ((c->key_usage.bits >> n & 1) != 0) {
            content[1 + n / 8] |= (uint8_t)(0x80u >> n % 8);
            content[0] = (uint8_t)(7 - n % 8);
            len = 2 + n / 8;
        }
    }
    mtlsgen_der_tree_init(&t, arena);
    mtlsgen_der_add_bytes(&t, &t.document, MTLSGEN_DER_BIT_STRING, NULL, (mtls_view){content, len});
    return encode(&t, arena);
}

static mtls_view write_subject_key_id(const mtlsval_certificate *c, mtlsgen_arena *arena) {
    tree t;
    mtlsgen_der_tree_init(&t, arena);
    mtlsgen_der_add_bytes(&t, &t.document, MTLSGEN_DER_OCTET_STRING, NULL, c->subject_key_id.key_id);
    return encode(&t, arena);
}

static mtls_view write_authority_key_id(const mtlsval_certificate *c, mtlsgen_arena *arena) {
    tree t;
    mtlsgen_der_tree_init(&t, arena);
    node *sequence = mtlsgen_der_add(&t, &t.document, MTLSGEN_DER_SEQUENCE, NULL);
    if (c->authority_key_id.has_key_id) {
        mtlsgen_der_add_bytes(&t, sequence, MTLSGEN_DER_CONTEXT | 0, NULL, c->authority_key_id.key_id);
    }
    if (c->authority_key_id.has_issuer) {
        mtlsgen_der_add_bytes(&t, sequence, MTLSGEN_DER_CONTEXT_CONSTRUCTED | 1, NULL,
                              c->authority_key_id.issuer);
    }
    if (c->authority_key_id.has_serial) {
        mtlsgen_der_add_bytes(&t, sequence, MTLSGEN_DER_CONTEXT | 2, NULL, c->authority_key_id.serial);
    }
    return encode(&t, arena);
}

/* RFC 5280 4.2.1.3 names nine bits: the reader passes over others, and they cannot be written again. */
static bool has_unnamed_bits(mtls_view key_usage) {
    return key_usage.len > 5 || (key_usage.len == 5 && (key_usage.data[4] & 0x7f) != 0);
}

/* The extensions whose values the reader takes apart wholly, by the last octet of id-ce (2.5.29). A path
 * length past UINT32_MAX is cut by the reader and so cannot be written again. */
static mtls_view write_extension(const mtlsval_certificate *c, uint8_t id_ce, mtls_view value,
                                 mtlsgen_arena *arena) {
    switch (id_ce) {
    case 14:
        return write_subject_key_id(c, arena);
    case 15:
        return has_unnamed_bits(value) ? (mtls_view){NULL, 0} : write_key_usage(c, arena);
    case 19:
        return c->basic_constraints.path_len == UINT32_MAX ? (mtls_view){NULL, 0}
                                                           : write_basic_constraints(c, arena);
    case 35:
        return write_authority_key_id(c, arena);
    default:
        return (mtls_view){NULL, 0};
    }
}

/* Where X.690 is broken in a way that the reader lets pass, there are several encodings. */
static bool is_loose(const mtlsval_certificate *certificate) {
    return mtlsval_certificate_has_note(certificate, MTLSVAL_DER_DEFAULT_ENCODED) ||
           mtlsval_certificate_has_note(certificate, MTLSVAL_DER_NAMED_BITS);
}

bool mtlsfuzz_rebuild(const mtlsval_certificate *certificate, mtlsgen_arena *arena, const char **out_part) {
    if (is_loose(certificate)) {
        return true;
    }
    mtls_view rest = certificate->extensions;
    mtlsval_extension extension;
    *out_part = "the certificate";
    if (!certificate_is_same(certificate, arena)) {
        return false;
    }
    *out_part = "an extension's value";
    while (mtlsval_extension_next(&rest, &extension)) {
        static const uint8_t id_ce[] = {0x55, 0x1d};
        if (extension.oid.len == 3 && memcmp(extension.oid.data, id_ce, sizeof id_ce) == 0) {
            mtls_view value = write_extension(certificate, extension.oid.data[2], extension.value, arena);
            if (value.len > 0 && !mtls_view_equal(value, extension.value)) {
                return false;
            }
        }
    }
    return true;
}
