#!/usr/bin/env bash
# Makes the adapter for pyca/cryptography, in a virtual environment of its own. --check makes nothing. Exit status 77:
# something is missing.
set -euo pipefail
cd "$(dirname "$0")"

# The distribution's own Python first: a version manager's may lack modules that were not there when it was built.
for python in /usr/bin/python3 python3 ''; do
    if [ -n "$python" ] && "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
        break
    fi
done
if [ -z "$python" ]; then
    printf 'python-cryptography: Python 3.9 or later with venv is missing; to install it:\n    apt-get install python3-venv\n' >&2
    exit 77
fi
[ "${1:-}" != --check ] || exit 0

out=$PWD/../../../build/adapters/python-cryptography
mkdir -p "$out"
state=$({ "$python" --version && cat requirements.txt; } | sha256sum)
if [ "$(cat "$out/complete" 2>/dev/null)" != "$state" ]; then
    rm -rf "$out/venv"
    "$python" -m venv "$out/venv"
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$out/venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: \
        --requirement requirements.txt
    printf '%s\n' "$state" >"$out/complete"
fi
cp adapter.py "$out/adapter.py"
# shellcheck disable=SC2016 # for the adapter's own shell
printf '#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/venv/bin/python" -I "$here/adapter.py"\n' >"$out/adapter"
chmod +x "$out/adapter"
