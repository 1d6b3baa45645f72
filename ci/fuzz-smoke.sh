#!/usr/bin/env bash
# Fuzzes every target for a few seconds, and pem, certificate and upload under MemorySanitizer too: that they build, run,
# and get past their seeds. One line each; exit 1 if any of them found something, 77 without clang.
#
#   ci/fuzz-smoke.sh [SECONDS]
#
# It starts from some of the seeds, since libFuzzer runs them all before its time counts; ctest replays all of them. The
# same build makes the same inputs each time: what is found is the change's doing, and luck is ci/fuzz.sh's business.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-2}
seeds_max=100
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 2; }

command -v clang >/dev/null || {
    echo 'clang is missing: ci/setup.sh installs it'
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p build/fuzz-findings
ci/fuzz.sh --build || exit 1
build_msan() { cmake --preset msan && cmake --build --preset msan; }
if ! build_msan >"$work/msan.log" 2>&1; then
    tail -n 30 "$work/msan.log"
    echo 'smoke: the fuzzers do not build under MemorySanitizer'
    exit 1
fi

smoke() { # NAME PROGRAM TARGET
    local here=$work/$1 status=0 done_line every
    mkdir -p "$here/corpus" "$here/seeds"
    every=$(($(find "build/release/fuzz/seeds/$3" -type f | wc -l) / seeds_max + 1))
    find "$PWD/build/release/fuzz/seeds/$3" -type f | sort | awk -v every="$every" 'NR % every == 0' |
        xargs -r ln -st "$here/seeds"
    "$2" -seed=1 -max_total_time="$seconds" -max_len=16384 -timeout=60 -artifact_prefix="build/fuzz-findings/$3-" \
        "$here/corpus" "$here/seeds" "fuzz/regressions/$3" >"$here/log" 2>&1 || status=$?
    done_line=$(grep -E '^Done [0-9]+ runs' "$here/log" | tail -n 1)
    if [ "$status" -ne 0 ] || [ -z "$done_line" ]; then
        printf '%-22s FAILED (exit %d)\n' "$1" "$status"
        grep -aE 'ORACLE|ERROR|runtime error|SUMMARY|Test unit' "$here/log" | head -n 5
        return 1
    fi
    printf '%-22s %s\n' "$1" "$done_line"
}

running=() failed=0
start() { # at most so many at a time as there are processors
    if [ "${#running[@]}" -ge "$(nproc)" ]; then
        wait "${running[0]}" || failed=1
        running=("${running[@]:1}")
    fi
    smoke "$@" &
    running+=($!)
}
for source in fuzz/targets/*.c; do
    target=$(basename "$source" .c)
    for program in "$target" "$target-oracle"; do
        [ ! -x "build/fuzz/fuzz/$program" ] || start "$program" "build/fuzz/fuzz/$program" "$target"
    done
done
for target in pem certificate upload; do
    start "$target-memory" "build/msan/fuzz/$target" "$target"
done
for job in "${running[@]}"; do
    wait "$job" || failed=1
done
exit "$failed"
