#!/usr/bin/env bash
# Runs the phases of `make test` one by one, says how long each took, and stops at the first that fails. In the end it
# tells which databases and tools were exercised, and what is untested for want of one.
#   phase.sh begin | run NAME COMMAND... | exercised WHAT | untested WHAT | end
set -euo pipefail
ledger="${TMPDIR:-/tmp}/hydra-phases-$(id -u)-$(pwd | cksum | cut -d' ' -f1)"
# What CI allows; the sum is compared with it, so that a slow phase is seen before it is too late.
bound=$((45 * 60))

note() {
    # Outside `make test` nobody asks.
    [ ! -e "$ledger" ] || printf '%s\n' "$2" >>"$ledger.$1"
}

list() {
    [ ! -s "$ledger.$1" ] || sort -u "$ledger.$1" | sed "s/^/  $1: /"
}

case "$1" in
begin)
    rm -f "$ledger".*
    : >"$ledger"
    ;;
run)
    name=$2
    shift 2
    printf '\n\033[1m==> %s\033[0m\n' "$name"
    start=$(date +%s)
    status=0
    "$@" || status=$?
    printf '%5d s  %s\n' "$(($(date +%s) - start))" "$name" >>"$ledger"
    if [ "$status" -ne 0 ]; then
        printf '\nmake test stopped: "%s" failed with status %d\n  command: %s\n' "$name" "$status" "$*" >&2
        exit 1
    fi
    ;;
exercised | untested)
    note "$1" "$2"
    ;;
end)
    printf '\nPhases of make test\n'
    cat "$ledger"
    awk -v bound="$bound" '
        {total += $1}
        END {printf "%5d s  in all; %d s are allowed\n", total, bound; exit total > bound}' "$ledger" || slow=yes
    printf '\nDatabases and tools that nobody here wrote\n'
    list exercised
    list untested
    rm -f "$ledger" "$ledger".*
    [ -z "${slow-}" ] || echo "make test took longer than it may; see which phase grew" >&2
    ;;
*)
    echo "usage: phase.sh begin | run NAME COMMAND... | exercised WHAT | untested WHAT | end" >&2
    exit 2
    ;;
esac
