"""One live server for the tests of this folder; each test makes clients of its own on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hydra_sdk
import pytest
from hydra_process import HydraServer

ROOT_CLIENT = ("root", "the root client's secret")


@cache
def interpreters() -> dict[str, str]:
    """The CPythons from 3.9 on that this machine has, by version: on the search path, and pyenv's."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    installed = sorted((Path.home() / ".pyenv" / "versions").glob("*/bin"))
    for minor in range(9, 16):
        name = f"python3.{minor}"
        candidates = [shutil.which(name), *(str(folder / name) for folder in installed)]
        for candidate in candidates:
            if candidate and runs(candidate, minor):
                found.setdefault(f"3.{minor}", candidate)
    return found


def runs(interpreter: str, minor: int) -> bool:
    """A shim may exist for a version that is not chosen: it then fails."""
    program = f"import sys, venv; sys.exit(sys.version_info[:2] != (3, {minor}))"
    try:
        return subprocess.run([interpreter, "-c", program], capture_output=True).returncode == 0
    except OSError:
        return False


def pytest_report_header() -> str:
    versions = [subprocess.check_output([path, "-V"], text=True).strip() for path in interpreters().values()]
    return "the wheel is exercised on: " + ", ".join(versions)


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
