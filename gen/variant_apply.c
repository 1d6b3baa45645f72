/* A scenario with choices made: each dimension's function changes its part of a shallow copy. */
#include <stdio.h>
#include <string.h>

#include "gen/scenario.h"
#include "gen/variant.h"

typedef struct {
    const mtlsgen_scenario *original;
    mtlsgen_scenario *s; /* the copy */
    mtlsgen_arena *arena;
    mtls_error *error;
} application;

typedef mtls_status (*apply_fn)(application *a, int value);

static mtls_status memory_fail(const application *a) {
    return mtls_fail(MTLS_ERR_NOMEM, a->error, "%s: no memory for a variant", a->original->id);
}

static mtls_status apply_key(application *a, int value) {
    for (size_t i = 0; i < a->s->num_certificates; i++) {
        mtlsgen_key_choice *key = &a->s->certificates[i].key;
        if (key->algorithm == MTLSGEN_KEY_NONE && key->of == MTLSGEN_SELF) {
            key->algorithm = (mtlsgen_key_algorithm)value;
        }
    }
    return MTLS_OK;
}

static mtls_status apply_digest(application *a, int value) {
    for (size_t i = 0; i < a->s->num_certificates; i++) {
        mtlsgen_digest *digest = &a->s->certificates[i].spec.digest;
        if (*digest == MTLSGEN_DIGEST_DEFAULT) {
            *digest = (mtlsgen_digest)value;
        }
    }
    return MTLS_OK;
}

/* The default subject's two attributes in another shape. The label stays in it, so that subjects stay
 * distinct. */
typedef struct {
    const char *format; /* of the CN, with the label */
    mtlsgen_string_type as;
    bool label_in_ou, multi;
} dn_shape;

static const dn_shape dn_shapes[] = {
    [MTLSGEN_DN_UTF8] = {"%s \xc3\xa9\xc3\x9f\xe4\xb8\xad\xf0\x9f\x94\x91",                                                 MTLSGEN_STRING_UTF8,      false,
                         false                                                                                                                                    },
    [MTLSGEN_DN_PRINTABLE] = {"%s",                                                                                              MTLSGEN_STRING_PRINTABLE, false, false},
    [MTLSGEN_DN_BMP] = {"%s \xce\xb1\xd0\x96",                                                                             MTLSGEN_STRING_BMP,       false, false},
    [MTLSGEN_DN_T61] = {"%s \xc3\xa9\xc3\xbc",                                                                             MTLSGEN_STRING_T61,       false, false},
 /* ub-common-name is 64 (RFC 5280 appendix A.1); this is far past it. */
    [MTLSGEN_DN_LONG] = {"%s 0123456789012345678901234567890123456789012345678901234567890123456789"
                         "0123456789012345678901234567890123456789012345678901234567890123456789"
                         "0123456789012345678901234567890123456789012345678901234567890123456789", MTLSGEN_STRING_UTF8,      false, false},
    [MTLSGEN_DN_MULTI] = {"%s",                                                                                              MTLSGEN_STRING_UTF8,      false, true },
    [MTLSGEN_DN_RESERVED] = {" #%s, \"a\"+b;<c>=\\d ",                                                                          MTLSGEN_STRING_UTF8,      false, false},
    [MTLSGEN_DN_EMPTY_CN] = {"",                                                                                                MTLSGEN_STRING_UTF8,      true,  false},
};

static const mtlsgen_name *shaped_name(application *a, const char *label, const dn_shape *shape) {
    mtlsgen_attribute *attributes = mtlsgen_arena_zalloc(a->arena, 3, sizeof *attributes);
    mtlsgen_rdn *rdns = mtlsgen_arena_zalloc(a->arena, 3, sizeof *rdns);
    mtlsgen_name *name = mtlsgen_arena_zalloc(a->arena, 1, sizeof *name);
    char cn[400];
    if (shape->label_in_ou) {
        cn[0] = '\0';
    } else {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the formats are those of the table above */
        (void)snprintf(cn, sizeof cn, shape->format, label);
#pragma GCC diagnostic pop
    }
    char *cn_text = mtlsgen_arena_text(a->arena, cn);
    if (attributes == NULL || rdns == NULL || name == NULL || cn_text == NULL) {
        return NULL;
    }
    size_t num = 0;
    attributes[num++] = (mtlsgen_attribute){"O", mtls_view_of_text(MTLSGEN_DEFAULT_O), shape->as};
    if (shape->label_in_ou) {
        attributes[num++] = (mtlsgen_attribute){"OU", mtls_view_of_text(label), shape->as};
    }
    attributes[num++] = (mtlsgen_attribute){"CN", mtls_view_of_text(cn_text), shape->as};
    if (shape->multi) {
        rdns[0] = (mtlsgen_rdn){attributes, num};
        *name = (mtlsgen_name){.rdns = rdns, .num_rdns = 1};
        return name;
    }
    for (size_t i = 0; i < num; i++) {
        rdns[i] = (mtlsgen_rdn){&attributes[i], 1};
    }
    *name = (mtlsgen_name){.rdns = rdns, .num_rdns = num};
    return name;
}

static mtls_status apply_dn(application *a, int value) {
    for (size_t i = 0; i < a->s->num_certificates; i++) {
        mtlsgen_certificate_spec *spec = &a->s->certificates[i].spec;
        if (spec->subject == NULL &&
            (spec->subject = shaped_name(a, spec->label, &dn_shapes[value])) == NULL) {
            return memory_fail(a);
        }
    }
    return MTLS_OK;
}

/* The chain in place of the certificate at `deepest`: links[0] is the topmost, the last is `deepest` itself.
 */
typedef struct {
    mtlsgen_ref deepest, above; /* above: the original issuer */
    mtlsgen_ref *links;
    size_t num_links;
} deep_chain;

static bool part_is(const mtlsgen_part *part, mtlsgen_ref certificate) {
    return part->kind == MTLSGEN_PART_CERT && part->object == certificate;
}

/* Whether the list goes from the root down: the issuer stands before the certificate, or nothing that it
 * issued. */
static bool goes_down(const application *a, const mtlsgen_input *input, size_t at, const deep_chain *chain) {
    bool issued_before = false;
    for (size_t i = 0; i < input->num_parts; i++) {
        const mtlsgen_part *part = &input->parts[i];
        if (part_is(part, chain->above)) {
            return i < at;
        }
        issued_before |= i < at && part->kind == MTLSGEN_PART_CERT &&
                         a->s->certificates[part->object].issuer_name_of == chain->deepest;
    }
    return !issued_before;
}

static mtls_status input_deepen(application *a, mtlsgen_input *input, const deep_chain *chain) {
    size_t hits = 0, len = 0;
    for (size_t i = 0; i < input->num_parts; i++) {
        hits += part_is(&input->parts[i], chain->deepest);
    }
    if (hits == 0) {
        return MTLS_OK;
    }
    mtlsgen_part *parts =
        mtlsgen_arena_zalloc(a->arena, input->num_parts + hits * chain->num_links, sizeof *parts);
    if (parts == NULL) {
        return memory_fail(a);
    }
    for (size_t i = 0; i < input->num_parts; i++) {
        if (!part_is(&input->parts[i], chain->deepest)) {
            parts[len++] = input->parts[i];
            continue;
        }
        const bool down = goes_down(a, input, i, chain);
        for (size_t j = 0; j < chain->num_links; j++) {
            parts[len] = input->parts[i];
            parts[len++].object = chain->links[down ? j : chain->num_links - 1 - j];
        }
    }
    input->parts = parts;
    input->num_parts = len;
    return MTLS_OK;
}

static mtls_status apply_depth(application *a, int value) {
    mtlsgen_scenario *s = a->s;
    const size_t added = (size_t)value - 1, before = s->num_certificates;
    deep_chain chain = {.deepest = MTLSGEN_SELF, .num_links = (size_t)value};
    for (size_t i = 0; i < before; i++) {
        if (s->certificates[i].deepen) {
            chain.deepest = i;
        }
    }
    if (chain.deepest == MTLSGEN_SELF) {
        return mtls_fail(MTLS_ERR_INPUT, a->error,
                         "%s: no certificate is marked `deepen: true`, so there is no depth to choose",
                         s->id);
    }
    mtlsgen_scenario_certificate *certificates =
        mtlsgen_arena_zalloc(a->arena, before + added, sizeof *certificates);
    chain.links = mtlsgen_arena_zalloc(a->arena, chain.num_links, sizeof *chain.links);
    if (certificates == NULL || chain.links == NULL) {
        return memory_fail(a);
    }
    memcpy(certificates, s->certificates, before * sizeof *certificates);
    mtlsgen_scenario_certificate *deepest = &certificates[chain.deepest];
    chain.above = deepest->issuer_name_of;
    for (size_t i = 0; i < added; i++) {
        char label[MTLSGEN_LABEL_MAX + 16];
        mtlsgen_scenario_certificate *link = &certificates[before + i];
        *link = *deepest;
        (void)snprintf(label, sizeof label, "%s-%zu", deepest->label, i + 1);
        if ((link->label = link->spec.label = mtlsgen_arena_text(a->arena, label)) == NULL) {
            return memory_fail(a);
        }
        link->issuer_name_of = link->issuer_key_of = i == 0 ? chain.above : before + i - 1;
        chain.links[i] = before + i;
    }
    chain.links[added] = chain.deepest;
    deepest->issuer_name_of = deepest->issuer_key_of = before + added - 1;
    s->certificates = certificates;
    s->num_certificates = before + added;
    const mtls_status status = input_deepen(a, &s->upload, &chain);
    return status == MTLS_OK ? input_deepen(a, &s->client.chain, &chain) : status;
}

static mtls_status apply_order(application *a, int value) {
    mtlsgen_input *upload = &a->s->upload;
    const size_t num = upload->num_parts;
    mtlsgen_part *parts = mtlsgen_arena_zalloc(a->arena, num + 1, sizeof *parts);
    if (parts == NULL) {
        return memory_fail(a);
    }
    for (size_t i = 0; i < num; i++) {
        parts[i] = upload->parts[value == MTLSGEN_ORDER_REVERSED ? num - 1 - i : (i + 1) % num];
    }
    upload->parts = parts;
    return MTLS_OK;
}

static mtls_status apply_eol(application *a, int value) {
    a->s->upload.eol = (mtlsgen_eol)value;
    return MTLS_OK;
}

static mtls_status apply_final_eol(application *a, int value) {
    a->s->upload.no_final_eol = value == MTLSGEN_FINAL_EOL_NONE;
    a->s->upload.second_final_eol = value == MTLSGEN_FINAL_EOL_TWO;
    return MTLS_OK;
}

static mtls_status apply_between(application *a, int value) {
    a->s->upload.between = (mtlsgen_between)value;
    return MTLS_OK;
}

static mtls_status apply_width(application *a, int value) {
    a->s->upload.has_width = true;
    a->s->upload.width = (size_t)value;
    return MTLS_OK;
}

/* UTCTime reaches from 1950 through 2049 (RFC 5280 4.1.2.5.1): its first and last second. And good dates
 * written as GeneralizedTime, which 4.1.2.5 forbids before 2050. */
static mtls_status apply_validity(application *a, int value) {
    for (size_t i = 0; i < a->s->num_certificates; i++) {
        mtlsgen_scenario_certificate *certificate = &a->s->certificates[i];
        if (certificate->states_validity) {
            continue;
        }
        if (value == MTLSGEN_VALIDITY_UTC_EDGE) {
            certificate->spec.validity.not_before = (mtlsgen_time){"500101000000Z", MTLSGEN_TIME_UTC};
            certificate->spec.validity.not_after = (mtlsgen_time){"491231235959Z", MTLSGEN_TIME_UTC};
        } else {
            certificate->spec.validity.not_before =
                (mtlsgen_time){"2020-01-01T00:00:00Z", MTLSGEN_TIME_RFC3339_GENERALIZED};
            certificate->spec.validity.not_after =
                (mtlsgen_time){"2049-12-31T23:59:59Z", MTLSGEN_TIME_RFC3339_GENERALIZED};
        }
    }
    return MTLS_OK;
}

/* One octet, different for each certificate; or the 20 octets that RFC 5280 4.1.2.2 allows at most, all used.
 */
static mtls_status apply_serial(application *a, int value) {
    for (size_t i = 0; i < a->s->num_certificates; i++) {
        mtlsgen_certificate_spec *spec = &a->s->certificates[i].spec;
        if (spec->has_serial) {
            continue;
        }
        const size_t len = value == MTLSGEN_SERIAL_ONE ? 1 : 20;
        uint8_t *serial = mtlsgen_arena_zalloc(a->arena, len, 1);
        if (serial == NULL) {
            return memory_fail(a);
        }
        memset(serial, 0x7f, len);
        serial[len - 1] = (uint8_t)(i % 127 + 1);
        if (len > 1) {
            serial[1] = (uint8_t)(i / 127);
        }
        spec->has_serial = true;
        spec->serial = (mtls_view){serial, len};
    }
    return MTLS_OK;
}

/* In the order of application: the chain is deepened before its certificates get names and serial numbers. */
static const struct {
    mtlsgen_dimension dimension;
    apply_fn apply;
} steps[] = {
    {MTLSGEN_DIMENSION_DEPTH,     apply_depth    },
    {MTLSGEN_DIMENSION_KEY,       apply_key      },
    {MTLSGEN_DIMENSION_DIGEST,    apply_digest   },
    {MTLSGEN_DIMENSION_DN,        apply_dn       },
    {MTLSGEN_DIMENSION_VALIDITY,  apply_validity },
    {MTLSGEN_DIMENSION_SERIAL,    apply_serial   },
    {MTLSGEN_DIMENSION_ORDER,     apply_order    },
    {MTLSGEN_DIMENSION_EOL,       apply_eol      },
    {MTLSGEN_DIMENSION_FINAL_EOL, apply_final_eol},
    {MTLSGEN_DIMENSION_BETWEEN,   apply_between  },
    {MTLSGEN_DIMENSION_WIDTH,     apply_width    },
};

static bool is_rejected(const mtlsgen_stage *stage) {
    for (size_t i = 0; stage != NULL && i < stage->num_alternatives; i++) {
        if (stage->any_of[i].upload.accepted) {
            return false;
        }
    }
    return stage != NULL;
}

/* What the choices restate takes the place of what the scenario says; a file that is refused has no
 * handshake. */
static void expectations_apply(application *a, const mtlsgen_choices *choices) {
    mtlsgen_expectations *expect = &a->s->expect;
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        const mtlsgen_variant *variant = &a->original->variants[d];
        for (size_t i = 0; choices->made[d] && i < variant->num_choices; i++) {
            for (int j = 0; variant->choices[i].value == choices->value[d] && j < MTLS_NUM_PROFILES; j++) {
                for (int k = 0; k < MTLSGEN_NUM_STAGES; k++) {
                    mtlsgen_stage *stage = variant->choices[i].expect.stages[j][k];
                    expect->stages[j][k] = stage != NULL ? stage : expect->stages[j][k];
                }
            }
        }
    }
    for (int j = 0; j < MTLS_NUM_PROFILES; j++) {
        if (is_rejected(expect->stages[j][MTLSGEN_STAGE_UPLOAD])) {
            expect->stages[j][MTLSGEN_STAGE_HANDSHAKE] = NULL;
        }
    }
}

mtls_status mtlsgen_variant_apply(const mtlsgen_scenario *scenario, const mtlsgen_choices *choices,
                                  mtlsgen_arena *arena, mtlsgen_scenario **out, mtls_error *error) {
    application a = {scenario, mtlsgen_arena_alloc(arena, sizeof *a.s), arena, error};
    if (a.s == NULL) {
        return memory_fail(&a);
    }
    *a.s = *scenario;
    a.s->certificates =
        mtlsgen_arena_zalloc(arena, scenario->num_certificates + 1, sizeof *scenario->certificates);
    if (a.s->certificates == NULL) {
        return memory_fail(&a);
    }
    if (scenario->num_certificates > 0) {
        memcpy(a.s->certificates, scenario->certificates,
               scenario->num_certificates * sizeof *scenario->certificates);
    }
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < sizeof steps / sizeof steps[0]; i++) {
        if (choices->made[steps[i].dimension]) {
            status = steps[i].apply(&a, choices->value[steps[i].dimension]);
        }
    }
    if (status == MTLS_OK) {
        expectations_apply(&a, choices);
        *out = a.s;
    }
    return status;
}
