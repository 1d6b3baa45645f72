#!/usr/bin/env bash
exec "$(dirname "$0")/../build_c.sh" openssl openssl openssl/ssl.h libssl-dev "$@"
