/* The adapter protocol (conformance/PROTOCOL.md) for libraries with a C interface. A library fills in one
 * `adapter_library` and hands it to adapter_main; reading cases, base64, the PEM framing of the client's
 * chain and writing answers are done here. */
#ifndef MTLS_ADAPTERS_C_ADAPTER_H
#define MTLS_ADAPTERS_C_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { ADAPTER_CHAIN_MAX = 512, ADAPTER_RAW_MAX = 2048, ADAPTER_REASONS_MAX = 32 };

typedef struct {
    const uint8_t *data;
    size_t len;
} adapter_bytes;

typedef enum {
    ADAPTER_OK,         /* bundle accepted; handshake SUCCESS */
    ADAPTER_REFUSED,    /* bundle rejected; handshake FAILED */
    ADAPTER_UNDECODED,  /* of a chain only: a certificate does not decode, so nothing was verified */
    ADAPTER_UNSUPPORTED /* the library cannot do this at all */
} adapter_result;

/* What the library said. `reasons` are slugs of core/vocabulary.def with static storage. */
typedef struct {
    adapter_result result;
    char raw[ADAPTER_RAW_MAX];
    const char *reasons[ADAPTER_REASONS_MAX];
    size_t num_reasons;
} adapter_answer;

/* The reasons behind an error that says only that no path to a trusted root was found. */
#define ADAPTER_NO_TRUSTED_ISSUER                                                                            \
    "issuer-not-found", "local-issuer-not-found", "issuer-not-found-leaf-only", "self-signed",               \
        "self-signed-in-chain"

/* adapter_say appends to the library's own error text (printf), after "; " if there is some; what does not
 * fit is cut off. */
void adapter_say(adapter_answer *answer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* adapter_reason adds slugs, ended by NULL. */
void adapter_reason(adapter_answer *answer, const char *slug, ...) __attribute__((sentinel));

typedef struct {
    const char *name;
    const char *const *features; /* ended by NULL */
    const char *(*version)(void);
    /* Loads the trusted file as a server's configuration would. `bundle.data[bundle.len]` is a 0 byte. */
    void (*load)(adapter_bytes bundle, time_t now, adapter_answer *answer);
    /* Verifies the chain, as DER in the order sent, at `now`. Called after a successful load, or with nothing
     * loaded where the case has no bundle. */
    void (*verify)(const adapter_bytes *chain, size_t num_certificates, time_t now, adapter_answer *answer);
    /* Forgets what load kept; called after every case. */
    void (*unload)(void);
} adapter_library;

/* adapter_main greets and answers cases until the input ends; the result is the program's exit status. */
int adapter_main(const adapter_library *library);

#ifdef __cplusplus
}
#endif
#endif
