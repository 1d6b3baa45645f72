/* Certification requests, CRLs and OCSP answers. */
#include <string.h>

#include "gen/scenario_read.h"

static mtls_status find_label(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                              const void *labels, size_t num_labels, size_t stride, size_t *out) {
    const char *words[128];
    size_t num_words = 0;
    for (size_t i = 0; i < num_labels; i++) {
        const char *label = *(const char *const *)((const char *)labels + i * stride);
        if (mtlsgen_is_scalar(node) && strcmp((const char *)node->data.scalar.value, label) == 0) {
            *out = i;
            return MTLS_OK;
        }
        if (num_words < NUM_ROWS(words)) {
            words[num_words++] = label;
        }
    }
    return mtlsgen_reader_unknown(reader, node, what, words, num_words);
}

mtls_status mtlsgen_read_object(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                                const void *labels, size_t num_labels, size_t stride, size_t *out) {
    char described[80] = "the label of ";
    strncat(described, what, sizeof described - strlen(described) - 1);
    return find_label(reader, node, described, labels, num_labels, stride, out);
}

mtls_status mtlsgen_read_ref(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    const mtlsgen_scenario *scenario = reader->scenario;
    return mtlsgen_read_object(reader, node, "a certificate", scenario->certificates,
                               scenario->num_certificates, sizeof scenario->certificates[0], into);
}

mtls_status mtlsgen_read_refs(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_ref **out_refs,
                              size_t *out_num_refs) {
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "labels", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    mtlsgen_ref *refs = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *refs);
    if (refs == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status = mtlsgen_read_ref(reader, items[i], &refs[i]);
    }
    *out_refs = refs;
    *out_num_refs = num_items;
    return status;
}

mtls_status mtlsgen_read_size(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    int64_t size = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, 0, INT32_MAX, &size);
    *(size_t *)into = (size_t)size;
    return status;
}

/* Sections whose bodies have faults collect them in the list beside the structure. */
typedef struct {
    mtlsgen_scenario_csr *csr;
    mtlsgen_faults faults;
} csr_keys;

static mtls_status csr_read_subject(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_name(reader, node, &((csr_keys *)into)->csr->spec.subject);
}

static mtls_status csr_read_key(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_key(reader, node, &((csr_keys *)into)->csr->key);
}

static mtls_status csr_read_digest(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_read_digest(reader, node, &((csr_keys *)into)->csr->spec.digest);
}

mtls_status mtlsgen_read_csr(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_scenario_csr *out) {
    static const mtlsgen_row rows[] = {
        {"faults", mtlsgen_read_faults, offsetof(csr_keys, faults)},
        {"subject",        csr_read_subject,                   0            },
        {"key",        csr_read_key,                       0        },
        {"digest",        csr_read_digest,                    0      },
    };
    csr_keys keys = {.csr = out};
    out->key.of = MTLSGEN_SELF;
    const mtls_status status = mtlsgen_read_mapping(reader, node, "a CSR", rows, NUM_ROWS(rows), &keys);
    out->spec.label = out->label;
    out->spec.faults = keys.faults.items;
    out->spec.num_faults = keys.faults.num_items;
    return status;
}

static mtls_status crl_read_revoked(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_scenario_crl *crl = into;
    return mtlsgen_read_refs(reader, node, &crl->revoked, &crl->num_revoked);
}

static mtls_status crl_read_faults(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_scenario_crl *crl = into;
    mtlsgen_faults faults = {0};
    const mtls_status status = mtlsgen_read_faults(reader, node, &faults);
    crl->spec.faults = faults.items;
    crl->spec.num_faults = faults.num_items;
    return status;
}

mtls_status mtlsgen_read_crl(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_scenario_crl *out) {
    static const mtlsgen_row rows[] = {
        {"issuer",                       mtlsgen_read_ref,                 offsetof(mtlsgen_scenario_crl,                                                         issuer)},
        {"this-update",                              mtlsgen_read_time,                                                  offsetof(mtlsgen_scenario_crl,                                                                                         spec.this_update)},
        {"next-update",             mtlsgen_read_time,                                             offsetof(mtlsgen_scenario_crl,                              spec.next_update)},
        {"revoked", crl_read_revoked,0                           },
        {"digest",              mtlsgen_read_digest,                                                                          offsetof(mtlsgen_scenario_crl,                                                                                                                                    spec.digest)},
        {"signature",mtlsgen_read_signature,offsetof(mtlsgen_scenario_crl,signature)},
        {"faults",                    crl_read_faults,                                 0                                                                                                                                                                 },
    };
    out->issuer = MTLSGEN_SELF;
    const mtls_status status = mtlsgen_read_mapping(reader, node, "a CRL", rows, NUM_ROWS(rows), out);
    if (status == MTLS_OK && out->issuer == MTLSGEN_SELF) {
        return mtlsgen_reader_fail(reader, node, "a CRL has an `issuer`");
    }
    return status;
}

static mtls_status ocsp_read_status(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    char *word = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &word);
    if (status == MTLS_OK && !mtlsgen_ocsp_status_find(word, into)) {
        return mtlsgen_reader_unknown(reader, node, "a certificate's status", mtlsgen_ocsp_status_words,
                                      NUM_ROWS(mtlsgen_ocsp_status_words));
    }
    return status;
}

static mtls_status ocsp_read_response_status(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    char *word = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &word);
    if (status == MTLS_OK && !mtlsgen_ocsp_response_status_find(word, into)) {
        return mtlsgen_reader_unknown(reader, node, "an OCSPResponseStatus",
                                      mtlsgen_ocsp_response_status_words,
                                      NUM_ROWS(mtlsgen_ocsp_response_status_words));
    }
    return status;
}

static mtls_status ocsp_read_responder(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_scenario_ocsp *ocsp = into;
    ocsp->has_responder = true;
    return mtlsgen_read_ref(reader, node, &ocsp->responder);
}

static mtls_status ocsp_read_faults(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_scenario_ocsp *ocsp = into;
    mtlsgen_faults faults = {0};
    const mtls_status status = mtlsgen_read_faults(reader, node, &faults);
    ocsp->spec.faults = faults.items;
    ocsp->spec.num_faults = faults.num_items;
    return status;
}

mtls_status mtlsgen_read_ocsp(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_scenario_ocsp *out) {
    static const mtlsgen_row rows[] = {
        {"for",                           mtlsgen_read_ref,                  offsetof(mtlsgen_scenario_ocsp,                              subject)},
        {"status",                               ocsp_read_status,                                                         offsetof(mtlsgen_scenario_ocsp,                                                                      spec.status)},
        {"responder",                   ocsp_read_responder,                                                    0                               },
        {"produced-at",                              mtlsgen_read_time,            offsetof(mtlsgen_scenario_ocsp,                            spec.produced_at)},
        {"this-update", mtlsgen_read_time,      offsetof(mtlsgen_scenario_ocsp,                                      spec.this_update)},
        {"next-update",              mtlsgen_read_time,            offsetof(mtlsgen_scenario_ocsp,                 spec.next_update)},
        {"revoked-at",                   mtlsgen_read_time,                      offsetof(mtlsgen_scenario_ocsp,                                        spec.revoked_at)},
        {"response-status",                               ocsp_read_response_status,                                                     offsetof(mtlsgen_scenario_ocsp,                                                                             spec.response_status)},
        {"digest",               mtlsgen_read_digest,                                                offsetof(mtlsgen_scenario_ocsp,                                                    spec.digest)},
        {"signature", mtlsgen_read_signature,offsetof(mtlsgen_scenario_ocsp,signature)},
        {"faults",ocsp_read_faults,0},
    };
    out->subject = MTLSGEN_SELF;
    const mtls_status status =
        mtlsgen_read_mapping(reader, node, "an OCSP answer", rows, NUM_ROWS(rows), out);
    if (status == MTLS_OK && out->subject == MTLSGEN_SELF) {
        return mtlsgen_reader_fail(reader, node,
                                   "an OCSP answer has a `for`: the certificate that it is about");
    }
    return status;
}
