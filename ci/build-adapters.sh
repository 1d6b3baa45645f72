#!/usr/bin/env bash
# Builds the adapters in conformance/adapters into build/adapters, and says of each whether it is built, what it lacks,
# or that its build failed. Exit status 1 if a build failed; what a machine lacks is no failure.
#
#   ci/build-adapters.sh           all
#   ci/build-adapters.sh NAME...   these
set -uo pipefail
cd "$(dirname "$0")/.." || exit

if [ "$#" -eq 0 ]; then
    for recipe in conformance/adapters/*/build.sh; do
        name=${recipe%/build.sh}
        set -- "$@" "${name##*/}"
    done
fi
mkdir -p build/adapters
failed=0
for name in "$@"; do
    log=build/adapters/$name.log status=0
    : >"$log" || exit 2 # the shell says why
    "conformance/adapters/$name/build.sh" >"$log" 2>&1 </dev/null || status=$?
    case $status in
    0) printf '%-20s built\n' "$name" ;;
    77) printf '%-20s missing: %s\n' "$name" "$(tail -n 1 "$log" | sed 's/^ *//')" ;;
    *)
        failed=1
        printf '%-20s FAILED (%s)\n' "$name" "$log"
        tail -n 15 "$log" | sed 's/^/    /'
        ;;
    esac
done
exit "$failed"
