#include "validator/letter_read.h"

#include "validator/extension_value.h"
#include "validator/name_rule.h"

bool mtlsval_letter_fail(const mtlsval_der *in, mtlsval_finding finding) {
    return mtlsval_der_fail(in, finding, in->at);
}

bool mtlsval_letter_enter_list(mtlsval_der *in, uint8_t tag, mtlsval_der *out_inside) {
    return mtlsval_der_enter(in, tag, out_inside) &&
           (!mtlsval_der_at_end(out_inside) ||
            mtlsval_letter_fail(out_inside, MTLSVAL_CERTIFICATE_LIST_EMPTY));
}

bool mtlsval_letter_any(mtlsval_der *in) {
    uint8_t tag;
    mtls_view content, element;
    return mtlsval_der_any(in, &tag, &content, &element);
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
    switch (name->kind) {
    case 1:
    case 2:
        return mtlsval_letter_is_ia5(name->value) ? MTLSVAL_FINDING_NONE
                                                  : MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER;
    case 4:
        return directory.bad_text ? MTLSVAL_CERTIFICATE_NAME_ENCODING : mtlsval_name_rule_broken(&directory);
    case 6:
        return !mtlsval_letter_is_ia5(name->value) ? MTLSVAL_CERTIFICATE_GENERAL_NAME_CHARACTER
               : use != MTLSVAL_NAMES_CONSTRAINED && !is_absolute(name->value)
                   ? MTLSVAL_CERTIFICATE_URI_RELATIVE
                   : MTLSVAL_FINDING_NONE;
    case 7:
        return len == least || len == most ? MTLSVAL_FINDING_NONE : MTLSVAL_CERTIFICATE_ADDRESS_LENGTH;
    default:
        return MTLSVAL_FINDING_NONE;
    }
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
