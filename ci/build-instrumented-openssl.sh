#!/usr/bin/env bash
# Builds a libcrypto that tells libFuzzer what it runs: with its assembly, and with coverage only of what reads and
# verifies certificates, so that it is as fast as the plain one. Takes minutes the first time; kept in
# build/instrumented-openssl. Prints the cmake options that use it:
#
#   cmake --preset fuzz -B build/fuzz-instrumented $(ci/build-instrumented-openssl.sh)
set -euo pipefail
cd "$(dirname "$0")/.."

dir=$PWD/build/instrumented-openssl
lib=$dir/libcrypto.a
recipe=$dir/recipe.sha256 # the build is made again when this script changes

say() { printf 'instrumented openssl: %s\n' "$*" >&2; }

command -v clang >/dev/null || { say 'clang is missing: ci/setup.sh installs it'; exit 1; }
mkdir -p build
exec 9>"$dir.lock"
flock --wait 3600 9 || { say 'another build does not end'; exit 1; }
if [ ! -e "$lib" ] || ! sha256sum --check --status "$recipe"; then
    rm -rf "$dir"
    ci/openssl-source.sh "$dir"
    # What is named here is instrumented, all else is left alone.
    for part in asn1 x509 pem encode_decode objects ocsp; do
        printf 'src:*crypto/%s/*\n' "$part"
    done >"$dir/allowlist"
    printf 'src:*providers/implementations/encode_decode/*\nfun:*\n' >>"$dir/allowlist"
    say "building libcrypto (log: $dir/build.log)"
    (
        cd "$dir"
        ./Configure no-shared no-module no-tests no-docs no-apps CC=clang \
            CFLAGS="-O2 -g1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link -fsanitize-coverage-allowlist=$dir/allowlist"
        make -s build_generated
        make -s -j "$(nproc)" libcrypto.a
    ) >"$dir.log" 2>&1 9>&- || {
        tail -n 20 "$dir.log" >&2
        say 'the build failed'
        exit 1
    }
    mv "$dir.log" "$dir/build.log"
    sha256sum ci/build-instrumented-openssl.sh >"$recipe"
fi
printf '%s\n' -DOPENSSL_USE_STATIC_LIBS=ON "-DOPENSSL_INCLUDE_DIR=$dir/include" "-DOPENSSL_CRYPTO_LIBRARY=$lib"
