#!/usr/bin/env bash
exec "$(dirname "$0")/../build_c.sh" wolfssl wolfssl wolfssl/options.h libwolfssl-dev "$@"
