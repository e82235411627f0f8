#!/usr/bin/env bash
# Looks for what a build needs, and with the word `test` for what the tests need besides. Missing Debian packages are
# installed by root and only by root; anybody else is shown the command. Rust and Python themselves are never installed.
#   toolchain.sh [test]
set -euo pipefail

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

# Both lists are of packages; without the second a test says that it did not run.
missing=()
wanted=()

command -v cargo >/dev/null || fail "no cargo on PATH; install Rust 1.94 or newer"
command -v python3 >/dev/null || fail "no python3 on PATH; install Python 3.10 or newer"

rust=$(rustc --version | cut -d' ' -f2)
[ "$(printf '%s\n' 1.94.0 "$rust" | sort -V | head -n1)" = 1.94.0 ] ||
    fail "rustc is $rust, but 1.94 or newer is needed: rustup update stable"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "$(python3 --version) is too old; Python 3.10 or newer is needed to test (the wheel itself runs on 3.9)"

command -v cc >/dev/null || missing+=(gcc libc6-dev)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
for component in rustfmt clippy-driver; do
    command -v "$component" >/dev/null || fail "no $component on PATH: rustup component add rustfmt clippy"
done

if [ "${1-}" = test ]; then
    PATH=$PATH:/usr/sbin
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    command -v mariadbd >/dev/null || missing+=(mariadb-server)
    command -v curl >/dev/null || missing+=(curl)
    # Told apart from a package's placeholder by being asked for its version.
    for browser in chromium chromium-browser google-chrome google-chrome-stable none; do
        if [ "$browser" = none ]; then missing+=(chromium); fi
        if "$browser" --version >/dev/null 2>&1; then break; fi
    done
    command -v node >/dev/null || wanted+=(nodejs)
    command -v npm >/dev/null || wanted+=(npm)
    tests/support/engine.sh which >/dev/null || wanted+=(podman runc)
fi

install=(apt-get install --yes --no-install-recommends)
if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || fail "please install: ${missing[*]}"
    [ "$(id -u)" = 0 ] || fail "please run: sudo ${install[*]} ${missing[*]}"
fi
if [ ${#missing[@]} -gt 0 ] || { [ ${#wanted[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }; then
    export DEBIAN_FRONTEND=noninteractive
    # Nobody here wants the services that some packages would start.
    export RUNLEVEL=1
    apt-get update --quiet --quiet
    [ ${#missing[@]} -eq 0 ] || "${install[@]}" "${missing[@]}"
    [ ${#wanted[@]} -eq 0 ] || "${install[@]}" "${wanted[@]}" ||
        printf 'setup: goes on without %s\n' "${wanted[*]}" >&2
fi
