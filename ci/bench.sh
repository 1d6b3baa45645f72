#!/usr/bin/env bash
# Speeds as ratios from one run: the generator and the validator against libcrypto, and against what else a user would
# take. Nothing here is a test; a busy machine makes the figures worthless, so run it alone.
#
#   ci/bench.sh            against libcrypto
#   ci/bench.sh --peers    also against what else a user would take, as in docs/benchmarks.md
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
'' | --peers) ;;
*)
    printf 'bench: there is no %s; there is --peers\n' "$1" >&2
    exit 2
    ;;
esac
[ -x /usr/bin/time ] || {
    echo 'bench: /usr/bin/time is missing: ci/setup.sh installs it' >&2
    exit 2
}

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
gen=build/release/bin/mtls-gen
/usr/bin/time -f "base, tree: %e s, %M KiB" "$gen" corpus --out "$out/base" 2>&1 | tail -n 1
# One job and two in turns, and the medians: what disturbs a moment spoils one round only.
rm -f "$out/times.txt"
for _ in 1 2 3 4 5; do
    for jobs in 1 2; do
        /usr/bin/time -f "$jobs %e %M" -a -o "$out/times.txt" "$gen" corpus --suite full --format jsonl --jobs "$jobs" \
            --out "$out/full.jsonl" 2>/dev/null
    done
done
sort -n -k 2 "$out/times.txt" | awk '
    {seconds[$1, ++n[$1]] = $2; if ($3 > most[$1]) most[$1] = $3}
    END {
        for (jobs = 1; jobs <= 2; jobs++) {
            median[jobs] = seconds[jobs, int((n[jobs] + 1) / 2)]
            printf "full, jsonl, %d job%s: %.2f s, %d KiB\n", jobs, (jobs > 1 ? "s" : ""), median[jobs], most[jobs]
        }
        printf "two jobs: %.2f times one\n", median[1] / median[2]
    }'
echo
echo '== The fuzz targets on their seeds: executions a second of processor time'
if command -v clang >/dev/null; then ci/fuzz.sh --rates; else echo 'clang is missing: ci/setup.sh installs it'; fi
uptime
rm -rf "$out/base" "$out/full.jsonl"

if [ "${1:-}" = --peers ]; then
    echo
    python3 ci/bench/peers.py
fi
