#!/usr/bin/env bash
# Everything that tests this project, on a laptop and in CI alike. Needs no terminal and no answer; safe to run again.
#
#   ci/test.sh           every step but those on request
#   ci/test.sh STEP...   these steps alone, such as: ci/test.sh release adapters pytest
#
# On request: `adapters` asks five package registries and builds for minutes; `servers` installs the servers that pytest
# then asks; `packages` makes a release twice; `repro` makes the base suite under all that must not matter, the newest
# OpenSSL 3.x among it; `mutation` asks the base corpus to find each planted fault (ci/mutation.sh).
#
# A step's whole output is in build/results/STEP.log, and the last lines say what ran, what was skipped and why.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

results=build/results
jobs=$(nproc)
passed=0 failed=0 skipped=0
summary=()

# Junit files of ctest and pytest alike: their first <testsuite> has the counts.
junit_count() {
    local count
    count=$(tr '\n\t' '  ' <"$1" | grep -oE '<testsuite [^>]*>' | head -n 1 | grep -oE " $2=\"[0-9]+\"" | tr -dc 0-9)
    printf '%s' "${count:-0}"
}

# step NAME COMMAND...: runs it. A step counts as one test, or as many as the junit file tells that it has written.
step() {
    local name=$1 started=$SECONDS status=0 tests=1 bad=0 skips=0 junit=$results/$1.xml
    shift
    if [ "${#only[@]}" -gt 0 ] && [[ " ${only[*]} " != *" $name "* ]]; then return; fi
    ran+=("$name")
    printf '== %-12s ' "$name"
    rm -f "$junit"
    "$@" >"$results/$name.log" 2>&1 </dev/null || status=$?
    if [ "$status" -eq 77 ]; then
        skipped=$((skipped + 1))
        summary+=("$(printf '%-12s skipped: %s' "$name" "$(tail -n 1 "$results/$name.log")")")
        echo skipped
        return
    fi
    if [ -e "$junit" ]; then
        tests=$(junit_count "$junit" tests)
        bad=$(($(junit_count "$junit" failures) + $(junit_count "$junit" errors)))
        skips=$(($(junit_count "$junit" skipped) + $(junit_count "$junit" disabled)))
    fi
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1 # it failed beside its tests: a build, a crash
        [ "$tests" -gt 0 ] || tests=1
    fi
    passed=$((passed + tests - bad - skips)) failed=$((failed + bad)) skipped=$((skipped + skips))
    summary+=("$(printf '%-12s %d passed, %d failed, %d skipped, %d s' "$name" $((tests - bad - skips)) \
        "$bad" "$skips" $((SECONDS - started)))")
    echo "$((tests - bad - skips)) passed, $bad failed, $skips skipped"
    if [ "$status" -ne 0 ]; then
        printf -- '-- the end of %s\n' "$results/$name.log"
        tail -n 60 "$results/$name.log"
        printf -- '--\n'
    fi
}

# on_request NAME COMMAND...: a step that takes so long that it runs only when it is named.
on_request() {
    if [[ " ${only[*]} " == *" $1 "* ]]; then
        step "$@"
    else
        left_out+=("$1")
    fi
}

build_and_ctest() {
    local preset=$1
    cmake --preset "$preset" && cmake --build --preset "$preset" -j "$jobs" &&
        ctest --preset "$preset" -j "$jobs" --no-tests=error --timeout 300 \
            --output-junit "$PWD/$results/$preset.xml"
}

# What this machine lacks for an adapter is installed where that can be done, and else its tests are skipped.
build_adapters() {
    ci/adapters-setup.sh || echo 'not all packages of the adapters are there'
    ci/build-adapters.sh
}

# Many tests wait for a server or a limit: two workers a processor.
run_pytest() {
    .venv/bin/python -m pytest -n $((2 * jobs)) --dist loadfile --no-loadscope-reorder --junitxml "$results/pytest.xml"
}

# What pytest skipped and why, from its output: a line for each reason and what would help, with how many tests.
skips_of() {
    awk '
        /^SKIPPED \[/ {
            count = substr($2, 2)
            sub(/^SKIPPED \[[0-9]+\] [^ ]+: /, "")
            reason = $0
            tests[reason] += count
            next
        }
        reason != "" && sub(/^    +/, " ") { remedy[reason] = $0 }
        { reason = "" }
        END { for (reason in tests) printf "skipped %4d  %s%s\n", tests[reason], reason, remedy[reason] }' "$1" | sort -k 3
}

check_shell() { git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck; }

# Built from the checksummed module; the version is the newest that Debian 12's Go can build.
check_workflows() {
    local lint=github.com/rhysd/actionlint/cmd/actionlint@v1.6.27
    printf 'on: push\njobs: {one: {runs-on: ubuntu-latest, steps: [{rum: true}]}}\n' >"$results/bad-workflow.yml"
    go run "$lint" -version || {
        echo 'actionlint cannot be fetched: is there a network?'
        return 77 # skipped
    }
    if go run "$lint" "$results/bad-workflow.yml"; then
        echo 'actionlint finds nothing wrong with a workflow that is'
        return 1
    fi
    go run "$lint"
}

# Another version of clang-format lays out some lines otherwise, so only the one that .clang-format was made for judges.
check_format() {
    local version
    version=$(clang-format --version | grep -oE 'version [0-9]+' | tr -dc 0-9)
    if [ "$version" != 14 ]; then
        echo "clang-format is $version, the layout is that of 14"
        return 77 # skipped
    fi
    git ls-files -z '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror
}

check_tidy() {
    local version
    version=$(clang-tidy --version | grep -oE 'version [0-9]+' | tr -dc 0-9)
    if [ "$version" != 14 ]; then
        echo "clang-tidy is $version, the checks are those of 14"
        return 77 # skipped
    fi
    git ls-files -z 'core/*.c' 'gen/*.c' 'validator/*.c' 'fuzz/*.c' | xargs -0 ci/tidy.py
}

only=("$@")
ran=()
left_out=()
mkdir -p "$results"
ci/setup.sh || exit 1

step shellcheck check_shell
step workflows check_workflows
step format check_format
step release build_and_ctest release
step asan build_and_ctest asan
step tidy check_tidy
step fuzz ci/fuzz-smoke.sh
step oss-fuzz ci/check-oss-fuzz.sh --short
on_request adapters build_adapters
on_request servers ci/servers-setup.sh
on_request packages ci/package.sh
on_request repro ci/repro.sh
on_request mutation ci/mutation.sh
step pytest run_pytest

for name in "${only[@]}"; do
    if [[ " ${ran[*]} " != *" $name "* ]]; then
        echo "test: there is no step $name" >&2
        failed=$((failed + 1))
    fi
done
echo
printf '%s\n' "${summary[@]}"
[ ! -e "$results/pytest.log" ] || skips_of "$results/pytest.log"
if [ "${#only[@]}" -eq 0 ]; then printf 'on request: ci/test.sh %s\n' "${left_out[*]}"; fi
printf 'took %d s\n' "$SECONDS"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
