#include "validator/pss.h"

#include <string.h>

#include "validator/der_read.h"

static const char *digest_name(mtls_view oid) {
    static const uint8_t sha1[] = {0x2b, 0x0e, 0x03, 0x02, 0x1a};
    static const uint8_t sha2[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02};
    static const char *const sha2_names[] = {"SHA256", "SHA384", "SHA512", "SHA224"}; /* 1 to 4 */
    if (oid.len == sizeof sha1 && memcmp(oid.data, sha1, sizeof sha1) == 0) {
        return "SHA1";
    }
    if (oid.len == sizeof sha2 + 1 && memcmp(oid.data, sha2, sizeof sha2) == 0 &&
        oid.data[sizeof sha2] >= 1 && oid.data[sizeof sha2] <= 4) {
        return sha2_names[oid.data[sizeof sha2] - 1];
    }
    return NULL;
}

/* read_digest takes an AlgorithmIdentifier of a digest: parameters absent or NULL (RFC 4055 2.1). */
static bool read_digest(mtlsval_der *in, const char **out_name) {
    mtlsval_der inside;
    mtls_view oid, null;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) || !mtlsval_der_oid(&inside, &oid)) {
        return false;
    }
    if (!mtlsval_der_at_end(&inside) &&
        (!mtlsval_der_read(&inside, MTLSVAL_TAG_NULL, &null) || null.len != 0)) {
        return false;
    }
    *out_name = digest_name(oid);
    return *out_name != NULL && mtlsval_der_finish(&inside);
}

/* MaskGenAlgorithm: id-mgf1 with a digest. */
static bool read_mask(mtlsval_der *in, const char **out_name) {
    static const uint8_t mgf1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08};
    mtlsval_der inside;
    mtls_view oid;
    return mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &inside) && mtlsval_der_oid(&inside, &oid) &&
           oid.len == sizeof mgf1 && memcmp(oid.data, mgf1, sizeof mgf1) == 0 &&
           read_digest(&inside, out_name) && mtlsval_der_finish(&inside);
}

bool mtlsval_pss_read(mtls_view parameters, mtlsval_pss *out) {
    mtlsval_fault fault;
    mtlsval_der in, params, field;
    uint32_t trailer = 1;
    *out = (mtlsval_pss){"SHA1", "SHA1", 20}; /* the defaults */
    mtlsval_der_start(&in, parameters, &fault);
    if (!mtlsval_der_enter(&in, MTLSVAL_TAG_SEQUENCE, &params) || !mtlsval_der_finish(&in)) {
        return false;
    }
    for (unsigned number = 0; number < 4; number++) {
        uint8_t tag = MTLSVAL_TAG_CONTEXT_CONSTRUCTED(number);
        if (!mtlsval_der_peek(&params, tag)) {
            continue;
        }
        if (!mtlsval_der_enter(&params, tag, &field)) {
            return false;
        }
        bool good = number == 0   ? read_digest(&field, &out->digest)
                    : number == 1 ? read_mask(&field, &out->mask_digest)
                    : number == 2 ? mtlsval_der_unsigned(&field, MTLSVAL_TAG_INTEGER, &out->salt_len)
                                  : mtlsval_der_unsigned(&field, MTLSVAL_TAG_INTEGER, &trailer);
        if (!good || !mtlsval_der_finish(&field)) {
            return false;
        }
    }
    return mtlsval_der_finish(&params) && trailer == 1 && out->salt_len <= 4096;
}
