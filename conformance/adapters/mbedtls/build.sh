#!/usr/bin/env bash
exec "$(dirname "$0")/../build_c.sh" mbedtls mbedtls mbedtls/x509_crt.h libmbedtls-dev "$@"
