/* The parts of the scenario reader, one for each section of docs/scenarios.md. Private to it. */
#ifndef MTLS_GEN_SCENARIO_READ_H
#define MTLS_GEN_SCENARIO_READ_H

#include "gen/scenario.h"

#define NUM_ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* The reads of single values beyond gen/reader.h. `into` is named with each. */
mtls_status mtlsgen_read_ref(mtlsgen_reader *reader, const yaml_node_t *node, void *into); /* mtlsgen_ref * */
mtls_status mtlsgen_read_refs(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_ref **out_refs,
                              size_t *out_num_refs);
mtls_status mtlsgen_read_time(mtlsgen_reader *reader, const yaml_node_t *node,
                              void *into); /* mtlsgen_time * */
mtls_status mtlsgen_read_digest(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_eol(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_size(mtlsgen_reader *reader, const yaml_node_t *node, void *into); /* size_t * */

/* An object of a section by its label: mtlsgen_read_object looks it up in `labels`, an array of structures of
 * `stride` bytes that begin with the label. `what` names the kind: "a CRL". */
mtls_status mtlsgen_read_object(mtlsgen_reader *reader, const yaml_node_t *node, const char *what,
                                const void *labels, size_t num_labels, size_t stride, size_t *out);

/* Names (read_name.c): `into` is a const mtlsgen_name **, mtlsgen_general_names *. */
mtls_status mtlsgen_read_name(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_general_names(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

/* INTEGER contents: an integer of any size and sign, or {hex: }. `into` is a mtls_view *. */
mtls_status mtlsgen_read_serial(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

/* Keys, signatures and faults (read_key.c): mtlsgen_key_choice *, mtlsgen_signature_choice *, and the faults
 * of an object. */
mtls_status mtlsgen_read_key(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_signature(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
typedef struct {
    const mtlsgen_fault *items;
    size_t num_items;
} mtlsgen_faults;
mtls_status mtlsgen_read_faults(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

/* Extensions (read_extension*.c): the keys of a certificate that are extensions. They collect in `into`, a
 * mtlsgen_extension_list *. */
typedef struct {
    mtlsgen_extension *items;
    size_t num_items, capacity;
    bool ca; /* what `ca` says, for the default of basic-constraints */
    const yaml_node_t *path_len_at;
    long path_len;
} mtlsgen_extension_list;
extern const mtlsgen_row mtlsgen_extension_keys[];
extern const size_t mtlsgen_num_extension_keys;
mtls_status mtlsgen_extension_list_finish(mtlsgen_reader *reader, mtlsgen_extension_list *list);

/* The sections. Each fills its part of reader->scenario. */
mtls_status mtlsgen_read_certificate(mtlsgen_reader *reader, const yaml_node_t *node,
                                     mtlsgen_scenario_certificate *out);
mtls_status mtlsgen_read_csr(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_scenario_csr *out);
mtls_status mtlsgen_read_crl(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_scenario_crl *out);
mtls_status mtlsgen_read_ocsp(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_scenario_ocsp *out);
mtls_status mtlsgen_read_part(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_part *out);
mtls_status mtlsgen_read_input(mtlsgen_reader *reader, const yaml_node_t *node,
                               void *into); /* mtlsgen_input * */
mtls_status mtlsgen_read_client(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_expectations(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_variants(mtlsgen_reader *reader, const yaml_node_t *node, mtlsgen_variant *out);

/* mtlsgen_variants_enumerate (variant.c) lists the combinations of choices that the suites take. */
mtls_status mtlsgen_variants_enumerate(mtlsgen_reader *reader);

/* What can only be seen when all is read (scenario_check.c): cycles, stages without an input. */
mtls_status mtlsgen_scenario_check(mtlsgen_reader *reader);

#endif
