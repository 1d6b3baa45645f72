/* Chains drawn for a terminal: the root at the top, what is missing marked. */
#ifndef MTLS_VALIDATOR_PROGRAM_PICTURE_H
#define MTLS_VALIDATOR_PROGRAM_PICTURE_H

#include "validator/client.h"
#include "validator/gateway.h"
#include "validator/program/layout.h"

/* picture_file draws the certificates of a trusted file, each under its issuer. */
void picture_file(const layout *l, const mtlsval_upload *upload, bool leaf_is_ignored);

/* picture_client draws the chain that was built for the client, with each error at the certificate it was
 * found at. `paths` are the trusted files' names. Nothing is drawn if no chain was built. */
void picture_client(const layout *l, const mtlsval_gateway *gateway, const mtlsval_client *client,
                    const char *const *paths);

#endif
