#include <openssl/x509v3.h>

#include "core/text.h"
#include "validator/client.h"
#include "validator/time.h"

/* One sentence that is being written; after the first failure the steps do nothing. */
typedef struct {
    mtls_buf *out;
    mtls_status status;
} sentence;

static void say(sentence *s, const char *text) {
    if (s->status == MTLS_OK) {
        s->status = mtls_buf_append_text(s->out, text);
    }
}

static void say_number(sentence *s, const char *before, size_t number) {
    if (s->status == MTLS_OK) {
        s->status = mtls_buf_appendf(s->out, "%s%zu", before, number);
    }
}

static void say_name(sentence *s, const char *before, const X509_NAME *name) {
    mtls_buf text = {.max = s->out->max};
    say(s, before);
    if (s->status == MTLS_OK && (s->status = mtlsval_x509_name_text(name, &text)) == MTLS_OK) {
        s->status = text.len == 0 ? mtls_buf_append_text(s->out, "(empty name)")
                                  : mtls_text_escape(mtls_buf_view(&text), s->out);
    }
    mtls_buf_clear(&text);
}

static void say_time(sentence *s, const char *before, const ASN1_TIME *time) {
    char text[MTLSVAL_TIME_TEXT_MAX];
    int64_t seconds = 0;
    say(s, before);
    say(s, mtlsval_x509_time(time, &seconds) ? mtlsval_time_format(seconds, text) : "(malformed)");
}

/* "certificate 1 of the client's chain (line 1), CN=..." */
static void say_certificate(sentence *s, const mtlsval_gateway *gateway, const mtlsval_peer *peer,
                            const X509 *certificate) {
    mtlsval_place place = mtlsval_place_find(gateway, peer, certificate);
    if (place.sent_number != 0) {
        say_number(s, "certificate ", place.sent_number);
        say_number(s, " of the client's chain (line ", place.sent_line);
        say(s, ")");
    } else if (place.file != 0) {
        say_number(s, "certificate ", place.file_number);
        say_number(s, " of trusted file ", place.file);
        say_number(s, " (line ", place.file_line);
        say(s, ")");
    } else {
        say(s, "a trusted certificate");
    }
    say_name(s, ", ", X509_get_subject_name(certificate));
}

/* Why libcrypto's purpose check refuses a certificate as a client's, or an issuer as a client's CA. */
static void say_purposes(sentence *s, X509 *certificate, bool is_issuer) {
    static const struct {
        uint32_t bit;
        const char *name;
    } purposes[] = {
        {XKU_SSL_SERVER, "serverAuth"         },
        {XKU_SSL_CLIENT, "clientAuth"         },
        {XKU_CODE_SIGN,  "codeSigning"        },
        {XKU_SMIME,      "emailProtection"    },
        {XKU_TIMESTAMP,  "timeStamping"       },
        {XKU_OCSP_SIGN,  "OCSPSigning"        },
        {XKU_ANYEKU,     "anyExtendedKeyUsage"},
    };
    uint32_t flags = X509_get_extension_flags(certificate);
    if (is_issuer && X509_check_ca(certificate) == 0) {
        say(s, "it is no CA and issued another certificate");
        return;
    }
    if ((flags & EXFLAG_XKUSAGE) == 0 && (flags & EXFLAG_KUSAGE) != 0 &&
        (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT)) == 0) {
        say(s, "its key usage has neither digitalSignature nor keyAgreement");
        return;
    }
    if ((flags & EXFLAG_XKUSAGE) == 0) {
        say(s, "it has no extended key usage");
        return;
    }
    uint32_t usage = X509_get_extended_key_usage(certificate);
    const char *before = "its extended key usage is ";
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        if ((usage & purposes[i].bit) != 0) {
            say(s, before);
            say(s, purposes[i].name);
            before = ", ";
        }
    }
    say(s, before[0] == ',' ? "" : "its extended key usage names none of the known purposes");
}

static void say_signature(sentence *s, const X509 *certificate) {
    int nid = X509_get_signature_nid(certificate);
    say(s, "it is signed with ");
    say(s, nid == NID_undef ? "an unknown algorithm" : OBJ_nid2ln(nid));
}

/* What the certificate shows of the fault, as far as a few words can. */
static void say_seen(sentence *s, mtls_reason reason, X509 *certificate, int depth, int64_t time) {
    char now[MTLSVAL_TIME_TEXT_MAX];
    switch (reason) {
    case MTLS_REASON_EXPIRED:
        say_time(s, ": it ended at ", X509_get0_notAfter(certificate));
        say(s, ", the clock says ");
        say(s, mtlsval_time_format(time, now));
        break;
    case MTLS_REASON_NOT_YET_VALID:
        say_time(s, ": it starts at ", X509_get0_notBefore(certificate));
        say(s, ", the clock says ");
        say(s, mtlsval_time_format(time, now));
        break;
    case MTLS_REASON_ISSUER_NOT_FOUND:
    case MTLS_REASON_LOCAL_ISSUER_NOT_FOUND:
    case MTLS_REASON_ISSUER_NOT_FOUND_LEAF_ONLY:
        say_name(s, ": no trusted certificate is its issuer, ", X509_get_issuer_name(certificate));
        break;
    case MTLS_REASON_SELF_SIGNED:
    case MTLS_REASON_SELF_SIGNED_IN_CHAIN:
        say(s, ": it is its own issuer, and is not trusted");
        break;
    case MTLS_REASON_PURPOSE_CLIENT_AUTH:
        say(s, ": ");
        say_purposes(s, certificate, depth > 0);
        break;
    case MTLS_REASON_EE_KEY_TOO_WEAK:
    case MTLS_REASON_CA_KEY_TOO_WEAK:
        say_number(s, ": its key has ", (size_t)EVP_PKEY_get_bits(X509_get0_pubkey(certificate)));
        say(s, " bits");
        break;
    case MTLS_REASON_DIGEST_TOO_WEAK:
        say(s, ": ");
        say_signature(s, certificate);
        break;
    case MTLS_REASON_SIGNATURE_INVALID:
        say_name(s, ": its signature is not by the key of ", X509_get_issuer_name(certificate));
        break;
    default:
        break;
    }
}

static void say_issuer_dn(sentence *s, const mtlsval_gateway *gateway, X509 *leaf) {
    say_name(s, ": its issuer is ", X509_get_issuer_name(leaf));
    for (size_t i = 0; i < gateway->num_files; i++) {
        const char *wanted = gateway->files[i]->verdict.client_cert_issuer_dn;
        say(s, i == 0 ? ", the trusted file gives " : " or ");
        if (s->status == MTLS_OK) {
            s->status = mtls_text_escape(mtls_view_of_text(wanted), s->out);
        }
    }
}

static void say_failure(sentence *s, const mtlsval_gateway *gateway, int64_t time, mtlsval_client *client) {
    const mtlsval_chain_verdict *chain = &client->chain;
    bool by_libcrypto = chain->x509_v_err != X509_V_OK;
    int depth = by_libcrypto ? chain->depth : 0;
    X509 *certificate = depth < sk_X509_num(chain->built) ? sk_X509_value(chain->built, depth)
                                                          : sk_X509_value(client->peer.certificates, 0);
    say_certificate(s, gateway, &client->peer, certificate);
    if (client->ocsp_detail != NULL) {
        say(s, ": ");
        say(s, client->ocsp_detail);
    } else if (client->reason == MTLS_REASON_ISSUER_DN_MISMATCH) {
        say_issuer_dn(s, gateway, certificate);
    } else {
        say_seen(s, client->reason, certificate, depth, time);
    }
}

static void say_abort(sentence *s, const mtlsval_client *client) {
    const mtlsval_peer *peer = &client->peer;
    if (peer->abort_reason != NULL) {
        say_number(s, "certificate ", peer->abort_number);
        say_number(s, " of the client's chain (line ", peer->abort_line);
        say(s, "): ");
        say(s, peer->abort_reason);
    } else {
        say(s, "libcrypto gave up on the chain: ");
        say(s, X509_verify_cert_error_string(client->chain.x509_v_err));
    }
    say(s, "; the server ends the TLS handshake with an alert");
}

mtls_status mtlsval_client_explain(const mtlsval_gateway *gateway, int64_t time, mtlsval_client *client) {
    sentence s = {.out = &client->detail, .status = MTLS_OK};
    switch (client->result) {
    case MTLS_VERIFY_FAILED:
        say_failure(&s, gateway, time, client);
        break;
    case MTLS_VERIFY_ABORTED:
        say_abort(&s, client);
        break;
    case MTLS_VERIFY_NONE:
        say(&s, "the client presented no certificate");
        break;
    case MTLS_VERIFY_PASSTHROUGH:
        say(&s, "passthrough: the certificate was not verified");
        break;
    default:
        break;
    }
    if (s.status == MTLS_OK && client->detail.len > 0 && mtls_buf_text(&client->detail) == NULL) {
        s.status = MTLS_ERR_NOMEM;
    }
    return s.status;
}
