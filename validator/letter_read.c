#include "validator/letter_read.h"

#include <string.h>

#include "validator/extension_value.h"
#include "validator/letter_name.h"
#include "validator/name_rule.h"
#include "validator/name_value.h"
#include "validator/time.h"

bool mtlsval_letter_fail(const mtlsval_der *in, mtlsval_finding finding) {
    return mtlsval_der_fail(in, finding, in->at);
}

bool mtlsval_letter_enter_list(mtlsval_der *in, uint8_t tag, mtlsval_der *out_inside) {
    return mtlsval_der_enter(in, tag, out_inside) &&
           (!mtlsval_der_at_end(out_inside) ||
            mtlsval_letter_fail(out_inside, MTLSVAL_CERTIFICATE_LIST_EMPTY));
}

/* X.690 11.7: seconds, fractions that do not end in zero, Z. */
static mtlsval_finding generalized_time_broken(mtls_view content) {
    const uint8_t *point = content.len > 0 ? memchr(content.data, '.', content.len) : NULL;
    mtlsval_time time;
    uint8_t whole[15];
    if (point == NULL) {
        return mtlsval_time_read_generalized(content, &time);
    }
    size_t at = (size_t)(point - content.data), digits = 0;
    while (at + 1 + digits < content.len && point[1 + digits] >= '0' && point[1 + digits] <= '9') {
        digits++;
    }
    if (at != 14 || digits == 0 || point[digits] == '0' || at + digits + 2 != content.len ||
        content.data[content.len - 1] != 'Z') {
        return MTLSVAL_DER_GENERALIZED_TIME;
    }
    memcpy(whole, content.data, 14);
    whole[14] = 'Z';
    return mtlsval_time_read_generalized((mtls_view){whole, sizeof whole}, &time);
}

/* What mtlsval_der_any does not ask of the primitive types, since no reader needs to. */
static bool primitive_check(const mtlsval_der *in, uint8_t tag, mtls_view content) {
    enum { ENUMERATED = 0x0a, RELATIVE_OID = 0x0d };
    mtlsval_finding broken = MTLSVAL_FINDING_NONE;
    mtlsval_time time;
    switch (tag) {
    case ENUMERATED:
        return mtlsval_der_check_integer(in, content);
    case RELATIVE_OID:
        return mtlsval_der_check_oid(in, content);
    case MTLSVAL_TAG_UTC_TIME:
        broken = mtlsval_time_read_utc(content, &time);
        break;
    case MTLSVAL_TAG_GENERALIZED_TIME:
        broken = generalized_time_broken(content);
        break;
    default:
        if (!mtlsval_value_is_text(tag, content) ||
            mtlsval_name_rule_text(tag, content, 0, 0) != MTLSVAL_FINDING_NONE) {
            broken = MTLSVAL_DER_STRING;
        }
    }
    return broken == MTLSVAL_FINDING_NONE || mtlsval_der_fail(in, broken, content.data);
}

bool mtlsval_letter_any(mtlsval_der *in) {
    uint8_t tag;
    mtls_view content, element;
    if (!mtlsval_der_any(in, &tag, &content, &element)) {
        return false;
    }
    for (const uint8_t *at = element.data; at < in->at;) {
        tag = *at;
        content = mtlsval_der_take(&at);
        if ((tag & 0x20) != 0) {
            at = content.data; /* of a constructed element the first one inside is next */
        } else if (!primitive_check(in, tag, content)) {
            return false;
        }
    }
    return true;
}

mtls_view mtlsval_letter_rest(const mtlsval_der *in) {
    return (mtls_view){in->at, (size_t)(in->end - in->at)};
}

bool mtlsval_letter_is_ia5(mtls_view text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* scheme ":" and something (RFC 3986 3). */
static bool is_absolute(mtls_view uri) {
    size_t i = 0;
    for (; i < uri.len && uri.data[i] != ':'; i++) {
        uint8_t c = uri.data[i], letter = c | 0x20;
        bool is_letter = letter >= 'a' && letter <= 'z';
        if (!is_letter && (i == 0 || (c != '+' && c != '-' && c != '.' && (c < '0' || c > '9')))) {
            return false;
        }
    }
    return i > 0 && i + 1 < uri.len;
}

/* "Conforming CAs MUST NOT issue certificates with subjectAltNames containing empty GeneralName fields"; and
 * " " is no name of a host (RFC 5280 4.2.1.6). */
static bool is_blank(const mtlsval_general_name *name, const mtlsval_name *directory) {
    return name->kind == 4 ? directory->num_attributes == 0
                           : name->value.len == 0 ||
                                 (name->kind == 2 && name->value.len == 1 && name->value.data[0] == ' ');
}

static mtlsval_finding form_broken(const mtlsval_general_name *name) {
    bool is_good = name->kind == 1   ? mtlsval_letter_is_mailbox(name->value)
                   : name->kind == 2 ? mtlsval_letter_is_host(name->value)
                   : name->kind == 6 ? mtlsval_letter_is_uri(name->value)
                                     : true;
    return is_good ? MTLSVAL_FINDING_NONE : MTLSVAL_CERTIFICATE_GENERAL_NAME_SYNTAX;
}

static mtlsval_finding constraint_broken(const mtlsval_general_name *name) {
    bool is_good = name->kind == 6   ? mtlsval_letter_is_uri_constraint(name->value)
                   : name->kind == 7 ? mtlsval_letter_is_range(name->value)
                                     : true;
    return is_good ? MTLSVAL_FINDING_NONE : MTLSVAL_CERTIFICATE_CONSTRAINT_SYNTAX;
}

mtlsval_finding mtlsval_letter_name_broken(const mtlsval_general_name *name, mtlsval_names_use use) {
    mtlsval_name directory = {0};
    mtlsval_fault fault;
    size_t len = name->value.len, least = use == MTLSVAL_NAMES_CONSTRAINED ? 8 : 4,
           most = use == MTLSVAL_NAMES_CONSTRAINED ? 32 : 16;
    if (name->kind == 4 && !mtlsval_name_read_element(name->value, &directory, &fault)) {
        return fault.finding;
    }
    if (use == MTLSVAL_NAMES_CERTIFIED && is_blank(name, &directory)) {
        return MTLSVAL_CERTIFICATE_GENERAL_NAME_EMPTY;
    }
    if ((name->kind == 1 || name->kind == 2 || name->kind == 6) && !mtlsval_letter_is_ia5(name->value)) {
        return MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER;
    }
    switch (name->kind) {
    case 4:
        return directory.bad_text ? MTLSVAL_CERTIFICATE_NAME_ENCODING : mtlsval_name_rule_broken(&directory);
    case 6:
        if (use != MTLSVAL_NAMES_CONSTRAINED && !is_absolute(name->value)) {
            return MTLSVAL_CERTIFICATE_URI_RELATIVE;
        }
        break;
    case 7:
        if (len != least && len != most) {
            return MTLSVAL_CERTIFICATE_ADDRESS_LENGTH;
        }
        break;
    default:
        break;
    }
    return use == MTLSVAL_NAMES_CERTIFIED     ? form_broken(name)
           : use == MTLSVAL_NAMES_CONSTRAINED ? constraint_broken(name)
                                              : MTLSVAL_FINDING_NONE;
}

bool mtlsval_letter_names(mtlsval_der *in, mtlsval_names_use use) {
    mtls_view rest = mtlsval_letter_rest(in);
    mtlsval_general_name name;
    unsigned num_names;
    if (!mtlsval_general_names_read(in, &num_names)) {
        return false;
    }
    while (mtlsval_general_name_next(&rest, &name)) {
        mtlsval_finding broken = mtlsval_letter_name_broken(&name, use);
        if (broken != MTLSVAL_FINDING_NONE) {
            return mtlsval_der_fail(in, broken, name.value.data);
        }
    }
    return true;
}
