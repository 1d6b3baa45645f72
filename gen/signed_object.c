#include "gen/signed_object.h"

#include <string.h>

#include "gen/fault_apply.h"
#include "gen/signer.h"

static const mtlsgen_key *signing_key(const mtlsgen_signing *signing) {
    return signing->signature->key != NULL ? signing->signature->key : signing->key;
}

static mtls_status fail_plain(mtls_status status, mtls_error *error) {
    return mtls_fail(status, error, "%s", mtls_status_text(status));
}

mtls_status mtlsgen_signing_start(mtlsgen_maker *maker, mtlsgen_signing *signing, mtls_error *error) {
    const mtlsgen_signature *signature = signing->signature;
    const mtlsgen_key *key = signing_key(signing);
    mtlsgen_sign_options options = {.digest = signing->digest, .pss = signature->pss};
    mtls_view own = mtlsgen_signature_algorithm(key, &options);
    if (own.len == 0) {
        return mtls_fail(MTLS_ERR_USAGE, error, "a %s key does not sign with PSS: that is for RSA keys",
                         mtlsgen_key_algorithm_describe(key->algorithm)->spelling);
    }
    mtls_status status = MTLS_OK;
    signing->inner = signing->outer = own;
    if (signature->algorithm != NULL) {
        status =
            mtlsgen_signature_algorithm_named(signature->algorithm, &maker->scratch, &signing->outer, error);
    }
    if (status == MTLS_OK && signature->inner_algorithm != NULL) {
        status = mtlsgen_signature_algorithm_named(signature->inner_algorithm, &maker->scratch,
                                                   &signing->inner, error);
    }
    return status;
}

/* sign gives the signature's bytes in the scratch arena, with a leading octet: the BIT STRING's unused bits.
 */
static mtls_status sign(mtlsgen_maker *maker, const mtlsgen_signing *signing, mtls_view message,
                        mtls_view *out_bits, mtls_error *error) {
    const mtlsgen_key *key = signing_key(signing);
    mtlsgen_sign_options options = {.digest = signing->digest, .pss = signing->signature->pss};
    mtls_status status = MTLS_OK;
    if (options.pss) {
        /* RFC 8017 9.1: typical salt lengths are that of the digest */
        size_t salt_len = mtlsgen_hash_len(mtlsgen_digest_hash(mtlsgen_key_digest(key, options.digest)));
        status = mtlsgen_maker_expand(maker, signing->address, "pss-salt", salt_len, &maker->scratch,
                                      &options.pss_salt);
    }
    uint8_t *bits = mtlsgen_arena_alloc(&maker->scratch, 1 + MTLSGEN_SIGNATURE_MAX);
    if (bits == NULL) {
        status = MTLS_ERR_NOMEM;
    }
    if (status != MTLS_OK) {
        return fail_plain(status, error);
    }
    bits[0] = 0;
    size_t len = 0;
    status = mtlsgen_sign(maker->signer, key, &options, message, bits + 1, &len);
    *out_bits = (mtls_view){bits, 1 + len};
    if (status == MTLS_ERR_USAGE) {
        return mtls_fail(status, error, "a %s key is too short to sign a %s digest",
                         mtlsgen_key_algorithm_describe(key->algorithm)->spelling,
                         mtlsgen_digest_spelling(mtlsgen_key_digest(key, options.digest)));
    }
    return status == MTLS_OK ? status : fail_plain(status, error);
}

/* bits_make gives the signatureValue's content: the true signature, or what the scenario says instead. */
static mtls_status bits_make(mtlsgen_maker *maker, const mtlsgen_signing *signing, mtls_view message,
                             mtls_view *out_bits, mtls_error *error) {
    const mtlsgen_signature *signature = signing->signature;
    uint8_t *bits = NULL;
    if (signature->has_value) {
        bits = mtlsgen_arena_zalloc(&maker->scratch, 1, 1 + signature->value.len);
        if (bits == NULL) {
            return fail_plain(MTLS_ERR_NOMEM, error);
        }
        if (signature->value.len > 0) {
            memcpy(bits + 1, signature->value.data, signature->value.len);
        }
        *out_bits = (mtls_view){bits, 1 + signature->value.len};
    } else {
        mtls_status status = sign(maker, signing, message, out_bits, error);
        if (status != MTLS_OK || !signature->flip) {
            return status;
        }
        bits = mtlsgen_arena_alloc(&maker->scratch, out_bits->len);
        if (bits == NULL) {
            return fail_plain(MTLS_ERR_NOMEM, error);
        }
        memcpy(bits, out_bits->data, out_bits->len);
        out_bits->data = bits;
    }
    if (signature->flip) {
        if (signature->flip_bit / 8 >= out_bits->len - 1) {
            return mtls_fail(MTLS_ERR_USAGE, error, "cannot invert bit %zu: the signature has %zu bits",
                             signature->flip_bit, 8 * (out_bits->len - 1));
        }
        bits[1 + signature->flip_bit / 8] ^= (uint8_t)(0x80 >> (signature->flip_bit % 8));
    }
    return MTLS_OK;
}

/* add_signature puts the two other fields after what is signed, before what else there may be, and gives the
 * empty signatureValue. */
static mtlsgen_der_node *add_signature(mtlsgen_der_tree *tree, mtlsgen_der_node *to_be_signed,
                                       mtls_view algorithm) {
    mtlsgen_der_node *object = to_be_signed->parent, *more = to_be_signed->next;
    mtlsgen_der_node *id = mtlsgen_der_add_encoded(tree, object, "signatureAlgorithm", algorithm);
    mtlsgen_der_node *value =
        mtlsgen_der_add_bytes(tree, object, MTLSGEN_DER_BIT_STRING, "signatureValue", (mtls_view){0});
    if (more != NULL && tree->status == MTLS_OK) {
        mtlsgen_der_remove(id);
        mtlsgen_der_remove(value);
        mtlsgen_der_insert(object, to_be_signed, id);
        mtlsgen_der_insert(object, id, value);
    }
    return value;
}

mtls_status mtlsgen_signing_finish(mtlsgen_maker *maker, const mtlsgen_signing *signing,
                                   mtlsgen_der_tree *tree, mtlsgen_der_node *to_be_signed,
                                   mtlsgen_arena *arena, mtls_view *out_der, mtls_error *error) {
    mtls_view message, bits;
    mtlsgen_faults faults = {.faults = signing->faults, .num_faults = 0};
    mtls_status status = MTLS_OK;
    if (to_be_signed->parent == NULL || tree->status != MTLS_OK) {
        return fail_plain(tree->status != MTLS_OK ? tree->status : MTLS_ERR_USAGE, error);
    }
    mtlsgen_der_node *value = add_signature(tree, to_be_signed, signing->outer);
    if (signing->num_faults > 0) {
        faults.num_faults = signing->num_faults;
        status = mtlsgen_faults_apply_signed(tree, &faults, to_be_signed, error);
    }
    if (status != MTLS_OK) {
        return status;
    }
    if ((status = mtlsgen_der_encode(tree, to_be_signed, &maker->scratch, &message)) != MTLS_OK) {
        return fail_plain(status, error);
    }
    if ((status = bits_make(maker, signing, message, &bits, error)) != MTLS_OK) {
        return status;
    }
    value->bytes = bits;
    if (faults.num_faults > 0) {
        if ((status = mtlsgen_faults_apply_rest(tree, &faults, error)) != MTLS_OK) {
            return status;
        }
    } else {
        to_be_signed->form = MTLSGEN_NODE_ENCODED; /* it is written already */
        to_be_signed->bytes = message;
    }
    status = mtlsgen_der_encode(tree, &tree->document, arena, out_der);
    return status == MTLS_OK ? status : fail_plain(status, error);
}
