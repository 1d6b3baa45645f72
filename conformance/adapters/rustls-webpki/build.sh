#!/usr/bin/env bash
# Builds the adapter for rustls-webpki. --check builds nothing. Exit status 77: something is missing.
set -euo pipefail
cd "$(dirname "$0")"

version=$(cargo --version 2>/dev/null || true)
if ! [[ $version =~ ^cargo\ 1\.([0-9]+) ]] || [ "${BASH_REMATCH[1]}" -lt 78 ]; then
    remedy='rustup: https://rustup.rs' # Ubuntu's are older, or have other names
    if [[ $'\n'$(cat /etc/os-release)$'\n' == *$'\nID=debian\n'* ]]; then remedy='apt-get install cargo-web'; fi
    printf 'rustls-webpki: Cargo 1.78 or later is missing; to install it:\n    %s\n' "$remedy" >&2
    exit 77
fi
if ! command -v cc >/dev/null; then
    printf 'rustls-webpki: a C compiler is missing; to install it:\n    apt-get install build-essential\n' >&2
    exit 77
fi
[ "${1:-}" != --check ] || exit 0

out=$PWD/../../../build/adapters/rustls-webpki
mkdir -p "$out"
CARGO_TARGET_DIR=$out/target cargo build --release --locked
cp "$out/target/release/adapter" "$out/adapter"
