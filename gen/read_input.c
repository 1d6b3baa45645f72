/* The two inputs: what happens to a whole file, and what the client does. */
#include "gen/scenario_read.h"

static mtls_status input_read_parts(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_input *input = into;
    const yaml_node_t **items;
    size_t num_items;
    mtls_status status = mtlsgen_read_items(reader, node, "parts", &items, &num_items);
    if (status != MTLS_OK) {
        return status;
    }
    if (num_items > MTLSGEN_PARTS_MAX) {
        return mtlsgen_reader_fail(reader, node, "more than %d parts", MTLSGEN_PARTS_MAX);
    }
    input->parts = mtlsgen_arena_zalloc(reader->arena, num_items + 1, sizeof *input->parts);
    if (input->parts == NULL) {
        return mtlsgen_reader_memory(reader);
    }
    input->num_parts = num_items;
    for (size_t i = 0; status == MTLS_OK && i < num_items; i++) {
        status = mtlsgen_read_part(reader, items[i], &input->parts[i]);
    }
    return status;
}

static mtls_status read_encoding(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word words[] = {
        {"utf8",    MTLSGEN_UTF8   },
        {"utf16le", MTLSGEN_UTF16LE},
        {"utf16be", MTLSGEN_UTF16BE}
    };
    int encoding = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "an encoding", words, NUM_ROWS(words), &encoding);
    *(mtlsgen_encoding *)into = (mtlsgen_encoding)encoding;
    return status;
}

static mtls_status input_read_final_eol(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    bool final_eol = true;
    const mtls_status status = mtlsgen_read_bool(reader, node, &final_eol);
    ((mtlsgen_input *)into)->no_final_eol = !final_eol;
    return status;
}

static mtls_status input_read_width(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    ((mtlsgen_input *)into)->has_width = true;
    return mtlsgen_read_size(reader, node, &((mtlsgen_input *)into)->width);
}

static mtls_status read_repeat(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    int64_t repeat = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, 1, MTLSGEN_REPEAT_MAX, &repeat);
    *(size_t *)into = (size_t)repeat;
    return status;
}

static mtls_status read_pad_to(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    int64_t size = 0;
    const mtls_status status = mtlsgen_read_number(reader, node, 1, MTLSGEN_INPUT_MAX, &size);
    *(size_t *)into = (size_t)size;
    return status;
}

#define INPUT(member) offsetof(mtlsgen_input, member)
mtls_status mtlsgen_read_input(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"eol",       mtlsgen_read_eol,     INPUT(eol)     },
        {"parts",     input_read_parts,     0              },
        {"width",     input_read_width,     0              },
        {"encoding",  read_encoding,        INPUT(encoding)},
        {"bom",       read_encoding,        INPUT(bom)     },
        {"final-eol", input_read_final_eol, 0              },
        {"append",    mtlsgen_read_hex,     INPUT(append)  },
        {"prepend",   mtlsgen_read_hex,     INPUT(prepend) },
        {"repeat",    read_repeat,          INPUT(repeat)  },
        {"pad-to",    read_pad_to,          INPUT(pad_to)  },
    };
    mtlsgen_input *input = into;
    input->present = true;
    input->at = node;
    if (mtlsgen_is_list(node)) {
        return input_read_parts(reader, node, input);
    }
    const mtls_status status =
        mtlsgen_read_mapping(reader, node, "an input (or a list of parts)", keys, NUM_ROWS(keys), input);
    if (status == MTLS_OK && input->parts == NULL) {
        return mtlsgen_reader_fail(reader, node, "an input has `parts`; an empty one has `parts: []`");
    }
    return status;
}

static mtls_status client_read_chain(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    return mtlsgen_is_word(node, "absent") ? MTLS_OK : mtlsgen_read_input(reader, node, into);
}

static mtls_status client_read_key(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_client *client = into;
    client->has_key = true;
    return mtlsgen_read_ref(reader, node, &client->key);
}

static mtls_status read_mode(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word words[] = {
        {"Strict",      false},
        {"Passthrough", true }
    };
    int passthrough = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "a verifyClientAuthMode", words, NUM_ROWS(words), &passthrough);
    *(bool *)into = passthrough != 0;
    return status;
}

static mtls_status read_revocation(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_word words[] = {
        {"None", false},
        {"OCSP", true }
    };
    int ocsp = 0;
    const mtls_status status =
        mtlsgen_read_word(reader, node, "a verifyClientRevocation", words, NUM_ROWS(words), &ocsp);
    *(bool *)into = ocsp != 0;
    return status;
}

static mtls_status client_read_options(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"verifyClientCertIssuerDN", mtlsgen_read_bool, offsetof(mtlsgen_client, verify_issuer_dn)},
        {"verifyClientAuthMode",     read_mode,         offsetof(mtlsgen_client, passthrough)     },
        {"verifyClientRevocation",   read_revocation,   offsetof(mtlsgen_client, verify_ocsp)     },
    };
    return mtlsgen_read_mapping(reader, node, "the options", keys, NUM_ROWS(keys), into);
}

static mtls_status client_read_ocsp(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    mtlsgen_client *client = into;
    const mtlsgen_scenario *scenario = reader->scenario;
    client->has_ocsp = true;
    return mtlsgen_read_object(reader, node, "an OCSP answer", scenario->ocsp, scenario->num_ocsp,
                               sizeof scenario->ocsp[0], &client->ocsp);
}

mtls_status mtlsgen_read_client(mtlsgen_reader *reader, const yaml_node_t *node, void *into) {
    static const mtlsgen_row keys[] = {
        {"chain", client_read_chain, offsetof(mtlsgen_client, chain)},
        {"key",       client_read_key,                    0                     },
        {"options",       client_read_options,                0},
        {"ocsp",       client_read_ocsp,                   0                           },
    };
    mtlsgen_client *client = into;
    client->present = true;
    client->at = node;
    mtls_status status = mtlsgen_read_mapping(reader, node, "a client", keys, NUM_ROWS(keys), client);
    if (status != MTLS_OK || !client->chain.present || client->has_key || client->chain.num_parts == 0) {
        return status;
    }
    const mtlsgen_part *first = &client->chain.parts[0];
    if (first->kind == MTLSGEN_PART_CERT) {
        client->has_key = true;
        client->key = first->object;
    }
    return MTLS_OK;
}
