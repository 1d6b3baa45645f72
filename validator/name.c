#include "validator/name.h"

#include <string.h>

#include "core/text.h"
#include "validator/name_value.h"

bool mtlsval_name_read(mtlsval_der *in, mtlsval_name *out_name) {
    const uint8_t *start = in->at;
    mtlsval_der rdns;
    if (!mtlsval_der_enter(in, MTLSVAL_TAG_SEQUENCE, &rdns)) {
        return false;
    }
    *out_name = (mtlsval_name){
        .der = {start,   (size_t)(in->at - start)    },
          .rdns = {rdns.at, (size_t)(rdns.end - rdns.at)}
    };
    while (!mtlsval_der_at_end(&rdns)) {
        mtlsval_der rdn;
        mtls_view before = {NULL, 0};
        if (!mtlsval_der_enter(&rdns, MTLSVAL_TAG_SET, &rdn)) {
            return false;
        }
        if (mtlsval_der_at_end(&rdn)) {
            return mtlsval_der_fail(&rdn, MTLSVAL_CERTIFICATE_RDN_EMPTY, rdn.at);
        }
        for (unsigned in_rdn = 0; !mtlsval_der_at_end(&rdn); in_rdn++) {
            const uint8_t *attribute_at = rdn.at;
            mtlsval_der attribute;
            mtls_view type, value, element;
            uint8_t tag;
            if (out_name->num_attributes++ == MTLSVAL_NAME_ATTRIBUTES_MAX ||
                in_rdn == MTLSVAL_RDN_ATTRIBUTES_MAX) {
                return mtlsval_der_fail(&rdn, MTLSVAL_CERTIFICATE_NAME_LIMIT, rdn.at);
            }
            if (!mtlsval_der_enter(&rdn, MTLSVAL_TAG_SEQUENCE, &attribute) ||
                !mtlsval_der_oid(&attribute, &type) || !mtlsval_der_any(&attribute, &tag, &value, &element) ||
                !mtlsval_der_finish(&attribute)) {
                return false;
            }
            if (!mtlsval_der_in_order(&rdn, attribute_at, &before)) {
                return false;
            }
            out_name->bad_type = out_name->bad_type || !mtlsval_value_is_usual(tag);
            out_name->bad_text = out_name->bad_text || !mtlsval_value_is_text(tag, value);
        }
    }
    return true;
}

bool mtlsval_name_read_element(mtls_view der, mtlsval_name *out_name, mtlsval_fault *out_fault) {
    mtlsval_der in;
    mtlsval_der_start(&in, der, out_fault);
    return mtlsval_name_read(&in, out_name) && mtlsval_der_finish(&in);
}

void mtlsval_name_walk_start(mtlsval_name_walk *walk, const mtlsval_name *name) {
    *walk = (mtlsval_name_walk){.at = name->rdns.data, .end = name->rdns.data + name->rdns.len};
    walk->rdn_end = walk->at;
}

bool mtlsval_name_walk_next(mtlsval_name_walk *walk, mtlsval_attribute *out_attribute) {
    if (walk->at == walk->end) {
        return false;
    }
    if (walk->at == walk->rdn_end) {
        const uint8_t *at = walk->at;
        mtls_view rdn = mtlsval_der_take(&at);
        walk->at = rdn.data;
        walk->rdn_end = rdn.data + rdn.len;
        walk->rdn++;
    }
    const uint8_t *inside = mtlsval_der_take(&walk->at).data;
    out_attribute->rdn = walk->rdn - 1;
    out_attribute->type = mtlsval_der_take(&inside);
    const uint8_t *start = inside;
    out_attribute->tag = *inside;
    out_attribute->value = mtlsval_der_take(&inside);
    out_attribute->element = (mtls_view){start, (size_t)(inside - start)};
    return true;
}

static bool attribute_equal(const mtlsval_attribute *a, const mtlsval_attribute *b) {
    if (!mtls_view_equal(a->type, b->type)) {
        return false;
    }
    if (a->tag == b->tag && mtls_view_equal(a->value, b->value)) {
        return true;
    }
    if (!mtlsval_value_is_folded(a->tag, a->value) || !mtlsval_value_is_folded(b->tag, b->value)) {
        return false;
    }
    mtlsval_folding x, y;
    mtlsval_fold_start(&x, a->tag, a->value);
    mtlsval_fold_start(&y, b->tag, b->value);
    uint32_t from_a, from_b;
    do {
        from_a = mtlsval_fold_next(&x);
        from_b = mtlsval_fold_next(&y);
    } while (from_a == from_b && from_a != MTLSVAL_FOLD_END);
    return from_a == from_b;
}

/* take_rdn collects the attributes of the walk's next RDN, `*next` being the first; returns their count. */
static unsigned take_rdn(mtlsval_name_walk *walk, mtlsval_attribute *next, bool *more,
                         mtlsval_attribute out[MTLSVAL_RDN_ATTRIBUTES_MAX]) {
    unsigned count = 0;
    unsigned rdn = next->rdn;
    while (*more && next->rdn == rdn && count < MTLSVAL_RDN_ATTRIBUTES_MAX) {
        out[count++] = *next;
        *more = mtlsval_name_walk_next(walk, next);
    }
    return count;
}

bool mtlsval_name_equal(const mtlsval_name *a, const mtlsval_name *b) {
    if (mtls_view_equal(a->rdns, b->rdns)) {
        return true;
    }
    if (a->num_attributes != b->num_attributes) {
        return false;
    }
    mtlsval_name_walk walk_a, walk_b;
    mtlsval_name_walk_start(&walk_a, a);
    mtlsval_name_walk_start(&walk_b, b);
    mtlsval_attribute next_a, next_b;
    bool more_a = mtlsval_name_walk_next(&walk_a, &next_a);
    bool more_b = mtlsval_name_walk_next(&walk_b, &next_b);
    while (more_a && more_b) {
        mtlsval_attribute rdn_a[MTLSVAL_RDN_ATTRIBUTES_MAX], rdn_b[MTLSVAL_RDN_ATTRIBUTES_MAX];
        unsigned count = take_rdn(&walk_a, &next_a, &more_a, rdn_a);
        if (take_rdn(&walk_b, &next_b, &more_b, rdn_b) != count) {
            return false;
        }
        uint32_t used = 0; /* bit i: rdn_b[i] has found its equal */
        for (unsigned i = 0; i < count; i++) {
            unsigned j = 0;
            while (j < count && ((used >> j & 1) != 0 || !attribute_equal(&rdn_a[i], &rdn_b[j]))) {
                j++;
            }
            if (j == count) {
                return false;
            }
            used |= 1u << j;
        }
    }
    return more_a == more_b;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static uint64_t attribute_hash(const mtlsval_attribute *attribute) {
    uint64_t hash = attribute->type.len;
    for (size_t i = 0; i < attribute->type.len; i++) {
        hash = mix(hash, attribute->type.data[i]);
    }
    if (mtlsval_value_is_folded(attribute->tag, attribute->value)) {
        mtlsval_folding folding;
        mtlsval_fold_start(&folding, attribute->tag, attribute->value);
        for (uint32_t c; (c = mtlsval_fold_next(&folding)) != MTLSVAL_FOLD_END;) {
            hash = mix(hash, c);
        }
    } else {
        hash = mix(hash, 0x100u + attribute->tag);
        for (size_t i = 0; i < attribute->value.len; i++) {
            hash = mix(hash, attribute->value.data[i]);
        }
    }
    return hash;
}

uint64_t mtlsval_name_hash(const mtlsval_name *name) {
    uint64_t hash = 0;
    uint64_t rdn_sum = 0; /* a sum, for the attributes of one RDN have no order */
    unsigned rdn = 0;
    mtlsval_name_walk walk;
    mtlsval_attribute attribute;
    mtlsval_name_walk_start(&walk, name);
    while (mtlsval_name_walk_next(&walk, &attribute)) {
        if (attribute.rdn != rdn) {
            hash = mix(hash, rdn_sum);
            rdn_sum = 0;
            rdn = attribute.rdn;
        }
        rdn_sum += attribute_hash(&attribute);
    }
    return mix(hash, rdn_sum);
}
