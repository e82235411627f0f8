"""Authlib and requests-oauthlib, as their documentation says to use them."""

from __future__ import annotations

import time

import authlib
import pytest
import requests
import requests_oauthlib
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oidc.core import CodeIDToken
from conftest import Registered, Server
from consenting import Consenting
from joserfc import jwt
from joserfc.jwk import KeySet
from ledger import exercised
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

VERIFIER = "a-verifier-of-more-than-forty-three-characters"


@pytest.fixture
def metadata(server: Server) -> dict[str, str]:
    answer = requests.get(f"{server.issuer}/.well-known/openid-configuration", verify=server.authorities)
    found: dict[str, str] = answer.json()
    assert found["issuer"] == server.issuer
    return found


def test_authlib(server: Server, registered: Registered, person: Consenting, metadata: dict[str, str]) -> None:
    exercised(f"Authlib {authlib.__version__}")
    session = AuthlibSession(
        registered.id,
        registered.secret,
        scope=registered.scope,
        redirect_uri=registered.redirect_uri,
        code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"],
    )
    session.verify, session.trust_env = server.authorities, False
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce="a-nonce"
    )
    callback = person.authorize(url)
    token = session.fetch_token(authorization_response=callback, state=state, code_verifier=VERIFIER)
    assert set(token["scope"].split()) == set(registered.scope.split())

    keys = KeySet.import_key_set(session.get(metadata["jwks_uri"], withhold_token=True).json())
    decoded = jwt.decode(token["id_token"], keys, algorithms=["RS256"])
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {"iss": {"essential": True, "value": server.issuer}, "aud": {"essential": True, "value": registered.id}},
        {"nonce": "a-nonce", "client_id": registered.id, "access_token": token["access_token"]},
    )
    claims.validate()
    assert claims["sub"] == person.subject
    assert time.time() - claims["auth_time"] < 60

    userinfo = session.get(metadata["userinfo_endpoint"]).json()
    assert (userinfo["sub"], userinfo["email"]) == (person.subject, "dan@acme.com")

    first = token["access_token"]
    renewed = session.refresh_token(metadata["token_endpoint"])
    assert renewed["access_token"] != first
    assert session.get(metadata["userinfo_endpoint"]).status_code == 200

    assert session.revoke_token(metadata["revocation_endpoint"], renewed["refresh_token"]).status_code == 200
    assert session.get(metadata["userinfo_endpoint"]).status_code == 401


def test_requests_oauthlib(
    server: Server, registered: Registered, person: Consenting, metadata: dict[str, str]
) -> None:
    exercised(f"requests-oauthlib {requests_oauthlib.__version__}")
    session = requests_oauthlib.OAuth2Session(
        registered.id, redirect_uri=registered.redirect_uri, scope=registered.scope.split(), pkce="S256"
    )
    session.verify, session.trust_env = server.authorities, False
    url, _ = session.authorization_url(metadata["authorization_endpoint"])
    callback = person.authorize(url)
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=callback, client_secret=registered.secret
    )
    assert token["token_type"].lower() == "bearer"
    assert session.get(metadata["userinfo_endpoint"]).json()["sub"] == person.subject

    credentials = requests.auth.HTTPBasicAuth(registered.id, registered.secret)
    old = token["refresh_token"]
    renewed = session.refresh_token(metadata["token_endpoint"], auth=credentials)
    assert renewed["refresh_token"] != old
    # The library sends `client_id` in the body as well, unless it is told not to.
    with pytest.raises(InvalidGrantError):
        session.refresh_token(metadata["token_endpoint"], refresh_token=old, auth=credentials)
    # A refresh token that was used twice is in two hands: nobody may use what came of it.
    session.token = renewed
    assert session.get(metadata["userinfo_endpoint"]).status_code == 401
