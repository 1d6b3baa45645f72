#!/usr/bin/env bash
# Puts the Node.js server in its place, which needs no package. --check makes nothing. Exit status 77: something is missing.
set -euo pipefail
cd "$(dirname "$0")"

version=$(node --version 2>/dev/null || true)
if ! [[ $version =~ ^v([0-9]+) ]] || [ "${BASH_REMATCH[1]}" -lt 18 ]; then
    printf 'node-server: Node.js 18 or later is missing; to install it:\n    apt-get install nodejs\n' >&2
    exit 77
fi
[ "${1:-}" != --check ] || exit 0

out=$PWD/../../../build/servers/node-server
mkdir -p "$out"
cp server.js "$out/server.js"
# shellcheck disable=SC2016 # for the server's own shell
printf '#!/bin/sh\nexec node "$(dirname "$0")/server.js" "$@"\n' >"$out/server"
chmod +x "$out/server"
