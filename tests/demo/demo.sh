#!/usr/bin/env bash
# The story in a terminal: each step is shown as the command a person would type, followed by what it really printed.
# Any step that fails ends the demo with exit status 1. The server, its database and the configuration file live in a
# temporary directory and are gone afterwards.
set -euo pipefail

cd "$(dirname "$0")/../.."
root=$PWD
target=$(cd "${TARGET:-target}" && pwd)
stage=$(mktemp -d)
server=

finish() {
    status=$?
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true
    fi
    if [ "$status" -ne 0 ]; then
        printf '\n%sThe demo stopped at the step above.%s\n' "$bold" "$plain" >&2
        [ -s "$stage/server.log" ] && { echo 'The server said:'; tail -n 20 "$stage/server.log"; } >&2
        status=1
    fi
    rm -rf "$stage"
    exit "$status"
}
trap finish EXIT

bold= dim= plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

# title TEXT: what the next commands are about
title() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

# run COMMAND: shows a command, runs it, and keeps what it printed in $output
run() {
    printf '%s$ %s%s\n' "$dim" "$1" "$plain"
    output=$(bash -euo pipefail -c "$1" 2>"$stage/stderr") || {
        cat "$stage/stderr" >&2
        return 1
    }
    cat "$stage/stderr"
    printf '%s\n' "$output"
}

# expect TEXT: the last output has to hold it
expect() {
    case "$output" in
    *"$1"*) ;;
    *)
        printf 'expected to see: %s\n' "$1" >&2
        return 1
        ;;
    esac
}

# The configuration file goes to a HOME of the demo's own; cargo keeps the person's.
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export HOME=$stage
export PATH=$target/release:$root/.venv/bin:$PATH

title 'Start the server: the embedded database, TLS with a certificate of its own'
printf '%s$ hydra host &%s\n' "$dim" "$plain"
PORT=0 HOST=127.0.0.1 FORCE_ROOT_CLIENT_CREDENTIALS=admin:admin-password ADDRESS_FILE=$stage/address \
    hydra host >"$stage/server.log" 2>&1 &
server=$!
for _ in $(seq 600); do
    [ -s "$stage/address" ] && break
    kill -0 "$server" 2>/dev/null || exit 1
    sleep 0.1
done
url=https://localhost:$(sed 's/.*://' "$stage/address")
head -n 4 "$stage/server.log"

title 'Tell the command line where the server is'
run "hydra connect --url $url --id admin --secret admin-password"
expect 'Done.'

title 'Create a client'
run 'hydra clients create --skip-tls-verify --id my-app --secret my-app-secret --grant-types client_credentials --allowed-scopes photos.read'
expect 'OAuth2 client id: my-app'
run 'hydra clients get my-app --skip-tls-verify'
expect '"scope": "photos.read"'

title 'Get a token and look at it'
run 'hydra token client --skip-tls-verify'
token=$output
run "hydra token validate --skip-tls-verify $token"
expect '"active": true'

title 'The same from Rust'
export HYDRA_URL=$url HYDRA_CLIENT_ID=admin HYDRA_CLIENT_SECRET=admin-password HYDRA_SKIP_TLS_VERIFY=1
printf '%s$ export HYDRA_URL=%s HYDRA_CLIENT_ID=admin HYDRA_CLIENT_SECRET=admin-password HYDRA_SKIP_TLS_VERIFY=1%s\n' "$dim" "$url" "$plain"
run 'cargo run --quiet --release --locked --package hydra-sdk --example quickstart'
expect 'after its revocation: false'

title 'The same from Python'
run 'python python/examples/quickstart.py'
expect 'after its revocation: False'

title 'Revoke the token: from now on nobody is let in with it'
run "hydra token revoke --skip-tls-verify $token"
expect 'Revoked token'
run "hydra token validate --skip-tls-verify $token"
expect '"active": false'

title 'Stop the server'
printf '%s$ kill %s%s\n' "$dim" "$server" "$plain"
kill "$server"
wait "$server"
server=
echo 'The server ended with status 0.'

title 'What to try next'
cat <<TEXT
  make run                         leave a server running on port 4444, then open http://localhost:4444/docs
  hydra --help                     every command (the binary is $target/release/hydra)
  sdk/examples/quickstart.rs       the Rust program of this demo
  python/examples/quickstart.py    the Python program of this demo
  hydra-codegen generate --help    a Rust crate and a Python wheel from a document of your own
TEXT
