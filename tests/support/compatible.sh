#!/bin/bash
# Fails if the contract breaks callers of the contract before it, and its version does not say so.
#
# What came before: BASE if it is set, else the latest release (a tag v*), else the commit that the contract was last
# committed with, or the one before that if nothing changed since. A repository without a past has nothing to break.
set -euo pipefail

CODEGEN=$1
CONTRACT=api.swagger.json

before() {
	if [[ -n ${BASE:-} ]]; then
		echo "$BASE"
	elif ! git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then
		return 1
	elif git describe --tags --abbrev=0 --match 'v*' 2>/dev/null; then
		:
	elif ! git diff --quiet HEAD -- "$CONTRACT"; then
		echo HEAD
	else
		git rev-parse --quiet --verify HEAD^1
	fi
}

if ! base=$(before); then
	echo "compatible: there is no earlier contract to compare with"
	exit 0
fi
old=$(mktemp)
trap 'rm -f "$old"' EXIT
if ! git show "$base:$CONTRACT" >"$old" 2>/dev/null; then
	[[ -z ${BASE:-} ]] || { echo "compatible: there is no $CONTRACT in $BASE" >&2; exit 1; }
	echo "compatible: $(git describe --always "$base") had no contract"
	exit 0
fi
if ! $CODEGEN diff "$old" "$CONTRACT" --breaking --semver; then
	echo "compatible: callers of the contract in $(git describe --always "$base") break" >&2
	exit 1
fi
