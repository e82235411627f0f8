"""Python sends what Rust sends."""

from __future__ import annotations

import json
import subprocess

import pytest
from conftest import REPOSITORY

pytestmark = pytest.mark.ours("there is a Rust client to compare with")

# What the typed client decides; the rest is a matter of each client's own taste.
COMPARED = ("accept", "authorization", "content-type")


def calls(package, configuration):
    """The same calls as those of `twin/src/main.rs`, in the same order."""
    client = package.ApiClient(configuration)
    oauth2, health = package.OAuth2Api(client), package.HealthApi(client)
    id = "a b/c?d#ä%"
    body = package.OAuth2Client(
        client_name='Ä "q"', redirect_uris=["https://a/cb?x=1&y=ä"], contacts=[], public=False, scope="openid offline"
    )
    accepted = package.ConsentRequestAcceptance(
        subject="Ä",
        grant_scopes=["a", "b"],
        access_token_extra={"n": [1, None, {"x": "y"}]},
        id_token_extra={},
        auth_time=1,
        remember=False,
        remember_for=0,
    )
    rejected = package.ConsentRequestRejection(reason="Ä")

    yield "accept_o_auth2_consent_request", lambda: oauth2.accept_o_auth2_consent_request(id, accepted)
    yield "create_o_auth2_client", lambda: oauth2.create_o_auth2_client(body)
    yield "delete_o_auth2_client", lambda: oauth2.delete_o_auth2_client(id)
    yield (
        "end_session",
        lambda: oauth2.end_session(
            id_token_hint="t", client_id="c d", post_logout_redirect_uri="https://a/?b", state="ä"
        ),
    )
    yield "end_session_post", lambda: oauth2.end_session_post(id_token_hint="t +&=ä", logout_csrf="x")
    yield "get_instance_status", health.get_instance_status
    yield "get_o_auth2_client", lambda: oauth2.get_o_auth2_client(id)
    yield "get_o_auth2_consent_request", lambda: oauth2.get_o_auth2_consent_request(id)
    yield "get_well_known", oauth2.get_well_known
    yield "introspect_o_auth2_token", lambda: oauth2.introspect_o_auth2_token("t +&=ä", scope="a b")
    yield "list_o_auth2_clients", oauth2.list_o_auth2_clients
    yield "list_o_auth2_consent_sessions", lambda: oauth2.list_o_auth2_consent_sessions("a b&ä", client="c")
    yield "oauth_auth", oauth2.oauth_auth
    yield "oauth_auth_post", lambda: oauth2.oauth_auth_post(client_id="c d", redirect_uri="https://a/?b", max_age="0")
    yield "oauth_token", lambda: oauth2.oauth_token(grant_type="client_credentials", scope="a b")
    yield "reject_o_auth2_consent_request", lambda: oauth2.reject_o_auth2_consent_request(id, rejected)
    yield "revoke_o_auth2_consent_sessions", lambda: oauth2.revoke_o_auth2_consent_sessions("a b&ä")
    yield "revoke_o_auth2_token", lambda: oauth2.revoke_o_auth2_token("t +&=ä")
    yield "update_o_auth2_client", lambda: oauth2.update_o_auth2_client("x", body)
    yield "well_known", oauth2.well_known


@pytest.fixture(scope="module")
def twin():
    command = ["cargo", "run", "--quiet", "--package", "hydra-sdk-twin", "--"]
    return lambda *args: subprocess.run(
        [*command, *args], cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True
    )


def sent(server, start):
    found = {}
    for request in server.requests[start:]:
        headers = {name: request.headers[name] for name in COMPARED if name in request.headers}
        if not request.body:
            # Said of nothing by the one, not said by the other.
            headers.pop("content-type", None)
        body = request.json if request.body.startswith(b"{") else sorted(request.form)
        found[request.method, request.target] = (headers, body)
    return found


def test_same_requests(package, server, configuration, twin):
    server.answer({"active": True, "access_token": "t", "token_type": "bearer", "status": "ok"})
    configuration.access_token, configuration.username, configuration.password = "token", "", ""
    names = []
    for name, call in calls(package, configuration):
        names.append(name)
        call()
    python = sent(server, 0)
    assert len(python) == len(names)
    start = len(server.requests)
    done = twin(server.url)
    assert json.loads(done.stdout) == names, "every operation of the API is called here and there"
    assert sent(server, start) == python
