/* TBSCertificate (RFC 5280 4.1.2). */
#ifndef MTLS_GEN_TBS_H
#define MTLS_GEN_TBS_H

#include "gen/certificate.h"
#include "gen/der_write.h"

/* What a spec leaves open, filled in: names as DER, and the serial number. */
typedef struct {
    mtls_view subject, issuer, serial;
    mtls_view signature; /* AlgorithmIdentifier */
    mtls_view issuing_key_id;
} mtlsgen_tbs_parts;

/* mtlsgen_tbs_add adds the TBSCertificate, named "tbs", to `parent` and gives it. */
MTLS_MUST_CHECK mtls_status mtlsgen_tbs_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent,
                                            const mtlsgen_certificate_spec *spec,
                                            const mtlsgen_tbs_parts *parts, mtlsgen_der_node **out_tbs,
                                            mtls_error *error);

/* mtlsgen_spki_add adds a key's SubjectPublicKeyInfo with its fields within reach of paths. */
void mtlsgen_spki_add(mtlsgen_der_tree *tree, mtlsgen_der_node *parent, const mtlsgen_key *key,
                      bool explicit_parameters);

#endif
