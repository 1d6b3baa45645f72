#include "fuzz/second/constraint_features.h"

#include <ctype.h>
#include <strings.h>

enum { EMAIL_ADDRESS = 1, DNS_NAME = 2, DIRECTORY_NAME = 4, URI = 6, IP_ADDRESS = 7 };

static mtlsfuzz_features kind_of(const mtlsval_general_name *base) {
    switch (base->kind) {
    case EMAIL_ADDRESS:
        return MTLSFUZZ_FEATURE(CONSTRAINS_EMAIL);
    case DNS_NAME: /* by its text, below */
        return 0;
    case DIRECTORY_NAME:
        return MTLSFUZZ_FEATURE(CONSTRAINS_DIRECTORY);
    case URI:
        return MTLSFUZZ_FEATURE(CONSTRAINS_URI);
    case IP_ADDRESS:
        return MTLSFUZZ_FEATURE(CONSTRAINS_IP);
    default:
        return MTLSFUZZ_FEATURE(CONSTRAINS_OTHER);
    }
}

static bool has_capital(mtls_view text) {
    for (size_t i = 0; i < text.len; i++) {
        if (isupper(text.data[i])) {
            return true;
        }
    }
    return false;
}

static bool starts_in_label(mtls_view base, mtls_view name) {
    return base.len > 0 && base.len < name.len && base.data[0] != '.' &&
           name.data[name.len - base.len - 1] != '.' &&
           strncasecmp((const char *)name.data + name.len - base.len, (const char *)base.data, base.len) == 0;
}

/* An address constraint is an address and a mask (RFC 5280 4.2.1.10). */
static bool is_of_other_size(mtls_view base, mtls_view address) {
    return base.len != 2 * address.len || (address.len != 4 && address.len != 16);
}

static mtlsfuzz_features look_at_base(const mtlsval_general_name *base, const mtlsval_certificate *client) {
    mtlsfuzz_features features = kind_of(base);
    mtls_view rest = client != NULL ? client->subject_alt_name.names : (mtls_view){NULL, 0};
    mtlsval_general_name name;
    bool has_dns = client == NULL;
    if (base->kind == DNS_NAME) {
        features |= base->value.len == 0 ? MTLSFUZZ_FEATURE(CONSTRAINS_ALL_DNS) : 0;
        features |= has_capital(base->value) ? MTLSFUZZ_FEATURE(CONSTRAINS_IN_CAPITALS) : 0;
    }
    while (mtlsval_general_name_next(&rest, &name)) {
        has_dns = has_dns || name.kind == DNS_NAME;
        if (base->kind == DNS_NAME && name.kind == DNS_NAME) {
            features |= starts_in_label(base->value, name.value) ? MTLSFUZZ_FEATURE(CONSTRAINS_IN_LABEL) : 0;
            features |= has_capital(name.value) ? MTLSFUZZ_FEATURE(CONSTRAINS_IN_CAPITALS) : 0;
        }
        if (base->kind == IP_ADDRESS && name.kind == IP_ADDRESS &&
            is_of_other_size(base->value, name.value)) {
            features |= MTLSFUZZ_FEATURE(CONSTRAINS_OTHER_IP);
        }
    }
    return features | (base->kind == DNS_NAME && !has_dns ? MTLSFUZZ_FEATURE(CONSTRAINS_COMMON_NAME) : 0);
}

/* wolfSSL asks at the constraints whether the certificate is a CA. */
static bool constrains_before_ca(const mtlsval_certificate *c) {
    mtls_view rest = c->extensions;
    mtlsval_extension e;
    bool is_ca = false;
    while (mtlsval_extension_next(&rest, &e)) {
        if (mtls_view_equal_text(e.oid, "\x55\x1d\x1e")) {
            return !is_ca;
        }
        is_ca = is_ca || (mtls_view_equal_text(e.oid, "\x55\x1d\x13") && c->basic_constraints.ca);
    }
    return false;
}

mtlsfuzz_features mtlsfuzz_constraint_features(const mtlsval_certificate *ca,
                                               const mtlsval_certificate *client) {
    mtls_view subtrees[] = {ca->name_constraints.permitted, ca->name_constraints.excluded};
    mtlsfuzz_features features = ca->name_constraints.present ? MTLSFUZZ_FEATURE(CONSTRAINS_NAMES) : 0;
    mtlsval_general_name base;
    if (ca->name_constraints.present && !ca->name_constraints.critical) {
        features |= MTLSFUZZ_FEATURE(CONSTRAINS_NOT_CRITICAL);
    }
    features |= constrains_before_ca(ca) ? MTLSFUZZ_FEATURE(CONSTRAINS_BEFORE_CA) : 0;
    for (size_t i = 0; i < sizeof subtrees / sizeof *subtrees; i++) {
        while (mtlsval_subtree_next(&subtrees[i], &base)) {
            features |= look_at_base(&base, client);
        }
    }
    return features;
}
