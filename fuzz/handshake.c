#include "fuzz/handshake.h"

#include <string.h>

enum { TIME_LEN = 8 };

/* Not UTF-8, so in no PEM file. */
static const uint8_t separator[] = {0xff, 'M', 'G', 0xff};

/* take_field takes the bytes up to the next separator, or all that is left, from the front of `*rest`. */
static mtls_view take_field(mtls_view *rest) {
    mtls_view field = *rest;
    for (size_t i = 0; i + sizeof separator <= rest->len; i++) {
        const uint8_t *at = memchr(rest->data + i, separator[0], rest->len - sizeof separator + 1 - i);
        if (at == NULL) {
            break;
        }
        i = (size_t)(at - rest->data);
        if (memcmp(at, separator, sizeof separator) == 0) {
            field.len = i;
            rest->data = at + sizeof separator;
            rest->len -= i + sizeof separator;
            return field;
        }
    }
    *rest = (mtls_view){NULL, 0};
    return field;
}

bool mtlsfuzz_handshake_read(mtls_view input, mtlsfuzz_handshake *out) {
    if (input.len < 1 + TIME_LEN) {
        return false;
    }
    uint64_t time = 0;
    for (size_t i = 0; i < TIME_LEN; i++) {
        time = time << 8 | input.data[1 + i];
    }
    mtls_view rest = {input.data + 1 + TIME_LEN, input.len - 1 - TIME_LEN};
    out->options = input.data[0];
    memcpy(&out->time, &time, sizeof out->time);
    out->bundle = take_field(&rest);
    out->chain = take_field(&rest);
    out->ocsp = take_field(&rest);
    return true;
}
