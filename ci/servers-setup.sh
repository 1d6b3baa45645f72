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

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# dpkg asks policy-rc.d whether a package may start its service. A machine's own policy stands.
policy=/usr/sbin/policy-rc.d
policy_mark='# written by mtls-gauntlet ci/servers-setup.sh'
remove_policy() {
    if grep -qsF "$policy_mark" "$policy"; then rm -f "$policy"; fi
}

install_packages() {
    local package
    if [ "$(id -u)" -ne 0 ]; then
        printf 'servers-setup: missing; to install them, run as root:\n    apt-get install %s\n' "$*" >&2
        exit 1
    fi
    exec 9</usr/sbin # one installation at a time: the lock that ci/setup.sh takes, too
    flock --wait 900 9
    remove_policy
    trap remove_policy EXIT
    if ! [ -e "$policy" ]; then
        printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
        chmod 755 "$policy"
    fi
    say "installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get -qq update 9>&-
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install --yes --no-install-recommends "$@" \
        </dev/null >/dev/null 9>&-
    remove_policy
    trap - EXIT
    exec 9<&-
    if [ -d /run/systemd/system ]; then
        for package in haproxy lighttpd stunnel4 caddy; do
            if [[ " $* " == *" $package "* ]]; then
                say "$package was not started; systemctl disable $package keeps it from starting with the machine"
            fi
        done
    fi
}

[ "$#" -gt 0 ] || set -- "${!packages[@]}" "${built[@]}"
wanted=() to_build=()
for name in "$@"; do
    if [ -n "${packages[$name]:-}" ]; then
        for package in ${packages[$name]}; do
            is_installed "$package" || wanted+=("$package")
        done
    elif [ -x "conformance/servers/$name/build.sh" ]; then
        to_build+=("$name")
    else
        printf 'servers-setup: there is no server %s; there are %s\n' "$name" "${!packages[*]} ${built[*]}" >&2
        exit 2
    fi
done
[ "${#wanted[@]}" -eq 0 ] || install_packages "${wanted[@]}"

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
