#!/usr/bin/env bash
# Runs the phases of `make test` one by one, says how long each took, and stops at the first that fails.
#   phase.sh begin | run NAME COMMAND... | end
set -euo pipefail
ledger="${TMPDIR:-/tmp}/hydra-phases-$(id -u)-$(pwd | cksum | cut -d' ' -f1)"

case "$1" in
begin)
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
end)
    printf '\nPhases of make test\n'
    cat "$ledger"
    awk '{total += $1} END {printf "%5d s  in all\n", total}' "$ledger"
    rm -f "$ledger"
    ;;
*)
    echo "usage: phase.sh begin | run NAME COMMAND... | end" >&2
    exit 2
    ;;
esac
