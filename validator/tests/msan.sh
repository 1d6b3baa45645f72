#!/usr/bin/env bash
# Builds the readers and the upload check with clang's MemorySanitizer and runs them over the base corpus, the system's
# roots and adversarial files. No libcrypto takes part.
#
#   validator/tests/msan.sh BUILD_FOLDER
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:?usage: msan.sh BUILD_FOLDER}/msan
mkdir -p "$out"
cd "$root"

sources=(validator/{algorithm,certificate,der_read,extension,extension_value,finding,name,name_text,name_value,pem,pem_decode,pss}.c
    validator/{text_pool,time,upload,upload_chain,upload_read,upload_roots,upload_rules,upload_warn}.c
    core/{bytes,file,status,text,utf8,vocabulary}.c)
clang -std=c17 -D_POSIX_C_SOURCE=200809L -I. -Iinclude -g -O1 -fsanitize=memory -fsanitize-memory-track-origins \
    -fno-omit-frame-pointer -o "$out/upload" validator/tests/uninstrumented.c validator/tests/adversarial.c "${sources[@]}"

files=()
while IFS= read -r file; do files+=("$file"); done < <(find corpus/base -name bundle.pem 2>/dev/null | sort)
if [ -r /etc/ssl/certs/ca-certificates.crt ]; then files+=(/etc/ssl/certs/ca-certificates.crt); fi
"$out/upload" "${files[@]}" >"$out/answers"
echo "MemorySanitizer: ${#files[@]} files, $(wc -l <"$out/answers") lines of answers, nothing uninitialised"
