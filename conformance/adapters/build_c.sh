#!/usr/bin/env bash
# Builds one C or C++ adapter; conformance/adapters/<name>/build.sh calls it.
#
#   build_c.sh NAME MODULE HEADER PACKAGE [--check]
#
# MODULE is its name in pkg-config, HEADER one of the library's, PACKAGE the Debian package that has it.
# With --check nothing is built. Exit status 77:
# something is missing, and the last line says what installs it.
set -euo pipefail
name=$1 module=$2 header=$3 package=$4
cd "$(dirname "$0")"

missing() {
    printf '%s: %s is missing; to install it:\n    apt-get install %s\n' "$name" "$1" "$2" >&2
    exit 77
}

command -v cmake >/dev/null || missing cmake cmake
command -v c++ >/dev/null || missing 'a C and C++ compiler' build-essential
pkg-config --exists jansson 2>/dev/null || missing jansson 'pkg-config libjansson-dev'

# NSS and Botan keep their headers in folders of their own, which pkg-config knows.
read -ra flags < <(pkg-config --silence-errors --cflags "$module" || true; echo)
printf '#include <%s>\n' "$header" | c++ -x c++ "${flags[@]}" -fsyntax-only - 2>/dev/null || missing "$header" "$package"
[ "${5:-}" != --check ] || exit 0

out=../../build/adapters/$name
cmake -S . -B "$out/cmake" -DMTLS_ADAPTER="$name" -DCMAKE_RUNTIME_OUTPUT_DIRECTORY="$PWD/$out" >/dev/null
cmake --build "$out/cmake"
