#include "validator/peer.h"

#include <stdlib.h>

#include "validator/crypto_error.h"
#include "validator/pem.h"

/* The bytes that a Certificate message of TLS 1.3 needs besides the certificates (RFC 8446 section 4.4.2): an
 * empty context and the list's length, and each entry's length and empty extensions. */
enum { MESSAGE_OVERHEAD = 1 + 3, ENTRY_OVERHEAD = 3 + 2 };

static bool is_certificate(mtls_view label) {
    return mtls_view_equal_text(label, "CERTIFICATE") || mtls_view_equal_text(label, "X509 CERTIFICATE");
}

static bool peer_push(mtlsval_peer *peer, X509 *certificate, size_t line) {
    size_t *lines = realloc(peer->lines, (peer->num_lines + 1) * sizeof *lines);
    if (lines == NULL) {
        return false;
    }
    peer->lines = lines;
    if (sk_X509_push(peer->certificates, certificate) == 0) {
        return false;
    }
    peer->lines[peer->num_lines++] = line;
    return true;
}

static void abort_at(mtlsval_peer *peer, size_t line, const char *reason) {
    peer->abort_reason = reason;
    peer->abort_number = peer->num_lines + 1;
    peer->abort_line = line;
}

/* libssl decodes each entry with d2i_X509 and refuses one that leaves bytes over
 * (SSL_R_CERT_LENGTH_MISMATCH). */
static mtls_status add_der(mtlsval_peer *peer, mtls_view der, size_t line) {
    const unsigned char *at = der.data;
    mtlsval_crypto_begin();
    X509 *certificate = d2i_X509(NULL, &at, (long)der.len);
    if (certificate == NULL) {
        if (mtlsval_crypto_starved()) {
            return MTLS_ERR_NOMEM;
        }
        abort_at(peer, line, "libcrypto cannot decode it");
        return MTLS_OK;
    }
    if (at != der.data + der.len) {
        X509_free(certificate);
        abort_at(peer, line, "bytes follow its DER");
        return MTLS_OK;
    }
    mtls_status status = mtlsval_crypto_prime(certificate);
    if (status == MTLS_OK && !peer_push(peer, certificate, line)) {
        status = MTLS_ERR_NOMEM;
    }
    if (status != MTLS_OK) {
        X509_free(certificate);
    }
    return status;
}

static mtls_status framing_fail(mtlsval_finding finding, size_t line, mtls_error *error) {
    return mtls_fail(MTLS_ERR_INPUT, error,
                     "line %zu of the client's chain: %s; give it as PEM certificates, leaf first", line,
                     mtlsval_finding_describe(finding)->text);
}

static mtls_status add_block(mtlsval_peer *peer, const mtlsval_pem_block *block, size_t *message_len,
                             mtls_error *error) {
    uint8_t *der = malloc(mtlsval_pem_decoded_max(block->body) + 1);
    size_t der_len = 0;
    mtlsval_fault fault;
    if (der == NULL) {
        return MTLS_ERR_NOMEM;
    }
    mtls_status status;
    if (!mtlsval_pem_decode(block->body, der, &der_len, &fault)) {
        status = framing_fail(fault.finding, mtlsval_pem_line(block, fault.at), error);
    } else if ((*message_len += der_len + ENTRY_OVERHEAD) > MTLSVAL_CERTIFICATE_MESSAGE_MAX) {
        abort_at(peer, block->begin_line, "with it the Certificate message is longer than 102400 bytes");
        status = MTLS_OK;
    } else {
        status = add_der(peer, (mtls_view){der, der_len}, block->begin_line);
    }
    free(der);
    return status;
}

/* Every block that is, or was meant to be, a certificate counts; a fault elsewhere in the file does not reach
 * the wire. */
static mtls_status read_blocks(mtls_view pem, mtlsval_peer *peer, mtls_error *error) {
    mtlsval_pem scanner;
    mtlsval_pem_block block;
    size_t message_len = MESSAGE_OVERHEAD;
    mtlsval_pem_start(&scanner, pem);
    while (peer->abort_reason == NULL && mtlsval_pem_next(&scanner, &block)) {
        /* A torn delimiter has no label either, and may have been a certificate's. */
        bool is_named = block.label.len > 0 || block.finding == MTLSVAL_FINDING_NONE;
        bool is_other = is_named && !is_certificate(block.label);
        if (is_other) {
            continue;
        }
        mtls_status status = block.finding != MTLSVAL_FINDING_NONE
                                 ? framing_fail(block.finding, block.finding_line, error)
                                 : add_block(peer, &block, &message_len, error);
        if (status != MTLS_OK) {
            return status;
        }
    }
    if (peer->num_lines == 0 && peer->abort_reason == NULL) {
        return mtls_fail(
            MTLS_ERR_INPUT, error,
            "the client's chain holds no PEM certificate; give its certificates as PEM, leaf first, or "
            "leave it out if the client presents none");
    }
    return MTLS_OK;
}

/* libssl takes the key of the first certificate before it goes on, and cannot do without. */
static mtls_status check_key(mtlsval_peer *peer) {
    mtlsval_crypto_begin();
    if (X509_get0_pubkey(sk_X509_value(peer->certificates, 0)) != NULL) {
        return MTLS_OK;
    }
    if (mtlsval_crypto_starved()) {
        return MTLS_ERR_NOMEM;
    }
    peer->abort_reason = "libcrypto cannot use its public key";
    peer->abort_number = 1;
    peer->abort_line = peer->lines[0];
    return MTLS_OK;
}

mtls_status mtlsval_peer_read(mtls_view pem, mtlsval_peer *out_peer, mtls_error *error) {
    *out_peer = (mtlsval_peer){.certificates = sk_X509_new_null()};
    mtls_status status = out_peer->certificates == NULL ? MTLS_ERR_NOMEM : read_blocks(pem, out_peer, error);
    if (status == MTLS_OK && out_peer->abort_reason == NULL) {
        status = check_key(out_peer);
    }
    if (status != MTLS_OK) {
        mtlsval_peer_clear(out_peer);
    }
    if (status == MTLS_ERR_NOMEM) {
        mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    return status;
}

void mtlsval_peer_clear(mtlsval_peer *peer) {
    sk_X509_pop_free(peer->certificates, X509_free);
    free(peer->lines);
    *peer = (mtlsval_peer){0};
}
