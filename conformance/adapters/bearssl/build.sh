#!/usr/bin/env bash
exec "$(dirname "$0")/../build_c.sh" bearssl bearssl bearssl.h libbearssl-dev "$@"
