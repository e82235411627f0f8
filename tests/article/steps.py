"""The article's commands: as printed, as run here, and why the two differ where they do.

Kept in one table so that a reader can see at a glance how true the print still is. `run` is a shell command,
except in step 9, which a person does in a browser, and step 13, which is Python.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One command of the article."""

    number: int
    printed: str
    run: str
    why: str = ""


STEPS = {
    step.number: step
    for step in [
        Step(
            number=1,
            printed=(
                "docker run -d --name hydra-server -p 9000:4444 -e ISSUER=https://localhost:9000/ "
                "-e CONSENT_URL=http://localhost:3000/consent "
                "-e FORCE_ROOT_CLIENT_CREDENTIALS=admin:admin-password "
                "oryd/hydra:latest --dangerous-force-http --dangerous-auto-logon --disable-telemetry"
            ),
            run=(
                "ISSUER=https://localhost:9000/ CONSENT_URL=http://localhost:9020/consent "
                "FORCE_ROOT_CLIENT_CREDENTIALS=admin:admin-password PORT=9000 "
                "hydra --dangerous-force-http --dangerous-auto-logon --disable-telemetry"
            ),
            why=(
                "The binary itself in place of the container: -e becomes the environment and -p 9000:4444 PORT=9000. "
                "The consent app is published on port 9020, so CONSENT_URL must say so."
            ),
        ),
        Step(
            number=2,
            printed="hydra connect --url https://localhost:9000 --id admin --secret admin-password",
            run="hydra connect --url https://localhost:9000 --id admin --secret admin-password",
        ),
        Step(
            number=3,
            printed="hydra token validate --skip-tls-verify $(hydra token client --skip-tls-verify)",
            run="hydra token validate --skip-tls-verify $(hydra token client --skip-tls-verify)",
        ),
        Step(
            number=4,
            printed=(
                "hydra clients create --skip-tls-verify --id consent-app --secret consent-secret "
                '--name "Consent App Client" --grant-types client_credentials --response-types token '
                "--allowed-scopes hydra.consent"
            ),
            run=(
                "hydra clients create --skip-tls-verify --id consent-app --secret consent-secret "
                '--name "Consent App Client" --grant-types client_credentials --response-types token '
                "--allowed-scopes hydra.consent"
            ),
        ),
        Step(
            number=5,
            printed=(
                "hydra policies create --skip-tls-verify --actions get,accept,reject "
                '--description "Allow consent-app to manage OAuth2 consent requests." --allow --id consent-app-policy '
                '--resources "rn:hydra:oauth2:consent:requests:<.*>" --subjects consent-app'
            ),
            run=(
                "hydra policies create --skip-tls-verify --actions get,accept,reject "
                '--description "Allow consent-app to manage OAuth2 consent requests." --allow --id consent-app-policy '
                '--resources "rn:hydra:oauth2:consent:requests:<.*>" --subjects consent-app'
            ),
        ),
        Step(
            number=6,
            printed=(
                "docker run -d --name hydra-consent --link hydra-server:hydra -p 9020:3000 "
                "-e HYDRA_CLIENT_ID=consent-app -e HYDRA_CLIENT_SECRET=consent-secret "
                "-e HYDRA_URL=https://hydra:4444 \\"
            ),
            run=(
                "PORT=9020 HYDRA_CLIENT_ID=consent-app HYDRA_CLIENT_SECRET=consent-secret "
                "HYDRA_URL=https://localhost:9000 NODE_TLS_REJECT_UNAUTHORIZED=0 consent_app"
            ),
            why=(
                "The print ends before the image's name. The app runs as a process of this machine, where the server "
                "is called localhost, and must be told to take the server's self-signed certificate."
            ),
        ),
        Step(
            number=7,
            printed=(
                "hydra clients create --skip-tls-verify --id some-consumer --secret consumer-secret "
                "-g authorization_code,refresh_token,client_credentials -r token,code,id_token "
                "--allowed-scopes openid,offline,hydra.clients --callbacks http://localhost:9010/callback"
            ),
            run=(
                "hydra clients create --skip-tls-verify --id some-consumer --secret consumer-secret "
                "-g authorization_code,refresh_token,client_credentials -r token,code,id_token "
                "--allowed-scopes openid,offline,hydra.clients --callbacks http://localhost:9010/callback"
            ),
        ),
        Step(
            number=8,
            printed=(
                "hydra token user --skip-tls-verify --auth-url https://localhost:9000/oauth2/auth "
                "--token-url https://hydra:4444/oauth2/token --id some-consumer --secret consumer-secret "
                "--scopes openid,offline,hydra.clients --redirect http://localhost:9010/callback"
            ),
            run=(
                "hydra token user --skip-tls-verify --auth-url https://localhost:9000/oauth2/auth "
                "--token-url https://localhost:9000/oauth2/token --id some-consumer --secret consumer-secret "
                "--scopes openid,offline,hydra.clients --redirect http://localhost:9010/callback --no-open"
            ),
            why=(
                "The name hydra is known inside the container network only. --no-open keeps the browser of whoever "
                "runs the test out of it."
            ),
        ),
        Step(
            number=9,
            printed="The credentials to enter are provided on the web page and you can check all of the boxes",
            run="The credentials to enter are provided on the web page and you can check all of the boxes",
        ),
        Step(
            number=10,
            printed=(
                "hydra policies create --skip-tls-verify --actions get --allow --id consent-app-policy "
                '--resources "rn:hydra:clients" --subjects user:12345:dandean'
            ),
            run=(
                "hydra policies create --skip-tls-verify --actions get --allow --id dan-may-list-clients "
                '--resources "rn:hydra:clients" --subjects user:12345:dandean'
            ),
            why=(
                "Step 5 made a policy of that name. As printed the command is refused; merged into the other policy it "
                "would have let the person decide consent requests."
            ),
        ),
        Step(
            number=11,
            printed='curl --insecure -H "Authorization: bearer `ACCESS_TOKEN_FROM_ABOVE`"',
            run='curl --insecure -H "Authorization: bearer $ACCESS_TOKEN_FROM_ABOVE" https://localhost:9000/clients',
            why="The print lacks the URL, and its back quotes would run the token as a command.",
        ),
        Step(
            number=12,
            printed="swagger-codegen generate -i ./docs/api.swagger.json -l python -o ./sdk/python/swagger",
            run="hydra-codegen generate -i ./docs/api.swagger.json -l python -o ./sdk/python/swagger",
            why="The project's own generator takes the same flags; the older one needs Java.",
        ),
        Step(
            number=13,
            printed=(
                "from oauthlib.oauth2 import BackendApplicationClient\n"
                "from requests.auth import HTTPBasicAuth\n"
                "\n"
                "auth = HTTPBasicAuth('admin', 'admin-password')\n"
                "client = BackendApplicationClient(client_id=client_id)\n"
                "oauth = OAuth2Session(client=client)\n"
                "\n"
                "token = oauth.fetch_token(token_url='https://localhost:9000/oauth2/token', auth=auth, verify=False)\n"
            ),
            run=(
                "from oauthlib.oauth2 import BackendApplicationClient\n"
                "from requests.auth import HTTPBasicAuth\n"
                "from requests_oauthlib import OAuth2Session\n"
                "\n"
                "client_id = 'admin'\n"
                "auth = HTTPBasicAuth('admin', 'admin-password')\n"
                "client = BackendApplicationClient(client_id=client_id)\n"
                "oauth = OAuth2Session(client=client)\n"
                "\n"
                "token = oauth.fetch_token(token_url='https://localhost:9000/oauth2/token', auth=auth, verify=False)\n"
            ),
            why="The print lacks the import of OAuth2Session and a value for client_id.",
        ),
    ]
}
