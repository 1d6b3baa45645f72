#!/usr/bin/env bash
# Fuzzes one target with libFuzzer or AFL++, AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   ci/fuzz.sh TARGET SECONDS [--oracle] [--engine libfuzzer|afl]   fuzz: stops at the first finding
#   ci/fuzz.sh --build             only build the fuzzers, and their seeds
#   ci/fuzz.sh --rates [SECONDS]   executions a second of every target on its seeds, with and without the second opinion
#
# The corpus grows in build/fuzz-corpus/TARGET, a finding is written to build/fuzz-findings/TARGET-*: promote it with
# ci/fuzz-promote.sh. MTLS_FUZZ_ARGS holds more options for the engine. What AFL++ keeps is in build/fuzz-afl/TARGET;
# certificates and PEM files it mutates by libmtlsmutate too.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'fuzz: %s\n' "$*" >&2
    exit 2
}

usage() {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'
    exit "$1"
}

targets() { find fuzz/targets -name '*.c' -exec basename {} .c \; | sort; }

# configure PRESET [OPTION...]: CMake forgets what a preset says when the folder was made with another compiler.
configure() {
    local folder=build/$1
    [ "${2:-}" != -B ] || folder=$3
    cmake --preset "$@" >/dev/null || fail "cmake --preset $* tells why"
    if ! grep -q '^MTLS_SANITIZE:[A-Z]*=.' "$folder/CMakeCache.txt"; then
        rm -rf "$folder"
        cmake --preset "$@" >/dev/null
    fi
}

# Both seeds and fuzzers: the seeds come from the generator of the ordinary build.
build() {
    cmake --preset release >/dev/null
    cmake --build --preset release --target fuzz-seeds >/dev/null
    configure fuzz
    cmake --build --preset fuzz >/dev/null || fail 'the build failed: cmake --build --preset fuzz tells why'
}

# A rate is measured by the replay driver in processor time, on the fuzzers' own flags: no engine, no mutation.
rates() {
    local seconds=$1 target program seeds=build/release/fuzz/seeds
    cmake --preset release >/dev/null
    cmake --build --preset release --target fuzz-seeds >/dev/null
    configure fuzz -B build/fuzz-rates -DMTLS_FUZZ_ENGINE=
    cmake --build build/fuzz-rates --target fuzz-all >/dev/null || fail 'cmake --build build/fuzz-rates fails'
    printf '%-14s %12s %14s\n' target 'exec/s' 'with oracle'
    for target in $(targets); do
        printf '%-14s' "$target"
        for program in "$target" "$target-oracle"; do
            if [ -x "build/fuzz-rates/fuzz/$program" ]; then
                printf ' %12s' "$("build/fuzz-rates/fuzz/$program" --seconds "$seconds" "$seeds/$target" |
                    sed -n 's/ exec\/s//p')"
            else
                printf ' %12s' -
            fi
        done
        echo
    done
    openssl_rate "$seconds" "$seeds/certificate"
}

# OpenSSL's own fuzzer of certificates, on our seeds, by our driver, with our flags: fuzz/x509.c of its sources reads
# one, prints it and writes it again. Its verification wants more in one input, and is not reached.
openssl_rate() { # SECONDS SEEDS
    local x509=${MTLS_OPENSSL_SOURCE:-}/fuzz/x509.c
    if [ ! -e "$x509" ]; then
        echo "OpenSSL's own: with MTLS_OPENSSL_SOURCE, the folder of its sources"
        return
    fi
    clang -w -O2 -g -fsanitize=address,undefined -ffunction-sections -Wl,--gc-sections \
        -DFuzzerTestOneInput=LLVMFuzzerTestOneInput -o build/fuzz-rates/openssl-x509 "$x509" \
        build/fuzz-rates/lib/lib{mtlsfuzz_replay,mtlsfuzz,mtls_core}.a -lcrypto
    printf '%-14s %12s %12s\n' openssl-x509 - \
        "$(build/fuzz-rates/openssl-x509 --seconds "$1" "$2" | sed -n 's/ exec\/s//p')"
}

# With afl-clang-fast and AFL++'s driver for targets like ours; the mutator comes from the ordinary build.
afl() {
    local program=build/fuzz-afl/build/fuzz/$target$oracle out=build/fuzz-afl/$target driver found=0 crash options
    command -v afl-fuzz >/dev/null || fail 'AFL++ is missing: ci/setup.sh installs it'
    driver=$(find /usr/lib/afl /usr/local/lib/afl -name libAFLDriver.a 2>/dev/null | head -n 1) || true
    [ -n "$driver" ] || fail 'AFL++ is here without its libAFLDriver.a'
    cmake --preset release >/dev/null
    cmake --build --preset release --target fuzz-seeds mtlsmutate_shared >/dev/null
    {
        cmake -B build/fuzz-afl/build -G Ninja -DCMAKE_C_COMPILER=afl-clang-fast -DCMAKE_CXX_COMPILER=afl-clang-fast++ \
            -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF -DMTLS_SANITIZE=address,undefined \
            -DMTLS_FUZZ_SEEDS=none -DMTLS_FUZZ_ENGINE="$driver" &&
            cmake --build build/fuzz-afl/build --target "fuzz-$target$oracle" "fuzz-$target-dictionary"
    } >build/fuzz-afl.log 2>&1 || fail 'the build failed: build/fuzz-afl.log tells why'
    case $target in
    certificate) export MTLS_MUTATE_FORMAT=certificate ;;
    pem | upload) export MTLS_MUTATE_FORMAT=pem ;;
    esac
    [ -z "${MTLS_MUTATE_FORMAT:-}" ] || export AFL_CUSTOM_MUTATOR_LIBRARY=$PWD/build/release/lib/libmtlsmutate.so
    export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1
    export AFL_BENCH_UNTIL_CRASH=1
    rm -rf "$out"
    read -ra options <<<"${MTLS_FUZZ_ARGS:-}"
    afl-fuzz -i "build/release/fuzz/seeds/$target" -o "$out" -V "$seconds" -m none -t 10000+ \
        -x "build/fuzz-afl/build/fuzz/$target.dict" "${options[@]}" -- "$program" </dev/null
    mkdir -p build/fuzz-findings
    for crash in "$out"/default/crashes/id*; do
        [ -e "$crash" ] || continue
        cp "$crash" "build/fuzz-findings/$target-afl-$(sha1sum <"$crash" | cut -c 1-16)"
        found=1
    done
    grep -E '^(execs_done|execs_per_sec|corpus_count|edges_found|saved_crashes)' "$out/default/fuzzer_stats"
    exit "$found"
}

target='' seconds='' oracle='' engine=libfuzzer
while [ $# -gt 0 ]; do
    case $1 in
    --oracle) oracle=-oracle ;;
    --engine) shift; engine=${1:-} ;;
    --build) build; exit ;;
    --rates) rates "${2:-5}"; exit ;;
    -h | --help) usage 0 ;;
    -*) fail "there is no option $1" ;;
    *) if [ -z "$target" ]; then target=$1; else seconds=$1; fi ;;
    esac
    shift
done
if [ -z "$target" ] || ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then usage 2; fi
[ "$engine" = libfuzzer ] || [ "$engine" = afl ] || fail "there is no engine $engine: libfuzzer and afl are"
targets | grep -qx "$target" || fail "there is no target $target; there are: $(targets | tr '\n' ' ')"
command -v clang >/dev/null || fail 'clang is missing: ci/setup.sh installs it'

if [ "$engine" = afl ]; then afl; fi

build
program=build/fuzz/fuzz/$target$oracle
[ -x "$program" ] || fail "$target has no second opinion to ask: leave --oracle out"
mkdir -p "build/fuzz-corpus/$target" build/fuzz-findings
options=(-max_total_time="$seconds" -max_len=32768 -timeout=60 -artifact_prefix="build/fuzz-findings/$target-")
[ -e "build/fuzz/fuzz/$target.dict" ] && options+=(-dict="build/fuzz/fuzz/$target.dict")
read -ra more <<<"${MTLS_FUZZ_ARGS:-}"
exec "$program" "${options[@]}" "${more[@]}" "build/fuzz-corpus/$target" "build/release/fuzz/seeds/$target" \
    "fuzz/regressions/$target"
