#!/usr/bin/env bash
# Fuzzes programs of build/fuzz/fuzz until each has had so much processor time, however busy the machine is: libFuzzer
# bounds the wall clock alone, so this runs rounds and adds up what they used. A finding ends a round, not the run.
#
#   ci/fuzz-long.sh SECONDS PROGRAM...   a round of each in turn; a program that has had its time is passed over
#   ci/fuzz-long.sh --table              the record of all runs as Markdown
#
# PROGRAM is a target's name, with -oracle for the binary with the second opinion. build/fuzz-long holds copies of the
# seeds, and of the program for each round (so that a fix may be built meanwhile), PROGRAM.rounds (a line each: processor
# seconds, executions, edges, features, seconds of wall clock), and the findings. Remove the .rounds file to begin anew.
# Build first: ci/fuzz.sh does.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
home=build/fuzz-long
round_max=300 # seconds of wall clock

fail() {
    printf 'fuzz-long: %s\n' "$*" >&2
    exit 2
}

total() { awk -v column="$2" '{ sum += $column } END { printf "%.0f", sum }' "$home/$1.rounds" 2>/dev/null || echo 0; }

table() {
    local rounds name target
    echo '| program | processor time | wall clock | executions | edges | features | corpus | inputs kept as findings |'
    echo '|---|---|---|---|---|---|---|---|'
    for rounds in "$home"/*.rounds; do
        [ -e "$rounds" ] || fail "no run is on record in $home"
        name=$(basename "$rounds" .rounds)
        target=${name%-oracle}
        # shellcheck disable=SC2016 # backquotes of Markdown
        printf '| `%s` | %d s | %d min | %d | %d | %d | %d | %d |\n' "$name" "$(total "$name" 1)" \
            $(($(total "$name" 5) / 60)) "$(total "$name" 2)" \
            "$(awk '$3 > most { most = $3 } END { print most + 0 }' "$rounds")" \
            "$(awk '$4 > most { most = $4 } END { print most + 0 }' "$rounds")" \
            "$(find "build/fuzz-corpus/$target" -type f | wc -l)" \
            "$(find "$home/findings" -name "$name=*" | wc -l)"
    done
}

round() { # PROGRAM TARGET SECONDS
    local log=$home/$1.log spent started options
    cp "build/fuzz/fuzz/$1" "$home/bin/$1.new" && mv "$home/bin/$1.new" "$home/bin/$1"
    options=(-max_total_time="$3" -max_len=32768 -timeout=300 -report_slow_units=300 -print_final_stats=1
        -artifact_prefix="$home/findings/$1=")
    [ -e "build/fuzz/fuzz/$2.dict" ] && options+=(-dict="build/fuzz/fuzz/$2.dict")
    started=$(date +%s)
    TIMEFORMAT='%U %S'
    spent=$({ time "$home/bin/$1" "${options[@]}" "build/fuzz-corpus/$2" "$home/seeds/$2" \
        "fuzz/regressions/$2" >"$log" 2>&1; } 2>&1)
    awk -v spent="$spent" -v started="$started" -v now="$(date +%s)" '
        / cov: [0-9]+ ft: [0-9]+/ {
            for (i = 1; i < NF; i++) {
                if ($i == "cov:") edges = $(i + 1)
                if ($i == "ft:") features = $(i + 1)
            }
            run = substr($1, 2) + 0
        }
        /^stat::number_of_executed_units:/ { run = $2 }
        END {
            split(spent, seconds, " ")
            printf "%.2f %d %d %d %d\n", seconds[1] + seconds[2], run, edges, features, now - started
        }' "$log" >>"$home/$1.rounds"
    grep -hE '^ORACLE|^SUMMARY|runtime error' "$log" | sed "s/^/$1: /" | tee -a "$home/findings.log"
}

[ "${1:-}" = --table ] && { table; exit; }
seconds=${1:-}
if ! [[ $seconds =~ ^[0-9]+$ ]] || [ $# -lt 2 ]; then
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'
    exit 2
fi
shift
mkdir -p "$home/bin" "$home/findings" "$home/seeds"
for program in "$@"; do
    target=${program%-oracle}
    [ -x "build/fuzz/fuzz/$program" ] || fail "build/fuzz/fuzz/$program is missing: cmake --build --preset fuzz makes it"
    [ -d "build/release/fuzz/seeds/$target" ] || fail "$target has no seeds: cmake --build --preset release makes them"
    mkdir -p "build/fuzz-corpus/$target"
    [ -d "$home/seeds/$target" ] || cp -r "build/release/fuzz/seeds/$target" "$home/seeds/$target"
done
unfinished=1
while [ "$unfinished" -gt 0 ]; do
    unfinished=0
    for program in "$@"; do
        left=$((seconds - $(total "$program" 1)))
        [ "$left" -gt 0 ] || continue
        unfinished=$((unfinished + 1))
        round "$program" "${program%-oracle}" $((left < round_max ? left : round_max))
        [ "$(tail -n 1 "$home/$program.rounds" | cut -d' ' -f2)" -gt 0 ] || fail "$program does not run: see $home/$program.log"
    done
done
