#include "validator/program/case_run.h"

#include "validator/time.h"

static mtls_status run_client(const mtls_case *c, int64_t time, case_answer *answer) {
    static const char none[] = "";
    const mtls_case_client *in = &c->client;
    mtlsval_client_options options = {
        .time = time,
        .verify_issuer_dn = in->verify_issuer_dn,
        .passthrough = in->passthrough,
        .verify_ocsp = in->verify_ocsp,
        .ocsp_response = in->has_ocsp_response ? in->ocsp_response.data : NULL,
        .ocsp_response_len = in->has_ocsp_response ? in->ocsp_response.len : 0,
    };
    const void *chain = !in->has_chain ? NULL : in->chain.data == NULL ? none : (const char *)in->chain.data;
    mtls_status status = mtlsval_client_check(answer->gateway, chain, in->chain.len, &options,
                                              &answer->client, &answer->client_error);
    return status == MTLS_ERR_USAGE || status == MTLS_ERR_INPUT ? MTLS_OK : status;
}

static mtls_status run_stages(const mtls_case *c, mtls_profile_id profile, int64_t time, case_answer *answer,
                              mtls_error *error) {
    mtlsval_file_answer ignored;
    mtls_status status =
        mtlsval_gateway_new(mtls_profile_describe(profile)->spelling, &answer->gateway, error);
    if (status == MTLS_OK && c->has_bundle) {
        status = mtlsval_gateway_add_file(answer->gateway, c->bundle.data, c->bundle.len, time, &ignored);
    }
    if (status == MTLS_OK && c->has_bundle) {
        answer->file = answer->gateway->files[0];
    }
    if (status == MTLS_OK && c->client.present && !answer->gateway->refused) {
        status = run_client(c, time, answer);
    }
    return status;
}

mtls_status case_run(const mtls_case *c, mtls_profile_id profile, case_answer *out_answer,
                     mtls_error *error) {
    int64_t time = 0;
    *out_answer = (case_answer){0};
    if (!mtlsval_time_parse(c->time, &time)) {
        return mtls_fail(MTLS_ERR_INPUT, error, "case %.200s: time '%.40s' is no RFC 3339 time", c->id,
                         c->time);
    }
    mtls_status status = run_stages(c, profile, time, out_answer, error);
    if (status != MTLS_OK) {
        mtls_fail(status, error, "case %.200s: %s", c->id, mtls_status_text(status));
        case_answer_clear(out_answer);
    }
    return status;
}

void case_answer_clear(case_answer *answer) {
    mtlsval_client_free(answer->client);
    mtlsval_gateway_free(answer->gateway);
    *answer = (case_answer){0};
}
