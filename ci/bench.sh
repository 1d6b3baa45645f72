#!/usr/bin/env bash
# Speeds as ratios from one run: the generator and the validator against libcrypto, and against what else a user would
# take. Nothing here is a test; a busy machine makes the figures worthless, so run it alone.
#
#   ci/bench.sh            against libcrypto
#   ci/bench.sh --peers    also against Go's crypto/x509, where it is installed, and Python's cryptography
set -euo pipefail
cd "$(dirname "$0")/.."

roots=/etc/ssl/certs/ca-certificates.crt
out=build/bench
mkdir -p "$out"

cmake --preset release >"$out/build.log"
cmake --build --preset release --target mtlsgen-bench mtlsval-bench mtls-gen >>"$out/build.log"

echo '== The validator against libcrypto, on the same files'
build/release/bin/mtlsval-bench | tee "$out/validator.txt"
echo
echo '== The upload check on 100 MB made to be slow: seconds and memory'
build/release/bin/mtlsval-bench --large
echo
echo '== The generator against libcrypto'
build/release/bin/mtlsgen-bench | tee "$out/generator.txt"
echo
echo '== Corpora: wall seconds and peak memory (KiB)'
/usr/bin/time -f "base, tree: %e s, %M KiB" build/release/bin/mtls-gen corpus --out "$out/base"
/usr/bin/time -f "full, jsonl, one job: %e s, %M KiB" build/release/bin/mtls-gen corpus --suite full --format jsonl --jobs 1 --out "$out/full.jsonl"
/usr/bin/time -f "full, jsonl, two jobs: %e s, %M KiB" build/release/bin/mtls-gen corpus --suite full --format jsonl --jobs 2 --out "$out/full.jsonl"
rm -rf "$out/base" "$out/full.jsonl"

[ "${1:-}" = --peers ] || exit 0

# ratios NAME FILE: our rates over those in FILE ("parse N", "create N").
ours_parse=$(awk '/^parse a certificate/ {for (i = 1; i < NF; i++) if ($i == "ours") print 1e6 / $(i + 1)}' "$out/validator.txt")
ours_create=$(awk '/^p256$/ {p256 = 1} p256 && /pooled keys/ {sub("/s", "", $(NF - 1)); print $(NF - 1); exit}' "$out/generator.txt")
ratios() {
    awk -v name="$1" -v parse="$ours_parse" -v create="$ours_create" '
        $1 == "parse"  {printf "%-22s parse  %9.0f/s   ours %9.0f/s   ratio %7.1f\n", name, $2, parse, parse / $2}
        $1 == "create" {printf "%-22s create %9.0f/s   ours %9.0f/s   ratio %7.1f\n", name, $2, create, create / $2}' "$2"
}
echo
echo '== Against other libraries: parse a certificate, issue a P-256 certificate (DER and PEM)'
if command -v go >/dev/null; then
    (cd ci/bench/go && go build -o ../../../"$out/go-peer" .)
    "$out/go-peer" "$roots" >"$out/go.txt" && ratios "$(go version | cut -d ' ' -f 3)" "$out/go.txt"
else
    echo 'go is not installed: left out'
fi
# The adapter's own environment has the pinned version; without one it is made from the same pins.
python=build/adapters/python-cryptography/venv/bin/python
if ! { [ -x "$python" ] && "$python" -c 'import cryptography' 2>/dev/null; }; then
    python=$out/venv/bin/python
    "$python" -c 'import cryptography' 2>/dev/null || {
        python3 -m venv "$out/venv"
        "$out/venv/bin/pip" install --quiet --require-hashes -r conformance/adapters/python-cryptography/requirements.txt
    }
fi
"$python" ci/bench/peers.py "$roots" >"$out/python.txt"
ratios "cryptography $("$python" -c 'import cryptography; print(cryptography.__version__)')" "$out/python.txt"
