#!/usr/bin/env bash
# From a fresh machine to a verdict: installs what is missing, builds, makes the base corpus, validates it under each
# profile, sends its handshakes to a real nginx on loopback, and ends with a table and one closing line.
# Exit 0 only if everything is as the corpus expects. Needs no answer; safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$#" -eq 0 ] || { printf 'quickstart: there is no option %s; it takes none\n' "$1" >&2; exit 2; }

log=build/quickstart.log
say() { printf '\n== %s\n' "$*"; }

# quiet COMMAND...: its output matters only if it fails.
quiet() {
    : >"$log" || exit 2 # the shell says why
    if ! "$@" >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        printf 'quickstart: failed: %s\n' "$*" >&2
        exit 1
    fi
}

say 'Setting up: Debian packages, and Python packages in .venv'
ci/setup.sh
mkdir -p build

say 'Building mtls-gen and mtls-validate into build/release/bin'
quiet cmake --preset release
quiet cmake --build --preset release -j "$(nproc)"

say 'Making the base corpus in build/corpus'
rm -rf build/corpus
build/release/bin/mtls-gen corpus --out build/corpus

say 'Asking mtls-validate and a real nginx'
status=0
.venv/bin/mtls-conformance run --suite build/corpus --target mtls-validate --target nginx || status=$?
exit "$status"
