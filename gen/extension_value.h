/* What stands in an extension's OCTET STRING. */
#ifndef MTLS_GEN_EXTENSION_VALUE_H
#define MTLS_GEN_EXTENSION_VALUE_H

#include "gen/extension_add.h"

/* mtlsgen_extension_value_add adds the value of any kind but MTLSGEN_EXT_RAW. */
MTLS_MUST_CHECK mtls_status mtlsgen_extension_value_add(mtlsgen_der_tree *tree, mtlsgen_der_node *value,
                                                        const mtlsgen_extension *extension,
                                                        const mtlsgen_key_ids *ids, mtls_error *error);

#endif
