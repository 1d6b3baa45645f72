#!/usr/bin/env bash
# Speeds as ratios from one run: the generator and the validator against libcrypto, and against what else a user would
# take. Nothing here is a test; a busy machine makes the figures worthless, so run it alone.
#
#   ci/bench.sh            against libcrypto
#   ci/bench.sh --peers    also against what else a user would take, as in docs/benchmarks.md
set -euo pipefail
cd "$(dirname "$0")/.."

out=build/bench
mkdir -p "$out"

cmake --preset release >"$out/build.log"
cmake --build --preset release --target mtlsgen-bench mtlsval-bench mtls-gen >>"$out/build.log"

echo '== The validator against libcrypto, on the same files'
build/release/bin/mtlsval-bench | tee "$out/validator.txt"
echo
echo '== The upload check on 100 MB made to be slow: seconds and memory'
build/release/bin/mtlsval-bench --large
echo
echo '== The generator against libcrypto'
build/release/bin/mtlsgen-bench | tee "$out/generator.txt"
echo
echo '== Corpora: wall seconds and peak memory (KiB)'
/usr/bin/time -f "base, tree: %e s, %M KiB" build/release/bin/mtls-gen corpus --out "$out/base"
/usr/bin/time -f "full, jsonl, one job: %e s, %M KiB" build/release/bin/mtls-gen corpus --suite full --format jsonl --jobs 1 --out "$out/full.jsonl"
/usr/bin/time -f "full, jsonl, two jobs: %e s, %M KiB" build/release/bin/mtls-gen corpus --suite full --format jsonl --jobs 2 --out "$out/full.jsonl"
rm -rf "$out/base" "$out/full.jsonl"

if [ "${1:-}" = --peers ]; then
    echo
    python3 ci/bench/peers.py
fi
