/* A gateway as it is configured: a profile and its trusted files. The public side is in <mtls/validate.h>. */
#ifndef MTLS_VALIDATOR_GATEWAY_H
#define MTLS_VALIDATOR_GATEWAY_H

#include <mtls/validate.h>

#include "validator/profile.h"

typedef struct {
    mtlsval_upload *upload;
    mtlsval_file_verdict verdict; /* points into itself and into `upload`: not to be copied */
} mtlsval_file;

struct mtlsval_gateway {
    const mtlsval_profile *profile;
    mtlsval_trust *trust;
    mtlsval_file **files;
    size_t num_files;
    bool refused; /* one of the files was */
};

#endif
