/* A part of an input: what it is, and how its PEM is written. */
#include "gen/scenario_read.h"

/* A part while it is read: which of the keys that say what it is have come, and whether any key came that
 * only a PEM block can take. */
typedef struct {
    mtlsgen_part part;
    const char *what; /* the first key that says what the part is */
    const yaml_node_t *second;
    const yaml_node_t *form, *pem_only;
} part_words;

static mtls_status kind_set(part_words *words, const yaml_node_t *node, mtlsgen_part_kind kind,
                            const char *what) {
    if (words->what != NULL) {
        words->second = node;
    }
    words->what = what;
    words->part.kind = kind;
    return MTLS_OK;
}

static mtls_status part_read_cert(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    (void)kind_set(words, node, MTLSGEN_PART_CERT, "cert");
    return mtlsgen_read_ref(reader, node, &words->part.object);
}

static mtls_status part_read_certs(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    (void)kind_set(words, node, MTLSGEN_PART_CERTS, "certs");
    return mtlsgen_read_refs(reader, node, &words->part.objects, &words->part.num_objects);
}

static mtls_status part_read_csr(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    const mtlsgen_scenario *scenario = reader->scenario;
    (void)kind_set(words, node, MTLSGEN_PART_CSR, "csr");
    return mtlsgen_read_object(reader, node, "a CSR", scenario->csrs, scenario->num_csrs,
                               sizeof scenario->csrs[0], &words->part.object);
}

static mtls_status part_read_crl(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    const mtlsgen_scenario *scenario = reader->scenario;
    (void)kind_set(words, node, MTLSGEN_PART_CRL, "crl");
    return mtlsgen_read_object(reader, node, "a CRL", scenario->crls, scenario->num_crls,
                               sizeof scenario->crls[0], &words->part.object);
}

static mtls_status part_read_key(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    (void)kind_set(words, node, MTLSGEN_PART_KEY, "key");
    return mtlsgen_read_ref(reader, node, &words->part.object);
}

static mtls_status part_read_pkcs7(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    (void)kind_set(words, node, MTLSGEN_PART_PKCS7, "pkcs7");
    return mtlsgen_read_refs(reader, node, &words->part.objects, &words->part.num_objects);
}

static mtls_status part_read_text(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    char *text = NULL;
    (void)kind_set(words, node, MTLSGEN_PART_BYTES, "text");
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    words->part.bytes = mtls_view_of_text(text);
    return status;
}

static mtls_status part_read_hex(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    (void)kind_set(words, node, MTLSGEN_PART_BYTES, "hex");
    return mtlsgen_read_hex(reader, node, &words->part.bytes);
}

static mtls_status part_read_blob(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    (void)kind_set(words, node, MTLSGEN_PART_BLOB, "blob");
    return mtlsgen_read_hex(reader, node, &words->part.bytes);
}

/* The words of `form` depend on what the part is: read when that is known. */
static mtls_status part_read_form(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    (void)reader;
    ((part_words *)into)->form = node;
    return MTLS_OK;
}

static mtls_status pem_read_view(mtlsgen_reader *reader, const yaml_node_t *node, mtls_view *out) {
    char *text = NULL;
    const mtls_status status = mtlsgen_read_text(reader, node, &text);
    *out = mtls_view_of_text(text);
    return status;
}

static mtls_status pem_read_label(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    words->part.has_label = true;
    return pem_read_view(reader, node, &words->part.pem.label);
}

static mtls_status pem_read_delimiter(mtlsgen_reader *reader, const yaml_node_t *node,
                                      mtlsgen_pem_delimiter *out) {
    out->absent = mtlsgen_is_word(node, "absent");
    out->given = !out->absent;
    return out->absent ? MTLS_OK : pem_read_view(reader, node, &out->text);
}

static mtls_status pem_read_begin(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    return pem_read_delimiter(reader, node, &words->part.pem.begin);
}

static mtls_status pem_read_end(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    return pem_read_delimiter(reader, node, &words->part.pem.end);
}

static mtls_status pem_read_body(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    words->part.pem.has_body = true;
    return pem_read_view(reader, node, &words->part.pem.body);
}

static mtls_status pem_read_headers(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    mtlsgen_texts lines = {0};
    mtls_status status = mtlsgen_read_texts(reader, node, &lines);
    words->pem_only = node;
    if (status != MTLS_OK) {
        return status;
    }
    mtls_view *headers = mtlsgen_arena_zalloc(reader->arena, lines.num_items + 1, sizeof *headers);
    if (headers == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    for (size_t i = 0; i < lines.num_items; i++) {
        headers[i] = mtls_view_of_text(lines.items[i]);
    }
    words->part.pem.headers = headers;
    words->part.pem.num_headers = lines.num_items;
    return MTLS_OK;
}

static mtls_status pem_read_width(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    words->part.pem.has_width = true;
    return mtlsgen_read_size(reader, node, &words->part.pem.width);
}

static mtls_status pem_read_indent(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    return pem_read_view(reader, node, &words->part.pem.indent);
}

mtls_status mtlsgen_read_eol(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word words[] = {
        {"lf",    MTLSGEN_EOL_LF   },
        {"crlf",  MTLSGEN_EOL_CRLF },
        {"cr",    MTLSGEN_EOL_CR   },
        {"none",  MTLSGEN_EOL_NONE },
        {"mixed", MTLSGEN_EOL_MIXED},
    };
    int eol = 0;
    const mtls_status status = mtlsgen_read_word(reader, node, "a line end", words, NUM_ROWS(words), &eol);
    *(mtlsgen_eol *)into = (mtlsgen_eol)eol;
    return status;
}

static mtls_status pem_read_eol(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    words->part.has_eol = true;
    return mtlsgen_read_eol(reader, node, &words->part.pem.eol);
}

static mtls_status pem_read_final_eol(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    bool final_eol = true;
    words->pem_only = node;
    const mtls_status status = mtlsgen_read_bool(reader, node, &final_eol);
    words->part.pem.no_final_eol = !final_eol;
    return status;
}

static mtls_status pem_read_truncate(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    part_words *words = into;
    words->pem_only = node;
    return mtlsgen_read_size(reader, node, &words->part.pem.truncate_base64);
}

static mtls_status replace_read_with(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return pem_read_view(reader, node, &((mtlsgen_pem_options *)into)->replace_with);
}

static mtls_status pem_read_replace(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"at", mtlsgen_read_size, offsetof(mtlsgen_pem_options, replace_at)},
        {"with",    replace_read_with,                0                       },
    };
    part_words *words = into;
    words->pem_only = node;
    words->part.pem.replace = true;
    return mtlsgen_read_mapping(reader, node, "a replacement such as {at: 10, with: \"!\"}", keys,
                                NUM_ROWS(keys), &words->part.pem);
}

#define PART(member) offsetof(part_words, part.member)
static const mtlsgen_row part_keys[] = {
    {"der-truncate",    mtlsgen_read_size,  PART(der_truncate)},
    {"cert",            part_read_cert,     0                 },
    {"certs",           part_read_certs,    0                 },
    {"csr",             part_read_csr,      0                 },
    {"crl",             part_read_crl,      0                 },
    {"key",             part_read_key,      0                 },
    {"pkcs7",           part_read_pkcs7,    0                 },
    {"text",            part_read_text,     0                 },
    {"hex",             part_read_hex,      0                 },
    {"blob",            part_read_blob,     0                 },
    {"form",            part_read_form,     0                 },
    {"label",           pem_read_label,     0                 },
    {"begin",           pem_read_begin,     0                 },
    {"end",             pem_read_end,       0                 },
    {"body",            pem_read_body,      0                 },
    {"headers",         pem_read_headers,   0                 },
    {"width",           pem_read_width,     0                 },
    {"indent",          pem_read_indent,    0                 },
    {"eol",             pem_read_eol,       0                 },
    {"final-eol",       pem_read_final_eol, 0                 },
    {"truncate-base64", pem_read_truncate,  0                 },
    {"replace-base64",  pem_read_replace,   0                 },
    {"der-append",      mtlsgen_read_hex,   PART(der_append)  },
};

static mtls_status form_read(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_part *part) {
    static const mtlsgen_word forms[] = {
        {"pem", false},
        {"der", true }
    };
    mtlsgen_word key_forms[MTLSGEN_NUM_KEY_FORMS];
    int value = 0;
    mtls_status status;
    if (part->kind != MTLSGEN_PART_KEY) {
        status = mtlsgen_read_word(reader, node, "a form", forms, NUM_ROWS(forms), &value);
        part->der = value != 0;
        return status;
    }
    for (int i = 0; i < MTLSGEN_NUM_KEY_FORMS; i++) {
        key_forms[i] = (mtlsgen_word){mtlsgen_key_form_spelling((mtlsgen_key_form)i), i};
    }
    status =
        mtlsgen_read_word(reader, node, "a form of a private key", key_forms, NUM_ROWS(key_forms), &value);
    part->key_form = (mtlsgen_key_form)value;
    return status;
}

mtls_status mtlsgen_read_part(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_part *out) {
    part_words words = {0};
    mtls_status status;
    if (mtlsgen_is_scalar(node)) {
        status = part_read_cert(reader, node, &words);
    } else {
        status = mtlsgen_read_mapping(reader, node, "a part", part_keys, NUM_ROWS(part_keys), &words);
        if (status == MTLS_OK && words.what == NULL) {
            return mtlsgen_reader_fail(
                reader, node, "a part has one of cert, certs, csr, crl, key, pkcs7, text, hex, blob");
        }
    }
    if (status == MTLS_OK && words.second != NULL) {
        return mtlsgen_reader_fail(reader, words.second,
                                   "a part is one thing only; write a second part for this one");
    }
    if (status == MTLS_OK && words.form != NULL) {
        status = form_read(reader, words.form, &words.part);
    }
    const bool bytes = words.part.kind == MTLSGEN_PART_BYTES;
    if (status == MTLS_OK && (bytes || words.part.der) && words.pem_only != NULL) {
        return mtlsgen_reader_fail(reader, words.pem_only, "only what is written as PEM takes this");
    }
    if (status == MTLS_OK && bytes &&
        (words.form != NULL || words.part.der_truncate > 0 || words.part.der_append.len > 0)) {
        return mtlsgen_reader_fail(reader, node, "`%s` is written as it is and takes no other key",
                                   words.what);
    }
    *out = words.part;
    out->at = node;
    return status;
}
