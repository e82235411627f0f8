#!/usr/bin/env bash
# Starts a server and the demo login-and-consent app beside it, ready to use, and stops both on Ctrl-C.
# Everything that it creates it creates once: with a DATABASE_URL that lasts, the second start finds it there.
#   PORT           the server's port (4444)
#   CONSENT_PORT   the consent app's port (3000)
#   CONSENT_APP    rust (the default) or python
#   DATABASE_URL   where to keep things (in memory)
set -euo pipefail

cd "$(dirname "$0")/../.."
root=$PWD
target=$(cd "${TARGET:-target}" && pwd)
port=${PORT:-4444}
consent_port=${CONSENT_PORT:-3000}
url=https://localhost:$port
stage=$(mktemp -d)
pids=()

finish() {
    trap '' INT TERM
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    wait
    rm -rf "$stage"
}
trap finish EXIT
trap 'exit 0' INT TERM

bold= plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' plain=$'\e[0m'
fi

# The command line keeps its settings in a HOME of this run's own.
hydra() { HOME=$stage "$target/release/hydra" "$@"; }

# once NOUN ID ARGUMENT…: creates something unless it is there already
once() {
    local noun=$1 id=$2
    shift 2
    hydra "$noun" get "$id" --skip-tls-verify >/dev/null 2>&1 ||
        hydra "$noun" create --skip-tls-verify --id "$id" "$@" >/dev/null
}

# Only this machine is let in: the passwords below are known to everybody who read this far.
HOST=127.0.0.1 PORT=$port ADDRESS_FILE=$stage/address ISSUER=$url \
    CONSENT_URL=http://localhost:$consent_port/consent FORCE_ROOT_CLIENT_CREDENTIALS=admin:admin-password \
    "$target/release/hydra" host --dangerous-force-http &
pids+=($!)
until [ -s "$stage/address" ]; do
    kill -0 "${pids[0]}" 2>/dev/null || { echo "The server did not start; is port $port taken?" >&2; exit 1; }
    sleep 0.1
done

CLIENT_SECRET=admin-password hydra connect --url "$url" --id admin >/dev/null
NEW_CLIENT_SECRET=consent-secret once clients consent-app --name 'Consent App Client' \
    --grant-types client_credentials --response-types token --allowed-scopes hydra.consent
once policies consent-app-policy --actions get,accept,reject --allow --subjects consent-app \
    --resources 'rn:hydra:oauth2:consent:requests:<.*>' \
    --description 'Allow consent-app to manage OAuth2 consent requests.'
NEW_CLIENT_SECRET=consumer-secret once clients some-consumer --name 'Some Consumer' \
    --grant-types authorization_code,refresh_token,client_credentials --response-types token,code,id_token \
    --allowed-scopes openid,offline,hydra.clients --callbacks http://localhost:9010/callback
once policies dan-lists-clients --actions get --allow --resources rn:hydra:clients \
    --subjects user:12345:dandean --description 'Let Dan look at the list of clients.'

case ${CONSENT_APP:-rust} in
rust) app=("$target/release/examples/consent_app") ;;
python) app=("$root/.venv/bin/python" "$root/python/examples/consent_app.py") ;;
*) echo "CONSENT_APP is rust or python, not $CONSENT_APP" >&2; exit 1 ;;
esac
HOST=127.0.0.1 PORT=$consent_port HYDRA_URL=$url HYDRA_CLIENT_ID=consent-app HYDRA_CLIENT_SECRET=consent-secret \
    HYDRA_SKIP_TLS_VERIFY=1 "${app[@]}" &
pids+=($!)
until (exec 3<>"/dev/tcp/127.0.0.1/$consent_port") 2>/dev/null; do
    kill -0 "${pids[1]}" 2>/dev/null || { echo "The consent app did not start; is port $consent_port taken?" >&2; exit 1; }
    sleep 0.1
done

cat <<TEXT

${bold}Ready.${plain} The server is at $url, its API at $url/docs (the certificate is its own: accept it).

Sign in as a person, from another terminal. It opens a browser; log in as dan@acme.com with the password secret:

  $target/release/hydra token user --skip-tls-verify --auth-url $url/oauth2/auth --token-url $url/oauth2/token \\
    --id some-consumer --secret consumer-secret --scopes openid,offline,hydra.clients \\
    --redirect http://localhost:9010/callback

Then look at the clients with the access token that it prints:

  curl --insecure -H 'Authorization: bearer TOKEN' $url/clients

Administer with: hydra connect --url $url --id admin --secret admin-password
${bold}Ctrl-C stops both.${plain}

TEXT
# Whichever ends first takes the other along.
wait -n
