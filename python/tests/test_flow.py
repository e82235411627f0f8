"""The authorization code flow, against a server that plays along, and against ones that do not.

What makes an ID token or an answer good or bad is tested below the Python line, in the Rust SDK's own tests.
"""

from __future__ import annotations

import base64
import copy
import importlib
import json
import pickle
import subprocess
import sys
from urllib.parse import parse_qs, quote, urlsplit

import pytest

pytestmark = pytest.mark.ours("no other client has it")

ISSUER = "https://auth.example"
CALLBACK = "https://photos.example/callback"
NOW = 1_800_000_000


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """A stand-in for the server's signing key."""

    def __init__(self, kid="k"):
        from cryptography.hazmat.primitives.asymmetric import ec

        self.kid, self.key = kid, ec.generate_private_key(ec.SECP256R1())

    def public(self):
        numbers = self.key.public_key().public_numbers()
        x, y = (base64url(n.to_bytes(32, "big")) for n in (numbers.x, numbers.y))
        return {"kid": self.kid, "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "x": x, "y": y}

    def sign(self, **changes):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils

        claims = {"iss": ISSUER, "sub": "user:12345:dandean", "aud": "photos", "iat": NOW, "exp": NOW + 3600, **changes}
        head = {"alg": "ES256", "typ": "JWT", "kid": self.kid}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        r, s = utils.decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class Provider:
    """What the scripted server answers: discovery, keys, and at the token endpoint whatever a test says."""

    def __init__(self, server):
        self.signer, self.token, self.server = Signer(), (500, {}), server
        server.script = self.serve

    def serve(self, request, handler):
        answers = {
            "/.well-known/openid-configuration": (
                200,
                {"issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/oauth2/auth"},
            ),
            "/.well-known/jwks.json": (200, {"keys": [self.signer.public()]}),
            "/oauth2/token": self.token,
        }
        status, body = answers[request.path]
        handler.respond(status, [("Content-Type", "application/json")], json.dumps(body).encode())

    def asked(self, path):
        return [request for request in self.server.requests if request.path == path]


@pytest.fixture
def provider(server):
    return Provider(server)


@pytest.fixture
def module(package):
    return importlib.import_module(f"{package.__name__}.flow")


@pytest.fixture
def flow(module, configuration, provider):
    configuration.access_token, configuration.username, configuration.password = "somebody's", "else", "secret"
    return module.AuthorizationCodeFlow(
        configuration, "photos", CALLBACK, client_secret="s:e c", scopes=["openid", "offline"], clock=lambda: NOW
    )


def callback(request, **parameters):
    query = {"code": "c", "state": request.state, "iss": ISSUER, **parameters}
    return f"{CALLBACK}?" + "&".join(f"{name}={quote(value)}" for name, value in query.items())


def good(provider, request, **changes):
    answer = {"access_token": "access", "token_type": "bearer", "expires_in": 3599, "refresh_token": "refresh"}
    return {**answer, "scope": "openid offline", "id_token": provider.signer.sign(nonce=request.nonce), **changes}


def test_a_person_signs_in_and_later_tokens_are_renewed(flow, provider):
    request = flow.start(prompt="login", max_age=60, login_hint="dan@acme.com", ui_locales="de")
    query = parse_qs(urlsplit(request.url).query)
    assert request.url.startswith(f"{ISSUER}/oauth2/auth?")
    assert query["scope"] == ["openid offline"]
    assert query["code_challenge_method"] == ["S256"]
    assert (query["prompt"], query["max_age"], query["ui_locales"]) == (["login"], ["60"], ["de"])
    assert (query["state"], query["nonce"]) == ([request.state], [request.nonce])

    id_token = provider.signer.sign(nonce=request.nonce, auth_time=NOW)
    provider.token = (200, good(provider, request, id_token=id_token))
    tokens = flow.finish(request, callback(request))
    assert (tokens.access_token, tokens.refresh_token, tokens.expires_in) == ("access", "refresh", 3599)
    assert tokens.scopes == ("openid", "offline")
    assert (tokens.id_token.subject, tokens.id_token.issuer) == ("user:12345:dandean", ISSUER)
    assert (tokens.id_token.raw, tokens.id_token.auth_time) == (id_token, NOW)
    assert "access" not in repr(tokens).replace("access_token", "")

    (sent,) = provider.asked("/oauth2/token")
    # RFC 6749 section 2.3.1: photos:s%3Ae%20c
    assert sent.headers["authorization"] == "Basic cGhvdG9zOnMlM0FlJTIwYw=="
    assert dict(sent.form) == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": CALLBACK,
        "code_verifier": request.code_verifier,
    }

    provider.token = (200, {"access_token": "next", "token_type": "bearer", "scope": "openid offline"})
    again = flow.refresh(tokens.refresh_token)
    assert (again.access_token, again.refresh_token, again.id_token) == ("next", "refresh", None)
    assert dict(provider.asked("/oauth2/token")[1].form) == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh",
    }


def test_a_public_client_sends_its_id_and_no_credentials(module, configuration, provider):
    configuration.access_token = "somebody else's"
    flow = module.AuthorizationCodeFlow(configuration, "photos", CALLBACK)
    request = flow.start()
    assert request.nonce is None
    provider.token = (200, {"access_token": "a", "token_type": "bearer"})
    assert flow.finish(request, callback(request)).scopes == ()
    (sent,) = provider.asked("/oauth2/token")
    assert "authorization" not in sent.headers
    assert dict(sent.form)["client_id"] == "photos"


def test_a_request_survives_the_way_to_a_session_and_back(module, flow, provider):
    request = flow.start()
    for other in (
        module.AuthorizationRequest.from_json(request.to_json()),
        pickle.loads(pickle.dumps(request)),
        copy.deepcopy(request),
    ):
        assert other == request
    assert request != flow.start()
    for secret in (request.state, request.code_verifier, request.nonce):
        assert secret not in repr(request)
    with pytest.raises(ValueError, match="no kept request"):
        module.AuthorizationRequest.from_json("{}")


def test_a_wrong_answer_never_reaches_the_token_endpoint(module, flow, provider):
    request = flow.start()
    for wrong in ("?code=c&state=x", callback(request, iss="https://evil.example"), callback(request, code="")):
        with pytest.raises(module.AnswerError):
            flow.finish(request, wrong)
    assert provider.asked("/oauth2/token") == []


def test_a_person_who_declines_is_told_apart(module, flow):
    request = flow.start()
    with pytest.raises(module.AuthorizationRefused) as refused:
        flow.finish(request, callback(request, error="access_denied", error_description="Not today"))
    assert (refused.value.code, refused.value.description) == ("access_denied", "Not today")


def test_a_refused_code_tells_why(module, flow, provider):
    request = flow.start()
    provider.token = (400, {"error": "invalid_grant", "error_description": "used before"})
    with pytest.raises(module.TokenRefused, match="invalid_grant: used before") as refused:
        flow.finish(request, callback(request))
    assert (refused.value.code, refused.value.status) == ("invalid_grant", 400)
    assert refused.value.__cause__.status == 400
    assert pickle.loads(pickle.dumps(refused.value)).code == "invalid_grant"
    provider.token = (502, ["no", "idea"])
    with pytest.raises(module.TokenRefused, match="502") as refused:
        flow.refresh("r")
    assert refused.value.code is None


def test_with_openid_granted_there_has_to_be_a_good_id_token(module, flow, provider):
    request = flow.start()
    for id_token, why in (
        (None, "there is none"),
        ("x", "no signed JSON Web Token"),
        (provider.signer.sign(nonce="another"), "nonce"),
        (provider.signer.sign(nonce=request.nonce, aud="another"), "aud"),
        (Signer().sign(nonce=request.nonce), "signature"),
    ):
        provider.token = (200, good(provider, request, id_token=id_token))
        with pytest.raises(module.IdTokenError, match=why):
            flow.finish(request, callback(request))


def test_keys_are_fetched_once_and_again_when_the_server_has_a_new_one(module, flow, provider):
    old = provider.signer
    flow.verify_id_token(old.sign())
    flow.verify_id_token(old.sign(nonce="n"), nonce="n")
    provider.signer = Signer("new")
    flow.verify_id_token(provider.signer.sign())
    with pytest.raises(module.IdTokenError):
        flow.verify_id_token(old.sign())
    assert len(provider.asked("/.well-known/jwks.json")) == 3


def test_scopes_are_a_list(module, configuration):
    with pytest.raises(TypeError):
        module.AuthorizationCodeFlow(configuration, "photos", CALLBACK, scopes="openid")
    with pytest.raises(ValueError, match="redirect URI"):
        module.AuthorizationCodeFlow(
            configuration, "photos", "/cb", issuer=ISSUER, authorization_url=f"{ISSUER}/auth"
        ).start()


PROGRAM = """
import hydra_sdk
from hydra_sdk.flow import AuthorizationCodeFlow, AuthorizationRequest, FlowError, IdToken, TokenRefused, Tokens

flow = AuthorizationCodeFlow(hydra_sdk.Configuration(), "photos", "https://a/cb", scopes=["openid"], client_secret="s")


def sign_in(callback: str, kept: str | None) -> Tokens:
    request: AuthorizationRequest = AuthorizationRequest.from_json(kept) if kept else flow.start(max_age=60)
    text: str = request.url + request.state + request.to_json()
    try:
        tokens = flow.finish(request, callback)
    except TokenRefused as error:
        code: str | None = error.code
        raise
    except FlowError as error:
        raise ValueError(text) from error
    who: IdToken | None = tokens.id_token
    return flow.refresh(tokens.refresh_token) if tokens.refresh_token else tokens
"""


@pytest.mark.parametrize(
    ("more", "status"), [("", 0), ("flow.refresh(None)", 1), ("flow.start().url.nope", 1), ("flow.start(prompt=1)", 1)]
)
def test_types(tmp_path, more, status):
    program = tmp_path / "program.py"
    program.write_text(f"{PROGRAM}\n\n{more}\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path.parent / "mypy-cache"), str(program)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout
