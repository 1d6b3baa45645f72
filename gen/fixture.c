#include "gen/fixture.h"

#include <stdio.h>
#include <string.h>

#include "gen/input_build.h"
#include "gen/manifest.h"
#include "gen/pkcs12.h"
#include "gen/pkcs7.h"

enum { PATH_LEN = 256, CHAIN_MAX = 64, MANIFEST_MAX = 16 * 1024 * 1024 };

typedef struct {
    mtlsgen_output *output;
    mtlsgen_workshop *shop;
    mtlsgen_manifest manifest;
    mtls_error *error;
} writing;

static mtls_status file_write(writing *w, const char *path, mtls_view bytes) {
    uint8_t sha256[32];
    mtlsgen_sha256(bytes, sha256);
    mtls_status status = mtlsgen_output_write(w->output, path, bytes, false, w->error);
    if (status == MTLS_OK && (status = mtlsgen_manifest_add(&w->manifest, path, sha256)) != MTLS_OK) {
        mtls_fail(status, w->error, "%s: %s", path, mtls_status_text(status));
    }
    return status;
}

static mtls_status labelled_write(writing *w, const char *label, const char *suffix, mtls_view bytes) {
    char path[PATH_LEN];
    (void)snprintf(path, sizeof path, "certs/%s.%s", label, suffix);
    return file_write(w, path, bytes);
}

/* The certificate and its issuers, by the scenario's references, up to a root. */
static mtls_status chain_collect(writing *w, mtlsgen_ref at, mtls_view chain[CHAIN_MAX], size_t *out_len) {
    const mtlsgen_scenario *s = w->shop->scenario;
    *out_len = 0;
    for (;;) {
        const mtlsgen_certificate *made;
        const mtls_status status = mtlsgen_workshop_certificate_get(w->shop, at, &made, w->error);
        if (status != MTLS_OK) {
            return status;
        }
        chain[(*out_len)++] = made->der;
        const mtlsgen_ref issuer = s->certificates[at].issuer_key_of;
        if (issuer == MTLSGEN_SELF || issuer == at || *out_len == CHAIN_MAX) {
            return MTLS_OK;
        }
        at = issuer;
    }
}

static mtls_status p12_write(writing *w, mtlsgen_ref at) {
    const mtlsgen_scenario_certificate *certificate = &w->shop->scenario->certificates[at];
    mtls_view chain[CHAIN_MAX], der;
    char address[512];
    mtlsgen_pkcs12_spec spec = {
        .address = address, .certificates = chain, .friendly_name = certificate->label};
    (void)snprintf(address, sizeof address, "%s#p12:%s", w->shop->scenario->id, certificate->label);
    mtls_status status = chain_collect(w, at, chain, &spec.num_certificates);
    if (status != MTLS_OK || (status = mtlsgen_workshop_key(w->shop, at, &spec.key, w->error)) != MTLS_OK ||
        (status = mtlsgen_pkcs12_make(w->shop->maker, &spec, &w->shop->arena, &der, w->error)) != MTLS_OK) {
        return status;
    }
    return labelled_write(w, certificate->label, "p12", der);
}

static mtls_status certificate_write(writing *w, mtlsgen_ref at, const mtlsgen_fixture_options *options) {
    const mtlsgen_scenario_certificate *certificate = &w->shop->scenario->certificates[at];
    const mtlsgen_certificate *made;
    mtls_buf pem = {.max = MTLSGEN_INPUT_MAX}, key = {.max = MTLSGEN_INPUT_MAX};
    mtls_status status = mtlsgen_workshop_certificate_get(w->shop, at, &made, w->error);
    if (status == MTLS_OK && (status = mtlsgen_pem_write(made->der, NULL, &pem)) != MTLS_OK) {
        mtls_fail(status, w->error, "%s: %s", certificate->label, mtls_status_text(status));
    }
    if (status == MTLS_OK &&
        (status = labelled_write(w, certificate->label, "pem", mtls_buf_view(&pem))) == MTLS_OK &&
        (status = mtlsgen_key_pem_write(w->shop, at, &key, w->error)) == MTLS_OK) {
        status = labelled_write(w, certificate->label, "key", mtls_buf_view(&key));
    }
    if (status == MTLS_OK && options->der) {
        status = labelled_write(w, certificate->label, "der", made->der);
    }
    if (status == MTLS_OK && options->p12 && !mtlsgen_certificate_is_ca(certificate)) {
        status = p12_write(w, at);
    }
    mtls_buf_clear(&pem);
    mtls_buf_cleanse(&key);
    return status;
}

static mtls_status p7b_write(writing *w) {
    const mtlsgen_scenario *s = w->shop->scenario;
    mtls_view *ders = mtlsgen_arena_zalloc(&w->shop->arena, s->num_certificates + 1, sizeof *ders);
    mtls_view der;
    mtls_status status = ders == NULL ? mtls_fail(MTLS_ERR_NOMEM, w->error, "no memory") : MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < s->num_certificates; i++) {
        const mtlsgen_certificate *made;
        if ((status = mtlsgen_workshop_certificate_get(w->shop, i, &made, w->error)) == MTLS_OK) {
            ders[i] = made->der;
        }
    }
    if (status == MTLS_OK && (status = mtlsgen_pkcs7_make(w->shop->maker, ders, s->num_certificates, NULL, 0,
                                                          &w->shop->arena, &der, w->error)) == MTLS_OK) {
        status = file_write(w, "certificates.p7b", der);
    }
    return status;
}

static mtls_status inputs_write(writing *w, const mtls_case *c, const mtlsgen_fixture_options *options) {
    mtls_buf json = {.max = MTLS_CASE_JSON_MAX};
    mtls_status status = MTLS_OK;
    if (options->with_expectation && (status = mtls_case_write(c, MTLS_CASE_IN_FILES, &json)) != MTLS_OK) {
        mtls_fail(status, w->error, "%s: %s", c->id, mtls_status_text(status));
    }
    const struct {
        const char *name;
        bool present;
        const mtls_buf *bytes;
    } files[] = {
        {MTLS_CASE_FILE,        options->with_expectation,                        &json                   },
        {MTLS_CASE_BUNDLE_FILE, c->has_bundle,                                    &c->bundle              },
        {MTLS_CASE_CHAIN_FILE,  c->client.present && c->client.has_chain,         &c->client.chain        },
        {MTLS_CASE_KEY_FILE,    c->client.present && c->client.has_key,           &c->client.key          },
        {MTLS_CASE_OCSP_FILE,   c->client.present && c->client.has_ocsp_response, &c->client.ocsp_response},
    };
    for (size_t i = 0; status == MTLS_OK && i < sizeof files / sizeof files[0]; i++) {
        if (files[i].present) {
            status = file_write(w, files[i].name, mtls_buf_view(files[i].bytes));
        }
    }
    mtls_buf_clear(&json);
    return status;
}

mtls_status mtlsgen_fixture_write(mtlsgen_output *output, mtlsgen_builder *builder, const mtls_case *c,
                                  const mtlsgen_fixture_options *options, mtls_error *error) {
    writing w = {.output = output, .shop = mtlsgen_builder_workshop(builder), .error = error};
    mtls_buf manifest = {.max = MANIFEST_MAX};
    mtls_status status = inputs_write(&w, c, options);
    for (size_t i = 0; status == MTLS_OK && i < w.shop->scenario->num_certificates; i++) {
        status = certificate_write(&w, i, options);
    }
    if (status == MTLS_OK && options->p7b) {
        status = p7b_write(&w);
    }
    if (status == MTLS_OK) {
        status = mtlsgen_manifest_write(&w.manifest, options->seed, MTLSGEN_MANIFEST_CASE, 1, &manifest);
        status = status == MTLS_OK ? mtlsgen_output_write(output, MTLSGEN_MANIFEST_FILE,
                                                          mtls_buf_view(&manifest), false, error)
                                   : mtls_fail(status, error, "the manifest: %s", mtls_status_text(status));
    }
    mtls_buf_clear(&manifest);
    mtlsgen_manifest_clear(&w.manifest);
    return status;
}
