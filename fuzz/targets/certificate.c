/* The certificate reader. One input is the DER of one certificate.
 *
 * Oracles: every view lies within the DER; what is read, written again by the generator's writer, is the same
 * bytes; one byte less is truncated, one more is trailing; names are equal to themselves, and their text is
 * UTF-8 without NUL; a fault lies within the input. Second opinion: what the reader accepts libcrypto
 * accepts, with equal fields; what libcrypto accepts and the reader refuses, fuzz/differences.def explains.
 */
#include "validator/certificate.h"
#include "core/text.h"
#include "fuzz/oracle.h"
#include "fuzz/rebuild.h"
#include "fuzz/view.h"

#ifdef MTLSFUZZ_SECOND_OPINION
#include "fuzz/second/certificate_libcrypto.h"
#endif

#include <string.h>

enum { ARENA_MAX = 512 * 1024 * 1024 };

static void check_views(const mtlsval_certificate *c, mtls_view der) {
    const mtls_view in_der[] = {
        c->tbs,        c->signature_algorithm.der,  c->signature_algorithm.oid, c->signature,
        c->extensions, c->key_algorithm.parameters, c->tbs_signature.der};
    const mtls_view in_tbs[] = {c->serial,
                                c->tbs_signature.oid,
                                c->issuer.der,
                                c->subject.der,
                                c->spki,
                                c->key,
                                c->issuer_unique_id,
                                c->subject_unique_id,
                                c->ext_key_usage.value,
                                c->subject_key_id.key_id,
                                c->authority_key_id.key_id,
                                c->authority_key_id.issuer,
                                c->authority_key_id.serial,
                                c->subject_alt_name.names,
                                c->name_constraints.permitted,
                                c->name_constraints.excluded,
                                c->authority_info_access.value,
                                c->authority_info_access.ocsp};
    bool within = mtls_view_equal(c->der, der);
    for (size_t i = 0; i < sizeof in_der / sizeof *in_der; i++) {
        within = within && mtlsfuzz_view_within(in_der[i], der);
    }
    for (size_t i = 0; i < sizeof in_tbs / sizeof *in_tbs; i++) {
        within = within && mtlsfuzz_view_within(in_tbs[i], c->tbs);
    }
    MTLSFUZZ_ORACLE("views-inside", within, "a field's view lies outside the bytes that were read");
}

/* check_neighbours reads the same bytes less the last one, and with one more. Only of small certificates: it
 * copies. */
static void check_neighbours(mtls_view der) {
    static uint8_t longer[4096];
    mtlsval_certificate c;
    mtlsval_fault fault;
    if (der.len >= sizeof longer) {
        return;
    }
    memcpy(longer, der.data, der.len);
    longer[der.len] = 0;
    bool accepted = mtlsval_certificate_parse((mtls_view){longer, der.len + 1}, &c, &fault);
    MTLSFUZZ_ORACLE("trailing-byte",
                    !accepted && fault.finding == MTLSVAL_DER_TRAILING && fault.at == der.len,
                    "with one more byte: finding %d at %zu", (int)fault.finding, fault.at);
    accepted = mtlsval_certificate_parse((mtls_view){longer, der.len - 1}, &c, &fault);
    MTLSFUZZ_ORACLE("missing-byte", !accepted && fault.finding == MTLSVAL_DER_TRUNCATED,
                    "with one byte less: finding %d", (int)fault.finding);
}

static void check_name(const mtlsval_name *name) {
    static mtls_buf text = {.max = MTLSVAL_NAME_TEXT_MAX};
    mtls_buf_reset(&text);
    MTLSFUZZ_ORACLE("name-equals-itself", mtlsval_name_equal(name, name), "a name differs from itself");
    mtls_status status = mtlsval_name_text(name, &text);
    if (status == MTLS_ERR_LIMIT) {
        return;
    }
    mtlsfuzz_must(status, "write a name as text");
    size_t at = 0;
    uint32_t code_point = 1;
    while (at < text.len && code_point != 0 && mtls_utf8_next(mtls_buf_view(&text), &at, &code_point)) {
    }
    MTLSFUZZ_ORACLE("name-text", at == text.len && (at == 0 || code_point != 0),
                    "byte %zu of a name's text is NUL or not UTF-8", at);
}

static void check_names(const mtlsval_certificate *c) {
    bool equal = mtlsval_name_equal(&c->issuer, &c->subject);
    check_name(&c->subject);
    check_name(&c->issuer);
    MTLSFUZZ_ORACLE("names-symmetric",
                    equal == mtlsval_name_equal(&c->subject, &c->issuer) &&
                        equal == mtlsval_certificate_is_self_issued(c),
                    "subject and issuer are equal in one order only");
    MTLSFUZZ_ORACLE("names-hash", !equal || mtlsval_name_hash(&c->issuer) == mtlsval_name_hash(&c->subject),
                    "equal names have different hashes");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static mtlsgen_arena arena = {.max = ARENA_MAX};
    static mtlsval_certificate certificate;
    mtls_view der = {data, size};
    mtlsval_fault fault;
    bool accepted = mtlsval_certificate_parse(der, &certificate, &fault);
    if (accepted) {
        const char *part;
        MTLSFUZZ_REACHED("accepted");
        check_views(&certificate, der);
        bool same = mtlsfuzz_rebuild(&certificate, &arena, &part);
        mtlsgen_arena_reset(&arena);
        MTLSFUZZ_ORACLE("round-trip", same, "%s, written again, differs", part);
        check_neighbours(der);
        check_names(&certificate);
    } else {
        MTLSFUZZ_REACHED("refused");
        MTLSFUZZ_ORACLE("fault-place",
                        fault.at <= size && fault.finding < MTLSVAL_NUM_FINDINGS &&
                            mtlsval_finding_describe(fault.finding)->severity == MTLSVAL_FAULT &&
                            fault.finding != MTLSVAL_FINDING_NONE,
                        "finding %d at %zu of %zu", (int)fault.finding, fault.at, size);
    }
#ifdef MTLSFUZZ_SECOND_OPINION
    mtlsfuzz_certificate_compare(der, accepted ? &certificate : NULL, fault);
#endif
    return 0;
}
