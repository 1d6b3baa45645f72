#!/usr/bin/env bash
# Line and branch coverage of validator/ and gen/: by the tests, by the corpus, and by what fuzzing has gathered in
# build/fuzz-corpus. Prints a table and writes build/coverage-html/{tests,corpus,fuzzing}/index.html. The command lines
# and the benchmarks are counted apart: their tests are pytest's, which runs another build.
#
#   ci/coverage.sh [tests] [corpus] [fuzzing]     default: all three
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'coverage: %s\n' "$*" >&2
    exit 2
}
command -v gcovr >/dev/null || fail 'gcovr is missing: apt-get install gcovr'

build=build/coverage
html=build/coverage-html
kinds=("$@")
[ ${#kinds[@]} -gt 0 ] || kinds=(tests corpus fuzzing)
for kind in "${kinds[@]}"; do
    [[ $kind =~ ^(tests|corpus|fuzzing)$ ]] || fail "there is no $kind; there are tests, corpus and fuzzing"
done

cmake --preset coverage >/dev/null
cmake --build --preset coverage >/dev/null || fail 'the build failed: cmake --build --preset coverage tells why'

forget() { find "$build" -name '*.gcda' -delete; }

by_tests() { ctest --preset coverage -E '^fuzz-' >/dev/null || fail "tests failed: ctest --preset coverage -E '^fuzz-'"; }

by_corpus() {
    local profile profiles
    mapfile -t profiles < <(sed -n 's/^PROFILE([^"]*"\([^"]*\)".*/\1/p' core/vocabulary.def)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    "$build/bin/mtls-gen" corpus --out "$work/base" >/dev/null 2>&1
    for profile in "${profiles[@]}"; do
        "$build/bin/mtls-validate" corpus --profile "$profile" "$work/base" >/dev/null || true
    done
    rm -rf "$work"
}

by_fuzzing() {
    local source target program inputs
    for source in fuzz/targets/*.c; do
        target=$(basename "$source" .c)
        inputs=("$build/fuzz/seeds/$target" "fuzz/regressions/$target")
        if [ -n "$(ls "build/fuzz-corpus/$target" 2>/dev/null)" ]; then inputs+=("build/fuzz-corpus/$target"); fi
        for program in "$target" "$target-oracle"; do
            if [ -x "$build/fuzz/$program" ]; then "$build/fuzz/$program" "${inputs[@]}" >/dev/null; fi
        done
    done
}

report() { # KIND
    mkdir -p "$html/$1"
    gcovr --root . --object-directory "$build" --filter 'validator/' --filter 'gen/' --exclude '.*/tests/' \
        --exclude-unreachable-branches --html-details "$html/$1/index.html" --json-summary "$html/$1/summary.json" \
        >/dev/null
    python3 - "$html/$1/summary.json" "$1" <<'PYTHON'
import json, re, sys
PROGRAM = re.compile(r"/(program/|main\.c|cli_|cli\.|bench)")
files = json.load(open(sys.argv[1]))["files"]
parts = {
    "validator": [f for f in files if f["filename"].startswith("validator/") and not PROGRAM.search(f["filename"])],
    "gen": [f for f in files if f["filename"].startswith("gen/") and not PROGRAM.search(f["filename"])],
    "programs": [f for f in files if PROGRAM.search(f["filename"])],
}
for part, members in parts.items():
    shares = []
    for kind in "line", "branch":
        total = sum(f[f"{kind}_total"] for f in members)
        shares.append(f"{100 * sum(f[f'{kind}_covered'] for f in members) / total:.1f}%" if total else "-")
    print(f"{sys.argv[2]:<10} {part:<10} {shares[0]:>10} {shares[1]:>10}")
PYTHON
}

printf '%-10s %-10s %10s %10s\n' by of lines branches
for kind in "${kinds[@]}"; do
    forget
    "by_$kind"
    report "$kind"
done
printf 'details: %s/\n' "$html"
