#!/usr/bin/env bash
# Writes each requirements.txt from its requirements.in: the newest version of every package, with the
# hashes of all its files, so that each supported machine (Debian 12, Ubuntu 24.04, x86_64 and arm64) finds its own.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$#" -eq 0 ] || { printf 'pin: there is no option %s; it takes none\n' "$1" >&2; exit 2; }

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python=/usr/bin/python3
[ -x "$python" ] || python=python3

"$python" -m venv "$tools"
"$tools/bin/pip" install --quiet pip-tools
for folder in conformance ci/bench/peers; do
    CUSTOM_COMPILE_COMMAND='ci/pin.sh' "$tools/bin/pip-compile" --quiet --upgrade --generate-hashes --allow-unsafe \
        --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
        --output-file "$folder/requirements.txt" "$folder/requirements.in"
    echo "$folder/requirements.txt: $(grep -c == "$folder/requirements.txt") packages pinned"
done
