#include <mtls/status.h>

#include <stdarg.h>
#include <stdio.h>

const char *mtls_status_text(mtls_status status) {
    switch (status) {
    case MTLS_OK:
        return "success";
    case MTLS_ERR_NOMEM:
        return "out of memory";
    case MTLS_ERR_LIMIT:
        return "a limit would be passed";
    case MTLS_ERR_IO:
        return "input or output failed";
    case MTLS_ERR_INPUT:
        return "malformed input";
    case MTLS_ERR_USAGE:
        return "wrong usage";
    case MTLS_ERR_CRYPTO:
        return "the cryptographic library failed";
    case MTLS_ERR_INTERRUPT:
        return "interrupted";
    }
    return "unknown status";
}

mtls_status mtls_fail(mtls_status status, mtls_error *error, const char *format, ...) {
    if (error != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
    }
    return status;
}
