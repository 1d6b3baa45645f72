#!/usr/bin/env bash
# Makes the adapter for Node.js's tls, which needs no package. --check makes nothing. Exit status 77: something is missing.
set -euo pipefail
cd "$(dirname "$0")"

missing() {
    printf 'node: %s is missing; to install it:\n    apt-get install %s\n' "$1" "$2" >&2
    exit 77
}

version=$(node --version 2>/dev/null || true)
if ! [[ $version =~ ^v([0-9]+) ]] || [ "${BASH_REMATCH[1]}" -lt 18 ]; then
    missing 'Node.js 18 or later' nodejs
fi
command -v openssl >/dev/null || missing 'the openssl command' openssl
[ "${1:-}" != --check ] || exit 0

out=$PWD/../../../build/adapters/node
mkdir -p "$out"
if ! [ -e "$out/server.pem" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=TEST DO NOT TRUST' \
        -keyout "$out/server.key" -out "$out/server.pem.part" 2>/dev/null
    mv "$out/server.pem.part" "$out/server.pem"
fi
cp adapter.js "$out/adapter.js"
# shellcheck disable=SC2016 # for the adapter's own shell
printf '#!/bin/sh\nexec node "$(dirname "$0")/adapter.js"\n' >"$out/adapter"
chmod +x "$out/adapter"
