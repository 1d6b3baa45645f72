#include "fuzz/forgery.h"

#include "fuzz/decoded.h"
#include "fuzz/oracle.h"
#include "validator/certificate.h"
#include "validator/pem.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CERTIFICATES_MAX = 128, DER_MAX = 1024 * 1024 };

/* One certificate of either file. */
typedef struct {
    X509 *x;
    bool in_bundle;
    bool reached; /* signatures lead from the client's certificate to it */
} node;

typedef struct {
    node items[CERTIFICATES_MAX];
    size_t num_items;
} graph;

static bool is_certificate(mtls_view label) {
    return mtls_view_equal_text(label, "CERTIFICATE") || mtls_view_equal_text(label, "X509 CERTIFICATE");
}

/* gather adds what our scanner finds and libcrypto decodes; any other block is passed over. */
static void gather(graph *g, mtls_view file, bool in_bundle) {
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_pem_start(&pem, file);
    while (g->num_items < CERTIFICATES_MAX && mtlsval_pem_next(&pem, &block)) {
        uint8_t *der = malloc(mtlsval_pem_decoded_max(block.body));
        size_t len = 0;
        mtlsval_fault fault;
        mtlsfuzz_must(der == NULL ? MTLS_ERR_NOMEM : MTLS_OK, "make room for a certificate");
        X509 *x =
            is_certificate(block.label) && mtlsval_pem_decode(block.body, der, &len, &fault) && len < DER_MAX
                ? mtlsfuzz_decode((mtls_view){der, len})
                : NULL;
        if (x != NULL) {
            g->items[g->num_items++] = (node){x, in_bundle, false};
        }
        free(der);
    }
}

/* gather_as_nginx adds what libcrypto's own PEM reader finds in a trusted file. */
static void gather_as_nginx(graph *g, mtls_view file) {
    STACK_OF(X509) *certificates = mtlsfuzz_decode_trusted(file);
    while (sk_X509_num(certificates) > 0 && g->num_items < CERTIFICATES_MAX) {
        g->items[g->num_items++] = (node){sk_X509_shift(certificates), true, false};
    }
    sk_X509_pop_free(certificates, X509_free);
}

static bool is_signed_by_key_of(X509 *x, X509 *issuer) {
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    return key != NULL && X509_verify(x, key) == 1;
}

static bool is_signed_by(X509 *x, X509 *issuer) {
    return X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(issuer)) == 0 &&
           is_signed_by_key_of(x, issuer);
}

static bool is_self_issued(X509 *x) {
    return X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(x)) == 0;
}

/* reach marks everything that signatures lead to from what is marked; each pair is looked at once. */
static void reach(graph *g, size_t from, bool (*is_link)(X509 *x, X509 *issuer)) {
    size_t queue[CERTIFICATES_MAX], num_queued = 0;
    g->items[from].reached = true;
    queue[num_queued++] = from;
    for (size_t next = 0; next < num_queued; next++) {
        for (size_t i = 0; i < g->num_items; i++) {
            if (!g->items[i].reached && is_link(g->items[queue[next]].x, g->items[i].x)) {
                g->items[i].reached = true;
                queue[num_queued++] = i;
            }
        }
    }
}

/* A trusted copy of the client's own certificate is as good as the one that was sent. */
static void mark_copies(graph *g, size_t num_sent) {
    for (size_t i = num_sent; i < g->num_items; i++) {
        g->items[i].reached = g->items[i].reached || X509_cmp(g->items[i].x, g->items[0].x) == 0;
    }
}

/* finish frees the certificates. True if the bound was met: past it nothing is known, and nothing is claimed.
 */
static bool finish(graph *g) {
    bool full = g->num_items == CERTIFICATES_MAX;
    for (size_t i = 0; i < g->num_items; i++) {
        X509_free(g->items[i].x);
    }
    ERR_clear_error();
    return full;
}

bool mtlsfuzz_chain_is_signed(mtls_view bundle, mtls_view chain, bool as_nginx) {
    graph g = {.num_items = 0};
    bool found = false;
    gather(&g, chain, false);
    size_t num_sent = g.num_items;
    if (as_nginx) {
        gather_as_nginx(&g, bundle);
    } else {
        gather(&g, bundle, true);
    }
    if (num_sent > 0) {
        reach(&g, 0, is_signed_by);
        mark_copies(&g, num_sent);
    }
    for (size_t i = 0; i < g.num_items; i++) {
        found = found || (g.items[i].reached && g.items[i].in_bundle && is_self_issued(g.items[i].x));
    }
    return finish(&g) || found;
}

bool mtlsfuzz_chain_is_anchored(mtls_view bundle, mtls_view chain) {
    graph g = {.num_items = 0};
    bool found = false;
    gather(&g, chain, false);
    size_t num_sent = g.num_items;
    gather(&g, bundle, true);
    if (num_sent > 0) {
        reach(&g, 0, is_signed_by_key_of);
        mark_copies(&g, num_sent);
    }
    for (size_t i = num_sent; i < g.num_items; i++) {
        found = found || g.items[i].reached;
    }
    return finish(&g) || found;
}

/* nginx asks responders by http alone. */
static bool is_http_url(mtls_view url) {
    static const char scheme[] = "http://";
    return url.len >= sizeof scheme && strncasecmp((const char *)url.data, scheme, sizeof scheme - 1) == 0 &&
           strchr("/?:", url.data[sizeof scheme - 1]) == NULL;
}

bool mtlsfuzz_leaf_read(mtls_view chain, mtlsfuzz_leaf *out) {
    static mtls_buf der = {.max = DER_MAX}, issuer = {.max = MTLSVAL_NAME_TEXT_MAX};
    mtlsval_pem pem;
    mtlsval_pem_block block;
    mtlsval_certificate c;
    mtlsval_fault fault;
    size_t len = 0;
    uint8_t *bytes;
    mtls_buf_reset(&der);
    mtls_buf_reset(&issuer);
    mtlsval_pem_start(&pem, chain);
    do {
        if (!mtlsval_pem_next(&pem, &block)) {
            return false;
        }
    } while (!is_certificate(block.label));
    if (block.finding != MTLSVAL_FINDING_NONE ||
        mtls_buf_extend(&der, mtlsval_pem_decoded_max(block.body), &bytes) != MTLS_OK ||
        !mtlsval_pem_decode(block.body, bytes, &len, &fault) ||
        !mtlsval_certificate_parse((mtls_view){bytes, len}, &c, &fault) ||
        mtlsval_name_text(&c.issuer, &issuer) != MTLS_OK) {
        return false;
    }
    *out = (mtlsfuzz_leaf){
        .not_before = c.not_before,
        .not_after = c.not_after,
        .has_purposes = c.ext_key_usage.present,
        .client_auth = (c.ext_key_usage.purposes & MTLSVAL_PURPOSE_CLIENT_AUTH) != 0,
        .has_responder = is_http_url(c.authority_info_access.ocsp),
        .issuer = mtls_buf_text(&issuer),
    };
    return out->issuer != NULL;
}
