#!/usr/bin/env bash
# Makes a regression of a finding: minimises it, names it, writes it to fuzz/regressions/TARGET/NAME and a line on what it
# was to fuzz/regressions/README.md. Where verdicts differ (upload, client) it also writes the skeleton of a scenario,
# whose expectation is its author's to state.
#
#   ci/fuzz-promote.sh CRASH [--target TARGET] [--name NAME] [--seconds N]
#
# CRASH is a file of build/fuzz-findings, or any input with --target.
set -euo pipefail
cd "$(dirname "$0")/.."
export MTLSFUZZ_THOROUGH=1 # whether an input is a finding must not depend on whose turn it is

fail() {
    printf 'promote: %s\n' "$*" >&2
    exit 2
}

crash='' target='' name='' seconds=60
while [ $# -gt 0 ]; do
    case $1 in
    --target) shift; target=${1:-} ;;
    --name) shift; name=${1:-} ;;
    --seconds) shift; seconds=${1:-} ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit ;;
    -*) fail "there is no option $1" ;;
    *) crash=$1 ;;
    esac
    shift
done
[ -n "$crash" ] || fail 'which file? ci/fuzz-promote.sh --help'
[ -f "$crash" ] || fail "$crash: no such file"
[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "--seconds takes a number from 1, not '$seconds'"
if [ -z "$target" ]; then
    target=$(basename "$crash")
    target=${target%%-*}
fi
[ -e "fuzz/targets/$target.c" ] || fail "there is no target '$target': give it with --target"

# What the program says of an input, in one line; nothing if it passes.
verdict() {
    "$1" -runs=1 -timeout=60 "$2" 2>&1 |
        grep -aoE 'ORACLE [^ ]+: .*|ERROR: [A-Za-z]+Sanitizer: [^(]*|runtime error: .*|ERROR: libFuzzer: .*' |
        head -n 1 || true
}

# finding WORDS: what two verdicts of one finding have alike: the oracle's name, for an inversion who lets in and who keeps out
# and why, or the words without their numbers.
finding() { sed -E 's/^(ORACLE inversion: [^(]*) \(.*/\1/; t; s/^ORACLE ([^:]+): .*/\1/; t; s/ on (unknown )?address .*//; s/0x[0-9a-f]+|[0-9]+/N/g' <<<"$1"; }

program='' what=''
for candidate in "build/fuzz/fuzz/$target" "build/fuzz/fuzz/$target-oracle"; do
    if [ -z "$what" ] && [ -x "$candidate" ]; then
        program=$candidate
        what=$(verdict "$program" "$crash")
    fi
done
[ -n "$program" ] || fail "the fuzzers are not built: ci/fuzz.sh $target 1"
[ -n "$what" ] || fail "$crash passes in $program: nothing to promote (a fixed finding is promoted before its fix)"
kind=$(sed -nE 's/^ORACLE ([^:]+): .*/\1/p' <<<"$what")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$crash" "$work/best"
"$program" -minimize_crash=1 -timeout=60 -max_total_time="$seconds" -exact_artifact_path="$work/small" "$work/best" \
    >/dev/null 2>&1 || true
# A smaller input may have found something else: only the same finding counts.
if [ -s "$work/small" ] && [ "$(finding "$(verdict "$program" "$work/small")")" = "$(finding "$what")" ]; then
    cp "$work/small" "$work/best"
fi

[ -n "$name" ] || name=${kind:-crash}-$(sha256sum "$work/best" | cut -c 1-8)
[[ $name =~ ^[a-z0-9-]+$ ]] || fail "a name is made of a-z, 0-9 and hyphens, not '$name'"
kept=fuzz/regressions/$target/$name
[ ! -e "$kept" ] || fail "$kept is there already: give another --name"
mkdir -p "$(dirname "$kept")"
cp "$work/best" "$kept"
# Only what is printable and breaks no table; the sentence is for its author to better.
line=$(LC_ALL=C tr -dc ' -~' <<<"$what" | tr '|' '/' | cut -c 1-160)
# shellcheck disable=SC2016 # the back quotes are Markdown's
printf '| `%s/%s` | %s |\n' "$target" "$name" "$line" >>fuzz/regressions/README.md
printf '%s: %d bytes (of %d)\n%s\n' "$kept" "$(stat -c %s "$kept")" "$(stat -c %s "$crash")" "$line"

skeleton=build/fuzz-findings/$name.yaml
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
scenario() { # UPLOAD CHAIN
    printf 'summary: What fuzzing found (%s); say what is in the inputs.\ncites: [rfc5280#4.1]\n' "$name"
    printf 'upload: [{hex: "%s"}]\n' "$(hex "$1")"
    [ -z "${2:-}" ] || printf 'client: {chain: [{hex: "%s"}]}\n' "$(hex "$2")"
    printf 'expect: # state what the cited text says, never what the validator answered\n'
    printf '  openssl:\n    upload: {result: accepted, basis: undetermined}\n'
}
mkdir -p build/fuzz-findings
case $target in
upload) scenario "$kept" >"$skeleton" ;;
client)
    # The fields of a handshake (docs/fuzzing.md).
    python3 - "$kept" "$work" <<'PYTHON'
import sys
fields = (open(sys.argv[1], "rb").read()[9:].split(b"\xffMG\xff") + [b"", b""])[:2]
for name, field in zip(("bundle", "chain"), fields):
    open(f"{sys.argv[2]}/{name}", "wb").write(field)
PYTHON
    scenario "$work/bundle" "$work/chain" >"$skeleton"
    ;;
*) skeleton='' ;;
esac
[ -z "$skeleton" ] || printf '%s: the skeleton of a scenario\n' "$skeleton"
