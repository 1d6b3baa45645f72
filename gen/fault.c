#include "gen/fault.h"

#include <string.h>

static const mtlsgen_fault_operation_info operations[MTLSGEN_NUM_FAULT_OPERATIONS] = {
    [MTLSGEN_FAULT_RETAG] = {"retag",       "tag",    true,  false},
    [MTLSGEN_FAULT_SET] = {"set",         "hex",    true,  false},
    [MTLSGEN_FAULT_DELETE] = {"delete",      NULL,     false, false},
    [MTLSGEN_FAULT_DUPLICATE] = {"duplicate",   NULL,     false, false},
    [MTLSGEN_FAULT_REVERSE] = {"reverse",     NULL,     false, false},
    [MTLSGEN_FAULT_TRUNCATE] = {"truncate",    "by",     false, true },
    [MTLSGEN_FAULT_APPEND] = {"append",      "hex",    true,  false},
    [MTLSGEN_FAULT_PREPEND] = {"prepend",     "hex",    true,  false},
    [MTLSGEN_FAULT_NON_MINIMAL] = {"non-minimal", "octets", false, true },
    [MTLSGEN_FAULT_INDEFINITE] = {"indefinite",  NULL,     false, false},
    [MTLSGEN_FAULT_LIE] = {"lie",         "by",     false, true },
    [MTLSGEN_FAULT_TRAILING] = {"trailing",    "hex",    true,  false},
};

const mtlsgen_fault_operation_info *mtlsgen_fault_operation_describe(mtlsgen_fault_operation operation) {
    return &operations[operation];
}

bool mtlsgen_fault_operation_find(const char *word, mtlsgen_fault_operation *out) {
    for (int i = 0; i < MTLSGEN_NUM_FAULT_OPERATIONS; i++) {
        if (strcmp(word, operations[i].word) == 0) {
            *out = (mtlsgen_fault_operation)i;
            return true;
        }
    }
    return false;
}

static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* name_skip gives how many bytes of a name, or of what stands in brackets, `text` starts with. */
static size_t name_skip(const char *text, bool bracketed) {
    size_t len = 0;
    while (is_name_byte(text[len]) || (bracketed && text[len] == '.')) {
        len++;
    }
    return len;
}

bool mtlsgen_fault_path_check(const char *path, size_t *out_at) {
    size_t at = 0, steps = 0;
    for (bool bracketed = false;;) {
        size_t len = name_skip(path + at, bracketed);
        at += len;
        if (len == 0 || at > MTLSGEN_FAULT_PATH_MAX || ++steps > MTLSGEN_FAULT_DEPTH_MAX) {
            break;
        }
        if (bracketed && path[at++] != ']') {
            at--;
            break;
        }
        if (path[at] == '\0') {
            return true;
        }
        if (path[at] != '.' && path[at] != '[') {
            break;
        }
        bracketed = path[at++] == '[';
    }
    *out_at = at;
    return false;
}
