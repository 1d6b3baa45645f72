#!/usr/bin/env bash
exec "$(dirname "$0")/../build_c.sh" nss nss cert.h libnss3-dev "$@"
