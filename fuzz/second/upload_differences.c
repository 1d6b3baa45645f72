#include "fuzz/second/upload_differences.h"

#include "fuzz/oracle.h"
#include "fuzz/second/certificate_differences.h"
#include "fuzz/second/pem_differences.h"
#include "validator/der_read.h"
#include "validator/pem.h"

#include <stdlib.h>
#include <string.h>

/* PEM_read_bio takes for text what is not exactly a delimiter, and does not look at what is outside. */
static bool is_text_to_libcrypto(mtlsval_finding finding) {
    switch (finding) {
    case MTLSVAL_PEM_NO_DELIMITERS:
    case MTLSVAL_PEM_END_WITHOUT_BEGIN:
    case MTLSVAL_PEM_BEGIN_WITHOUT_END:
    case MTLSVAL_PEM_NESTED_BEGIN:
    case MTLSVAL_PEM_DELIMITER_SPELLING:
    case MTLSVAL_PEM_DELIMITER_INDENTED:
    case MTLSVAL_PEM_DELIMITER_NOT_ALONE:
    case MTLSVAL_PEM_DELIMITERS_SHARE_LINE:
    case MTLSVAL_PEM_HEADERS:
    case MTLSVAL_PEM_BOM:
    case MTLSVAL_PEM_UTF16:
    case MTLSVAL_PEM_NUL:
        return true;
    default:
        return false;
    }
}

/* der_of gives the bytes of the file's Nth block; the caller frees them. */
static uint8_t *der_of(mtls_view file, unsigned number, mtls_view *out_der) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_fault fault;
    mtlsval_pem_start(&pem, file);
    while (mtlsval_pem_next(&pem, &block)) {
        if (block.is_block && --number == 0) {
            uint8_t *der = malloc(mtlsval_pem_decoded_max(block.body));
            size_t len = 0;
            mtlsfuzz_must(der == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "make room for a certificate");
            bool decoded = mtlsval_pem_decode(block.body, der, &len, &fault);
            *out_der = (mtls_view){der, decoded ? len : 0};
            return der;
        }
    }
    return NULL;
}

/* EVP_DecodeUpdate takes a hyphen for the end of all base64, and libcrypto loses what comes after it in the
 * block. */
static bool has_hyphen(mtls_view file, const mtlsval_problem *problem) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    unsigned number = problem->number;
    mtlsval_pem_start(&pem, file);
    while (problem->finding == MTLSVAL_PEM_BASE64_CHARACTER && mtlsval_pem_next(&pem, &block)) {
        if (block.is_block && --number == 0) {
            return block.body.len > 0 && memchr(block.body.data, '-', block.body.len) != NULL;
        }
    }
    return false;
}

/* We refuse the file as invalid: its first problem is the reason. */
static bool may_refuse(mtls_view file, const mtlsval_upload *upload) {
    const mtlsval_problem *problem = &upload->problem;
    if (!problem->in_der) {
        return is_text_to_libcrypto(problem->finding) || has_hyphen(file, problem);
    }
    mtls_view der = {NULL, 0};
    uint8_t *bytes = der_of(file, problem->number, &der);
    const unsigned char *at = bytes;
    X509 *x = bytes == NULL ? NULL : d2i_X509(NULL, &at, (long)der.len);
    /* PEM_X509_INFO_read_bio does not ask whether all of a block was the certificate
     * (facts#nginx-lost-block). */
    bool is_after = problem->finding == MTLSVAL_DER_TRAILING && at == bytes + problem->der_at;
    mtlsval_fault fault = {problem->finding, problem->der_at};
    bool explained = x != NULL && (is_after || mtlsfuzz_certificate_may_be_taken(x, der, fault));
    X509_free(x);
    free(bytes);
    return explained;
}

/* The second check refuses the file as invalid: libcrypto cannot read it, or not all of it. */
static bool libcrypto_may_refuse(mtls_view file, const mtlsval_upload *upload) {
    if (mtlsfuzz_pem_is_read_otherwise(file)) {
        return true;
    }
    for (size_t i = 0; i < upload->num_certificates; i++) {
        if (mtlsfuzz_certificate_may_be_refused(&upload->certificates[i].certificate)) {
            return true;
        }
    }
    return false;
}

/* X509_verify refuses a certificate whose two signature algorithms differ (RFC 5280 4.1.1.2), whatever its
 * signature. */
static bool has_differing_algorithms(const mtlsval_upload *upload) {
    for (size_t i = 0; i < upload->num_certificates; i++) {
        if (mtlsval_certificate_has_note(&upload->certificates[i].certificate,
                                         MTLSVAL_CERTIFICATE_ALGORITHMS_DIFFER)) {
            return true;
        }
    }
    return false;
}

/* d2i_PUBKEY passes over what stands after an RSAPublicKey in the BIT STRING, which is to hold it alone (RFC
 * 3279 2.3.1); we cannot use such a key. */
static bool has_bytes_after_key(const mtlsval_upload *upload) {
    for (size_t i = 0; i < upload->num_certificates; i++) {
        const mtlsval_certificate *c = &upload->certificates[i].certificate;
        mtlsval_der in;
        mtlsval_fault ignored;
        uint8_t tag;
        mtls_view content, whole;
        mtlsval_der_start(&in, c->key, &ignored);
        if (c->key_id == MTLSVAL_KEY_RSA && mtlsval_der_any(&in, &tag, &content, &whole) &&
            !mtlsval_der_at_end(&in)) {
            return true;
        }
    }
    return false;
}

static bool is_base64(const mtlsval_pem_block *block) {
    uint8_t *der = malloc(mtlsval_pem_decoded_max(block->body));
    mtlsval_fault fault;
    size_t len;
    mtlsfuzz_must(der == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "make room for a block");
    bool good = mtlsval_pem_decode(block->body, der, &len, &fault);
    free(der);
    return good;
}

/* libcrypto stops at the first block that it cannot read, before any key that comes after, or in it. */
static bool has_fault(mtls_view file) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_pem_start(&pem, file);
    if (pem.has_nul || pem.file_finding != MTLSVAL_FINDING_NONE) {
        return true;
    }
    while (mtlsval_pem_next(&pem, &block)) {
        if (block.finding != MTLSVAL_FINDING_NONE || !is_base64(&block)) {
            return true;
        }
    }
    return false;
}

bool mtlsfuzz_upload_may_differ(mtls_view file, const mtlsval_upload *upload, mtls_upload_code code) {
    switch (upload->code) {
    case MTLS_UPLOAD_MUST_NOT_HAVE_PRIVATE_KEY: /* a key is a key, however badly it is delimited */
        return has_fault(file) || libcrypto_may_refuse(file, upload);
    case MTLS_UPLOAD_INVALID_DATA: /* or in a block that libcrypto takes for text */
        return may_refuse(file, upload) || mtlsfuzz_pem_is_read_otherwise(file);
    default: /* a block that libcrypto takes for text may hold a root, or the only CA */
        return code == MTLS_UPLOAD_INVALID_DATA
                   ? libcrypto_may_refuse(file, upload)
                   : has_differing_algorithms(upload) || has_bytes_after_key(upload) ||
                         mtlsfuzz_pem_is_read_otherwise(file);
    }
}
