/* The keys of a certificate that are extensions, in the files read_extension*.c. Private to them. */
#ifndef MTLS_GEN_READ_EXTENSION_H
#define MTLS_GEN_READ_EXTENSION_H

#include <stddef.h>

#include "gen/scenario_read.h"

/* mtlsgen_extension_list_add makes room for one more in `into`, a mtlsgen_extension_list *. */
mtls_status mtlsgen_extension_list_add(mtlsgen_reader *reader, void *into, mtlsgen_extension_kind kind,
                                       mtlsgen_extension **out);

/* mtlsgen_read_extension adds one that is `absent`, a mapping of `keys`, or, with `bare_value`, the value of
 * the first of them alone: most are a list, or a mapping with the list under one key and `critical`. */
mtls_status mtlsgen_read_extension(mtlsgen_reader *reader, const yaml_node_t *node, void *into,
                                   mtlsgen_extension_kind kind, const char *what, const mtlsgen_row *keys,
                                   size_t num_keys, bool bare_value);

mtls_status mtlsgen_read_critical(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

/* The row of `critical`, which all of them have. */
#define CRITICAL                                                                                             \
    { "critical", mtlsgen_read_critical, offsetof(mtlsgen_extension, critical) }

/* One for each key; `into` is the list. */
mtls_status mtlsgen_read_basic_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_short_path_len(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_key_usage(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_eku(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_san(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_ian(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_ski(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_aki(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_name_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_policies(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_policy_mappings(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_policy_constraints(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_inhibit_any_policy(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_aia(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_sia(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_distribution_points(mtlsgen_reader *reader, const yaml_node_t *node, void *into);
mtls_status mtlsgen_read_freshest_crl(mtlsgen_reader *reader, const yaml_node_t *node, void *into);

#endif
