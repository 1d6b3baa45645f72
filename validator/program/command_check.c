#include <stdlib.h>

#include "core/file.h"
#include "validator/pem.h"
#include "validator/program/commands.h"
#include "validator/program/report_json.h"
#include "validator/program/report_text.h"

/* An answer of a responder is a few kilobytes. */
enum { OCSP_FILE_MAX = 1024 * 1024 };

static int fail_with(mtls_status status) {
    return command_fail(mtls_status_text(status));
}

static int gateway_open(const options *o, mtlsval_gateway **out_gateway) {
    mtls_error error = {""};
    return mtlsval_gateway_new(mtls_profile_describe(o->profile)->spelling, out_gateway, &error) == MTLS_OK
               ? EXIT_YES
               : command_fail(error.text);
}

/* Reads the file at `path` into the gateway: EXIT_YES, also for one that is refused, or EXIT_TROUBLE. */
static int gateway_add(mtlsval_gateway *gateway, const char *path, int64_t now) {
    mtls_buf file = {.max = MTLSVAL_PEM_FILE_MAX};
    mtls_error error = {""};
    mtlsval_file_answer answer;
    mtls_status status = mtls_file_read(path, &file, &error);
    int result = EXIT_YES;
    if (status != MTLS_OK) {
        result = command_fail(error.text);
    } else if ((status = mtlsval_gateway_add_file(gateway, file.data, file.len, now, &answer)) != MTLS_OK) {
        result = fail_with(status);
    }
    mtls_buf_clear(&file);
    return result;
}

static int print_json(json_t *value) {
    mtls_status status = report_json_print(value, true, stdout);
    return status == MTLS_OK ? EXIT_YES : fail_with(status);
}

int command_upload(const options *o) {
    mtlsval_gateway *gateway = NULL;
    int result = gateway_open(o, &gateway);
    if (result == EXIT_YES) {
        result = gateway_add(gateway, o->argument, o->time);
    }
    if (result == EXIT_YES && o->json) {
        result = print_json(report_json_file(gateway, gateway->files[0]));
    } else if (result == EXIT_YES) {
        layout l = layout_of(stdout);
        report_text_file(&l, gateway, gateway->files[0], o->argument);
    }
    if (result == EXIT_YES && gateway->refused) {
        result = EXIT_NO;
    }
    mtlsval_gateway_free(gateway);
    return result;
}

/* Everything that the client check reads. */
typedef struct {
    mtlsval_gateway *gateway;
    mtls_buf chain, ocsp;
} client_inputs;

static int inputs_read(const options *o, client_inputs *in) {
    mtls_error error = {""};
    int result = gateway_open(o, &in->gateway);
    for (size_t i = 0; i < o->num_trust && result == EXIT_YES; i++) {
        result = gateway_add(in->gateway, o->trust[i], o->time);
    }
    if (result == EXIT_YES && o->cert != NULL && mtls_file_read(o->cert, &in->chain, &error) != MTLS_OK) {
        result = command_fail(error.text);
    }
    if (result == EXIT_YES && o->ocsp != NULL && mtls_file_read(o->ocsp, &in->ocsp, &error) != MTLS_OK) {
        result = command_fail(error.text);
    }
    return result;
}

static void print_text(const options *o, const client_inputs *in, const mtlsval_client *client) {
    layout l = layout_of(stdout);
    for (size_t i = 0; i < in->gateway->num_files; i++) {
        if (!in->gateway->files[i]->verdict.accepted) {
            report_text_file(&l, in->gateway, in->gateway->files[i], o->trust[i]);
        }
    }
    if (client != NULL) {
        report_text_client(&l, in->gateway, client, o->trust);
    }
}

static int check_and_print(const options *o, const client_inputs *in) {
    static const char none[] = "";
    mtlsval_client_options settings = {
        .time = o->time,
        .verify_issuer_dn = o->verify_issuer_dn,
        .passthrough = o->passthrough,
        .verify_ocsp = o->verify_ocsp,
        .ocsp_response = in->ocsp.data,
        .ocsp_response_len = in->ocsp.len,
    };
    mtlsval_client *client = NULL;
    mtls_error error = {""};
    /* A file of no bytes is a chain that cannot be sent, not the lack of one. */
    const void *chain = o->cert == NULL ? NULL : in->chain.data == NULL ? none : (const char *)in->chain.data;
    if (!in->gateway->refused &&
        mtlsval_client_check(in->gateway, chain, in->chain.len, &settings, &client, &error) != MTLS_OK) {
        return command_fail(error.text);
    }
    int result = EXIT_YES;
    if (o->json) {
        result = print_json(report_json_client(in->gateway, client));
    } else {
        print_text(o, in, client);
    }
    if (result == EXIT_YES && (client == NULL || !mtlsval_client_goes_on(client))) {
        result = EXIT_NO;
    }
    mtlsval_client_free(client);
    return result;
}

int command_client(const options *o) {
    client_inputs in = {
        .chain = {.max = MTLSVAL_PEM_FILE_MAX},
        .ocsp = {.max = OCSP_FILE_MAX},
    };
    if (!mtls_profile_describe(o->profile)->judges_clients) {
        return command_fail("--profile: this one judges files alone, and no clients: mtls-validate upload");
    }
    if (o->passthrough && !mtlsval_profile_get(o->profile)->has_passthrough) {
        return command_fail("--mode passthrough: this profile has no passthrough mode; leave it at strict");
    }
    if (o->verify_issuer_dn && !mtlsval_profile_get(o->profile)->checks_issuer_dn) {
        fprintf(stderr,
                "mtls-validate: warning: --verify-issuer-dn has no effect: the profile has no such check\n");
    }
    int result = inputs_read(o, &in);
    if (result == EXIT_YES) {
        result = check_and_print(o, &in);
    }
    mtls_buf_clear(&in.ocsp);
    mtls_buf_clear(&in.chain);
    mtlsval_gateway_free(in.gateway);
    return result;
}
