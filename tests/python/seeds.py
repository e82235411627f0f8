"""For each operation of the contract, a request that succeeds; what it needs is made just before.

An operation that is not in `SEEDS` fails the test that goes through the contract.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

Parts = dict[str, Any]
"""What a request consists of: path_parameters, query, headers, body, media_type."""

ACCEPTANCE = {"subject": "dan", "grantScopes": ["openid"]}
ISSUER = "http://localhost:4444"
CALLBACK = "https://photos.example.com/callback"
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

    def user_token(self) -> str:
        """The access token of a person who logged in."""
        secret = "a-secret-of-a-client"
        client = self.client(redirect_uris=[CALLBACK], scope="openid", client_secret=secret)
        back = self.http.get(self.consent(client["id"])["redirectUrl"].replace(ISSUER, self.url), allow_redirects=False)
        (code,) = parse_qs(urlsplit(back.headers["Location"]).query)["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        answer = self.http.post(f"{self.url}/oauth2/token", data=form, auth=(client["id"], secret))
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def consent(self, client_id: str) -> Parts:
        """A consent request that was accepted."""
        consent_id = self.consent_request(authorization(self, client_id=client_id))
        url, headers = f"{self.url}/oauth2/consent/requests/{consent_id}", {"Authorization": self.bearer}
        answer = self.http.patch(f"{url}/accept", json=ACCEPTANCE, headers=headers)
        assert answer.status_code == 204, answer.text
        request: Parts = self.http.get(url, headers=headers).json()
        return request

    def consent_request(self, parameters: dict[str, str]) -> str:
        answer = self.http.get(f"{self.url}/oauth2/auth", params=parameters, allow_redirects=False)
        (consent_id,) = parse_qs(urlsplit(answer.headers["Location"]).query)["consent"]
        return consent_id


def fresh() -> str:
    """An id that nothing has."""
    return f"seed-{uuid.uuid4()}"


def nothing(_: World) -> Parts:
    return {}


def of_a_client(world: World, **parts: Any) -> Parts:
    return {"path_parameters": {"id": world.client()["id"]}, **parts}


def form(**fields: str | list[str]) -> Parts:
    return {"body": fields, "media_type": FORM}


def body(value: Any) -> Parts:
    return {"body": value, "media_type": "application/json"}


def authorization(world: World, **changes: str) -> dict[str, str]:
    """What a client sends a browser with."""
    client_id = changes.pop("client_id", None) or world.client(redirect_uris=[CALLBACK], scope="openid")["id"]
    parameters = {"client_id": client_id, "response_type": "code", "redirect_uri": CALLBACK, "scope": "openid"}
    return {**parameters, "state": "a-state-of-some-length", **changes}


def of_a_consent_request(world: World, **parts: Any) -> Parts:
    return {"path_parameters": {"id": world.consent_request(authorization(world))}, **parts}


def policy(**properties: Any) -> Parts:
    rules = {"subjects": ["dan"], "resources": ["photos:<.*>"], "actions": ["see"], "effect": "allow"}
    return {"id": fresh(), "description": "Dan may see photos.", **rules, **properties}


def of_a_policy(world: World, **parts: Any) -> Parts:
    return {"path_parameters": {"id": world.made("/policies", policy())["id"]}, **parts}


def of_a_group(world: World, **parts: Any) -> Parts:
    group = world.made("/warden/groups", {"id": fresh(), "members": ["dan"]})
    return {"path_parameters": {"id": group["id"]}, **parts}


def of_a_key_set(world: World, **parts: Any) -> Parts:
    name = fresh()
    world.made(f"/keys/{name}", {"alg": "ES256", "kid": "one"})
    return {"path_parameters": {"set": name}, **parts}


def of_a_key(world: World, **parts: Any) -> Parts:
    found = of_a_key_set(world, **parts)
    found["path_parameters"]["kid"] = next(iter(keys_of(world, found["path_parameters"]["set"])))
    return found


def keys_of(world: World, name: str) -> dict[str, Parts]:
    answer = world.http.get(f"{world.url}/keys/{name}", headers={"Authorization": world.bearer})
    return {key["kid"]: key for key in answer.json()["keys"]}


def own_key(kid: str) -> Parts:
    """A key that was made elsewhere (RFC 7515 appendix A.1)."""
    secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    key = {"kty": "oct", "alg": "HS256", "use": "sig", "k": secret}
    return {**key, "kid": kid}


def question(**properties: Any) -> Parts:
    return body({"action": "see", "resource": "photos:1", **properties})


def as_user(world: World) -> Parts:
    return {"headers": {"Authorization": f"Bearer {world.user_token()}"}}


SEEDS: dict[str, Callable[[World], Parts]] = {
    "getInstanceStatus": nothing,
    "getWellKnown": nothing,
    "getAuthorizationServerMetadata": nothing,
    "wellKnown": nothing,
    # clients
    "listOAuth2Clients": nothing,
    "createOAuth2Client": lambda world: body({"id": fresh(), "client_name": "Photos"}),
    "getOAuth2Client": of_a_client,
    "updateOAuth2Client": lambda world: of_a_client(world, **body({"client_name": "Pictures"})),
    "deleteOAuth2Client": of_a_client,
    # people
    "oauthAuth": lambda world: {"query": authorization(world)},
    "oauthAuthPost": lambda world: form(**authorization(world)),
    "getOAuth2ConsentRequest": of_a_consent_request,
    "acceptOAuth2ConsentRequest": lambda world: of_a_consent_request(world, **body(ACCEPTANCE)),
    "rejectOAuth2ConsentRequest": lambda world: of_a_consent_request(world, **body({"reason": "no"})),
    "listOAuth2ConsentSessions": lambda world: {"query": {"subject": "dan"}},
    "revokeOAuth2ConsentSessions": lambda world: {"query": {"subject": "dan"}},
    "endSession": nothing,
    "endSessionPost": lambda world: form(),
    "getUserinfo": as_user,
    "userinfo": as_user,
    # access
    "listPolicies": nothing,
    "createPolicy": lambda world: body(policy()),
    "getPolicy": of_a_policy,
    "updatePolicy": lambda world: with_id(of_a_policy(world), policy()),
    "deletePolicy": of_a_policy,
    "doesWardenAllowAccessRequest": lambda world: question(subject="dan"),
    "doesWardenAllowTokenAccessRequest": lambda world: question(token=world.new_token(), scopes=[]),
    "findGroupsByMember": lambda world: {"query": {"member": "dan"}},
    "createGroup": lambda world: body({"id": fresh(), "members": ["dan"]}),
    "getGroup": of_a_group,
    "deleteGroup": of_a_group,
    "addMembersToGroup": lambda world: of_a_group(world, **body({"members": ["ann"]})),
    "removeMembersFromGroup": lambda world: of_a_group(world, **body({"members": ["dan"]})),
    # keys
    "createJsonWebKeySet": lambda world: {"path_parameters": {"set": fresh()}, **body({"alg": "RS256", "kid": "one"})},
    "getJsonWebKeySet": of_a_key_set,
    "updateJsonWebKeySet": lambda world: of_a_key_set(world, **body({"keys": [own_key("two")]})),
    "deleteJsonWebKeySet": of_a_key_set,
    "getJsonWebKey": of_a_key,
    "updateJsonWebKey": lambda world: {
        "path_parameters": {"set": fresh(), "kid": "two"},
        **body(own_key("two")),
    },
    "deleteJsonWebKey": of_a_key,
    # operators
    "getInstanceReadiness": nothing,
    "getInstanceMetrics": nothing,
    "flushInactiveOAuth2Tokens": lambda world: body({}),
    # tokens
    "oauthToken": lambda world: form(grant_type="client_credentials"),
    "introspectOAuth2Token": lambda world: form(token=world.new_token()),
    "revokeOAuth2Token": lambda world: form(token=world.new_token()),
}


def with_id(parts: Parts, value: Parts) -> Parts:
    """The id in the body is the one in the path."""
    return {**parts, **body({**value, "id": parts["path_parameters"]["id"]})}


# How to go wrong where a wrong token is none of the ways.
WRONG: dict[str, Callable[[World], Parts]] = {
    "oauthAuth": lambda world: {"query": authorization(world, client_id="nobody")},
    "oauthAuthPost": lambda world: form(**authorization(world, client_id="nobody")),
    "endSession": lambda world: {"query": {"id_token_hint": "garbage", "post_logout_redirect_uri": CALLBACK}},
}

# Where a client shows its own credentials; everything else takes the token.
BASIC = {"oauthToken", "revokeOAuth2Token"}

# Open to everybody, with nothing to get wrong; or, for the last one, only in the browser of somebody who is logged in.
NO_ERROR_TO_SHOW = {
    "getInstanceStatus",
    "getInstanceReadiness",
    "getWellKnown",
    "getAuthorizationServerMetadata",
    "wellKnown",
    "endSessionPost",
}

# What the token of the world stands on.
PROTECTED = {World.ROOT[0], "default-admin-policy", "hydra.openid.id-token"}
