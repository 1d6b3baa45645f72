#!/usr/bin/env bash
# Builds the Go server. --check builds nothing. Exit status 77: something is missing.
set -euo pipefail
cd "$(dirname "$0")"

version=$(go env GOVERSION 2>/dev/null || true)
if ! [[ $version =~ ^go1\.([0-9]+) ]] || [ "${BASH_REMATCH[1]}" -lt 19 ]; then
    printf 'go-server: Go 1.19 or later is missing; to install it:\n    apt-get install golang-go\n' >&2
    exit 77
fi
[ "${1:-}" != --check ] || exit 0

out=$PWD/../../../build/servers/go-server
mkdir -p "$out"
GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOPROXY=off CGO_ENABLED=0 go build -trimpath -o "$out/server" .
