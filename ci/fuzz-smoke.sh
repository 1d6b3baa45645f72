#!/usr/bin/env bash
# Fuzzes every target for a few seconds, and pem, certificate and upload under MemorySanitizer too: that they build, run,
# and get past their seeds. One line each; exit 1 if any of them found something, 77 without clang.
#
#   ci/fuzz-smoke.sh [SECONDS]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-5}
log=build/fuzz-smoke.log
failed=0

command -v clang >/dev/null || {
    echo 'clang is missing: ci/setup.sh installs it'
    exit 77
}
build() {
    cmake --preset release && cmake --build --preset release --target fuzz-seeds &&
        cmake --preset fuzz && cmake --build --preset fuzz && cmake --preset msan && cmake --build --preset msan
}
mkdir -p build
if ! build >"$log" 2>&1; then
    tail -n 30 "$log"
    echo 'smoke: the fuzzers do not build'
    exit 1
fi

smoke() { # NAME PROGRAM TARGET
    local corpus status=0 done_line
    corpus=$(mktemp -d)
    mkdir -p build/fuzz-findings
    "$2" -max_total_time="$seconds" -max_len=16384 -timeout=60 -artifact_prefix="build/fuzz-findings/$3-" \
        "$corpus" "build/release/fuzz/seeds/$3" "fuzz/regressions/$3" >"$log" 2>&1 || status=$?
    rm -rf "$corpus"
    done_line=$(grep -E '^Done [0-9]+ runs' "$log" | tail -n 1)
    if [ "$status" -ne 0 ] || [ -z "$done_line" ]; then
        failed=1
        printf '%-22s FAILED (exit %d)\n' "$1" "$status"
        grep -E 'ORACLE|ERROR|runtime error|SUMMARY|Test unit' "$log" | head -n 5
    else
        printf '%-22s %s\n' "$1" "$done_line"
    fi
}

for source in fuzz/targets/*.c; do
    target=$(basename "$source" .c)
    for program in "$target" "$target-oracle"; do
        if [ -x "build/fuzz/fuzz/$program" ]; then
            smoke "$program" "build/fuzz/fuzz/$program" "$target"
        fi
    done
done
for target in pem certificate upload; do
    smoke "$target (memory)" "build/msan/fuzz/$target" "$target"
done
exit "$failed"
