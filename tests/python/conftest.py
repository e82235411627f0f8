"""One live server for the tests of this folder; each test makes clients of its own on it."""

from __future__ import annotations

from collections.abc import Iterator

import hydra_sdk
import pytest
from hydra_process import HydraServer

ROOT_CLIENT = ("root", "the root client's secret")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HydraServer]:
    variables = {
        "FORCE_ROOT_CLIENT_CREDENTIALS": "root:the%20root%20client%27s%20secret",
        "ISSUER": "https://localhost:4444",
    }
    arguments = ("host", "--dangerous-force-http")
    with HydraServer(tmp_path_factory.mktemp("home"), arguments, variables) as server:
        yield server


@pytest.fixture
def configuration(server: HydraServer) -> hydra_sdk.Configuration:
    """Talks TLS, shows the root client's credentials, and has no token yet."""
    configuration = hydra_sdk.Configuration()
    configuration.host = server.url
    configuration.verify_ssl = False
    configuration.username, configuration.password = ROOT_CLIENT
    return configuration


@pytest.fixture
def oauth2(configuration: hydra_sdk.Configuration) -> hydra_sdk.OAuth2Api:
    """An API object whose token may do everything."""
    api = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))
    answer = api.oauth_token(grant_type="client_credentials", scope="hydra.clients hydra.introspect")
    configuration.access_token = answer.access_token
    return api
