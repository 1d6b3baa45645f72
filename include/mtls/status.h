/* Status codes: how every function that can fail says so. An answer ("this chain is bad") is never a status.
 */
#ifndef MTLS_STATUS_H
#define MTLS_STATUS_H

#if defined(__GNUC__)
#define MTLS_MUST_CHECK __attribute__((warn_unused_result))
#define MTLS_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define MTLS_PUBLIC __attribute__((visibility("default")))
#else
#define MTLS_MUST_CHECK
#define MTLS_PRINTF(format_at, args_at)
#define MTLS_PUBLIC
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MTLS_OK = 0,
    MTLS_ERR_NOMEM,    /* an allocation failed */
    MTLS_ERR_LIMIT,    /* a stated limit would be passed */
    MTLS_ERR_IO,       /* the operating system refused; errno tells why */
    MTLS_ERR_INPUT,    /* what was read is malformed; an mtls_error tells where and what to do */
    MTLS_ERR_USAGE,    /* the caller asked for something that does not exist or does not go together */
    MTLS_ERR_CRYPTO,   /* libcrypto failed at something that should not fail */
    MTLS_ERR_INTERRUPT /* a signal asked the work to stop */
} mtls_status;

/* mtls_error is one message for a person, in the caller's memory: place, what is wrong, remedy. No final
 * newline. A function that takes one fills it whenever its status is not MTLS_OK; NULL is allowed. */
typedef struct {
    char text[1024];
} mtls_error;

/* mtls_status_text names a status in a few words; it never gives NULL. */
MTLS_PUBLIC const char *mtls_status_text(mtls_status status);

/* mtls_fail fills `error` (which may be NULL), cutting at its size, and gives `status` back. */
MTLS_PUBLIC mtls_status mtls_fail(mtls_status status, mtls_error *error, const char *format, ...)
    MTLS_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif

#endif
