#!/usr/bin/env bash
# Installs the live servers that Debian packages, beside nginx which ci/setup.sh brings, and builds those that this
# project writes (conformance/servers). Needs root if a package is missing. Nothing is started or enabled.
#
#   ci/servers-setup.sh           all
#   ci/servers-setup.sh NAME...   these
set -euo pipefail
cd "$(dirname "$0")/.."

# Apache httpd's package is the program alone: the service is in another, which is not wanted.
declare -A packages=(
    [haproxy]=haproxy
    [apache]=apache2-bin
    [lighttpd]='lighttpd lighttpd-mod-openssl'
    [stunnel]=stunnel4
    [caddy]=caddy
)
built=(go-server node-server)

say() { printf 'servers-setup: %s\n' "$*"; }

[ "$#" -gt 0 ] || set -- "${!packages[@]}" "${built[@]}"
wanted=() to_build=()
for name in "$@"; do
    if [ -n "${packages[$name]:-}" ]; then
        read -ra more <<<"${packages[$name]}"
        wanted+=("${more[@]}")
    elif [ -x "conformance/servers/$name/build.sh" ]; then
        to_build+=("$name")
    else
        printf 'servers-setup: there is no server %s; there are %s\n' "$name" "${!packages[*]} ${built[*]}" >&2
        exit 2
    fi
done
[ "${#wanted[@]}" -eq 0 ] || ci/setup.sh --install "${wanted[@]}"

failed=0
for name in "${to_build[@]}"; do
    mkdir -p "build/servers/$name"
    status=0
    "conformance/servers/$name/build.sh" >"build/servers/$name/build.log" 2>&1 </dev/null || status=$?
    case $status in
    0) ;;
    77) say "$name: $(tail -n 1 "build/servers/$name/build.log" | sed 's/^ *//')" ;;
    *)
        failed=1
        say "$name: its build failed"
        tail -n 15 "build/servers/$name/build.log"
        ;;
    esac
done
exit "$failed"
