#!/usr/bin/env bash
# Runs ci/oss-fuzz/build.sh without containers, in an environment like that of OSS-Fuzz's images, and checks what comes of
# it as OSS-Fuzz does (its bad_build_check): that targets start, are instrumented, by this sanitizer and no other, and
# take their seeds; and that they still run after their folder has moved.
#
#   ci/check-oss-fuzz.sh [--short] [SANITIZER...]     address, undefined, memory; all three without any
#
# --short: only the targets that do without libcrypto, so that none has to be built from sources.
# Exit 77 without clang. The builds are kept in build/oss-fuzz.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

short=0 sanitizers=() failed=0
home=$PWD/build/oss-fuzz
while [ $# -gt 0 ]; do
    case $1 in
    --short) short=1 ;;
    address | undefined | memory) sanitizers+=("$1") ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit ;;
    *) printf 'check-oss-fuzz: %s is neither a sanitizer (address, undefined, memory) nor --short\n' "$1" >&2; exit 2 ;;
    esac
    shift
done
[ "${#sanitizers[@]}" -gt 0 ] || sanitizers=(address undefined memory)
for tool in clang clang++ objdump zip unzip; do
    command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 77; }
done

bad() {
    failed=$((failed + 1))
    printf 'BAD  %s: %s\n' "$1" "$2"
}

# The images' own flags (base-builder's Dockerfile): this list is what fails there, and what only warns.
undefined=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound
flags_of() {
    case $1 in
    address) printf '%s' '-fsanitize=address -fsanitize-address-use-after-scope' ;;
    undefined) printf '%s' "-fsanitize=$undefined,unsigned-integer-overflow -fno-sanitize-recover=$undefined" ;;
    memory) printf '%s' '-fsanitize=memory -fsanitize-memory-track-origins' ;;
    esac
}

build() { # SANITIZER
    local sanitizer=$1 src=$home/$1/src flags
    flags="-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION $(flags_of "$1")"
    mkdir -p "$src" "$home/$sanitizer/temporary" "$home/$sanitizer/out"
    ln -sfn "$PWD" "$src/mtls-gauntlet"
    rm -rf "$home/$sanitizer/out"
    local only=''
    if [ "$short" -eq 0 ]; then
        ci/openssl-source.sh "$home/openssl" || return 1
        ln -sfn "$home/openssl" "$src/openssl"
    else
        rm -f "$src/openssl"
        only='pem certificate upload'
    fi
    # The seeds are the same for all of them.
    if [ -d "$home/seeds" ]; then ln -sfn "$home/seeds" "$home/$sanitizer/temporary/seeds"; fi
    env CC=clang CXX=clang++ CFLAGS="$flags -fsanitize=fuzzer-no-link" CXXFLAGS="$flags -fsanitize=fuzzer-no-link" \
        LIB_FUZZING_ENGINE=-fsanitize=fuzzer FUZZING_ENGINE=libfuzzer SANITIZER="$sanitizer" ARCHITECTURE=x86_64 \
        ONLY="$only" SRC="$src" WORK="$home/$sanitizer/temporary" OUT="$home/$sanitizer/out" \
        ci/oss-fuzz/build.sh >"$home/$sanitizer.log" 2>&1 || return 1
    [ -d "$home/seeds" ] || cp -r "$home/$sanitizer/temporary/seeds" "$home/seeds"
}

# calls FILE NAME: how many calls of a sanitizer's runtime the code makes.
calls() { grep -cE "callq?[[:space:]]+[0-9a-f]+ <__$2" "$1"; }

check_instrumentation() { # PROGRAM SANITIZER
    local code=$home/code asan msan ubsan
    objdump -dC "$1" >"$code"
    asan=$(calls "$code" asan) msan=$(calls "$code" msan) ubsan=$(calls "$code" ubsan)
    rm -f "$code"
    counted="$asan asan, $msan msan, $ubsan ubsan calls"
    case $2 in
    address) [ "$asan" -ge 1000 ] && [ "$msan" -le 3 ] && [ "$ubsan" -le 200 ] ;;
    undefined) [ "$asan" -eq 0 ] && [ "$msan" -le 3 ] && [ "$ubsan" -ge 168 ] ;;
    memory) [ "$asan" -eq 0 ] && [ "$msan" -ge 1000 ] && [ "$ubsan" -le 200 ] ;;
    esac || bad "$2 $(basename "$1")" "not instrumented as it should be: $counted"
}

check_program() { # PROGRAM SANITIZER
    local program=$1 name log=$home/run.log seeds=$home/run.seeds edges before=$failed
    name="$2 $(basename "$1")"
    (cd "$home" && "$program" -seed=1337 -runs=4) >"$log" 2>&1
    grep -q 'Done 4 runs' "$log" || { bad "$name" 'does not start'; tail -n 5 "$log"; }
    if grep -q 'no interesting inputs' "$log"; then bad "$name" 'has no coverage instrumentation'; fi
    edges=$(grep -oE 'Loaded [0-9]+ modules? .*: [0-9]+' "$log" | grep -oE '[0-9]+$' | head -n 1)
    [ "${edges:-0}" -ge 100 ] || bad "$name" "has ${edges:-no} edges"
    check_instrumentation "$program" "$2"
    rm -rf "$seeds"
    unzip -q -o "${program}_seed_corpus.zip" -d "$seeds" || bad "$name" 'has no seeds'
    "$program" -dict="$program.dict" -rss_limit_mb=2560 -timeout=25 -artifact_prefix="$home/" -runs=0 \
        "$seeds" >"$log" 2>&1 ||
        { bad "$name" 'fails on its seeds'; tail -n 5 "$log"; }
    grep -q '^\[libfuzzer\]$' "$program.options" || bad "$name" 'has no options'
    [ "$failed" -gt "$before" ] ||
        printf 'ok   %-32s %s edges, %s, %s seeds\n' "$name" "${edges:-no}" "$counted" "$(find "$seeds" -type f | wc -l)"
}

mkdir -p "$home"
rm -rf "$home/seeds" "$home"/*/temporary/seeds # the first build makes them, with the generator of today
for sanitizer in "${sanitizers[@]}"; do
    if ! build "$sanitizer"; then
        tail -n 20 "$home/$sanitizer.log"
        bad "$sanitizer" "the build failed: $home/$sanitizer.log"
        continue
    fi
    rm -rf "$home/moved"
    mv "$home/$sanitizer/out" "$home/moved"
    programs=0
    for program in "$home"/moved/*; do
        if [ -f "$program" ] && [ -x "$program" ]; then
            programs=$((programs + 1))
            check_program "$program" "$sanitizer"
        fi
    done
    [ "$programs" -gt 0 ] || bad "$sanitizer" 'no program was built'
    rm -rf "$home/moved"
done
exit $((failed > 0))
