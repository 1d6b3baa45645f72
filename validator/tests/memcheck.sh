#!/usr/bin/env bash
# Runs the cases of the base corpus whose id matches GLOB under valgrind: no read or write out of bounds, nothing
# uninitialised that decides, nothing left behind. First it must find both faults of memcheck_control.c.
#
#   validator/tests/memcheck.sh MTLS_VALIDATE CONTROL PROFILE GLOB
set -euo pipefail
program=${1:?usage: memcheck.sh MTLS_VALIDATE CONTROL PROFILE GLOB} control=$2 profile=$3 glob=$4
cd "$(dirname "$0")/../.."

if ! command -v valgrind >/dev/null; then
    echo 'memcheck: valgrind is not installed; ci/setup.sh installs it'
    exit 77
fi
memcheck() {
    valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --num-callers=20 --error-exitcode=9 "$@"
}

memcheck "$control" nothing
for fault in leak overread uninitialised; do
    status=0
    memcheck "$control" "$fault" >/dev/null 2>&1 || status=$?
    if [ "$status" -ne 9 ]; then
        echo "memcheck: the control '$fault' ended with $status where valgrind should have made it 9"
        exit 1
    fi
done
memcheck "$program" corpus corpus/base --profile "$profile" --only "$glob"
