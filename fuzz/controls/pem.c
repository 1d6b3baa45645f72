/* Lies about PEM: the scanner's, the generator's writer's and libcrypto's. */
#include "validator/pem.h"
#include "fuzz/controls/control.h"
#include "gen/pem_write.h"

#include <openssl/pem.h>

const mtlsfuzz_lie mtlsfuzz_lies[] = {
    {"a block starts before the one before it ended", "block-order"     },
    {"a body goes on after its block",                "block-inside"    },
    {"a block is a line further down",                "block-line"      },
    {"a body is a line further down",                 "body-line"       },
    {"a fault is on another line",                    "finding-place"   },
    {"a BEGIN was counted twice",                     "begin-count"     },
    {"more bytes came out than there is room for",    "decoded-room"    },
    {"a label is written otherwise",                  "round-trip-block"},
    {"a byte is written otherwise",                   "round-trip-bytes"},
    {"a block is written twice",                      "round-trip-end"  },
    {"libcrypto reads another label",                 "libcrypto-label" },
    {"libcrypto reads another byte",                  "libcrypto-bytes" },
    {"libcrypto reads no block",                      "libcrypto-count" },
};
const size_t mtlsfuzz_num_lies = sizeof mtlsfuzz_lies / sizeof *mtlsfuzz_lies;

/* clang-format off */
WRAP(bool, mtlsval_pem_next, mtlsval_pem *pem, mtlsval_pem_block *out_block) {
    bool found = __real_mtlsval_pem_next(pem, out_block);
    if (!found) {
        return false;
    }
    if (TOLD("a block starts before the one before it ended") && pem->num_begin > 1) {
        out_block->begin_at = 0;
    } else if (TOLD("a body goes on after its block")) {
        out_block->body.len += out_block->end_at;
    } else if (TOLD("a block is a line further down")) {
        out_block->begin_line++;
    } else if (TOLD("a body is a line further down")) {
        out_block->body_line++;
    } else if (TOLD("a fault is on another line")) {
        out_block->finding_line++;
    } else if (TOLD("a BEGIN was counted twice")) {
        pem->num_begin++;
    }
    return true;
}

WRAP(bool, mtlsval_pem_decode, mtls_view body, uint8_t *out, size_t *out_len, mtlsval_fault *out_fault) {
    bool good = __real_mtlsval_pem_decode(body, out, out_len, out_fault);
    if (TOLD("more bytes came out than there is room for")) {
        *out_len = body.len + 4;
    }
    return good;
}

WRAP(mtls_status, mtlsgen_pem_write, mtls_view der, const mtlsgen_pem_options *options, mtls_buf *out) {
    mtlsgen_pem_options other = *options;
    if (TOLD("a label is written otherwise")) {
        other.label = mtls_view_of_text("OTHER");
    }
    mtls_status status = __real_mtlsgen_pem_write(der, &other, out);
    if (status == MTLS_OK && TOLD("a block is written twice")) {
        status = __real_mtlsgen_pem_write(der, &other, out);
    }
    if (status == MTLS_OK && TOLD("a byte is written otherwise")) {
        uint8_t *first = out->data + sizeof "-----BEGIN -----" + options->label.len;
        *first = *first == 'A' ? 'B' : 'A';
    }
    return status;
}

WRAP(int, PEM_read_bio, BIO *bio, char **name, char **header, unsigned char **bytes, long *len) {
    int read = __real_PEM_read_bio(bio, name, header, bytes, len);
    if (read != 1) {
        return read;
    }
    if (TOLD("libcrypto reads another label")) {
        (*name)[0] ^= 1;
    } else if (TOLD("libcrypto reads another byte")) {
        (*bytes)[0] ^= 1;
    } else if (TOLD("libcrypto reads no block")) {
        return 0;
    }
    return read;
}
/* clang-format on */
