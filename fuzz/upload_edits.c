#include "fuzz/upload_edits.h"

#include "fuzz/oracle.h"
#include "fuzz/view.h"
#include "validator/pem.h"

#include <string.h>

/* PKCS#8's form, and no key: what is between the delimiters is one octet string of zeros. */
static const char key_block[] = "-----BEGIN PRIVATE KEY-----\nBAYAAAAAAAA=\n-----END PRIVATE KEY-----\n";

static void append(mtls_buf *out, mtls_view bytes) {
    mtlsfuzz_must(mtls_buf_append(out, bytes), "edit a file");
}

static void append_text(mtls_buf *out, const char *text) {
    mtlsfuzz_must(mtls_buf_append_text(out, text), "edit a file");
}

/* Text in one byte per character, so that what is added reads as it is written. */
static bool is_plain(mtls_view file) {
    mtlsval_pem pem;
    mtlsval_pem_start(&pem, file);
    return pem.file_finding != MTLSVAL_PEM_UTF16 && !pem.has_nul;
}

bool mtlsfuzz_edit_crlf(mtls_view file, mtls_buf *out) {
    mtls_buf_reset(out);
    if (file.len == 0 || memchr(file.data, '\r', file.len) != NULL ||
        memchr(file.data, '\n', file.len) == NULL) {
        return false;
    }
    MTLSFUZZ_REACHED("line ends edited");
    for (size_t at = 0; at < file.len;) {
        const uint8_t *feed = memchr(file.data + at, '\n', file.len - at);
        size_t end = feed == NULL ? file.len : (size_t)(feed - file.data);
        append(out, mtlsfuzz_view_slice(file, at, end));
        if (feed != NULL) {
            append_text(out, "\r\n");
        }
        at = end + 1;
    }
    return true;
}

bool mtlsfuzz_edit_space_after(mtls_view file, mtls_buf *out) {
    mtls_buf_reset(out);
    append(out, file);
    append_text(out, "\n \n");
    if (!is_plain(file)) {
        return false;
    }
    MTLSFUZZ_REACHED("white space added");
    return true;
}

bool mtlsfuzz_edit_text_between(mtls_view file, mtls_buf *out) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    size_t copied = 0, num_edits = 0;
    mtls_buf_reset(out);
    mtlsval_pem_start(&pem, file);
    while (mtlsval_pem_next(&pem, &block)) {
        bool starts_line = block.begin_at == 0 || file.data[block.begin_at - 1] == '\n';
        if (block.finding == MTLSVAL_FINDING_NONE && starts_line) {
            append(out, mtlsfuzz_view_slice(file, copied, block.begin_at));
            append_text(out, "subject=CN = a line of text\n");
            copied = block.begin_at;
            num_edits++;
        }
    }
    append(out, mtlsfuzz_view_slice(file, copied, file.len));
    if (num_edits == 0 || !is_plain(file)) {
        return false;
    }
    MTLSFUZZ_REACHED("text added");
    return true;
}

bool mtlsfuzz_edit_key_before(mtls_view file, mtls_buf *out) {
    mtls_buf_reset(out);
    append_text(out, key_block);
    append(out, file);
    return true;
}

bool mtlsfuzz_edit_key_after(mtls_view file, mtls_buf *out) {
    mtls_buf_reset(out);
    append(out, file);
    append_text(out, "\n");
    append_text(out, key_block);
    return is_plain(file);
}
