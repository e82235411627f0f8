"""A live server over TLS, a client of it, and a person who says yes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hydra_sdk
import pytest
import trustme
from consenting import CONSENT_URL, Consenting
from hydra_process import HydraServer

ROOT = ("root", "the-root-client-s-secret")
CALLBACK = "https://photos.example.com/callback"


@dataclass(frozen=True)
class Server:
    """Where it is, who vouches for its certificate, and its API as the root client."""

    issuer: str
    authorities: str
    api: hydra_sdk.OAuth2Api


@dataclass(frozen=True)
class Registered:
    """A client that the server knows."""

    id: str
    secret: str
    scope: str = "openid offline profile email"
    redirect_uri: str = CALLBACK


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    paths = {name: home / f"{name}.pem" for name in ("authority", "certificate", "key")}
    authority.cert_pem.write_to_path(paths["authority"])
    certificate.cert_chain_pems[0].write_to_path(paths["certificate"])
    certificate.private_key_pem.write_to_path(paths["key"])
    variables = {
        "FORCE_ROOT_CLIENT_CREDENTIALS": ":".join(ROOT),
        "CONSENT_URL": CONSENT_URL,
        "HTTPS_TLS_CERT_PATH": str(paths["certificate"]),
        "HTTPS_TLS_KEY_PATH": str(paths["key"]),
    }
    with HydraServer(home, variables=variables) as process:
        yield Server(process.url, str(paths["authority"]), root_api(process.url, paths["authority"]))


def root_api(url: str, authorities: Path) -> hydra_sdk.OAuth2Api:
    configuration = hydra_sdk.Configuration()
    configuration.host, configuration.ssl_ca_cert = url, str(authorities)
    configuration.username, configuration.password = ROOT
    api = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))
    answer = api.oauth_token(grant_type="client_credentials", scope="hydra.clients hydra.consent hydra.introspect")
    configuration.access_token = answer.access_token
    return api


def register(server: Server, secret: str) -> Registered:
    client = Registered(id=f"photos-{uuid.uuid4()}", secret=secret)
    server.api.create_o_auth2_client(
        hydra_sdk.OAuth2Client(
            id=client.id,
            client_secret=client.secret,
            redirect_uris=[client.redirect_uri],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            scope=client.scope,
        )
    )
    return client


@pytest.fixture
def registered(server: Server) -> Registered:
    """Most libraries do not encode the secret for HTTP Basic as RFC 6749 section 2.3.1 wants it."""
    return register(server, "a-secret-that-looks-the-same-encoded")


@pytest.fixture
def registered_with_an_awkward_secret(server: Server) -> Registered:
    return register(server, "a secret: 100% + more")


@pytest.fixture
def person(server: Server) -> Consenting:
    return Consenting("user:12345:dandean", server.api, server.authorities)
