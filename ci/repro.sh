#!/usr/bin/env bash
# The same seed gives the same bytes: makes a suite under everything that must not matter and compares digests.
# One of them is the newest OpenSSL 3.x, built from the sources in the crate openssl-src (takes minutes the first time;
# kept in build/repro).
#
#   ci/repro.sh            the base suite
#   ci/repro.sh full       the full suite
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
'' | base | full) ;;
*)
    printf 'repro: there is no suite %s; there are base and full\n' "$1" >&2
    exit 2
    ;;
esac

suite=${1:-base}
work=$PWD/build/repro
mkdir -p "$work"

say() { printf 'repro: %s\n' "$*" >&2; }

# The crate's sources make a static libcrypto only, so mtls-gen and mtls-validate are built once more with it.
build_with_newest_openssl() {
    if [ ! -e "$work/openssl/libcrypto.a" ]; then
        say 'fetching the sources of the newest OpenSSL 3.x'
        rm -rf "$work/openssl" "$work/openssl.new"
        ci/openssl-source.sh "$work/openssl.new"
        say 'building its libcrypto'
        (cd "$work/openssl.new" && ./Configure no-shared no-module no-tests no-docs no-apps >configure.log &&
            make -s build_generated >make.log 2>&1 && make -s -j "$(nproc)" libcrypto.a >>make.log 2>&1) || {
            tail -n 20 "$work/openssl.new/make.log" >&2
            exit 1
        }
        mv "$work/openssl.new" "$work/openssl"
    fi
    cmake -S . -B "$work/newest" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOPENSSL_USE_STATIC_LIBS=ON \
        -DOPENSSL_INCLUDE_DIR="$work/openssl/include" -DOPENSSL_CRYPTO_LIBRARY="$work/openssl/libcrypto.a"
    cmake --build "$work/newest" --target mtls-gen mtls-validate
}

# digest COMMAND...: of the suite that the command line, which ends in mtls-gen, makes.
digest() {
    "$@" corpus --suite "$suite" --format jsonl --out "$work/corpus.jsonl" "${more[@]}" >/dev/null
    sha256sum <"$work/corpus.jsonl" | cut -d ' ' -f 1
}
digest_of_shards() {
    local shard
    for shard in 1 2 3; do
        more=(--shard "$shard/3")
        digest "$@" >/dev/null
        cat "$work/corpus.jsonl"
    done | sha256sum | cut -d ' ' -f 1
}

{
    cmake --preset release
    cmake --build --preset release --target mtls-gen mtls-validate
    cmake --preset asan
    cmake --build --preset asan --target mtls-gen
    build_with_newest_openssl
} >"$work/build.log"
gen=build/release/bin/mtls-gen
newest=$work/newest/bin

# mtls-validate tells which libcrypto it runs with, and mtls-gen is linked to it alike.
libcrypto_of() { "$1/mtls-validate" --version | grep -oE 'OpenSSL [0-9.]+'; }
installed_version=$(libcrypto_of build/release/bin)
newest_version=$(libcrypto_of "$newest")
if [ "$installed_version" = "$newest_version" ]; then
    say "both runs use the same libcrypto: $installed_version"
    exit 1
fi

differ=0
more=(--jobs 1)
expected=$(digest "$gen")
printf '%-34s %s  %s\n' 'one job' "$expected" "$installed_version"
# row NAME DIGEST: one line, and whether it is the first one's.
row() {
    if [ "$2" = "$expected" ]; then
        printf '%-34s same\n' "$1"
    else
        printf '%-34s DIFFERS %s\n' "$1" "$2"
        differ=1
    fi
}
row 'three shards, joined' "$(digest_of_shards "$gen")"
more=(--jobs 2)
row 'two jobs' "$(digest "$gen")"
more=()
row 'another time zone' "$(digest env TZ=Pacific/Kiritimati "$gen")"
row 'another date' "$(digest faketime '2101-02-03 04:05:06' "$gen")"
row 'sanitizers on' "$(digest build/asan/bin/mtls-gen)"
row "$newest_version" "$(digest "$newest/mtls-gen")"
more=(--seed another)
if [ "$(digest "$gen")" = "$expected" ]; then
    echo 'another seed gives the same bytes: this comparison cannot fail'
    differ=1
fi
rm -f "$work/corpus.jsonl"
exit "$differ"
