"""The article's commands: as printed, as run here, and why the two differ where they do.

Kept in one table so that a reader can see at a glance how true the print still is. A step whose `run` is None
needs a part of the server that comes later.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One command of the article."""

    number: int
    printed: str
    run: str | None
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
            run="hydra --dangerous-force-http --dangerous-auto-logon --disable-telemetry",
            why="The binary itself in place of the container: -e becomes the environment and -p 9000:4444 PORT=9000.",
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
