#include "fuzz/resign.h"

#include <mtls/mutate.h>

#include "fuzz/oracle.h"

enum { FILES_MAX = 128 * 1024 * 1024, GROWTH_MAX = 2048 };

/* One for the life of the program: its keys take a while. */
static mtlsmut *signer(void) {
    static mtlsmut *only;
    if (only == NULL) {
        const mtlsmut_options options = {.format = MTLSMUT_PEM};
        mtlsfuzz_must(mtlsmut_new(&options, &only), "make a signer");
    }
    return only;
}

/* Each of the library's 64 certificates at most grows by less than GROWTH_MAX, and line ends may come. */
static void resign_file(mtls_view file, mtls_buf *out) {
    size_t room = file.len + file.len / 4 + 64 * (size_t)GROWTH_MAX;
    uint8_t *bytes;
    mtls_buf_reset(out);
    if (file.len == 0) {
        return;
    }
    mtlsfuzz_must(mtls_buf_extend(out, room, &bytes), "make room for a file");
    out->len = mtlsmut_resign(signer(), file.data, file.len, bytes, room);
}

void mtlsfuzz_resign(mtls_view bundle, mtls_view chain, mtls_buf *out_bundle, mtls_buf *out_chain) {
    static mtls_buf both = {.max = FILES_MAX};
    mtls_buf_reset(&both);
    mtlsfuzz_must(mtls_buf_append(&both, bundle), "join the files");
    mtlsfuzz_must(mtls_buf_append_text(&both, "\n"), "join the files");
    mtlsfuzz_must(mtls_buf_append(&both, chain), "join the files");
    mtlsfuzz_must(mtlsmut_set_issuers(signer(), both.data, both.len), "tell the issuers");
    resign_file(bundle, out_bundle);
    resign_file(chain, out_chain);
}
