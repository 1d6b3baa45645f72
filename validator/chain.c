#include "validator/chain.h"

#include <openssl/x509_vfy.h>

#include "validator/crypto_error.h"

/* nginx's ngx_ssl_verify_callback only logs and says yes, whatever was found: verification goes on, and each
 * error overwrites the one before it in the context. */
static int go_on(int ok, X509_STORE_CTX *ctx) {
    mtlsval_chain_verdict *verdict = X509_STORE_CTX_get_app_data(ctx);
    if (!ok) {
        /* The context's own depth moves on with verification; only here it is that of the error. */
        verdict->depth = X509_STORE_CTX_get_error_depth(ctx);
    }
    if (!ok && verdict->num_errors < MTLSVAL_CHAIN_ERRORS_MAX) {
        verdict->errors[verdict->num_errors++] = (mtlsval_chain_error){
            .x509_v_err = X509_STORE_CTX_get_error(ctx),
            .depth = verdict->depth,
        };
    }
    return 1;
}

/* The order of libssl's ssl_verify_cert_chain, which decides what a later setting overrides. */
static bool context_prepare(X509_STORE_CTX *ctx, int64_t time, mtlsval_chain_verdict *verdict) {
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_auth_level(param, MTLSVAL_AUTH_LEVEL);
    if (!X509_STORE_CTX_set_app_data(ctx, verdict) || !X509_STORE_CTX_set_default(ctx, "ssl_client")) {
        return false;
    }
    X509_STORE_CTX_set_depth(ctx, MTLSVAL_VERIFY_DEPTH);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)time);
    X509_STORE_CTX_set_verify_cb(ctx, go_on);
    return true;
}

static mtls_status verify_once(const mtlsval_trust *trust, STACK_OF(X509) * sent, int64_t time,
                               mtlsval_chain_verdict *out_verdict) {
    *out_verdict = (mtlsval_chain_verdict){.x509_v_err = X509_V_OK};
    mtls_status status = MTLS_OK;
    mtlsval_crypto_begin();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    /* libssl hands over the whole list that was sent as untrusted, its first certificate included. */
    if (ctx == NULL || !X509_STORE_CTX_init(ctx, mtlsval_trust_store(trust), sk_X509_value(sent, 0), sent) ||
        !context_prepare(ctx, time, out_verdict)) {
        status = MTLS_ERR_NOMEM;
    } else {
        out_verdict->completed = X509_verify_cert(ctx) > 0;
        out_verdict->x509_v_err = X509_STORE_CTX_get_error(ctx);
        out_verdict->built = X509_STORE_CTX_get1_chain(ctx);
    }
    X509_STORE_CTX_free(ctx);
    bool starved = mtlsval_crypto_starved() || out_verdict->x509_v_err == X509_V_ERR_OUT_OF_MEM ||
                   out_verdict->built == NULL;
    if (!mtlsval_chain_succeeded(out_verdict) && starved) {
        status = MTLS_ERR_NOMEM;
    }
    if (status != MTLS_OK) {
        mtlsval_chain_verdict_clear(out_verdict);
    }
    return status;
}

bool mtlsval_chain_succeeded(const mtlsval_chain_verdict *verdict) {
    return verdict->completed && verdict->x509_v_err == X509_V_OK;
}

/* Deep inside, libcrypto takes some lacks of memory for a bad signature and leaves no trace of them. A
 * failure therefore counts when it comes a second time. */
mtls_status mtlsval_chain_verify(const mtlsval_trust *trust, STACK_OF(X509) * sent, int64_t time,
                                 mtlsval_chain_verdict *out_verdict) {
    mtls_status status = verify_once(trust, sent, time, out_verdict);
    if (status != MTLS_OK || mtlsval_chain_succeeded(out_verdict)) {
        return status;
    }
    mtlsval_chain_verdict again;
    status = verify_once(trust, sent, time, &again);
    if (status == MTLS_OK &&
        (again.completed != out_verdict->completed || again.x509_v_err != out_verdict->x509_v_err)) {
        status = MTLS_ERR_NOMEM;
    }
    mtlsval_chain_verdict_clear(&again);
    if (status != MTLS_OK) {
        mtlsval_chain_verdict_clear(out_verdict);
    }
    return status;
}

void mtlsval_chain_verdict_clear(mtlsval_chain_verdict *verdict) {
    sk_X509_pop_free(verdict->built, X509_free);
    verdict->built = NULL;
}
