#!/usr/bin/env bash
# Installs what a bare Debian 12 or Ubuntu 24.04 lacks to build, test and run this project: Debian packages, and a
# virtual environment in .venv with pinned, hashed Python packages. Silent when nothing is missing; safe to run again.
#
#   ci/setup.sh              both
#   ci/setup.sh --packages   the Debian packages only (the part that needs root)
#   ci/setup.sh --install PACKAGE...   these Debian packages in their place: what servers and adapters need
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    build-essential cmake ninja-build pkg-config git file          # build and packages
    libssl-dev libyaml-dev libjansson-dev                          # libraries
    libcmocka-dev valgrind gcovr shellcheck                        # C tests
    clang clang-format clang-tidy zip unzip                        # sanitizers, fuzzing, style
    python3 python3-venv                                           # conformance/
    openssl nginx curl ca-certificates faketime                    # what the tests talk to
    libgnutls28-dev libmbedtls-dev libnss3-dev libwolfssl-dev      # the fuzz target `differential`
    golang-go                                                      # actionlint
    afl++ time gnutls-bin                                          # ci/fuzz.sh --engine afl, ci/bench.sh
)
# The report's page is tested in it. Ubuntu's package of that name installs a snap, which no container can run.
if grep -qsx 'ID=debian' /etc/os-release; then packages+=(chromium); fi

say() { printf 'setup: %s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The sanitizer runtimes are a package of their own, named after clang's version: libclang-rt-14-dev.
clang_runtime() {
    local depends
    depends=$(dpkg-query -W -f='${Depends}' clang 2>/dev/null) || depends=
    [ -n "$depends" ] || depends=$(apt-cache depends clang 2>/dev/null) || depends=
    [[ $depends =~ clang-([0-9]+) ]] && printf 'libclang-rt-%s-dev' "${BASH_REMATCH[1]}"
}

missing_packages() {
    local package runtime
    for package in "${packages[@]}"; do
        is_installed "$package" || printf '%s\n' "$package"
    done
    [[ " ${packages[*]} " == *' clang '* ]] || return 0
    runtime=$(clang_runtime) || runtime=
    if [ -z "$runtime" ]; then
        printf 'libclang-rt-dev\n' # its number is known once the package lists are
    elif ! is_installed "$runtime"; then
        printf '%s\n' "$runtime"
    fi
}

# A package's installation must not start its server. policy-rc.d tells dpkg so; where the machine has one of its own
# it stands. Ours is always removed, also one that a killed run has left.
policy=/usr/sbin/policy-rc.d
policy_mark='# written by mtls-gauntlet ci/setup.sh'
remove_policy() {
    if grep -qsF "$policy_mark" "$policy"; then rm -f "$policy"; fi
}
write_policy() {
    remove_policy
    [ -e "$policy" ] && return
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
    chmod 755 "$policy"
}

apt() {
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
        apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" </dev/null 9>&-
}

install_packages() {
    local wanted service
    mapfile -t wanted < <(missing_packages)
    [ "${#wanted[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        fail "missing: ${wanted[*]}" 'to install them, run as root:' "    $remedy"
    fi

    # One run at a time on the machine, and the rest wait: apt has a lock of its own, the policy file has this one.
    exec 9</usr/sbin
    flock --nonblock 9 || { say 'waiting for another ci/setup.sh on this machine' && flock --wait 900 9; } ||
        fail 'another ci/setup.sh has been at work for 15 minutes: end it, then run this again'
    mapfile -t wanted < <(missing_packages)
    [ "${#wanted[@]}" -gt 0 ] || return 0

    if [ -n "$(dpkg --audit 2>/dev/null)" ]; then
        fail 'an earlier installation was interrupted and left packages half installed; run as root, then run this again:' \
            '    dpkg --configure -a && apt-get install --fix-broken'
    fi
    say "installing ${wanted[*]}"
    log=$(mktemp)
    trap 'remove_policy; rm -f "$log"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    write_policy
    apt update >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail 'apt-get update failed: see above; is there a network?'; }
    mapfile -t wanted < <(missing_packages)
    apt install --yes --no-install-recommends "${wanted[@]}" >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail 'apt-get install failed: see above. If it was interrupted, run as root, then run this again:' \
            '    dpkg --configure -a && apt-get install --fix-broken'
    }
    remove_policy
    rm -f "$log"
    trap - EXIT INT TERM HUP
    for service in nginx haproxy lighttpd stunnel4 caddy; do
        if [[ " ${wanted[*]} " == *" $service "* ]] && [ -d /run/systemd/system ]; then
            say "$service was installed but not started; to keep it from starting with the machine: systemctl disable $service"
        fi
    done
    exec 9<&-
}

# The distribution's own Python first: a version manager's may lack modules that were not there when it was built.
find_python() {
    local python
    for python in /usr/bin/python3 "$(command -v python3 || true)"; do
        if [ -n "$python" ] && "$python" -c \
            'import sys, venv, ensurepip, ssl; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$python"
            return
        fi
    done
    fail 'no python3 of version 3.11 or later with venv and ssl was found: Debian 12 and Ubuntu 24.04 have one'
}

make_venv() {
    local python state
    python=$(find_python)
    state=$({ pwd && "$python" --version && cat conformance/requirements.txt conformance/pyproject.toml; } | sha256sum)
    [ "$(cat .venv/complete 2>/dev/null)" != "$state" ] || return 0

    exec 9<conformance
    flock --wait 600 9 || fail 'another ci/setup.sh is at work in this folder: end it, then run this again'
    [ "$(cat .venv/complete 2>/dev/null)" != "$state" ] || return 0
    say "making .venv with $("$python" --version) and the packages of conformance/requirements.txt"
    rm -rf .venv
    "$python" -m venv .venv 9>&-
    pip install --require-hashes --requirement conformance/requirements.txt
    pip install --no-deps --no-build-isolation --no-index --editable conformance
    printf '%s\n' "$state" >.venv/complete
    exec 9<&-
}

pip() {
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 .venv/bin/python -m pip --quiet "$@" </dev/null 9>&- ||
        fail 'pip failed: see above; is there a network?'
}

remedy="$(printf '%q' "$PWD/ci/setup.sh") --packages"
case "${1:-}" in
'' | --packages) ;;
--install)
    packages=("${@:2}")
    remedy="apt-get install ${packages[*]}"
    ;;
*) fail "unknown option $1; there are only --packages and --install" ;;
esac
command -v dpkg-query >/dev/null || fail 'this machine has no dpkg: install the likes of these by its own means, then run' \
    "ci/test.sh: ${packages[*]}"
install_packages
if [ "$#" -eq 0 ]; then make_venv; fi
