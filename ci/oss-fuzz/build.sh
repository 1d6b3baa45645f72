#!/bin/bash -eu
# Copyright 2026 The mtls-gauntlet authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite ask: with their compilers, flags and engine, into $OUT. The
# image gives CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SANITIZER, SRC, WORK and OUT; the sources are in
# $SRC/mtls-gauntlet, those of OpenSSL in $SRC/openssl. Without the latter the machine's libcrypto is used, and under
# MemorySanitizer, which needs all code instrumented, only the targets that do without libcrypto are built. ONLY names
# the targets to build where not all are wanted.

project=$SRC/mtls-gauntlet
jobs=$(nproc)

# The seeds and dictionaries come from the generator, which is not fuzzed here and so is built plainly.
plain() {
    env -u CFLAGS -u CXXFLAGS -u LDFLAGS -u LIB_FUZZING_ENGINE "$@"
}
if [ ! -d "$WORK/seeds" ]; then
    plain cmake -S "$project" -B "$WORK/plain" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DMTLS_WERROR=OFF
    plain cmake --build "$WORK/plain" -j "$jobs" --target mtls-gen
    "$WORK/plain/bin/mtls-gen" corpus --format fuzz-seeds --out "$WORK/seeds"
fi

options=()
if [ -d "$SRC/openssl" ]; then
    # MemorySanitizer cannot see what assembly writes.
    assembly=()
    [ "$SANITIZER" != memory ] || assembly=(no-asm)
    mkdir -p "$WORK/openssl"
    (
        cd "$WORK/openssl"
        [ -e Makefile ] || "$SRC/openssl/Configure" no-shared no-module no-tests no-docs no-apps "${assembly[@]}" \
            CC="$CC" CFLAGS="$CFLAGS"
        make -s build_generated
        make -s -j "$jobs" libcrypto.a libssl.a
    )
    mkdir -p "$WORK/openssl-include"
    cp -r "$SRC/openssl/include/." "$WORK/openssl/include/." "$WORK/openssl-include/"
    options+=(-DOPENSSL_USE_STATIC_LIBS=ON -DOPENSSL_INCLUDE_DIR="$WORK/openssl-include"
        -DOPENSSL_CRYPTO_LIBRARY="$WORK/openssl/libcrypto.a" -DOPENSSL_SSL_LIBRARY="$WORK/openssl/libssl.a")
fi

# CMake takes CC, CXX, CFLAGS, CXXFLAGS and LIB_FUZZING_ENGINE from the environment and links with CXX.
cmake -S "$project" -B "$WORK/fuzz" -G Ninja -DBUILD_TESTING=OFF -DMTLS_WERROR=OFF -DMTLS_FUZZ_SEEDS="$WORK/seeds" \
    -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath,'\$ORIGIN/lib'" "${options[@]}"
if [ "$SANITIZER" = memory ]; then # `scenario` runs libyaml and jansson too, which nobody instruments
    if [ -d "$SRC/openssl" ]; then ONLY='pem certificate upload client ocsp tls'; else ONLY='pem certificate upload'; fi
fi
programs=()
for target in ${ONLY:-}; do
    programs+=("fuzz-$target" "fuzz-$target-dictionary")
done
[ "${#programs[@]}" -gt 0 ] || programs=(fuzz-all)
cmake --build "$WORK/fuzz" -j "$jobs" --target "${programs[@]}"

# What the runner's image lacks comes along.
bring_libraries() {
    local library
    mkdir -p "$OUT/lib"
    ldd "$1" | awk '$3 ~ /^\// {print $3}' | while read -r library; do
        [ "$library" = "$OUT/lib/${library##*/}" ] && continue
        case ${library##*/} in
        libc.so.* | libm.so.* | libdl.so.* | librt.so.* | libpthread.so.* | ld-linux*) ;;
        *) cp -u "$library" "$OUT/lib/" ;;
        esac
    done
}

mkdir -p "$OUT"
for source in "$project"/fuzz/targets/*.c; do
    target=$(basename "$source" .c)
    [[ -z "${ONLY:-}" || " $ONLY " == *" $target "* ]] || continue
    for program in "$target" "$target-oracle"; do
        # With ONLY an oracle may be there from an earlier build.
        [[ -x "$WORK/fuzz/fuzz/$program" && (-z "${ONLY:-}" || $program = "$target") ]] || continue
        cp "$WORK/fuzz/fuzz/$program" "$OUT/$program"
        bring_libraries "$OUT/$program"
        rm -f "$OUT/${program}_seed_corpus.zip"
        (
            shopt -s nullglob
            cd "$WORK/seeds/$target"
            zip -q -r "$OUT/${program}_seed_corpus.zip" .
            cd "$project/fuzz/regressions/$target" && regressions=(*) && [ "${#regressions[@]}" -gt 0 ] &&
                zip -q "$OUT/${program}_seed_corpus.zip" "${regressions[@]}"
        )
        cp "$WORK/fuzz/fuzz/$target.dict" "$OUT/$program.dict"
        printf '[libfuzzer]\nmax_len = 32768\ntimeout = 60\n' >"$OUT/$program.options"
    done
done
