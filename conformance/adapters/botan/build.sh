#!/usr/bin/env bash
exec "$(dirname "$0")/../build_c.sh" botan botan-2 botan/x509path.h libbotan-2-dev "$@"
