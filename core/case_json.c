#include "core/case_json.h"

typedef struct {
    mtls_buf *out;
    mtls_status status;
} sink;

/* jansson goes on when a member's name was not taken, so what failed once fails from then on. */
static int take(const char *bytes, size_t len, void *context) {
    sink *s = context;
    if (s->status == MTLS_OK) {
        s->status = mtls_buf_append(s->out, (mtls_view){(const uint8_t *)bytes, len});
    }
    return s->status == MTLS_OK ? 0 : -1;
}

mtls_status mtls_json_append(const json_t *value, size_t flags, mtls_buf *out) {
    sink s = {out, MTLS_OK};
    const size_t start = out->len;
    if (json_dump_callback(value, take, &s, flags) != 0 && s.status == MTLS_OK) {
        s.status = MTLS_ERR_NOMEM;
    }
    if (s.status != MTLS_OK) {
        out->len = start;
    }
    return s.status;
}
