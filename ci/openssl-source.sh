#!/usr/bin/env bash
# ci/openssl-source.sh DIR: puts the sources of the newest OpenSSL 3.x, from the crate openssl-src, into DIR, unless they
# are there already.
set -euo pipefail

version=300 # openssl-src's major version for OpenSSL 3
dir=${1:?usage: ci/openssl-source.sh DIR}
[ ! -e "$dir/Configure" ] || exit 0
if ! command -v cargo >/dev/null; then
    echo 'cargo is not installed: apt-get install cargo, then run this again' >&2
    exit 1
fi
fetch=$dir.fetch
rm -rf "$fetch" "$dir"
mkdir -p "$fetch/src"
trap 'rm -rf "$fetch"' EXIT
printf 'fn main() {}\n' >"$fetch/src/main.rs"
printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nopenssl-src = "%s"\n[workspace]\n' \
    "$version" >"$fetch/Cargo.toml"
(cd "$fetch" && cargo vendor -q vendor >/dev/null)
mv "$fetch/vendor/openssl-src/openssl" "$dir"
