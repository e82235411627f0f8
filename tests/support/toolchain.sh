#!/usr/bin/env bash
# Looks for what a build needs. Missing Debian packages are installed by root and only by root;
# anybody else is shown the command. Rust and Python themselves are never installed.
set -euo pipefail

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

command -v cargo >/dev/null || fail "no cargo on PATH; install Rust 1.94 or newer"
command -v python3 >/dev/null || fail "no python3 on PATH; install Python 3.9 or newer"

rust=$(rustc --version | cut -d' ' -f2)
[ "$(printf '%s\n' 1.94.0 "$rust" | sort -V | head -n1)" = 1.94.0 ] ||
    fail "rustc is $rust, but 1.94 or newer is needed: rustup update stable"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    fail "$(python3 --version) is too old; Python 3.9 or newer is needed"

missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
for component in rustfmt clippy-driver; do
    command -v "$component" >/dev/null || fail "no $component on PATH: rustup component add rustfmt clippy"
done

if [ ${#missing[@]} -gt 0 ]; then
    install="apt-get install --yes --no-install-recommends ${missing[*]}"
    command -v apt-get >/dev/null || fail "please install: ${missing[*]}"
    [ "$(id -u)" = 0 ] || fail "please run: sudo $install"
    apt-get update --quiet --quiet
    DEBIAN_FRONTEND=noninteractive $install
fi
