#!/usr/bin/env bash
# Writes conformance/requirements.txt from conformance/requirements.in: the newest version of every package, with the
# hashes of all its files, so that each supported machine (Debian 12, Ubuntu 24.04, x86_64 and arm64) finds its own.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python=/usr/bin/python3
[ -x "$python" ] || python=python3

"$python" -m venv "$tools"
"$tools/bin/pip" install --quiet pip-tools
CUSTOM_COMPILE_COMMAND='ci/pin.sh' "$tools/bin/pip-compile" --quiet --upgrade --generate-hashes --allow-unsafe \
    --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
    --output-file conformance/requirements.txt conformance/requirements.in
echo "conformance/requirements.txt: $(grep -c == conformance/requirements.txt) packages pinned"
