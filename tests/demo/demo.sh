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
consent_app=

finish() {
    status=$?
    for pid in $consent_app $server; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true
    done
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

# Two ports that are free just now: what a browser is sent to has to be known before it is started.
read -r port consent_port < <(python -c '
import socket
probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(probe.getsockname()[1] for probe in probes))')
url=https://localhost:$port

title 'Start the server: the embedded database, TLS with a certificate of its own'
printf '%s$ ISSUER=%s CONSENT_URL=http://localhost:%s/consent hydra host &%s\n' "$dim" "$url" "$consent_port" "$plain"
PORT=$port HOST=127.0.0.1 ISSUER=$url CONSENT_URL=http://localhost:$consent_port/consent \
    FORCE_ROOT_CLIENT_CREDENTIALS=admin:admin-password ADDRESS_FILE=$stage/address \
    hydra host >"$stage/server.log" 2>&1 &
server=$!
for _ in $(seq 600); do
    [ -s "$stage/address" ] && break
    kill -0 "$server" 2>/dev/null || exit 1
    sleep 0.1
done
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
run "$target/release/examples/quickstart"
expect 'after its revocation: false'

title 'The same from Python'
run 'python python/examples/quickstart.py'
expect 'after its revocation: False'

title 'Start the app on which people log in and say yes or no'
run 'hydra clients create --skip-tls-verify --id consent-app --secret consent-secret --name "Consent App Client" --grant-types client_credentials --allowed-scopes hydra.consent'
run 'hydra policies create --skip-tls-verify --id consent-app-policy --actions get,accept,reject --allow --subjects consent-app --resources "rn:hydra:oauth2:consent:requests:<.*>"'
expect 'Created policy consent-app-policy.'
printf '%s$ HYDRA_CLIENT_ID=consent-app HYDRA_CLIENT_SECRET=consent-secret PORT=%s %s &%s\n' \
    "$dim" "$consent_port" "$target/release/examples/consent_app" "$plain"
PORT=$consent_port HYDRA_CLIENT_ID=consent-app HYDRA_CLIENT_SECRET=consent-secret \
    "$target/release/examples/consent_app" >"$stage/consent.log" 2>&1 &
consent_app=$!
for _ in $(seq 600); do
    [ -s "$stage/consent.log" ] && break
    kill -0 "$consent_app" 2>/dev/null || { cat "$stage/consent.log" >&2; exit 1; }
    sleep 0.1
done
cat "$stage/consent.log"

title 'A person signs in (a program plays Dan and his browser)'
run 'hydra clients create --skip-tls-verify --id some-consumer --secret consumer-secret -g authorization_code,refresh_token,client_credentials -r token,code,id_token --allowed-scopes openid,offline,hydra.clients --callbacks http://localhost:9010/callback'
run 'python tests/demo/sign_in.py'
expect 'user:12345:dandean'
dan=$(tail -n 1 <<<"$output")

title 'What Dan may do is a matter of policies: his token alone does not open the list of clients'
look="python -W ignore -c 'import requests; print(requests.get(\"$url/clients\", verify=False, headers={\"Authorization\": \"Bearer $dan\"}).status_code)'"
run "$look"
expect '403'
run 'hydra policies create --skip-tls-verify --id dan-lists-clients --actions get --allow --subjects user:12345:dandean --resources rn:hydra:clients'
run "$look"
expect '200'

title 'Revoke the token: from now on nobody is let in with it'
run "hydra token revoke --skip-tls-verify $token"
expect 'Revoked token'
run "hydra token validate --skip-tls-verify $token"
expect '"active": false'

title 'Stop both'
printf '%s$ kill %s %s%s\n' "$dim" "$consent_app" "$server" "$plain"
kill "$consent_app" "$server"
wait "$consent_app"
consent_app=
wait "$server"
server=
echo 'Both ended with status 0.'

title 'What to try next'
cat <<TEXT
  make run                         leave a server and the consent app running, to sign in with a browser of your own
  hydra --help                     every command (the binary is $target/release/hydra)
  sdk/examples/quickstart.rs       the Rust program of this demo
  python/examples/quickstart.py    the Python program of this demo
  sdk/examples/consent_app/        the app that asked Dan, in Rust; python/examples/consent_app.py is the same in Python
  hydra-codegen generate --help    a Rust crate and a Python wheel from a document of your own
TEXT
