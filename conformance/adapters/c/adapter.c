#include "c/adapter.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void adapter_say(adapter_answer *answer, const char *format, ...) {
    size_t used = strlen(answer->raw);
    if (used > 0 && used < sizeof answer->raw - 2) {
        memcpy(answer->raw + used, "; ", 3);
        used += 2;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(answer->raw + used, sizeof answer->raw - used, format, arguments);
    va_end(arguments);
}

void adapter_reason(adapter_answer *answer, const char *slug, ...) {
    va_list slugs;
    va_start(slugs, slug);
    for (; slug != NULL; slug = va_arg(slugs, const char *)) {
        bool is_known = false;
        for (size_t i = 0; i < answer->num_reasons; i++) {
            is_known = is_known || strcmp(answer->reasons[i], slug) == 0;
        }
        if (!is_known && answer->num_reasons < ADAPTER_REASONS_MAX) {
            answer->reasons[answer->num_reasons++] = slug;
        }
    }
    va_end(slugs);
}

_Noreturn static void die(const char *what) {
    fprintf(stderr, "adapter: %s\n", what);
    exit(2);
}

/* decode_base64 writes the bytes of `text`, skipping white space, up to its padding or its end. A byte that
 * is neither is a failure. `out` has room for three quarters of `len`. */
static bool decode_base64(const char *text, size_t len, uint8_t *out, size_t *out_len) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static uint8_t digits[256]; /* of each byte, plus 1; 0 for what is none */
    uint32_t bits = 0;
    unsigned num_bits = 0;
    *out_len = 0;
    for (unsigned i = 0; i < 64; i++) {
        digits[(uint8_t)alphabet[i]] = (uint8_t)(i + 1);
    }
    for (size_t i = 0; i < len && text[i] != '='; i++) {
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
            continue;
        }
        uint8_t digit = digits[(uint8_t)text[i]];
        if (digit == 0) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)(digit - 1)) & 0xffffff;
        num_bits += 6;
        if (num_bits >= 8) {
            num_bits -= 8;
            out[(*out_len)++] = (uint8_t)(bits >> num_bits);
        }
    }
    return true;
}

/* A chain as it travels: the bytes of each certificate, decoded from PEM by its framing alone. */
typedef struct {
    adapter_bytes certificates[ADAPTER_CHAIN_MAX];
    size_t count;
    uint8_t *storage;
} chain;

static bool chain_read(const char *pem, chain *out) {
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    out->count = 0;
    out->storage = malloc(strlen(pem) + 1);
    if (out->storage == NULL) {
        die("out of memory");
    }
    uint8_t *free_space = out->storage;
    while ((pem = strstr(pem, begin)) != NULL) {
        pem += sizeof begin - 1;
        const char *stop = strstr(pem, end);
        size_t len;
        if (stop == NULL || out->count == ADAPTER_CHAIN_MAX ||
            !decode_base64(pem, (size_t)(stop - pem), free_space, &len)) {
            return false;
        }
        out->certificates[out->count++] = (adapter_bytes){free_space, len};
        free_space += len;
        pem = stop;
    }
    return true;
}

/* time_read reads RFC 3339 in UTC, the form that cases have. */
static bool time_read(const char *text, time_t *out) {
    struct tm parts = {0};
    char zone = 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%c", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
               &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &zone) != 7 ||
        zone != 'Z') {
        return false;
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    *out = timegm(&parts);
    return true;
}

/* raw_json gives the library's text; what is no printable ASCII is escaped, since nothing says how it is
 * encoded. */
static json_t *raw_json(const char *raw) {
    char text[4 * ADAPTER_RAW_MAX + 1];
    size_t len = 0;
    for (; *raw != '\0'; raw++) {
        unsigned char byte = (unsigned char)*raw;
        if (byte >= 0x20 && byte < 0x7f) {
            text[len++] = *raw;
        } else if (byte == '\n' || byte == '\t') {
            text[len++] = ' ';
        } else {
            len += (size_t)snprintf(text + len, 5, "\\x%02x", byte);
        }
    }
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    return json_stringn(text, len);
}

static json_t *reasons_json(const adapter_answer *answer) {
    if (answer->num_reasons == 0) {
        return json_null();
    }
    json_t *reasons = json_array();
    for (size_t i = 0; i < answer->num_reasons; i++) {
        json_array_append_new(reasons, json_string(answer->reasons[i]));
    }
    return reasons;
}

/* answer_upload loads the bundle and tells whether a handshake may follow. */
static bool answer_upload(const adapter_library *library, json_t *bundle, time_t now, json_t *out) {
    static const char *const words[] = {"accepted", "rejected", "rejected", "unsupported"};
    size_t len, text_len = json_string_length(bundle);
    uint8_t *bytes = malloc(text_len + 1);
    adapter_answer answer = {.result = ADAPTER_UNSUPPORTED};
    if (bytes == NULL || !decode_base64(json_string_value(bundle), text_len, bytes, &len)) {
        die("a case's bundle is not base64");
    }
    bytes[len] = 0;
    library->load((adapter_bytes){bytes, len}, now, &answer);
    free(bytes);
    json_object_set_new(out, "upload",
                        json_pack("{s:s, s:o}", "result", words[answer.result], "raw", raw_json(answer.raw)));
    return answer.result == ADAPTER_OK || answer.result == ADAPTER_UNSUPPORTED;
}

/* What is the gateway's own, and no library's. */
static bool has_options_of_gateway(json_t *client) {
    json_t *options = json_object_get(client, "options");
    const char *mode = json_string_value(json_object_get(options, "verifyClientAuthMode"));
    const char *revocation = json_string_value(json_object_get(options, "verifyClientRevocation"));
    return json_is_true(json_object_get(options, "verifyClientCertIssuerDN")) ||
           (mode != NULL && strcmp(mode, "Strict") != 0) ||
           (revocation != NULL && strcmp(revocation, "None") != 0);
}

static void answer_handshake(const adapter_library *library, json_t *client, time_t now, json_t *out) {
    static const char *const words[] = {"SUCCESS", "FAILED", "ABORTED", "unsupported"};
    const char *pem = json_string_value(json_object_get(client, "chain")), *word = "unsupported";
    adapter_answer answer = {.result = ADAPTER_UNSUPPORTED};
    chain sent = {.count = 0};
    if (has_options_of_gateway(client)) {
        adapter_say(&answer, "an option of the gateway");
    } else if (pem != NULL && !chain_read(pem, &sent)) {
        adapter_say(&answer, "the chain is not PEM");
    } else if (sent.count == 0) {
        word = "NONE";
    } else {
        library->verify(sent.certificates, sent.count, now, &answer);
        word = words[answer.result];
    }
    free(sent.storage);
    json_object_set_new(out, "handshake", json_string(word));
    json_object_set_new(out, "reason",
                        answer.result == ADAPTER_REFUSED ? reasons_json(&answer) : json_null());
    json_object_set_new(out, "raw", raw_json(answer.raw));
}

static void answer_case(const adapter_library *library, const char *line, size_t len) {
    json_error_t where;
    json_t *root = json_loadb(line, len, 0, &where), *out = json_object();
    json_t *bundle = json_object_get(root, "bundle"), *client = json_object_get(root, "client");
    const char *when = json_string_value(json_object_get(root, "time"));
    time_t now;
    if (root == NULL) {
        die(where.text);
    }
    if (when == NULL || !time_read(when, &now)) {
        die("a case's time is not RFC 3339 in UTC");
    }
    json_object_set(out, "id", json_object_get(root, "id"));
    json_object_set_new(out, "raw", json_string(""));
    bool goes_on = bundle == NULL || answer_upload(library, bundle, now, out);
    if (client != NULL && goes_on) {
        answer_handshake(library, client, now, out);
    }
    library->unload();
    json_dumpf(out, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    putchar('\n');
    fflush(stdout);
    json_decref(out);
    json_decref(root);
}

static void greet(const adapter_library *library) {
    json_t *features = json_array();
    for (const char *const *feature = library->features; *feature != NULL; feature++) {
        json_array_append_new(features, json_string(*feature));
    }
    json_t *hello = json_pack("{s:i, s:s, s:s, s:o}", "protocol", 1, "name", library->name, "version",
                              library->version(), "features", features);
    json_dumpf(hello, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    putchar('\n');
    fflush(stdout);
    json_decref(hello);
}

int adapter_main(const adapter_library *library) {
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    greet(library);
    while ((len = getline(&line, &size, stdin)) > 0) {
        answer_case(library, line, (size_t)len);
    }
    free(line);
    return 0;
}
