#!/usr/bin/env bash
exec "$(dirname "$0")/../build_c.sh" gnutls gnutls gnutls/x509.h libgnutls28-dev "$@"
