#include "gen/workshop.h"

#include <stdio.h>
#include <string.h>

enum { ADDRESS_MAX = 512 };

mtls_status mtlsgen_workshop_fail(const mtlsgen_scenario *scenario, const yaml_node_t *at, mtls_status status,
                                  mtls_error *error) {
    if (status == MTLS_OK || status == MTLS_ERR_NOMEM || status == MTLS_ERR_INTERRUPT) {
        return status;
    }
    char message[500] = "";
    (void)snprintf(message, sizeof message, "%.499s",
                   error != NULL && error->text[0] != '\0' ? error->text : mtls_status_text(status));
    return mtlsgen_document_fail(&scenario->document, at, error, "%s", message);
}

static mtls_status memory_fail(const mtlsgen_workshop *shop, mtls_error *error) {
    return mtls_fail(MTLS_ERR_NOMEM, error, "%s: no memory", shop->scenario->id);
}

mtlsgen_ref mtlsgen_scenario_key_owner(const mtlsgen_scenario *scenario, mtlsgen_ref certificate) {
    while (scenario->certificates[certificate].key.of != MTLSGEN_SELF) {
        certificate = scenario->certificates[certificate].key.of; /* no cycles: checked when it was read */
    }
    return certificate;
}

bool mtlsgen_certificate_is_ca(const mtlsgen_scenario_certificate *certificate) {
    bool ca = certificate->spec.ca && (certificate->spec.version == 0 || certificate->spec.version == 3);
    for (size_t i = 0; i < certificate->spec.num_extensions; i++) {
        const mtlsgen_extension *extension = &certificate->spec.extensions[i];
        if (extension->kind == MTLSGEN_EXT_BASIC_CONSTRAINTS && !extension->copy) {
            ca = !extension->absent && extension->u.basic_constraints.ca;
        }
    }
    return ca;
}

bool mtlsgen_certificate_is_root(const mtlsgen_scenario *scenario, mtlsgen_ref certificate) {
    const mtlsgen_scenario_certificate *c = &scenario->certificates[certificate];
    return mtlsgen_certificate_is_ca(c) && c->issuer_name == NULL &&
           (c->issuer_name_of == MTLSGEN_SELF || c->issuer_name_of == certificate) &&
           (c->issuer_key_of == MTLSGEN_SELF || c->issuer_key_of == certificate);
}

/* Own keys are wished for by the labels of certificates and, in a name space of their own, CSRs. The scope is
 * the scenario and not the case, so that variants which leave the keys alone have the same certificates. */
static mtls_status keys_choose(mtlsgen_workshop *shop, mtls_error *error) {
    const mtlsgen_scenario *s = shop->scenario;
    const size_t num = s->num_certificates + s->num_csrs;
    mtlsgen_key_wish *wishes = mtlsgen_arena_zalloc(&shop->arena, num + 1, sizeof *wishes);
    unsigned **indices = mtlsgen_arena_zalloc(&shop->arena, num + 1, sizeof *indices);
    size_t num_wishes = 0;
    if (wishes == NULL || indices == NULL) {
        return memory_fail(shop, error);
    }
    for (size_t i = 0; i < num; i++) {
        const bool is_csr = i >= s->num_certificates;
        const size_t at = is_csr ? i - s->num_certificates : i;
        const mtlsgen_key_choice *key = is_csr ? &s->csrs[at].key : &s->certificates[at].key;
        if (key->of != MTLSGEN_SELF) {
            continue;
        }
        const char *label = is_csr ? s->csrs[at].label : s->certificates[at].label;
        if (is_csr) {
            char *scoped = mtlsgen_arena_alloc(&shop->arena, strlen(label) + 5);
            if (scoped == NULL) {
                return memory_fail(shop, error);
            }
            (void)snprintf(scoped, strlen(label) + 5, "csr:%s", label);
            label = scoped;
        }
        wishes[num_wishes] = (mtlsgen_key_wish){
            .label = label,
            .algorithm = key->algorithm == MTLSGEN_KEY_NONE ? MTLSGEN_KEY_P256 : key->algorithm,
            .index_given = key->has_index,
            .index = key->index,
        };
        indices[num_wishes++] = is_csr ? &shop->csrs[at].key_index : &shop->certificates[at].key_index;
    }
    const mtls_status status = mtlsgen_key_indices_assign(s->id, wishes, num_wishes);
    if (status != MTLS_OK) {
        return mtls_fail(status, error, "%s: %s while choosing keys", s->id, mtls_status_text(status));
    }
    for (size_t i = 0; i < num_wishes; i++) {
        *indices[i] = wishes[i].index;
    }
    return MTLS_OK;
}

static bool name_is(const mtlsgen_name *a, const mtlsgen_name *b) {
    return a->rdns == b->rdns && a->num_rdns == b->num_rdns && a->der.data == b->der.data;
}

/* Fills in the names that were written as labels, and the subjects that are stated. One may lead to the next,
 * in no circle, so that the rounds come to an end. The default subjects are there already. */
static void names_resolve(mtlsgen_workshop *shop) {
    const mtlsgen_scenario *scenario = shop->scenario;
    for (bool settled = false; !settled;) {
        settled = true;
        for (size_t i = 0; i < scenario->num_certificates; i++) {
            if (scenario->certificates[i].spec.subject != NULL) {
                shop->certificates[i].subject = *scenario->certificates[i].spec.subject;
            }
        }
        for (const mtlsgen_name_ref *ref = scenario->name_refs; ref != NULL; ref = ref->next) {
            const mtlsgen_name *subject = &shop->certificates[ref->certificate].subject;
            settled = settled && name_is(ref->name, subject);
            *ref->name = *subject;
        }
    }
}

mtls_status mtlsgen_workshop_open(mtlsgen_workshop *shop, const mtlsgen_scenario *scenario,
                                  mtls_error *error) {
    mtlsgen_arena *arena = &shop->arena;
    mtlsgen_arena_reset(arena);
    shop->scenario = scenario;
    shop->certificates =
        mtlsgen_arena_zalloc(arena, scenario->num_certificates + 1, sizeof *shop->certificates);
    shop->csrs = mtlsgen_arena_zalloc(arena, scenario->num_csrs + 1, sizeof *shop->csrs);
    shop->crls = mtlsgen_arena_zalloc(arena, scenario->num_crls + 1, sizeof *shop->crls);
    shop->ocsp = mtlsgen_arena_zalloc(arena, scenario->num_ocsp + 1, sizeof *shop->ocsp);
    if (shop->certificates == NULL || shop->csrs == NULL || shop->crls == NULL || shop->ocsp == NULL) {
        return memory_fail(shop, error);
    }
    for (size_t i = 0; i < scenario->num_certificates; i++) {
        const mtlsgen_certificate_spec *spec = &scenario->certificates[i].spec;
        if (spec->subject == NULL &&
            mtlsgen_name_default(spec->label, arena, &shop->certificates[i].subject) != MTLS_OK) {
            return memory_fail(shop, error);
        }
    }
    names_resolve(shop);
    return keys_choose(shop, error);
}

void mtlsgen_workshop_rebind(mtlsgen_workshop *shop, const mtlsgen_scenario *scenario) {
    shop->scenario = scenario;
    names_resolve(shop);
}

void mtlsgen_workshop_clear(mtlsgen_workshop *shop) {
    mtlsgen_arena_clear(&shop->arena);
    shop->scenario = NULL;
}

static mtls_status key_fetch(mtlsgen_workshop *shop, const mtlsgen_key_choice *choice, unsigned index,
                             const yaml_node_t *at, const mtlsgen_key **out, mtls_error *error) {
    const mtlsgen_key_algorithm algorithm =
        choice->algorithm == MTLSGEN_KEY_NONE ? MTLSGEN_KEY_P256 : choice->algorithm;
    const mtls_status status = mtlsgen_key_pool_get(shop->pool, algorithm, index, out);
    if (status != MTLS_OK) {
        mtls_fail(status, error, "a key of %s cannot be made: %s",
                  mtlsgen_key_algorithm_describe(algorithm)->spelling, mtls_status_text(status));
        return mtlsgen_workshop_fail(shop->scenario, at, status, error);
    }
    return MTLS_OK;
}

mtls_status mtlsgen_workshop_key(mtlsgen_workshop *shop, mtlsgen_ref certificate, const mtlsgen_key **out,
                                 mtls_error *error) {
    const mtlsgen_ref owner = mtlsgen_scenario_key_owner(shop->scenario, certificate);
    mtlsgen_workshop_certificate *made = &shop->certificates[owner];
    if (made->key == NULL) {
        const mtlsgen_scenario_certificate *source = &shop->scenario->certificates[owner];
        const mtls_status status =
            key_fetch(shop, &source->key, made->key_index, source->at, &made->key, error);
        if (status != MTLS_OK) {
            return status;
        }
    }
    *out = made->key;
    return MTLS_OK;
}

/* The identifier that a certificate issued with this one's key names in its AKI: the stated one, if any. */
static mtls_view stated_key_id(const mtlsgen_scenario_certificate *certificate) {
    for (size_t i = 0; i < certificate->spec.num_extensions; i++) {
        const mtlsgen_extension *extension = &certificate->spec.extensions[i];
        if (extension->kind == MTLSGEN_EXT_SUBJECT_KEY_IDENTIFIER && !extension->absent && !extension->copy) {
            return extension->u.key_id;
        }
    }
    return (mtls_view){NULL, 0};
}

static mtls_status signature_resolve(mtlsgen_workshop *shop, const mtlsgen_signature_choice *choice,
                                     mtlsgen_signature *out, mtls_error *error) {
    *out = choice->options;
    return choice->has_key ? mtlsgen_workshop_key(shop, choice->key_of, &out->key, error) : MTLS_OK;
}

static void address_make(const mtlsgen_workshop *shop, const char *kind, const char *label,
                         char out[ADDRESS_MAX]) {
    (void)snprintf(out, ADDRESS_MAX, "%s#%s%s", shop->scenario->id, kind, label);
}

static mtls_status issuer_resolve(mtlsgen_workshop *shop, mtlsgen_ref certificate, mtlsgen_issuer *out,
                                  mtls_error *error) {
    const mtlsgen_scenario_certificate *source = &shop->scenario->certificates[certificate];
    *out = (mtlsgen_issuer){.name = source->issuer_name};
    if (out->name == NULL && source->issuer_name_of != MTLSGEN_SELF) {
        out->name = &shop->certificates[source->issuer_name_of].subject;
    }
    if (source->issuer_key_of == MTLSGEN_SELF) {
        return MTLS_OK;
    }
    out->key_id = stated_key_id(&shop->scenario->certificates[source->issuer_key_of]);
    return mtlsgen_workshop_key(shop, source->issuer_key_of, &out->key, error);
}

mtls_status mtlsgen_workshop_certificate_get(mtlsgen_workshop *shop, mtlsgen_ref certificate,
                                             const mtlsgen_certificate **out, mtls_error *error) {
    mtlsgen_workshop_certificate *made = &shop->certificates[certificate];
    const mtlsgen_scenario_certificate *source = &shop->scenario->certificates[certificate];
    *out = &made->certificate;
    if (made->made) {
        return MTLS_OK;
    }
    mtlsgen_certificate_spec spec = source->spec;
    mtlsgen_issuer issuer;
    char address[ADDRESS_MAX];
    mtls_status status;
    address_make(shop, "", source->label, address);
    spec.address = address;
    spec.subject = &made->subject;
    spec.explicit_parameters = source->key.explicit_parameters;
    if (source->key.of != MTLSGEN_SELF && !spec.explicit_parameters) {
        const mtlsgen_ref owner = mtlsgen_scenario_key_owner(shop->scenario, certificate);
        spec.explicit_parameters = shop->scenario->certificates[owner].key.explicit_parameters;
    }
    const bool self = source->issuer_name == NULL && source->issuer_name_of == MTLSGEN_SELF &&
                      source->issuer_key_of == MTLSGEN_SELF;
    if ((status = mtlsgen_workshop_key(shop, certificate, &spec.key, error)) != MTLS_OK ||
        (status = signature_resolve(shop, &source->signature, &spec.signature, error)) != MTLS_OK ||
        (status = issuer_resolve(shop, certificate, &issuer, error)) != MTLS_OK) {
        return status;
    }
    spec.issuer = self ? NULL : &issuer;
    status = mtlsgen_certificate_make(shop->maker, &spec, &shop->arena, &made->certificate, error);
    made->made = status == MTLS_OK;
    return mtlsgen_workshop_fail(shop->scenario, source->at, status, error);
}

mtls_status mtlsgen_workshop_csr(mtlsgen_workshop *shop, size_t csr, mtls_view *out, mtls_error *error) {
    const mtlsgen_scenario_csr *source = &shop->scenario->csrs[csr];
    mtlsgen_workshop_object *made = &shop->csrs[csr];
    mtls_status status = MTLS_OK;
    if (made->der.len == 0) {
        mtlsgen_csr_spec spec = source->spec;
        char address[ADDRESS_MAX];
        address_make(shop, "csr:", source->label, address);
        spec.address = address;
        if (source->key.of != MTLSGEN_SELF) {
            status = mtlsgen_workshop_key(shop, source->key.of, &spec.key, error);
        } else {
            status = key_fetch(shop, &source->key, made->key_index, source->at, &spec.key, error);
        }
        if (status != MTLS_OK) {
            return status;
        }
        status = mtlsgen_csr_make(shop->maker, &spec, &shop->arena, &made->der, error);
    }
    *out = made->der;
    return mtlsgen_workshop_fail(shop->scenario, source->at, status, error);
}

mtls_status mtlsgen_workshop_crl(mtlsgen_workshop *shop, size_t crl, mtls_view *out, mtls_error *error) {
    const mtlsgen_scenario_crl *source = &shop->scenario->crls[crl];
    mtlsgen_workshop_object *made = &shop->crls[crl];
    mtls_status status = MTLS_OK;
    if (made->der.len == 0) {
        mtlsgen_crl_spec spec = source->spec;
        char address[ADDRESS_MAX];
        mtlsgen_revoked *revoked =
            mtlsgen_arena_zalloc(&shop->arena, source->num_revoked + 1, sizeof *revoked);
        if (revoked == NULL) {
            return memory_fail(shop, error);
        }
        address_make(shop, "crl:", source->label, address);
        spec.address = address;
        spec.issuer = &shop->certificates[source->issuer].subject;
        spec.key_id = stated_key_id(&shop->scenario->certificates[source->issuer]);
        spec.revoked = revoked;
        spec.num_revoked = source->num_revoked;
        status = mtlsgen_workshop_key(shop, source->issuer, &spec.key, error);
        for (size_t i = 0; status == MTLS_OK && i < source->num_revoked; i++) {
            const mtlsgen_certificate *certificate;
            status = mtlsgen_workshop_certificate_get(shop, source->revoked[i], &certificate, error);
            if (status == MTLS_OK) {
                revoked[i].serial = certificate->serial;
            }
        }
        if (status != MTLS_OK ||
            (status = signature_resolve(shop, &source->signature, &spec.signature, error)) != MTLS_OK) {
            return status;
        }
        status = mtlsgen_crl_make(shop->maker, &spec, &shop->arena, &made->der, error);
    }
    *out = made->der;
    return mtlsgen_workshop_fail(shop->scenario, source->at, status, error);
}

/* The responder is the certificate's issuer (RFC 6960 4.2.2.2), or a delegated one, whose certificate goes
 * along. */
mtls_status mtlsgen_workshop_ocsp(mtlsgen_workshop *shop, size_t ocsp, mtls_view *out, mtls_error *error) {
    const mtlsgen_scenario_ocsp *source = &shop->scenario->ocsp[ocsp];
    mtlsgen_workshop_object *made = &shop->ocsp[ocsp];
    mtls_status status = MTLS_OK;
    if (made->der.len == 0) {
        const mtlsgen_scenario_certificate *subject = &shop->scenario->certificates[source->subject];
        mtlsgen_ocsp_spec spec = source->spec;
        char address[ADDRESS_MAX];
        address_make(shop, "ocsp:", source->label, address);
        spec.address = address;
        if ((status = mtlsgen_workshop_certificate_get(shop, source->subject, &spec.subject, error)) !=
                MTLS_OK ||
            (status = signature_resolve(shop, &source->signature, &spec.signature, error)) != MTLS_OK) {
            return status;
        }
        if (source->has_responder) {
            status = mtlsgen_workshop_key(shop, source->responder, &spec.key, error);
            if (status == MTLS_OK && source->responder != subject->issuer_key_of) {
                status = mtlsgen_workshop_certificate_get(shop, source->responder, &spec.delegated, error);
            }
            spec.responder_key_id = stated_key_id(&shop->scenario->certificates[source->responder]);
        } else if (subject->issuer_key_of != MTLSGEN_SELF) {
            spec.responder_key_id = stated_key_id(&shop->scenario->certificates[subject->issuer_key_of]);
        }
        if (status != MTLS_OK) {
            return status;
        }
        status = mtlsgen_ocsp_make(shop->maker, &spec, &shop->arena, &made->der, error);
    }
    *out = made->der;
    return mtlsgen_workshop_fail(shop->scenario, source->at, status, error);
}
