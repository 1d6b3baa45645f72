#include "gen/case_build.h"

#include <stdlib.h>
#include <string.h>

#include "gen/input_build.h"
#include "gen/workshop.h"

enum { TEXT_MAX = 1024 * 1024, CASE_ARENA_MAX = 256 * 1024 * 1024, OBJECTS_ARENA_MAX = 512 * 1024 * 1024 };

struct mtlsgen_builder {
    mtlsgen_workshop shop;
    mtlsgen_arena arena; /* the scenario with its choices made */
    const mtlsgen_scenario *original;
    mtlsgen_choices choices;
    mtls_buf text;
};

mtls_status mtlsgen_builder_new(const mtlsgen_seed *seed, mtlsgen_key_pool *pool,
                                mtlsgen_builder **out_builder) {
    mtlsgen_builder *builder = calloc(1, sizeof *builder);
    *out_builder = NULL;
    if (builder == NULL) {
        return MTLS_ERR_NOMEM;
    }
    builder->shop.pool = pool;
    builder->shop.arena.max = OBJECTS_ARENA_MAX;
    builder->arena.max = CASE_ARENA_MAX;
    builder->text.max = TEXT_MAX;
    const mtls_status status = mtlsgen_maker_new(seed, &builder->shop.maker);
    if (status != MTLS_OK) {
        mtlsgen_builder_free(builder);
        return status;
    }
    *out_builder = builder;
    return MTLS_OK;
}

void mtlsgen_builder_free(mtlsgen_builder *builder) {
    if (builder != NULL) {
        mtlsgen_workshop_clear(&builder->shop);
        mtlsgen_maker_free(builder->shop.maker);
        mtlsgen_arena_clear(&builder->arena);
        mtls_buf_clear(&builder->text);
        free(builder);
    }
}

void mtlsgen_builder_forget(mtlsgen_builder *builder) {
    builder->original = NULL;
}

mtlsgen_workshop *mtlsgen_builder_workshop(mtlsgen_builder *builder) {
    return &builder->shop;
}

/* Whether two sets of choices leave the same certificates. */
static bool same_certificates(const mtlsgen_choices *a, const mtlsgen_choices *b) {
    static const mtlsgen_dimension changing[] = {
        MTLSGEN_DIMENSION_KEY,   MTLSGEN_DIMENSION_DIGEST,   MTLSGEN_DIMENSION_DN,
        MTLSGEN_DIMENSION_DEPTH, MTLSGEN_DIMENSION_VALIDITY, MTLSGEN_DIMENSION_SERIAL,
    };
    for (size_t i = 0; i < sizeof changing / sizeof changing[0]; i++) {
        const mtlsgen_dimension d = changing[i];
        if (a->made[d] != b->made[d] || (a->made[d] && a->value[d] != b->value[d])) {
            return false;
        }
    }
    return true;
}

static mtls_status text_set(char **out, const char *text) {
    free(*out);
    *out = mtls_text_copy(text);
    return *out == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
}

/* The text that the builder has put together, as a C string; NULL where it holds a NUL. */
static mtls_status built_text(mtlsgen_builder *builder, const char **out) {
    const mtls_view text = mtls_buf_view(&builder->text);
    const bool holds_nul = text.len > 0 && memchr(text.data, 0, text.len) != NULL;
    *out = holds_nul ? NULL : mtls_buf_text(&builder->text);
    return *out == NULL && !holds_nul ? MTLS_ERR_NOMEM : MTLS_OK;
}

static mtls_status texts_copy(const mtlsgen_texts *texts, mtls_text_list *out) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < texts->num_items; i++) {
        status = mtls_text_list_add(out, texts->items[i]);
    }
    return status;
}

/* What the certificates and the options demand of a consumer, in the order of the table, with what the
 * scenario states itself. */
static mtls_status features_set(const mtlsgen_scenario *s, const bool *used, mtls_case *out) {
    bool has[MTLSGEN_NUM_FEATURES] = {false};
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < s->features.num_items; i++) {
        for (int f = 0; f < MTLSGEN_NUM_FEATURES; f++) {
            has[f] |= strcmp(mtlsgen_feature_words[f], s->features.items[i]) == 0;
        }
    }
    for (size_t i = 0; i < s->num_certificates; i++) {
        if (!used[i]) {
            continue;
        }
        const mtlsgen_ref owner = mtlsgen_scenario_key_owner(s, i);
        const mtlsgen_scenario_certificate *certificate = &s->certificates[i];
        const mtlsgen_key_algorithm algorithm = s->certificates[owner].key.algorithm;
        mtlsgen_ref signer = i;
        if (certificate->signature.has_key) {
            signer = certificate->signature.key_of;
        } else if (certificate->issuer_key_of != MTLSGEN_SELF) {
            signer = certificate->issuer_key_of;
        }
        signer = mtlsgen_scenario_key_owner(s, signer);
        const mtlsgen_key_algorithm signing = s->certificates[signer].key.algorithm;
        has[MTLSGEN_FEATURE_ED25519] |= algorithm == MTLSGEN_KEY_ED25519 || signing == MTLSGEN_KEY_ED25519;
        has[MTLSGEN_FEATURE_ED448] |= algorithm == MTLSGEN_KEY_ED448 || signing == MTLSGEN_KEY_ED448;
        has[MTLSGEN_FEATURE_P521] |= algorithm == MTLSGEN_KEY_P521 || signing == MTLSGEN_KEY_P521;
        has[MTLSGEN_FEATURE_SECP256K1] |=
            algorithm == MTLSGEN_KEY_SECP256K1 || signing == MTLSGEN_KEY_SECP256K1;
        has[MTLSGEN_FEATURE_WEAK_KEY] |= algorithm == MTLSGEN_KEY_RSA1024 || signing == MTLSGEN_KEY_RSA1024;
        has[MTLSGEN_FEATURE_EXPLICIT_EC_PARAMETERS] |=
            certificate->key.explicit_parameters || s->certificates[owner].key.explicit_parameters;
        has[MTLSGEN_FEATURE_RSA_PSS] |= certificate->signature.options.pss;
        has[MTLSGEN_FEATURE_SHA1] |= certificate->spec.digest == MTLSGEN_DIGEST_SHA1 &&
                                     signing != MTLSGEN_KEY_ED25519 && signing != MTLSGEN_KEY_ED448;
    }
    has[MTLSGEN_FEATURE_OCSP] |= s->client.verify_ocsp;
    has[MTLSGEN_FEATURE_PASSTHROUGH] |= s->client.passthrough;
    for (int f = 0; status == MTLS_OK && f < MTLSGEN_NUM_FEATURES; f++) {
        if (has[f]) {
            status = mtls_text_list_add(&out->features, mtlsgen_feature_words[f]);
        }
    }
    return status;
}

/* A name as RFC 4514 text; one that is given as DER has none and is shown as the hex that RFC 4514 2.4
 * allows. */
static mtls_status name_text(mtlsgen_builder *builder, const mtlsgen_name *name, char **out) {
    mtls_status status = MTLS_OK;
    mtls_buf_reset(&builder->text);
    if (name->der.len > 0) {
        status = mtls_buf_append_text(&builder->text, "#");
        for (size_t i = 0; status == MTLS_OK && i < name->der.len; i++) {
            status = mtls_buf_appendf(&builder->text, "%02x", name->der.data[i]);
        }
    } else {
        status = mtlsgen_name_rfc4514(name, &builder->text, NULL);
    }
    const char *text = NULL;
    if (status == MTLS_OK && (status = built_text(builder, &text)) == MTLS_OK) {
        status = text_set(out, text != NULL ? text : "(holds a NUL)");
    }
    return status;
}

static mtls_status certificate_describe(mtlsgen_builder *builder, mtlsgen_ref at, mtls_case_certificate *out,
                                        mtls_error *error) {
    static const char digits[] = "0123456789abcdef";
    const mtlsgen_scenario *s = builder->shop.scenario;
    const mtlsgen_scenario_certificate *source = &s->certificates[at];
    const mtlsgen_certificate *made;
    const mtlsgen_name *issuer = source->issuer_name;
    uint8_t sha256[32];
    char hex[65];
    mtls_status status = mtlsgen_workshop_certificate_get(&builder->shop, at, &made, error);
    if (status != MTLS_OK) {
        return status;
    }
    if (issuer == NULL) {
        issuer =
            &builder->shop.certificates[source->issuer_name_of == MTLSGEN_SELF ? at : source->issuer_name_of]
                 .subject;
    }
    mtlsgen_sha256(made->der, sha256);
    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = digits[sha256[i] >> 4];
        hex[2 * i + 1] = digits[sha256[i] & 15];
    }
    hex[64] = '\0';
    const char *role = mtlsgen_certificate_is_root(s, at)  ? "root"
                       : mtlsgen_certificate_is_ca(source) ? "intermediate"
                                                           : "leaf";
    if ((status = text_set(&out->label, source->label)) == MTLS_OK &&
        (status = text_set(&out->role, role)) == MTLS_OK &&
        (status = name_text(builder, &builder->shop.certificates[at].subject, &out->subject)) == MTLS_OK &&
        (status = name_text(builder, issuer, &out->issuer)) == MTLS_OK &&
        (status = text_set(&out->key,
                           mtlsgen_key_algorithm_describe(mtlsgen_key_get_algorithm(made->key))->spelling)) ==
            MTLS_OK) {
        status = text_set(&out->sha256, hex);
    }
    return status;
}

static mtls_status certificates_describe(mtlsgen_builder *builder, const bool *used, mtls_case *out,
                                         mtls_error *error) {
    const size_t num = builder->shop.scenario->num_certificates;
    mtls_status status = MTLS_OK;
    out->certificates = calloc(num + 1, sizeof *out->certificates);
    if (out->certificates == NULL) {
        return MTLS_ERR_NOMEM;
    }
    for (size_t i = 0; status == MTLS_OK && i < num; i++) {
        if (used[i]) {
            status = certificate_describe(builder, i, &out->certificates[out->num_certificates++], error);
        }
    }
    return status;
}

static mtls_status upload_expect(mtlsgen_builder *builder, const mtlsgen_stage *stage,
                                 const mtlsgen_alternative *from, mtls_expect_upload *out,
                                 mtls_error *error) {
    *out = from->upload;
    out->client_cert_issuer_dn = NULL;
    if (from->has_issuer_dn_of) {
        const mtlsgen_name *name = &builder->shop.certificates[from->issuer_dn_of].subject;
        mtls_buf_reset(&builder->text);
        mtls_status status = mtlsgen_name_gateway(name, &builder->text, error);
        const char *text = NULL;
        if (status == MTLS_OK) {
            status = built_text(builder, &text);
        }
        if (status == MTLS_ERR_NOMEM) {
            return status;
        }
        if (text == NULL) {
            mtls_fail(MTLS_ERR_INPUT, error, "the subject has no text form; write issuer-dn: {text: ...}");
            return mtlsgen_workshop_fail(builder->shop.scenario, stage->at, MTLS_ERR_INPUT, error);
        }
        return text_set(&out->client_cert_issuer_dn, text);
    }
    return from->upload.client_cert_issuer_dn != NULL
               ? text_set(&out->client_cert_issuer_dn, from->upload.client_cert_issuer_dn)
               : MTLS_OK;
}

static mtls_status stage_expect(mtlsgen_builder *builder, const mtlsgen_stage *stage, int which,
                                mtls_expect_stage *out, mtls_error *error) {
    mtls_status status = MTLS_OK;
    if (stage == NULL) {
        return MTLS_OK;
    }
    out->present = true;
    out->basis = stage->basis;
    if (stage->note != NULL) {
        status = text_set(&out->note, stage->note);
    }
    for (size_t i = 0; status == MTLS_OK && i < stage->num_alternatives; i++) {
        if (which == MTLSGEN_STAGE_HANDSHAKE) {
            out->any_of[i].handshake = stage->any_of[i].handshake;
        } else {
            status = upload_expect(builder, stage, &stage->any_of[i], &out->any_of[i].upload, error);
        }
        out->num_alternatives = i + 1;
    }
    return status;
}

static mtls_status expect_set(mtlsgen_builder *builder, const mtlsgen_scenario *s, mtls_case *out,
                              mtls_error *error) {
    mtls_status status = MTLS_OK;
    for (int i = 0; status == MTLS_OK && i < MTLS_NUM_PROFILES; i++) {
        mtlsgen_stage *const *stages = s->expect.stages[i];
        mtls_expect *expect = &out->expect[i];
        expect->present = stages[MTLSGEN_STAGE_UPLOAD] != NULL || stages[MTLSGEN_STAGE_HANDSHAKE] != NULL;
        if ((status = stage_expect(builder, stages[MTLSGEN_STAGE_UPLOAD], MTLSGEN_STAGE_UPLOAD,
                                   &expect->upload, error)) == MTLS_OK) {
            status = stage_expect(builder, stages[MTLSGEN_STAGE_HANDSHAKE], MTLSGEN_STAGE_HANDSHAKE,
                                  &expect->handshake, error);
        }
    }
    return status;
}

static mtls_status client_build(mtlsgen_builder *builder, const mtlsgen_client *client, bool *used,
                                mtls_case_client *out, mtls_error *error) {
    mtls_status status = MTLS_OK;
    out->present = true;
    out->verify_issuer_dn = client->verify_issuer_dn;
    out->passthrough = client->passthrough;
    out->verify_ocsp = client->verify_ocsp;
    if (client->chain.present) {
        out->has_chain = true;
        out->chain = (mtls_buf){.max = MTLSGEN_INPUT_MAX};
        status = mtlsgen_input_build(&builder->shop, &client->chain, used, &out->chain, error);
    }
    if (status == MTLS_OK && client->has_key) {
        out->has_key = true;
        out->key = (mtls_buf){.max = MTLSGEN_INPUT_MAX};
        status = mtlsgen_key_pem_write(&builder->shop, client->key, &out->key, error);
    }
    if (status == MTLS_OK && client->has_ocsp) {
        mtls_view der;
        out->has_ocsp_response = true;
        out->ocsp_response = (mtls_buf){.max = MTLSGEN_INPUT_MAX};
        if ((status = mtlsgen_workshop_ocsp(&builder->shop, client->ocsp, &der, error)) == MTLS_OK) {
            status = mtls_buf_append(&out->ocsp_response, der);
        }
    }
    return status;
}

static mtls_status case_fill(mtlsgen_builder *builder, const mtlsgen_scenario *s,
                             const mtlsgen_choices *choices, mtls_case *out, mtls_error *error) {
    bool *used = mtlsgen_arena_zalloc(&builder->arena, s->num_certificates + 1, sizeof *used);
    mtls_status status = used == NULL ? MTLS_ERR_NOMEM : MTLS_OK;
    const char *id = NULL;
    mtls_buf_reset(&builder->text);
    if (status == MTLS_OK && (status = mtlsgen_variant_id(s->id, choices, &builder->text)) == MTLS_OK &&
        (status = built_text(builder, &id)) == MTLS_OK) {
        status = text_set(&out->id, id);
    }
    if (status != MTLS_OK || (status = text_set(&out->summary, s->summary)) != MTLS_OK ||
        (status = text_set(&out->time, s->time)) != MTLS_OK ||
        (status = texts_copy(&s->cites, &out->cites)) != MTLS_OK ||
        (status = texts_copy(&s->tags, &out->tags)) != MTLS_OK) {
        return status;
    }
    if (s->upload.present) {
        out->has_bundle = true;
        out->bundle = (mtls_buf){.max = MTLSGEN_INPUT_MAX};
        status = mtlsgen_input_build(&builder->shop, &s->upload, used, &out->bundle, error);
    }
    if (status == MTLS_OK && s->client.present) {
        status = client_build(builder, &s->client, used, &out->client, error);
    }
    if (status == MTLS_OK && (status = features_set(s, used, out)) == MTLS_OK &&
        (status = certificates_describe(builder, used, out, error)) == MTLS_OK) {
        status = expect_set(builder, s, out, error);
    }
    return status;
}

mtls_status mtlsgen_case_build(mtlsgen_builder *builder, const mtlsgen_scenario *scenario,
                               const mtlsgen_choices *choices, mtls_case *out, mtls_error *error) {
    mtlsgen_scenario *s = NULL;
    mtlsgen_arena_reset(&builder->arena);
    mtls_status status = mtlsgen_variant_apply(scenario, choices, &builder->arena, &s, error);
    if (status == MTLS_OK) {
        if (builder->original == scenario && same_certificates(choices, &builder->choices)) {
            mtlsgen_workshop_rebind(&builder->shop, s);
        } else {
            builder->original = NULL; /* until it is known that this worked */
            status = mtlsgen_workshop_open(&builder->shop, s, error);
        }
    }
    if (status == MTLS_OK) {
        builder->original = scenario;
        builder->choices = *choices;
        status = case_fill(builder, s, choices, out, error);
    }
    if (status != MTLS_OK) {
        builder->original = NULL;
        mtls_case_clear(out);
        if (status == MTLS_ERR_NOMEM) {
            mtls_fail(status, error, "%s: no memory", scenario->id);
        }
    }
    return status;
}
