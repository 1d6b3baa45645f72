#!/usr/bin/env bash
# Builds the readers, the upload check and the letter with clang's MemorySanitizer and runs them over the base corpus,
# the system's roots and adversarial files. No libcrypto takes part. First it must find the fault of memcheck_control.c.
#
#   validator/tests/msan.sh BUILD_FOLDER
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:?usage: msan.sh BUILD_FOLDER}/msan
mkdir -p "$out"
cd "$root"

sources=(validator/{algorithm,certificate,der_read,extension,extension_value,finding,letter,letter_extension,letter_name}.c
    validator/{letter_policy,letter_read,name,name_rule,name_text,name_value,pem,pem_decode,pss}.c
    validator/{text_pool,time,upload,upload_chain,upload_read,upload_roots,upload_rules,upload_warn}.c
    core/{bytes,file,status,text,utf8,vocabulary}.c)
build() {
    clang -std=c17 -D_POSIX_C_SOURCE=200809L -I. -Iinclude -g -O1 -fsanitize=memory -fsanitize-memory-track-origins \
        -fno-omit-frame-pointer -o "$out/$1" "${@:2}"
}
build control -O0 validator/tests/memcheck_control.c
"$out/control" nothing >"$out/answers"
if "$out/control" uninitialised >"$out/answers" 2>"$out/control.log" || ! grep -q use-of-uninitialized-value "$out/control.log"; then
    echo 'msan: the control reads uninitialised memory, and MemorySanitizer did not say so'
    exit 1
fi
build upload validator/tests/uninstrumented.c validator/tests/adversarial.c "${sources[@]}"

files=()
while IFS= read -r file; do files+=("$file"); done < <(find corpus/base -name bundle.pem 2>/dev/null | sort)
if [ -r /etc/ssl/certs/ca-certificates.crt ]; then files+=(/etc/ssl/certs/ca-certificates.crt); fi
"$out/upload" "${files[@]}" >"$out/answers"
echo "MemorySanitizer: ${#files[@]} files, $(wc -l <"$out/answers") lines of answers, nothing uninitialised"
