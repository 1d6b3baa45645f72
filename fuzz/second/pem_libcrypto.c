#include "fuzz/second/pem_libcrypto.h"

#include "fuzz/oracle.h"
#include "fuzz/second/pem_differences.h"
#include "validator/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

static void compare_block(const mtlsval_pem_block *block, const char *name, mtls_view bytes) {
    MTLSFUZZ_ORACLE("libcrypto-label", mtls_view_equal_text(block->label, name),
                    "line %zu: libcrypto reads the label \"%s\"", block->begin_line, name);
    uint8_t *der = malloc(mtlsval_pem_decoded_max(block->body));
    size_t der_len = 0;
    mtlsval_fault fault;
    mtlsfuzz_must(der == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "make room");
    bool decoded = mtlsval_pem_decode(block->body, der, &der_len, &fault);
    MTLSFUZZ_ORACLE("libcrypto-bytes", decoded && mtls_view_equal((mtls_view){der, der_len}, bytes),
                    "line %zu: %zu bytes, libcrypto reads %zu others", block->begin_line, der_len, bytes.len);
    free(der);
}

void mtlsfuzz_pem_compare(mtls_view file) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    if (file.len > INT32_MAX || mtlsfuzz_pem_is_read_otherwise(file)) {
        return;
    }
    BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
    mtlsfuzz_must(bio == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "BIO_new_mem_buf");
    mtlsval_pem_start(&pem, file);
    for (bool more = true; more;) {
        char *name = NULL, *header = NULL;
        unsigned char *bytes = NULL;
        long len = 0;
        bool read = PEM_read_bio(bio, &name, &header, &bytes, &len) == 1;
        more = mtlsval_pem_next(&pem, &block);
        MTLSFUZZ_ORACLE("libcrypto-count", read == more, "libcrypto sees %s block where we see %s (line %zu)",
                        read ? "a" : "no", more ? "one" : "none", more ? block.begin_line : pem.line);
        if (more) {
            MTLSFUZZ_REACHED("libcrypto block");
            compare_block(&block, name, (mtls_view){bytes, (size_t)len});
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(bytes);
    }
    ERR_clear_error();
    BIO_free(bio);
}
