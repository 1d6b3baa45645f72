#!/usr/bin/env bash
# ci/tidy.sh FILE: clang-tidy of one C file, unless neither it nor any header has changed since it was found clean.
set -euo pipefail
cd "$(dirname "$0")/.."

clean=build/tidy/$(
    {
        clang-tidy --version
        cat "$1" .clang-tidy
        git ls-files -z '*.h' '*.def' | xargs -0 cat
        sed -n "/\"file\":.*\/${1//\//\\/}\"/p" build/release/compile_commands.json
    } | sha256sum | cut -d ' ' -f 1
)
if [ ! -e "$clean" ]; then
    clang-tidy --quiet -p build/release "$1"
    mkdir -p build/tidy
    touch "$clean"
fi
