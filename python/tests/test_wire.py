"""Python sends what Rust sends."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timezone

import pytest
from conftest import REPOSITORY

pytestmark = pytest.mark.ours("there is a Rust client to compare with")

# What the typed client decides; the rest is a matter of each client's own taste.
COMPARED = ("accept", "authorization", "content-type")


# Of a piece of the path, of a query, of a form: what has to be escaped there.
ID, QUERY, TOKEN = "a b/c?d#ä%", "a b&ä", "t +&=ä"


def calls(package, client):
    """The same calls as those of `twin/src/main.rs`."""
    yield from clients(package, package.OAuth2Api(client))
    yield from tokens(package, package.OAuth2Api(client))
    yield from people(package, package.OAuth2Api(client))
    yield from policies(package, package.PolicyApi(client))
    yield from keys(package, package.JsonWebKeyApi(client))
    yield from warden(package, package.WardenApi(client))
    health, oauth2 = package.HealthApi(client), package.OAuth2Api(client)
    yield "get_instance_status", health.get_instance_status
    yield "get_instance_readiness", health.get_instance_readiness
    yield "get_instance_metrics", health.get_instance_metrics
    yield "get_authorization_server_metadata", oauth2.get_authorization_server_metadata
    yield "get_well_known", oauth2.get_well_known
    yield "well_known", oauth2.well_known


def clients(package, api):
    body = package.OAuth2Client(
        client_name='Ä "q"', redirect_uris=["https://a/cb?x=1&y=ä"], contacts=[], public=False, scope="openid offline"
    )
    yield "create_o_auth2_client", lambda: api.create_o_auth2_client(body)
    yield "delete_o_auth2_client", lambda: api.delete_o_auth2_client(ID)
    yield "get_o_auth2_client", lambda: api.get_o_auth2_client(ID)
    yield "list_o_auth2_clients", api.list_o_auth2_clients
    yield "update_o_auth2_client", lambda: api.update_o_auth2_client("x", body)


def tokens(package, api):
    flush = package.FlushInactiveOAuth2TokensRequest(not_after=datetime(2017, 12, 4, 7, 5, 55, tzinfo=timezone.utc))
    yield "flush_inactive_o_auth2_tokens", lambda: api.flush_inactive_o_auth2_tokens(body=flush)
    yield "introspect_o_auth2_token", lambda: api.introspect_o_auth2_token(TOKEN, scope="a b")
    yield "oauth_token", lambda: api.oauth_token(grant_type="client_credentials", scope="a b")
    yield "revoke_o_auth2_token", lambda: api.revoke_o_auth2_token(TOKEN)
    yield "get_userinfo", api.get_userinfo
    yield "userinfo", lambda: api.userinfo(access_token=TOKEN)


def people(package, api):
    """Signing in, saying yes or no, and out again."""
    uri = "https://a/?b"
    yield "oauth_auth", api.oauth_auth
    yield "oauth_auth_post", lambda: api.oauth_auth_post(client_id="c d", redirect_uri=uri, max_age="0")

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
    yield "get_o_auth2_consent_request", lambda: api.get_o_auth2_consent_request(ID)
    yield "accept_o_auth2_consent_request", lambda: api.accept_o_auth2_consent_request(ID, accepted)
    yield "reject_o_auth2_consent_request", lambda: api.reject_o_auth2_consent_request(ID, rejected)

    yield "list_o_auth2_consent_sessions", lambda: api.list_o_auth2_consent_sessions(QUERY, client="c")
    yield "revoke_o_auth2_consent_sessions", lambda: api.revoke_o_auth2_consent_sessions(QUERY)

    def end_session():
        return api.end_session(id_token_hint="t", client_id="c d", post_logout_redirect_uri=uri, state="ä")

    yield "end_session", end_session
    yield "end_session_post", lambda: api.end_session_post(id_token_hint=TOKEN, logout_csrf="x")


def policies(package, api):
    condition = package.PolicyConditions(type="CIDRCondition", options={"cidr": "10.0.0.0/8"})
    body = package.Policy(
        id="Ä",
        description="",
        effect="allow",
        subjects=["<.*>", "a\\d"],
        resources=["rn:<x|y>"],
        actions=[],
        conditions={"ip ä": condition},
    )
    yield "create_policy", lambda: api.create_policy(body)
    yield "delete_policy", lambda: api.delete_policy(ID)
    yield "get_policy", lambda: api.get_policy(ID)
    yield "list_policies", lambda: api.list_policies(offset=0, limit=500)
    yield "update_policy", lambda: api.update_policy(ID, body)


def keys(package, api):
    wanted = package.JsonWebKeySetGeneratorRequest(alg="RS256", kid="ä")
    key = package.JsonWebKey(kty="oct", use="sig", kid="ä", alg="HS256", k="a-_")
    yield "create_json_web_key_set", lambda: api.create_json_web_key_set(ID, wanted)
    yield "delete_json_web_key", lambda: api.delete_json_web_key(set=ID, kid="a:b")
    yield "delete_json_web_key_set", lambda: api.delete_json_web_key_set(ID)
    yield "get_json_web_key", lambda: api.get_json_web_key(set=ID, kid="a:b")
    yield "get_json_web_key_set", lambda: api.get_json_web_key_set(ID)
    yield "update_json_web_key", lambda: api.update_json_web_key(set=ID, kid="a:b", body=key)
    yield "update_json_web_key_set", lambda: api.update_json_web_key_set(ID, package.JsonWebKeySet(keys=[key]))


def warden(package, api):
    about = {"action": "a", "resource": "rn:ä", "context": {"ip": "10.0.0.1", "n": [1.5, None]}}
    person = package.WardenAccessRequest(subject="Ä", **about)
    token = package.WardenTokenAccessRequest(token=TOKEN, scopes=["a"], **about)
    yield "does_warden_allow_access_request", lambda: api.does_warden_allow_access_request(person)
    yield "does_warden_allow_token_access_request", lambda: api.does_warden_allow_token_access_request(token)

    members = package.GroupMembers(members=["ä", "b"])
    yield "add_members_to_group", lambda: api.add_members_to_group(ID, members)
    yield "create_group", lambda: api.create_group(package.Group(id="Ä", members=[]))
    yield "delete_group", lambda: api.delete_group(ID)
    yield "find_groups_by_member", lambda: api.find_groups_by_member(QUERY)
    yield "get_group", lambda: api.get_group(ID)
    yield "remove_members_from_group", lambda: api.remove_members_from_group(ID, members)


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
    server.answer({"active": True, "access_token": "t", "token_type": "bearer"})
    configuration.access_token, configuration.username, configuration.password = "token", "", ""
    names = []
    for name, call in calls(package, package.ApiClient(configuration)):
        names.append(name)
        call()
    python = sent(server, 0)
    assert len(python) == len(names)
    start = len(server.requests)
    done = twin(server.url)
    assert json.loads(done.stdout) == sorted(names), "every operation of the API is called here and there"
    assert sent(server, start) == python
