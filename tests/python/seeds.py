"""For each operation of the contract, a request that succeeds; what it needs is made just before.

An operation that is not in `SEEDS` fails the test that goes through the contract.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from typing import Any

import requests

Parts = dict[str, Any]
"""What a request consists of: path_parameters, query, body, media_type."""

FORM = "application/x-www-form-urlencoded"


class World:
    """A server, and a token that may do everything there."""

    ROOT = ("root-of-the-world", "a-secret-of-the-world")
    SCOPES = "hydra.* hydra.keys.*"

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.basic = "Basic " + base64.b64encode(":".join(self.ROOT).encode()).decode()
        self.token = self.new_token(self.SCOPES)
        self.bearer = f"Bearer {self.token}"

    def new_token(self, scope: str = "") -> str:
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = self.http.post(f"{self.url}/oauth2/token", data=form, auth=self.ROOT)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def token_is_alive(self) -> bool:
        answer = self.http.post(f"{self.url}/oauth2/introspect", data={"token": self.token}, auth=self.ROOT)
        listed = self.http.get(f"{self.url}/clients", headers={"Authorization": self.bearer})
        return answer.json().get("active") is True and listed.status_code == 200

    def made(self, path: str, body: Parts) -> Parts:
        """What POSTing `body` to `path` made."""
        answer = self.http.post(f"{self.url}{path}", json=body, headers={"Authorization": self.bearer})
        assert answer.status_code == 201, answer.text
        made: Parts = answer.json()
        return made

    def client(self, **properties: Any) -> Parts:
        return self.made("/clients", {"id": fresh(), "scope": "photos", **properties})


def fresh() -> str:
    """An id that nothing has."""
    return f"seed-{uuid.uuid4()}"


def nothing(_: World) -> Parts:
    return {}


def of_a_client(world: World, **parts: Any) -> Parts:
    return {"path_parameters": {"id": world.client()["id"]}, **parts}


def form(**fields: str) -> Parts:
    return {"body": fields, "media_type": FORM}


def body(value: Any) -> Parts:
    return {"body": value, "media_type": "application/json"}


SEEDS: dict[str, Callable[[World], Parts]] = {
    "getInstanceStatus": nothing,
    "getWellKnown": nothing,
    "wellKnown": nothing,
    # clients
    "listOAuth2Clients": nothing,
    "createOAuth2Client": lambda world: body({"id": fresh(), "client_name": "Photos"}),
    "getOAuth2Client": of_a_client,
    "updateOAuth2Client": lambda world: of_a_client(world, **body({"client_name": "Pictures"})),
    "deleteOAuth2Client": of_a_client,
    # tokens
    "oauthToken": lambda world: form(grant_type="client_credentials"),
    "introspectOAuth2Token": lambda world: form(token=world.new_token()),
    "revokeOAuth2Token": lambda world: form(token=world.new_token()),
}

# Where a client shows its own credentials; everything else takes the token.
BASIC = {"oauthToken", "revokeOAuth2Token"}

# Open to everybody, and there is nothing to get wrong.
NO_ERROR_TO_SHOW = {"getInstanceStatus", "getWellKnown", "wellKnown"}

# What the token of the world stands on.
PROTECTED = {World.ROOT[0]}
