#include "gen/ocsp.h"

#include <string.h>

#include "gen/hash.h"
#include "gen/key_material.h"
#include "gen/signed_object.h"
#include "gen/time_write.h"

#define LITERAL(bytes) ((mtls_view){(const uint8_t *)(bytes), sizeof(bytes) - 1})

#define SHA1_ALGORITHM LITERAL("\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00")
#define OID_BASIC LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x01") /* RFC 6960 4.2.1: id-pkix-ocsp-basic */

#define THIS_UPDATE "2020-01-01T00:00:00Z"
#define NEXT_UPDATE "2119-12-31T23:59:59Z"
#define REVOKED_AT "2021-01-01T00:00:00Z"

const char *const mtlsgen_ocsp_status_words[3] = {"good", "revoked", "unknown"};

const char *const mtlsgen_ocsp_response_status_words[6] = {"successful", "malformedRequest", "internalError",
                                                           "tryLater",   "sigRequired",      "unauthorized"};

/* RFC 6960 4.2.1: 4 is not used */
static const mtlsgen_ocsp_response_status response_statuses[6] = {
    MTLSGEN_OCSP_SUCCESSFUL, MTLSGEN_OCSP_MALFORMED_REQUEST, MTLSGEN_OCSP_INTERNAL_ERROR,
    MTLSGEN_OCSP_TRY_LATER,  MTLSGEN_OCSP_SIG_REQUIRED,      MTLSGEN_OCSP_UNAUTHORIZED};

bool mtlsgen_ocsp_status_find(const char *word, mtlsgen_ocsp_status *out) {
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, mtlsgen_ocsp_status_words[i]) == 0) {
            *out = (mtlsgen_ocsp_status)i;
            return true;
        }
    }
    return false;
}

bool mtlsgen_ocsp_response_status_find(const char *word, mtlsgen_ocsp_response_status *out) {
    for (size_t i = 0; i < 6; i++) {
        if (strcmp(word, mtlsgen_ocsp_response_status_words[i]) == 0) {
            *out = response_statuses[i];
            return true;
        }
    }
    return false;
}

/* add_time adds a GeneralizedTime: RFC 6960 has no other. */
static mtls_status add_time(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const char *name,
                            const mtlsgen_time *time, const char *fallback, mtls_error *error) {
    mtlsgen_time generalized = *time;
    if (generalized.form == MTLSGEN_TIME_RFC3339) {
        generalized.form = MTLSGEN_TIME_RFC3339_GENERALIZED;
    }
    return mtlsgen_time_add(tree, parent, name, &generalized, fallback, error);
}

/* RFC 6960 4.1.1: CertID, with the hash that every client knows */
static mtls_status cert_id_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                               const mtlsgen_certificate *subject) {
    uint8_t *name_hash = mtlsgen_arena_alloc(tree->arena, 20);
    if (name_hash == NULL) {
        return MTLS_ERR_NOMEM;
    }
    mtlsgen_hash_once(MTLSGEN_HASH_SHA1, subject->issuer, name_hash);
    mtlsgen_der_node *id = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, "certID");
    mtlsgen_der_add_encoded(tree, id, "hashAlgorithm", SHA1_ALGORITHM);
    mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OCTET_STRING, "issuerNameHash", (mtls_view){name_hash, 20});
    mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_OCTET_STRING, "issuerKeyHash",
                          mtlsgen_key_id(subject->issuer_key));
    mtlsgen_der_add_bytes(tree, id, MTLSGEN_DER_INTEGER, "serialNumber", subject->serial);
    return MTLS_OK;
}

/* RFC 6960 4.2.1: SingleResponse */
static mtls_status single_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_ocsp_spec *spec,
                              mtls_error *error) {
    mtlsgen_der_node *single = mtlsgen_der_add(tree, parent, MTLSGEN_DER_SEQUENCE, NULL);
    mtls_status status = cert_id_add(tree, single, spec->subject);
    if (status != MTLS_OK) {
        return mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    if (spec->status == MTLSGEN_OCSP_REVOKED) {
        mtlsgen_der_node *info =
            mtlsgen_der_add(tree, single, MTLSGEN_DER_CONTEXT_CONSTRUCTED | 1, "certStatus");
        status = add_time(tree, info, "revocationTime", &spec->revoked_at, REVOKED_AT, error);
    } else {
        mtlsgen_der_add_bytes(tree, single, MTLSGEN_DER_CONTEXT | (spec->status == MTLSGEN_OCSP_GOOD ? 0 : 2),
                              "certStatus", (mtls_view){0});
    }
    if (status == MTLS_OK) {
        status = add_time(tree, single, "thisUpdate", &spec->this_update, THIS_UPDATE, error);
    }
    return status == MTLS_OK ? add_time(tree, mtlsgen_der_add_explicit(tree, single, 0), "nextUpdate",
                                        &spec->next_update, NEXT_UPDATE, error)
                             : status;
}

/* RFC 6960 4.2.1: ResponseData; the responder is named by its key */
static mtls_status data_add(mtlsgen_der_tree *tree, mtlsgen_der_node *tbs, const mtlsgen_ocsp_spec *spec,
                            const mtlsgen_key *key, mtls_error *error) {
    mtlsgen_der_add_bytes(tree, mtlsgen_der_add_explicit(tree, tbs, 2), MTLSGEN_DER_OCTET_STRING,
                          "responderID",
                          spec->responder_key_id.len > 0 ? spec->responder_key_id : mtlsgen_key_id(key));
    mtls_status status =
        add_time(tree, tbs, "producedAt", &spec->produced_at,
                 spec->this_update.text != NULL && spec->this_update.form == MTLSGEN_TIME_RFC3339
                     ? spec->this_update.text
                     : THIS_UPDATE,
                 error);
    mtlsgen_der_node *responses = mtlsgen_der_add(tree, tbs, MTLSGEN_DER_SEQUENCE, "responses");
    return status == MTLS_OK ? single_add(tree, responses, spec, error) : status;
}

/* basic_add adds ResponseBytes with a BasicOCSPResponse, and gives the part that is signed. */
static mtls_status basic_add(mtlsgen_der_tree *tree, mtlsgen_der_node *response,
                             const mtlsgen_ocsp_spec *spec, const mtlsgen_key *key,
                             mtlsgen_der_node **out_tbs, mtls_error *error) {
    mtlsgen_der_node *bytes = mtlsgen_der_add(tree, mtlsgen_der_add_explicit(tree, response, 0),
                                              MTLSGEN_DER_SEQUENCE, "responseBytes");
    mtlsgen_der_add_bytes(tree, bytes, MTLSGEN_DER_OID, "responseType", OID_BASIC);
    mtlsgen_der_node *octets = mtlsgen_der_add(tree, bytes, MTLSGEN_DER_OCTET_STRING, "response");
    mtlsgen_der_node *basic = mtlsgen_der_add(tree, octets, MTLSGEN_DER_SEQUENCE, "basic");
    mtlsgen_der_node *tbs = mtlsgen_der_add(tree, basic, MTLSGEN_DER_SEQUENCE, "tbs");
    tree->start = basic;
    if (spec->delegated != NULL) {
        mtlsgen_der_node *certs =
            mtlsgen_der_add(tree, mtlsgen_der_add_explicit(tree, basic, 0), MTLSGEN_DER_SEQUENCE, "certs");
        mtlsgen_der_add_encoded(tree, certs, NULL, spec->delegated->der);
    }
    *out_tbs = tbs;
    return data_add(tree, tbs, spec, key, error);
}

mtls_status mtlsgen_ocsp_make(mtlsgen_maker *maker, const mtlsgen_ocsp_spec *spec, mtlsgen_arena *arena,
                              mtls_view *out_der, mtls_error *error) {
    if (spec->address == NULL || spec->subject == NULL) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "an OCSP answer needs an address and a certificate that it is about");
    }
    const mtlsgen_key *key = spec->key != NULL ? spec->key : spec->subject->issuer_key;
    mtlsgen_arena_reset(&maker->scratch);
    mtlsgen_der_tree tree;
    mtlsgen_der_tree_init(&tree, &maker->scratch);
    mtlsgen_der_node *response = mtlsgen_der_add(&tree, &tree.document, MTLSGEN_DER_SEQUENCE, "response");
    mtlsgen_der_add_integer(&tree, response, MTLSGEN_DER_ENUMERATED, "responseStatus",
                            (long)spec->response_status);
    if (spec->response_status != MTLSGEN_OCSP_SUCCESSFUL) {
        if (spec->num_faults > 0) {
            return mtls_fail(MTLS_ERR_USAGE, error, "an OCSP answer that is not successful takes no faults");
        }
        mtls_status status = mtlsgen_der_encode(&tree, response, arena, out_der);
        return status == MTLS_OK ? status : mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    mtlsgen_signing signing = {.address = spec->address,
                               .key = key,
                               .digest = spec->digest,
                               .signature = &spec->signature,
                               .faults = spec->faults,
                               .num_faults = spec->num_faults};
    mtlsgen_der_node *tbs;
    mtls_status status = mtlsgen_signing_start(maker, &signing, error);
    if (status == MTLS_OK && (status = basic_add(&tree, response, spec, key, &tbs, error)) == MTLS_OK) {
        status = mtlsgen_signing_finish(maker, &signing, &tree, tbs, arena, out_der, error);
    }
    return status;
}
