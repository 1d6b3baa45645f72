#!/usr/bin/env bash
# Measures libmtlsmutate against libFuzzer's own byte mutations: trials of a minute for each, from the same seed (a
# client's certificate and its CA's), against libcrypto's chain verification (fuzz/eval/verify.c). Prints how many
# distinct X509_V codes a trial saw and which share of its mutants parsed, as medians and ranges.
#
#   ci/fuzz-eval.sh [--trials N] [--seconds N] [--instrumented]
#
# --instrumented: libcrypto tells libFuzzer what it runs (ci/build-instrumented-openssl.sh: minutes the first time).
# Exit 1 where ours falls short: three times as many codes by the median, 40 % that parse. A trial's output is kept in
# build/fuzz-eval.
set -euo pipefail
cd "$(dirname "$0")/.."

trials=5 seconds=60 build=build/fuzz-eval options=() instrumented=''
fail() {
    printf 'fuzz-eval: %s\n' "$*" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    --trials) shift; trials=${1:-} ;;
    --seconds) shift; seconds=${1:-} ;;
    --instrumented) instrumented=1 ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit ;;
    *) fail "there is no option $1" ;;
    esac
    shift
done
[[ $trials =~ ^[1-9][0-9]*$ && $seconds =~ ^[1-9][0-9]*$ ]] || fail 'trials and seconds are numbers from 1'
command -v clang >/dev/null || fail 'clang is missing: ci/setup.sh installs it'
if [ -n "$instrumented" ]; then
    build=build/fuzz-eval-instrumented
    lines=$(ci/build-instrumented-openssl.sh) || fail 'no instrumented libcrypto was built: see above'
    mapfile -t options <<<"$lines"
fi

mkdir -p "$build"
# Speed is what counts here, so no sanitizer; the seeds are made by the program itself.
{
    cmake -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_TESTING=OFF -DMTLS_FUZZ_EVAL=ON -DMTLS_FUZZ_ENGINE=-fsanitize=fuzzer -DMTLS_FUZZ_SEEDS=none "${options[@]}" &&
        cmake --build "$build" --target fuzz-eval-ours fuzz-eval-bytes
} >"$build/build.log" 2>&1 || fail "the build failed: see $build/build.log"

rm -rf "$build/trials"
mkdir -p "$build/trials/seed"
MTLS_EVAL_SEED=$build/trials/seed/chain "$build/fuzz/eval-ours" >/dev/null 2>&1 || fail 'no seed was made'

# The arms take turns, so that what else the machine does meets both.
for ((trial = 1; trial <= trials; trial++)); do
    for arm in ours bytes; do
        out=$build/trials/$arm-$trial
        mkdir -p "$out.corpus"
        MTLS_EVAL_OUT=$out.txt "$build/fuzz/eval-$arm" -seed="$trial" -max_total_time="$seconds" -max_len=4096 \
            "$out.corpus" "$build/trials/seed" >"$out.log" 2>&1 || fail "$arm found a crash: see $out.log"
        grep -q '^code' "$out.txt" || fail "$arm verified nothing: see $out.log"
    done
done

# columns ARM: runs, codes and percent that parsed, a line for each trial.
columns() {
    local file
    for file in "$build/trials/$1"-*.txt; do
        awk '$1 == "inputs" {runs = $2} $1 == "parsed" {parsed = $2} $1 == "code" {codes++}
             END {printf "%d %d %.1f\n", runs, codes, 100 * parsed / runs}' "$file"
    done
}
# spread COLUMN: "median (least to most)" of a column of standard input.
spread() {
    cut -d ' ' -f "$1" | sort -n | awk '{v[NR] = $1}
        END {m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; printf "%s (%s to %s)", m, v[1], v[NR]}'
}

printf '%d trials of %d s for each arm, %s\n\n' "$trials" "$seconds" \
    "$([ ${#options[@]} -eq 0 ] && echo 'libcrypto as installed' || echo 'libcrypto instrumented')"
printf '| mutations | mutants | distinct X509_V codes | parse %% |\n|---|---|---|---|\n'
for arm in ours bytes; do
    columns "$arm" >"$build/trials/$arm.columns"
    printf '| %s | %s | %s | %s |\n' "$([ "$arm" = ours ] && echo libmtlsmutate || echo "libFuzzer's bytes")" \
        "$(spread 1 <"$build/trials/$arm.columns")" "$(spread 2 <"$build/trials/$arm.columns")" \
        "$(spread 3 <"$build/trials/$arm.columns")"
done
median() { spread "$1" <"$build/trials/$2.columns" | cut -d ' ' -f 1; }
awk -v ours="$(median 2 ours)" -v bytes="$(median 2 bytes)" -v parse="$(median 3 ours)" 'BEGIN {
    good = ours >= 3 * bytes && parse >= 40
    printf "\n%.1f times as many codes (wanted: 3), %.1f %% parse (wanted: 40): %s\n", ours / bytes, parse,
        good ? "met" : "NOT MET"
    exit !good
}'
