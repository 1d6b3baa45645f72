/* Lies about TLS: the validator's, and the server's. */
#include "fuzz/controls/control.h"

#include <mtls/validate.h>
#include <openssl/ssl.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"everybody succeeds",                         "server-result"},
    {"every failure is that of an expired client", "server-reason"},
    {"everybody is let in",                        "not-let-in"   },
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

/* clang-format off */
WRAP(const char *, mtlsval_client_result, const mtlsval_client *client) {
    return TOLD("everybody succeeds") ? "SUCCESS" : __real_mtlsval_client_result(client);
}

WRAP(const char *, mtlsval_client_reason, const mtlsval_client *client) {
    const char *reason = __real_mtlsval_client_reason(client);
    return reason != NULL && TOLD("every failure is that of an expired client") ? "expired" : reason;
}

WRAP(int, SSL_is_init_finished, const SSL *ssl) {
    return TOLD("everybody is let in") ? 1 : __real_SSL_is_init_finished(ssl);
}
/* clang-format on */
