#!/usr/bin/env bash
# What a release holds, in build/packages: the source, Debian packages of the tools, the libraries and the corpus, the
# corpus alone, the Python package, and SHA256SUMS. All of it comes from the committed source, is made twice, in other
# folders, with another locale, time zone and number of jobs, and must be the same bit for bit.
#
#   ci/package.sh             of what is committed
#   ci/package.sh --tag TAG   the same, if TAG is the version's: v0.1.0
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
'' | --tag) ;;
*)
    printf 'package: there is no %s; there is --tag\n' "$1" >&2
    exit 2
    ;;
esac

root=$PWD
out=$root/build/packages
version=$(sed -n 's/^project(mtls-gauntlet VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
name=mtls-gauntlet-$version
if [ "${1:-}" = --tag ] && [ "${2:-}" != "v$version" ]; then
    printf 'package: the tag is %s, but the version in CMakeLists.txt is %s\n' "${2:-}" "$version" >&2
    exit 2
fi
if ! git rev-parse --verify --quiet HEAD >/dev/null; then
    echo 'package: a release is made from a git checkout; the source of one is built as README.md says' >&2
    exit 2
fi
[ -z "$(git status --porcelain)" ] || echo 'package: what is not committed is not in the packages' >&2
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The files of a folder as an archive that tells nothing of who made it, or when.
archive() {
    tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
        --format=gnu --directory "$1" "$2" | gzip -n -9
}

# sums FOLDER: its SHA256SUMS.
sums() {
    (cd "$1" && find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum) >"$work/sums"
    cp "$work/sums" "$1/SHA256SUMS"
}

# make_all FOLDER JOBS: everything, from the source in the archive alone, into FOLDER/out.
make_all() {
    local folder=$1 jobs=$2 source=$1/$name file
    mkdir -p "$folder/out"
    git -C "$root" archive --format=tar --prefix="$name/" HEAD | gzip -n -9 >"$folder/out/$name.tar.gz"
    tar -C "$folder" -xzf "$folder/out/$name.tar.gz"
    cmake -S "$source" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr \
        -DBUILD_TESTING=OFF
    cmake --build "$folder/build" -j "$jobs"
    (cd "$folder/build" && cpack -G DEB -B "$folder/cpack")
    cp "$folder/cpack/"*.deb "$folder/out/"

    mkdir "$folder/corpus"
    cp -R "$source/corpus/base" "$source/corpus/schema" "$source/LICENSE" "$folder/corpus/"
    sums "$folder/corpus"
    mv "$folder/corpus" "$folder/mtls-gauntlet-corpus-$version"
    archive "$folder" "mtls-gauntlet-corpus-$version" >"$folder/out/mtls-gauntlet-corpus-$version.tar.gz"

    "$root/.venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
        --wheel-dir "$folder/out" "$source/conformance"
    for file in "$name.tar.gz" "mtls-gauntlet-corpus-$version.tar.gz" 'mtls-gauntlet_*.deb' 'libmtls-gauntlet-dev_*.deb' \
        'mtls-gauntlet-corpus_*.deb' '*.whl'; do
        compgen -G "$folder/out/$file" >/dev/null || { echo "package: no $file was made"; return 1; }
    done
    sums "$folder/out"
}

echo "package: $name, twice"
# After `make_all ... ||` a command within that fails would not end it, so the log is shown on the way out.
trap 'tail -n 30 "$work/log" >&2; rm -rf "$work"' EXIT
(make_all "$work/first" "$(nproc)") >"$work/log" 2>&1
(export LC_ALL=C.UTF-8 TZ=Asia/Kolkata && make_all "$work/a second, longer one" 1) >"$work/log" 2>&1
trap 'rm -rf "$work"' EXIT
if ! diff "$work/first/out/SHA256SUMS" "$work/a second, longer one/out/SHA256SUMS"; then
    echo 'package: the second time is not as the first' >&2
    exit 1
fi

# What was packed works when it is unpacked.
for package in "$work/first/out/"*.deb; do dpkg-deb --extract "$package" "$work/unpacked"; done
"$work/unpacked/usr/bin/mtls-validate" corpus "$work/unpacked/usr/share/mtls-gauntlet/corpus/base" >"$work/log"
(cd "$work/unpacked/usr/share/mtls-gauntlet" && "$work/unpacked/usr/bin/mtls-gen" corpus --out "$work/again" 2>/dev/null &&
    diff --recursive --brief corpus/base "$work/again")
cmake -S examples -B "$work/examples" -DCMAKE_PREFIX_PATH="$work/unpacked/usr" >"$work/log"
cmake --build "$work/examples" >"$work/log" || { tail -n 30 "$work/log" >&2 && exit 1; }
for header in bytes generate mutate status validate; do test -e "$work/unpacked/usr/include/mtls/$header.h"; done

rm -rf "$out"
mkdir -p "$(dirname "$out")"
mv "$work/first/out" "$out"
cat "$out/SHA256SUMS"
