/* fuzz-seeds: a folder per fuzz target, each with the files that one takes (docs/fuzzing.md). A file is named
 * by its content, so what comes twice is there once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vocabulary.h"
#include "gen/certificate.h"
#include "gen/form.h"

enum { NAME_BYTES = 20, PATH_LEN = 128, SEED_MAX = 256 * 1024 * 1024 };

/* The bits of a handshake's first byte. */
enum {
    OPTION_ISSUER_DN = 0x01,
    OPTION_PASSTHROUGH = 0x02,
    OPTION_OCSP = 0x04,
    OPTION_NO_BUNDLE = 0x08,
    OPTION_NO_CHAIN = 0x10,
    OPTION_NO_ANSWER = 0x20,
    OPTION_PROFILE_OPENSSL = 0x40,
    OPTION_AS_IT_IS = 0x80 /* in `tls`: TLS 1.2 */
};

static const uint8_t separator[] = {0xff, 'M', 'G', 0xff};

typedef struct {
    mtlsgen_output *output;
    mtlsgen_builder *builder;
    const mtls_case *c;
    mtls_buf *record;
    mtls_error *error;
} seeding;

static mtls_status seed_write(const seeding *s, const char *target, mtls_view bytes) {
    uint8_t sha256[32];
    char path[PATH_LEN];
    mtlsgen_sha256(bytes, sha256);
    size_t len = (size_t)snprintf(path, sizeof path, "%s/", target);
    for (size_t i = 0; i < NAME_BYTES; i++) {
        len += (size_t)snprintf(path + len, sizeof path - len, "%02x", sha256[i]);
    }
    const mtls_status status = mtlsgen_output_write(s->output, path, bytes, true, s->error);
    return status == MTLS_OK ? mtlsgen_file_record_write(path, bytes, s->record) : status;
}

/* Seconds since 1970 of an RFC 3339 time in UTC. */
static int64_t seconds_of(const char *text) {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
    (void)sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second);
    int64_t days =
        (int64_t)year * 365 + day - 719528 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    days += before[month - 1] - 1 + (leap && month > 2);
    return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

static mtls_status handshake_write(const seeding *s, uint8_t options, mtls_view chain, mtls_buf *out) {
    const mtls_case *c = s->c;
    const int64_t time = seconds_of(c->time);
    const mtls_view cut = {separator, sizeof separator};
    uint8_t head[9];
    mtls_status status;
    options |= c->client.verify_issuer_dn ? OPTION_ISSUER_DN : 0;
    options |= c->client.passthrough ? OPTION_PASSTHROUGH : 0;
    options |= c->client.verify_ocsp ? OPTION_OCSP : 0;
    options |= c->has_bundle ? 0 : OPTION_NO_BUNDLE;
    options |= c->client.has_chain ? 0 : OPTION_NO_CHAIN;
    options |= c->client.has_ocsp_response ? 0 : OPTION_NO_ANSWER;
    head[0] = options;
    for (size_t i = 0; i < 8; i++) {
        head[1 + i] = (uint8_t)((uint64_t)time >> (56 - 8 * i));
    }
    mtls_buf_reset(out);
    if ((status = mtls_buf_append(out, (mtls_view){head, sizeof head})) == MTLS_OK &&
        (status = mtls_buf_append(out, mtls_buf_view(&c->bundle))) == MTLS_OK &&
        (status = mtls_buf_append(out, cut)) == MTLS_OK &&
        (status = mtls_buf_append(out, chain)) == MTLS_OK &&
        (status = mtls_buf_append(out, cut)) == MTLS_OK) {
        status = mtls_buf_append(out, mtls_buf_view(&c->client.ocsp_response));
    }
    return status == MTLS_OK ? status
                             : mtls_fail(status, s->error, "%s: %s", c->id, mtls_status_text(status));
}

static mtls_status u24_append(mtls_buf *out, size_t value) {
    const uint8_t bytes[] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    return mtls_buf_append(out, (mtls_view){bytes, sizeof bytes});
}

/* The chain as a Certificate message's body (RFC 5246 section 7.4.2), of the parts that are certificates. */
static mtls_status tls_message_write(const seeding *s, mtls_buf *out) {
    mtlsgen_workshop *shop = mtlsgen_builder_workshop(s->builder);
    const mtlsgen_input *chain = &shop->scenario->client.chain;
    mtls_buf list = {.max = SEED_MAX};
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && chain->present && i < chain->num_parts; i++) {
        const mtlsgen_part *part = &chain->parts[i];
        const mtlsgen_certificate *made;
        mtls_view der = part->bytes;
        if (part->kind == MTLSGEN_PART_CERT) {
            if ((status = mtlsgen_workshop_certificate_get(shop, part->object, &made, s->error)) != MTLS_OK) {
                break;
            }
            der = made->der;
            der.len -= part->der_truncate;
        } else if (part->kind != MTLSGEN_PART_BLOB) {
            continue;
        }
        if ((status = u24_append(&list, der.len + part->der_append.len)) == MTLS_OK &&
            (status = mtls_buf_append(&list, der)) == MTLS_OK) {
            status = mtls_buf_append(&list, part->der_append);
        }
    }
    if (status == MTLS_OK && (status = u24_append(out, list.len)) == MTLS_OK) {
        status = mtls_buf_append(out, mtls_buf_view(&list));
    }
    mtls_buf_clear(&list);
    return status;
}

static mtls_status handshakes_seed(const seeding *s) {
    mtls_buf seed = {.max = SEED_MAX}, message = {.max = SEED_MAX};
    mtls_status status = MTLS_OK;
    for (int profile = 0; status == MTLS_OK && profile < MTLS_NUM_PROFILES; profile++) {
        const uint8_t options =
            (uint8_t)(OPTION_AS_IT_IS | (profile == MTLS_PROFILE_OPENSSL ? OPTION_PROFILE_OPENSSL : 0));
        if (!s->c->expect[profile].present ||
            !mtls_profile_describe((mtls_profile_id)profile)->judges_clients) {
            continue;
        }
        if ((status = handshake_write(s, options, mtls_buf_view(&s->c->client.chain), &seed)) == MTLS_OK &&
            (status = seed_write(s, "client", mtls_buf_view(&seed))) == MTLS_OK) {
            status = seed_write(s, "differential", mtls_buf_view(&seed));
        }
        if (status == MTLS_OK && s->c->client.verify_ocsp) {
            status = seed_write(s, "ocsp", mtls_buf_view(&seed));
        }
        mtls_buf_reset(&message);
        if (status == MTLS_OK && (status = tls_message_write(s, &message)) == MTLS_OK &&
            (status = handshake_write(s, options, mtls_buf_view(&message), &seed)) == MTLS_OK &&
            (status = seed_write(s, "tls", mtls_buf_view(&seed))) == MTLS_OK) {
            const uint8_t newer = (uint8_t)(options & ~OPTION_AS_IT_IS);
            if ((status = handshake_write(s, newer, mtls_buf_view(&message), &seed)) == MTLS_OK) {
                status = seed_write(s, "tls", mtls_buf_view(&seed));
            }
        }
    }
    mtls_buf_cleanse(&seed);
    mtls_buf_clear(&message);
    return status;
}

static mtls_status certificates_seed(const seeding *s) {
    mtlsgen_workshop *shop = mtlsgen_builder_workshop(s->builder);
    mtls_status status = MTLS_OK;
    for (size_t i = 0; status == MTLS_OK && i < shop->scenario->num_certificates; i++) {
        const mtlsgen_certificate *made;
        if ((status = mtlsgen_workshop_certificate_get(shop, i, &made, s->error)) == MTLS_OK) {
            status = seed_write(s, "certificate", made->der);
        }
    }
    return status;
}

static mtls_status seeds_emit(mtlsgen_output *output, mtlsgen_builder *builder, const mtls_case *c,
                              mtls_buf *record, mtls_error *error) {
    const seeding s = {output, builder, c, record, error};
    mtls_status status = certificates_seed(&s);
    if (status == MTLS_OK && c->has_bundle &&
        (status = seed_write(&s, "pem", mtls_buf_view(&c->bundle))) == MTLS_OK) {
        status = seed_write(&s, "upload", mtls_buf_view(&c->bundle));
    }
    if (status == MTLS_OK && c->client.present) {
        status = handshakes_seed(&s);
    }
    if (status == MTLS_OK && strchr(c->id, '@') == NULL) {
        status = seed_write(&s, "scenario", mtlsgen_builder_workshop(builder)->scenario->document.text);
    }
    return status;
}

const mtlsgen_form mtlsgen_form_fuzz_seeds = {
    .word = "fuzz-seeds",
    .kind = MTLSGEN_OUTPUT_FOLDER,
    .emit = seeds_emit,
    .collect = mtlsgen_file_records_collect,
    .end = mtlsgen_manifest_finish,
};
