#!/usr/bin/env bash
# Installs the Debian packages that the adapters in conformance/adapters lack on this machine: those that each recipe's
# `build.sh --check` names. A tool chain that is there already, on the PATH, stays. Needs root if anything is missing; sudo
# has a PATH of its own: sudo env "PATH=$PATH" ci/adapters-setup.sh.
#
#   ci/adapters-setup.sh           for all adapters
#   ci/adapters-setup.sh NAME...   for these
set -euo pipefail
cd "$(dirname "$0")/.."

# A recipe names one missing thing at a time, so it is asked again after each round.
wanted() {
    local name
    for name in "$@"; do
        "conformance/adapters/$name/build.sh" --check 2>&1 >/dev/null |
            sed -n 's/^    apt-get install //p' | tr ' ' '\n' || true
    done | sort -u
}

if [ "$#" -eq 0 ]; then
    for recipe in conformance/adapters/*/build.sh; do
        name=${recipe%/build.sh}
        set -- "$@" "${name##*/}"
    done
fi
for name in "$@"; do
    [ -x "conformance/adapters/$name/build.sh" ] || {
        printf 'adapters-setup: there is no adapter %s\n' "$name" >&2
        exit 2
    }
done

tried=
while true; do
    mapfile -t packages < <(wanted "$@")
    [ "${#packages[@]}" -gt 0 ] || exit 0
    if [ "${packages[*]}" = "$tried" ]; then
        printf 'adapters-setup: still missing after their installation: %s\n' "$tried" >&2
        exit 1
    fi
    tried=${packages[*]}
    ci/setup.sh --install "${packages[@]}"
done
