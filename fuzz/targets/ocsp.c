/* The OCSP answer path. One input is a handshake with revocation on; its chain is verified, and the answer
 * judged.
 *
 * Oracles: a status is believed only where the answer holds it for this certificate, in its time, signed by
 * the issuer or by a responder whose certificate the issuer signed for that purpose; an answer that leaves no
 * other way is believed; no answer and no responder in the certificate are a failed request; what is not good
 * says why. */
#include "validator/ocsp.h"
#include "fuzz/decoded.h"
#include "fuzz/forgery.h"
#include "fuzz/handshake.h"
#include "fuzz/ocsp_proof.h"
#include "fuzz/oracle.h"
#include "fuzz/resign.h"
#include "validator/chain.h"
#include "validator/peer.h"

enum { FILE_MAX = 64 * 1024 * 1024, PLAIN_MAX = 8 * 1024 };

/* Whether another uploaded certificate has the issuer's name. libcrypto verifies the answer's signer by the
 * first of that name, and fails where that is another; an nginx with OpenSSL 3.0.22 does so, too. */
static bool issuer_has_namesake(mtls_view bundle, X509 *issuer) {
    STACK_OF(X509) *trusted = mtlsfuzz_decode_trusted(bundle);
    bool has = false;
    for (int i = 0; i < sk_X509_num(trusted); i++) {
        X509 *other = sk_X509_value(trusted, i);
        has = has || (X509_NAME_cmp(X509_get_subject_name(other), X509_get_subject_name(issuer)) == 0 &&
                      X509_cmp(other, issuer) != 0);
    }
    sk_X509_pop_free(trusted, X509_free);
    return has;
}

static void check_verdict(const mtlsfuzz_handshake *handshake, STACK_OF(X509) * built,
                          const mtlsval_ocsp_verdict *verdict) {
    mtls_reason reason = verdict->reason;
    mtlsfuzz_leaf leaf = {.has_responder = false};
    MTLSFUZZ_ORACLE(
        "verdict",
        (reason == MTLS_REASON_NONE) == (verdict->detail == NULL) &&
            (reason == MTLS_REASON_NONE || reason == MTLS_REASON_REVOKED ||
             reason == MTLS_REASON_OCSP_STATUS_UNKNOWN || reason == MTLS_REASON_OCSP_REQUEST_FAILED),
        "reason %d, detail %s", (int)reason, verdict->detail == NULL ? "(none)" : verdict->detail);
    if (sk_X509_num(built) < 2) {
        return; /* nobody to ask */
    }
    if (mtlsfuzz_leaf_read(handshake->chain, &leaf)) {
        MTLSFUZZ_ORACLE("no-responder", leaf.has_responder || reason == MTLS_REASON_OCSP_REQUEST_FAILED,
                        "reason %d for a certificate that names no responder", (int)reason);
    }
    MTLSFUZZ_ORACLE("no-answer", handshake->ocsp.len > 0 || reason == MTLS_REASON_OCSP_REQUEST_FAILED,
                    "reason %d without an answer", (int)reason);
    mtls_reason said = MTLS_REASON_NONE;
    if (leaf.has_responder && handshake->ocsp.len <= PLAIN_MAX &&
        mtlsfuzz_ocsp_is_plain(handshake->ocsp, built, handshake->time, &said)) {
        MTLSFUZZ_ORACLE("plain-answer",
                        said == reason || issuer_has_namesake(handshake->bundle, sk_X509_value(built, 1)),
                        "reason %d, but a plain answer says %d: %s", (int)reason, (int)said,
                        verdict->detail == NULL ? "" : verdict->detail);
    }
    if (reason != MTLS_REASON_OCSP_REQUEST_FAILED) {
        MTLSFUZZ_REACHED("status believed");
        MTLSFUZZ_ORACLE("forged-answer",
                        mtlsfuzz_ocsp_proves(handshake->ocsp, built, handshake->time, reason),
                        "no signed answer says reason %d of this certificate", (int)reason);
    }
}

/* verify gives the verified chain, or NULL where there is nothing to ask about. */
static STACK_OF(X509) * verify(const mtlsfuzz_handshake *handshake, mtlsval_trust *trust) {
    mtlsval_trust_refusal refusal;
    mtlsval_peer peer;
    mtlsval_chain_verdict chain;
    STACK_OF(X509) *built = NULL;
    mtlsfuzz_must(mtlsval_trust_add_file(trust, handshake->bundle, &refusal), "load the bundle");
    if (refusal.step != NULL || mtlsval_peer_read(handshake->chain, &peer, NULL) != MTLS_OK) {
        return NULL;
    }
    if (peer.abort_reason == NULL) {
        mtlsfuzz_must(mtlsval_chain_verify(trust, peer.certificates, handshake->time, &chain),
                      "verify a chain");
        if (chain.completed && chain.x509_v_err == X509_V_OK) {
            built = chain.built;
            chain.built = NULL;
        }
        mtlsval_chain_verdict_clear(&chain);
    }
    mtlsval_peer_clear(&peer);
    return built;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static mtls_buf bundle = {.max = FILE_MAX}, chain = {.max = FILE_MAX};
    mtlsfuzz_handshake handshake;
    mtlsval_trust *trust = NULL;
    if (!mtlsfuzz_handshake_read((mtls_view){data, size}, &handshake)) {
        return 0;
    }
    if ((handshake.options & MTLSFUZZ_NO_ANSWER) != 0) {
        handshake.ocsp = (mtls_view){NULL, 0};
    }
    if ((handshake.options & MTLSFUZZ_AS_SIGNED) == 0) {
        mtlsfuzz_resign(handshake.bundle, handshake.chain, &bundle, &chain);
        handshake.bundle = mtls_buf_view(&bundle);
        handshake.chain = mtls_buf_view(&chain);
    }
    mtlsfuzz_must(mtlsval_trust_new(&trust), "make a trust store");
    STACK_OF(X509) *built = verify(&handshake, trust);
    if (built != NULL) {
        mtlsval_ocsp_verdict verdict;
        MTLSFUZZ_REACHED("chain verified");
        mtlsfuzz_must(mtlsval_ocsp_check(trust, built, handshake.ocsp, handshake.time, &verdict),
                      "judge an answer");
        check_verdict(&handshake, built, &verdict);
    }
    sk_X509_pop_free(built, X509_free);
    mtlsval_trust_free(trust);
    return 0;
}
